import { shapeOf } from '../../../columnar/shape.js'
import { type DataType, isShortDecimal } from '../../../columnar/types.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { inFunctions } from '../../compiler/expression/outline.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import { inPieces } from '../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import { i32Constant, type Operand } from '../../compiler/wasm/types.js'
import type { RowRef } from './row-refs.js'
import { storeBytes } from './store-bytes.js'
import type { TablePlace } from './table-place.js'

/** How much code it is to load or to store a column (see `weightOf`). */
export const COLUMN_WEIGHT = 6

interface Slot {
  readonly type: DataType
  readonly offset: number
  /** Where the byte of its null flag is. */
  readonly nullOffset: number | undefined
  readonly fields: readonly Slot[]
}

const WIDTHS = { i32: 4, f32: 4, i64: 8, f64: 8, bytes: 8, wide: 16, struct: 0, v128: 16 } as const

/** How columns lie in a materialised row: values by width, the widest first, then a byte for each null flag. Strings are refs. */
export class PayloadLayout {
  /** Where the layout ends, a multiple of 8. */
  readonly end: number
  readonly #context: CompilerContext
  readonly #slots: readonly Slot[]

  constructor(
    context: CompilerContext,
    columns: readonly { readonly type: DataType; readonly nullable: boolean }[],
    offset: number,
  ) {
    this.#context = context
    const narrow: (() => void)[] = []
    const flags: (() => void)[] = []
    let next = offset
    const place = (type: DataType, nullable: boolean): Slot => {
      const shape = shapeOf(type)
      const slot = { type, offset: next, nullOffset: undefined as number | undefined, fields: [] as Slot[] }
      const width = WIDTHS[shape]
      const assign = () => {
        slot.offset = next
        next += width
      }
      if (width === 4) narrow.push(assign)
      else assign()
      if (nullable) {
        flags.push(() => {
          slot.nullOffset = next++
        })
      }
      if (type.kind === 'struct') slot.fields = type.fields.map((x) => place(x.type, true))
      return slot
    }
    this.#slots = columns.map((column) => place(column.type, column.nullable))
    for (const assign of [...narrow, ...flags]) assign()
    this.end = (next + 7) & ~7
  }

  /** The refs to strings in a row. */
  get refs(): readonly RowRef[] {
    const refsOf = (slot: Slot): readonly RowRef[] =>
      shapeOf(slot.type) === 'bytes' ? [{ offset: slot.offset, kind: 'ref' }] : slot.fields.flatMap(refsOf)
    return this.#slots.flatMap(refsOf)
  }

  /** Where the value of a column that is not a struct lies in the row. */
  offsetOf(index: number): number {
    return this.#slots[index]!.offset
  }

  /** Writes all columns of the current row. */
  storeAll(scope: Scope, row: Operand, table: TablePlace): void {
    const pieces = inPieces([...this.#slots.keys()], (i) => scope.weight(i) + COLUMN_WEIGHT)
    scope.computeShared(pieces)
    inFunctions(scope, pieces, (inner, carry, piece) => {
      const at = carry(row)
      for (const i of piece) this.store(inner.f, at, i, inner.column(i), table)
    })
  }

  /** Writes a column. The bytes of strings are copied to the store of a table. */
  store(f: FunctionBuilder, row: Operand, index: number, value: Value, table: TablePlace): void {
    this.#store(f, row, this.#slots[index]!, value, table)
  }

  #store(f: FunctionBuilder, row: Operand, slot: Slot, value: Value, table: TablePlace): void {
    const { offset } = slot
    if (slot.nullOffset !== undefined)
      f.get(row)
        .get(value.isNull ?? i32Constant(0))
        .store('i32.store8', slot.nullOffset)
    switch (value.kind) {
      case 'struct':
        value.fields.forEach((x, i) => {
          this.#store(f, row, slot.fields[i]!, x, table)
        })
        return
      case 'wide':
        f.get(row).get(value.low).store('i64.store', offset)
        f.get(row)
          .get(value.high)
          .store('i64.store', offset + 8)
        return
      case 'bytes':
        return storeBytes(this.#context, f, row, offset, value, table)
      case 'scalar': {
        const type = value.value.type as 'i32' | 'i64' | 'f32' | 'f64'
        f.get(row).get(value.value).store(`${type}.store`, offset)
      }
    }
  }

  /** The columns of a row. */
  source(row: Operand): ColumnSource {
    return rowSource(row, (ordinal, { f }, at) => this.load(f, at, ordinal), COLUMN_WEIGHT)
  }

  /** Loads a column. */
  load(f: FunctionBuilder, row: Operand, index: number): Value {
    return this.#load(f, row, this.#slots[index]!)
  }

  #load(f: FunctionBuilder, row: Operand, slot: Slot): Value {
    const { type, offset } = slot
    const isNull =
      slot.nullOffset === undefined ? undefined : f.get(row).load('i32.load8_u', slot.nullOffset).setNew('i32')
    if (type.kind === 'struct') {
      return { kind: 'struct', type, fields: slot.fields.map((x) => this.#load(f, row, x)), isNull }
    }
    const shape = shapeOf(type)
    if (shape === 'bytes') {
      const address = f.get(row).load('i32.load', offset).setNew('i32')
      const length = f
        .get(row)
        .load('i32.load', offset + 4)
        .setNew('i32')
      return { kind: 'bytes', type, address, length, isNull }
    }
    if (type.kind === 'decimal' && !isShortDecimal(type)) {
      const low = f.get(row).load('i64.load', offset).setNew('i64')
      const high = f
        .get(row)
        .load('i64.load', offset + 8)
        .setNew('i64')
      return { kind: 'wide', type, low, high, narrow: undefined, isNull }
    }
    const wasm = shape as 'i32' | 'i64' | 'f32' | 'f64'
    return { kind: 'scalar', type, value: f.get(row).load(`${wasm}.load`, offset).setNew(wasm), isNull }
  }
}
