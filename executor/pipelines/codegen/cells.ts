import { shapeOf } from '../../../columnar/shape.js'
import type { DataType } from '../../../columnar/types.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { unsupportedType } from '../../compiler/expression/slots.js'
import { partsOf, type Value } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { TablePlace } from './table-place.js'

/** The cells that hold a value of a type, without whether it is NULL. */
export function cellsOf(type: DataType): readonly CellType[] {
  const shape = shapeOf(type)
  switch (shape) {
    case 'wide':
      return ['i64', 'i64']
    case 'bytes':
      return ['i32', 'i32']
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return [shape]
    default:
      throw unsupportedType(type)
  }
}

/** The value that some cells hold, from a position on. */
export function valueIn(cells: Cells, first: number, type: DataType, isNull: Operand | undefined): Value {
  const parts = cellsOf(type).map((cell, i) => cells.push(first + i).setNew(cell))
  const shape = shapeOf(type)
  if (shape === 'bytes') return { kind: 'bytes', type, address: parts[0]!, length: parts[1]!, isNull }
  if (type.kind === 'decimal' && shape === 'wide')
    return { kind: 'wide', type, low: parts[0]!, high: parts[1]!, narrow: undefined, isNull }
  return { kind: 'scalar', type, value: parts[0]!, isNull }
}

/** Puts a value into cells from a position on; bytes are copied in place of those before, to the store of a table. */
export function keepValue({ f, context }: Scope, cells: Cells, first: number, value: Value, table: TablePlace): void {
  if (value.kind !== 'bytes') {
    partsOf(value).forEach((part, i) => {
      f.get(part)
      cells.set(first + i)
    })
    return
  }
  f.get(value.length)
  if (value.isNull) f.i32(0).get(value.isNull).op('i32.eqz').select()
  const length = f.setNew('i32')
  table.address(f, TABLE_STRING_STORE)
  cells.push(first).get(value.address).get(length)
  f.call(context.kernel('storeReplaced'))
  cells.set(first)
  f.get(length)
  cells.set(first + 1)
}

export type CellType = 'i32' | 'i64' | 'f32' | 'f64'

/** Where the state of an aggregate is while rows are added: cells of eight bytes in a group's row, or locals. */
export interface Cells {
  /** Pushes a cell. */
  push(index: number): FunctionBuilder
  /** Pops into a cell. */
  set(index: number): void
}

/** Cells in the row of a group. */
export class RowCells implements Cells {
  readonly #f: FunctionBuilder
  readonly #types: readonly CellType[]
  readonly #row: Operand
  readonly #offset: number

  constructor(f: FunctionBuilder, types: readonly CellType[], row: Operand, offset: number) {
    this.#f = f
    this.#types = types
    this.#row = row
    this.#offset = offset
  }

  push(index: number): FunctionBuilder {
    return this.#f.get(this.#row).load(`${this.#types[index]!}.load`, this.#offset + index * 8)
  }

  set(index: number): void {
    const type = this.#types[index]!
    this.#f.scratch(type, (value) => {
      this.#f
        .set(value)
        .get(this.#row)
        .get(value)
        .store(`${type}.store`, this.#offset + index * 8)
    })
  }
}

/** Cells in locals, for the one group of an aggregate without keys: loaded before the loop over a batch and stored behind it. */
export class LocalCells implements Cells {
  readonly #f: FunctionBuilder
  readonly #locals: readonly Local[]
  readonly #memory: RowCells

  constructor(f: FunctionBuilder, types: readonly CellType[], row: Operand, offset: number) {
    this.#f = f
    this.#memory = new RowCells(f, types, row, offset)
    this.#locals = types.map((_, i) => {
      const local = f.local(types[i]!)
      this.#memory.push(i).set(local)
      return local
    })
  }

  push(index: number): FunctionBuilder {
    return this.#f.get(this.#locals[index]!)
  }

  set(index: number): void {
    this.#f.set(this.#locals[index]!)
  }

  flush(): void {
    this.#locals.forEach((local, i) => {
      this.#f.get(local)
      this.#memory.set(i)
    })
  }
}

/** Empties the cells of a part in the row of a group, but for the room of strings. */
export function clearCells(
  f: FunctionBuilder,
  { cells, refCells = [] }: { readonly cells: readonly CellType[]; readonly refCells?: readonly number[] },
  row: Operand,
  offset: number,
): void {
  cells.forEach((_, i) => {
    if (refCells.includes(i)) return
    f.get(row)
      .i64(0n)
      .store('i64.store', offset + i * 8)
  })
}
