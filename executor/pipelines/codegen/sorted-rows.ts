import type { SortOrder } from '../../../planner/plan/expression/expression.js'
import type { PhysicalSort, PhysicalTopK } from '../../../planner/plan/physical/ordered.js'
import type { PhysicalRangeBounds } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { inFunctions } from '../../compiler/expression/outline.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { computeShared } from '../../compiler/expression/shared.js'
import type { Value } from '../../compiler/expression/value.js'
import { inPieces, weightInLine } from '../../compiler/expression/weight.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import {
  SORT_BY_STRING,
  SORT_BY_STRING_BACKWARDS,
  SORT_BY_WORD,
  SORT_ROW_PREFIX,
} from '../../kernels/interface/rows.js'
import { TABLE_ROW_STORE, TOP_THRESHOLD } from '../../kernels/interface/table.js'
import { type Consumer, pushAddressOf, type RowFlow } from './consumer.js'
import { isLongDecimal, orderPrefix, pushOrderWord } from './order-words.js'
import { PayloadLayout } from './payload-layout.js'
import { type RowRef, rowRefs } from './row-refs.js'
import { storeBytes, storeRef } from './store-bytes.js'
import { oneTable, type TablePlace } from './table-place.js'

/** How much code it is to store a key (see `weightOf`). */
const KEY_WEIGHT = 10
const PREFIX_BYTES = 8

/** A sort key in a row: a word for NULL where it may be, then words in the order of unsigned integers, or a ref. */
interface PlacedKey {
  readonly order: SortOrder
  readonly nullOffset: number | undefined
  readonly offset: number
}

/** By what rows are sorted, and the columns that they keep. */
export type SortedPlan =
  | Pick<PhysicalSort | PhysicalRangeBounds, 'kind' | 'orders' | 'inputs'>
  | Pick<PhysicalTopK, 'kind' | 'orders' | 'inputs' | 'limit' | 'offset'>

/** Materialises rows with their sort keys; a kernel sorts pairs of (prefix, row), and `source` reads the rows back. */
export class SortedRows implements Consumer {
  readonly width: number
  /** Offset in the data area of what the kernel is to compare when prefixes are equal, and of where a row's strings are. */
  readonly descriptor: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
  readonly #context: CompilerContext
  readonly #plan: SortedPlan
  readonly #table: number
  readonly #keys: readonly PlacedKey[]
  readonly #payload: PayloadLayout

  constructor(context: CompilerContext, plan: SortedPlan, table: number) {
    this.#context = context
    this.#plan = plan
    this.#table = table
    let next = 8
    const parts: [number, number][] = []
    this.#keys = plan.orders.map((order) => {
      const { type, nullable } = order.expression
      const nullOffset = nullable ? next : undefined
      if (nullable) {
        parts.push([next, SORT_BY_WORD])
        next += 8
      }
      const offset = next
      if (type.kind === 'string' || type.kind === 'binary') {
        parts.push([next, order.direction === 'asc' ? SORT_BY_STRING : SORT_BY_STRING_BACKWARDS])
        next += 8
      } else {
        const words = isLongDecimal(type) ? 2 : 1
        for (let i = 0; i < words; i++) parts.push([next + i * 8, SORT_BY_WORD])
        next += words * 8
      }
      return { order, nullOffset, offset }
    })
    this.#payload = new PayloadLayout(context, plan.inputs[0].attributes, next)
    this.width = this.#payload.end
    const ofKeys = parts.flatMap(([offset, how]): RowRef[] => (how === SORT_BY_WORD ? [] : [{ offset, kind: 'ref' }]))
    const refs = [...ofKeys, ...this.#payload.refs]
    const bytes = new Uint32Array([
      parts.length,
      ...behindPrefix(plan.orders[0]),
      ...parts.flat(),
      refs.length,
      ...refs.map(({ offset }) => offset),
    ])
    this.descriptor = context.constants.add(new Uint8Array(bytes.buffer))
    this.refs = rowRefs(context, refs)
  }

  begin(): void {}
  end(): void {}

  row(scope: Scope, { skip }: RowFlow): void {
    const { f } = scope
    const first = this.#keys[0]
    const prefix = first
      ? orderPrefix(this.#context, f, first.order, compileExpression(first.order.expression, scope))
      : f.i64(0n).setNew('i64')
    const table = oneTable(this.#context, this.#table)
    if (this.#plan.kind === 'topK') {
      const { limit, offset } = this.#plan
      f.get(prefix)
      f.get(this.#context.constantsBase).load('i64.load', this.#table + TOP_THRESHOLD)
      f.op('i64.gt_u').brIf(skip)
      pushAddressOf(this.#context, f, this.#table).i32(this.width)
      pushAddressOf(this.#context, f, this.descriptor).i32(limit + offset)
      f.call(this.#context.kernel('topAllocate'))
    } else {
      pushAddressOf(this.#context, f, this.#table + TABLE_ROW_STORE).i32(this.width)
      f.call(this.#context.kernel('storeAllocate'))
    }
    const row = f.setNew('i32')
    f.get(row).get(prefix).store('i64.store', SORT_ROW_PREFIX)
    this.#storeKeys(scope, row, this.#keys, table)
    this.#payload.storeAll(scope, row, table)
  }

  /**
   * Writes the keys that a row of other columns has by these orders to a place as wide as the rows here, so that it can be compared with them. Its
   * strings stay where they are.
   */
  placeKeys(scope: Scope, orders: readonly SortOrder[], row: Operand): void {
    const { f } = scope
    const keys = this.#keys.map((key, i): PlacedKey => ({ ...key, order: orders[i]! }))
    const [first] = orders
    const prefix = first
      ? orderPrefix(this.#context, f, first, compileExpression(first.expression, scope))
      : f.i64(0n).setNew('i64')
    f.get(row).get(prefix).store('i64.store', SORT_ROW_PREFIX)
    this.#storeKeys(scope, row, keys, undefined)
  }

  #storeKeys(scope: Scope, row: Operand, placed: readonly PlacedKey[], table: TablePlace | undefined): void {
    const keys = inPieces(placed, ({ order }) => weightInLine(order.expression) + KEY_WEIGHT)
    computeShared(
      scope,
      keys.map((piece) => piece.map(({ order }) => order.expression)),
    )
    inFunctions(scope, keys, (inner, carry, piece) => {
      const at = carry(row)
      for (const key of piece) this.#storeKey(inner.f, at, key, compileExpression(key.order.expression, inner), table)
    })
  }

  #storeKey(f: FunctionBuilder, row: Operand, key: PlacedKey, value: Value, table: TablePlace | undefined): void {
    const { order, offset, nullOffset } = key
    const { isNull } = value
    const nulled = (): Local => {
      if (isNull) f.i64(0n).get(isNull).op('i32.eqz').select()
      return f.setNew('i64')
    }
    if (nullOffset !== undefined) {
      f.get(row)
      if (isNull) {
        f.get(isNull).op('i64.extend_i32_u')
        if (order.nulls === 'first') f.i64(1n).op('i64.xor')
      } else f.i64(order.nulls === 'first' ? 1n : 0n)
      f.store('i64.store', nullOffset)
    }
    if (value.kind === 'bytes') {
      if (table === undefined) storeRef(f, row, offset, value)
      else storeBytes(this.#context, f, row, offset, value, table)
      return
    }
    const words = value.kind === 'wide' ? 2 : 1
    for (let i = 0; i < words; i++) {
      pushOrderWord(f, order, value, i)
      const word = nulled()
      f.get(row)
        .get(word)
        .store('i64.store', offset + i * 8)
    }
  }

  /** The input's columns of a row. */
  source(row: Operand): ColumnSource {
    return this.#payload.source(row)
  }
}

/** The part, and the byte of it, where rows may differ whose prefixes are the same: a prefix lacks the last bit of what may be NULL, and lengths of texts. */
function behindPrefix(first: SortOrder | undefined): readonly [part: number, byte: number] {
  if (first === undefined) return [0, 0]
  const value = first.expression.nullable ? 1 : 0
  const { type } = first.expression
  if (type.kind === 'string' || type.kind === 'binary') return [value, PREFIX_BYTES - 1]
  return [isLongDecimal(type) ? value : 1, 0]
}
