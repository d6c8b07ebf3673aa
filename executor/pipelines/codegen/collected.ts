import { BINARY } from '../../../columnar/types.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { bytes, partsOf, type Value } from '../../compiler/expression/value.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { AccumulatorSite, Part } from './accumulator.js'
import type { Cells, CellType } from './cells.js'
import { appendRow } from './collected-row.js'
import { appendBytes, appendWord, bytesOf } from './collected-values.js'
import { addedText } from './part-key.js'
import type { TablePlace } from './table-place.js'

const [ADDRESS, LENGTH] = [0, 1]
/**
 * The values of all rows as bytes that grow, one row behind the other: of each the values of the arguments, numbers as they are in memory, texts
 * behind their lengths; of a struct its fields, NULLs too. The kernels of `executor/kernels/assembly/aggregates/collected.ts` read them. The bytes lie in the store of the group's strings, so
 * that they count in the budget, leave the memory with the group and cross the exchange as one value.
 */
export class CollectedPart implements Part {
  readonly key: string
  readonly cells: readonly CellType[] = ['i32', 'i32']
  readonly refCells = [ADDRESS]
  readonly takesNull = false
  readonly #table: TablePlace

  constructor({ call, table }: AccumulatorSite) {
    this.key = `collect ${addedText(call)}`
    this.#table = table
  }

  add(scope: Scope, cells: Cells, values: readonly Value[]): void {
    const { f } = scope
    const [row] = values
    if (row?.kind === 'struct') return appendRow(f, row, (size) => this.#grow(scope, cells, size))
    f.i32(bytesOf(values))
    for (const value of values) if (value.kind === 'bytes') f.get(value.length).op('i32.add')
    const at = this.#grow(scope, cells, f.setNew('i32'))
    for (const value of values) {
      if (value.kind === 'bytes') appendBytes(f, at, value.address, value.length)
      else for (const part of partsOf(value)) appendWord(f, at, part)
    }
  }

  merge(scope: Scope, cells: Cells, [other]: readonly Value[]): void {
    if (other?.kind !== 'bytes') return
    const at = this.#grow(scope, cells, other.length)
    scope.f.get(at).get(other.address).get(other.length).memoryCopy()
  }

  /** Room for so many bytes more; where they go. */
  #grow({ f, context }: Scope, cells: Cells, size: Operand): Local {
    const length = cells.push(LENGTH).setNew('i32')
    this.#table.address(f, TABLE_STRING_STORE)
    cells.push(ADDRESS).get(length).get(size).call(context.kernel('storeGrown'))
    const address = f.setNew('i32')
    f.get(address)
    cells.set(ADDRESS)
    f.get(length).get(size).op('i32.add')
    cells.set(LENGTH)
    return f.get(address).get(length).op('i32.add').setNew('i32')
  }

  value(cells: Cells): Value {
    return bytes(BINARY, cells.push(ADDRESS).setNew('i32'), cells.push(LENGTH).setNew('i32'), undefined)
  }
}
