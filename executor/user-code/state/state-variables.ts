import { RowBytes } from '../../../columnar/row-bytes.js'
import type { Row } from '../../../columnar/rows.js'
import type { StateVariable } from '../../../planner/plan/expression/user-function.js'
import type { CellList } from './cell-list.js'
import type { CellMap } from './cell-map.js'
import type { CellValue } from './cell-value.js'
import type { CurrentGroup } from './current-group.js'

/* State variables as code of the user has them, with Spark's methods. Rows are objects. What is no row of the declared columns raises INVALID_ROW_VALUE. */

export class ValueState {
  readonly #group: CurrentGroup
  readonly #cells: Pick<CellValue, 'get' | 'put' | 'clear'>
  readonly #rows: RowBytes

  constructor({ name, value }: StateVariable, group: CurrentGroup, cells: Pick<CellValue, 'get' | 'put' | 'clear'>) {
    this.#group = group
    this.#cells = cells
    this.#rows = new RowBytes(value, name)
  }

  exists(): boolean {
    return this.#cells.get(this.#group.of('exists')) !== undefined
  }

  get(): Row | undefined {
    const bytes = this.#cells.get(this.#group.of('get'))
    return bytes && this.#rows.read(bytes)
  }

  update(row: unknown): void {
    this.#cells.put(this.#group.of('update'), this.#rows.write(row))
  }

  clear(): void {
    this.#cells.clear(this.#group.of('clear'))
  }
}

export class ListState {
  readonly #group: CurrentGroup
  readonly #cells: CellList
  readonly #rows: RowBytes

  constructor({ name, value }: StateVariable, group: CurrentGroup, cells: CellList) {
    this.#group = group
    this.#cells = cells
    this.#rows = new RowBytes(value, name)
  }

  exists(): boolean {
    return !this.#cells.items(this.#group.of('exists')).next().done
  }

  *get(): Generator<Row> {
    for (const bytes of this.#cells.items(this.#group.of('get'))) yield this.#rows.read(bytes)
  }

  put(rows: Iterable<unknown>): void {
    const written = Array.from(rows, (row) => this.#rows.write(row))
    const group = this.#group.of('put')
    this.#cells.clear(group)
    this.#cells.append(group, written)
  }

  appendValue(row: unknown): void {
    this.#cells.append(this.#group.of('appendValue'), [this.#rows.write(row)])
  }

  appendList(rows: Iterable<unknown>): void {
    const written = Array.from(rows, (row) => this.#rows.write(row))
    this.#cells.append(this.#group.of('appendList'), written)
  }

  clear(): void {
    this.#cells.clear(this.#group.of('clear'))
  }
}

export class MapState {
  readonly #group: CurrentGroup
  readonly #cells: CellMap
  readonly #keys: RowBytes
  readonly #rows: RowBytes

  constructor({ name, key, value }: StateVariable, group: CurrentGroup, cells: CellMap) {
    this.#group = group
    this.#cells = cells
    this.#keys = new RowBytes(key, `key of ${name}`)
    this.#rows = new RowBytes(value, name)
  }

  exists(): boolean {
    return !this.#cells.keys(this.#group.of('exists')).next().done
  }

  getValue(key: unknown): Row | undefined {
    const bytes = this.#cells.get(this.#group.of('getValue'), this.#keys.write(key))
    return bytes && this.#rows.read(bytes)
  }

  containsKey(key: unknown): boolean {
    return this.#cells.get(this.#group.of('containsKey'), this.#keys.write(key)) !== undefined
  }

  updateValue(key: unknown, row: unknown): void {
    this.#cells.put(this.#group.of('updateValue'), this.#keys.write(key), this.#rows.write(row))
  }

  *iterator(): Generator<readonly [key: Row, value: Row]> {
    const group = this.#group.of('iterator')
    for (const key of this.#cells.keys(group)) {
      const bytes = this.#cells.get(group, key)
      if (bytes) yield [this.#keys.read(key), this.#rows.read(bytes)]
    }
  }

  *keys(): Generator<Row> {
    for (const [key] of this.iterator()) yield key
  }

  *values(): Generator<Row> {
    for (const [, row] of this.iterator()) yield row
  }

  removeKey(key: unknown): void {
    this.#cells.remove(this.#group.of('removeKey'), this.#keys.write(key))
  }

  clear(): void {
    this.#cells.clear(this.#group.of('clear'))
  }
}
