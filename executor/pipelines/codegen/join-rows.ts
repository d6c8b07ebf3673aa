import type { Attribute } from '../../../planner/plan/expression/expression.js'
import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { anyNull } from '../../compiler/expression/nulls.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { type Value, withNull } from '../../compiler/expression/value.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import { i32Constant, type Label, type Local, type Operand } from '../../compiler/wasm/types.js'
import { JOIN_ROW_HASH, JOIN_ROW_HEADER_BYTES } from '../../kernels/interface/rows.js'
import { before, type Consumer, pushAddressOf } from './consumer.js'
import { KeyLayout, type PreparedKey } from './key-layout.js'
import { COLUMN_WEIGHT, PayloadLayout } from './payload-layout.js'
import type { RowRef } from './row-refs.js'
import type { TablePlace } from './table-place.js'

/** Of a full join: a u32 that is 1 once a left row matched. */
const MATCHED = JOIN_ROW_HEADER_BYTES
const MATCHED_BYTES = 8

/** Whether a row of the build side whose key `i` is NULL is kept: as NULL equals NULL there, or because all rows are output. */
export function keepsNull({ type, nullSafe }: PhysicalHashJoin, i: number): boolean {
  return nullSafe[i]! || type === 'full'
}

/** How the rows of a table are read that no left row matched. */
export interface UnmatchedRows {
  readonly consumer: Consumer
  source(row: Local): ColumnSource
}

/** How the rows of a join's table lie, and the columns of what is joined with them. */
export class JoinRows {
  readonly width: number
  readonly keys: KeyLayout
  readonly #context: CompilerContext
  readonly #plan: PhysicalHashJoin
  readonly #table: TablePlace
  readonly #payload: PayloadLayout
  /** A row of zeros for the right side of left rows without a match. */
  readonly #noRow: number

  constructor(context: CompilerContext, plan: PhysicalHashJoin, table: TablePlace) {
    this.#context = context
    this.#plan = plan
    this.#table = table
    const header = plan.type === 'full' ? JOIN_ROW_HEADER_BYTES + MATCHED_BYTES : JOIN_ROW_HEADER_BYTES
    this.keys = new KeyLayout(
      context,
      plan.rightKeys.map(({ type, nullable }, i) => ({
        type,
        nullable: keepsNull(plan, i) && (nullable || plan.leftKeys[i]!.nullable),
      })),
      header,
    )
    const columns = plan.isFilter ? [] : plan.inputs[1].attributes
    this.#payload = new PayloadLayout(context, columns, header + this.keys.width)
    this.width = this.#payload.end
    this.#noRow = context.constants.reserve(this.width)
  }

  /** The refs in a row. */
  get refs(): readonly RowRef[] {
    return [...this.keys.refs, ...this.#payload.refs]
  }

  /** Writes the current row to its place in the table. */
  store(scope: Scope, row: Operand, key: PreparedKey, hash: Operand): void {
    const { f } = scope
    f.get(row).get(hash).store('i32.store', JOIN_ROW_HASH)
    if (this.#plan.type === 'full') f.get(row).i32(0).store('i32.store', MATCHED)
    this.keys.store(f, row, key, this.#table)
    this.#payload.storeAll(scope, row, this.#table)
  }

  /** Goes to `different` unless the row has the keys. */
  compare(f: FunctionBuilder, row: Operand, hash: Operand, key: PreparedKey, different: Label): void {
    if (this.#plan.leftKeys.length === 0) return
    f.get(row).load('i32.load', JOIN_ROW_HASH).get(hash).op('i32.ne').brIf(different)
    this.keys.compare(f, row, key, different)
  }

  pushNoRow(f: FunctionBuilder): FunctionBuilder {
    return pushAddressOf(this.#context, f, this.#noRow)
  }

  markMatched(f: FunctionBuilder, row: Operand): void {
    f.get(row).i32(1).store('i32.store', MATCHED)
  }

  /** Left columns, then right ones from a row of the table; these are NULL where `isMissing` is 1. */
  joined(left: ColumnSource, row: Operand, isMissing: Operand | undefined): ColumnSource {
    const leftColumns: readonly Attribute[] = this.#plan.inputs[0].attributes
    return {
      column: (ordinal, scope): Value => {
        if (ordinal < leftColumns.length) return left.column(ordinal, scope)
        const { f } = scope
        const value = this.#payload.load(f, row, ordinal - leftColumns.length)
        return isMissing ? withNull(value, anyNull(f, [value.isNull, isMissing])) : value
      },
      computeShared: (pieces) =>
        left.computeShared?.(pieces.map((piece) => piece.filter((ordinal) => ordinal < leftColumns.length))),
      fork: () => this.joined(left.fork(), row, isMissing),
      within: (f, carry) => this.joined(left.within(f, carry), carry(row), isMissing && carry(isMissing)),
      weight: (ordinal) => (ordinal < leftColumns.length ? left.weight(ordinal) : COLUMN_WEIGHT),
    }
  }

  /** Passes on rows of the table that no left row matched. */
  unmatched(next: Consumer): UnmatchedRows {
    let current: Local
    return {
      consumer: before(next, (scope, flow) => {
        scope.f.get(current).load('i32.load', MATCHED).brIf(flow.skip)
        next.row(scope, flow)
      }),
      source: (row) => {
        current = row
        return this.#withoutLeft(row)
      },
    }
  }

  /** A row of the table; its left columns are NULL. */
  #withoutLeft(row: Operand): ColumnSource {
    const layout = new PayloadLayout(this.#context, this.#plan.inputs[0].attributes, 0)
    const zeros = this.#context.constants.reserve(Math.max(layout.end, 8))
    const nothing: ColumnSource = {
      column: (ordinal, { f }): Value => {
        const address = pushAddressOf(this.#context, f, zeros).setNew('i32')
        return withNull(layout.load(f, address, ordinal), i32Constant(1))
      },
      computeShared: () => {},
      fork: () => nothing,
      within: () => nothing,
      weight: () => COLUMN_WEIGHT,
    }
    return this.joined(nothing, row, undefined)
  }
}
