import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { PhysicalStreamJoin } from '../../../planner/plan/physical/stateful.js'
import { compileCondition } from '../../compiler/expression/condition.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import { anyNull } from '../../compiler/expression/nulls.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { type Value, withNull } from '../../compiler/expression/value.js'
import type { Label, Local, Operand } from '../../compiler/wasm/types.js'
import { beside, nothing } from './beside.js'
import { before, type Consumer, type RowFlow } from './consumer.js'
import { type JoinSide, momentOf } from './join-side.js'

type SideNumber = 0 | 1

/**
 * A join of two streams: each row looks for matches among those that are kept of the other side, passes them on, and is kept itself. So each
 * pair comes by once, when its later row does.
 */
export class StreamJoin {
  readonly sides: readonly [left: JoinSide, right: JoinSide]
  readonly #context: CompilerContext
  readonly #plan: PhysicalStreamJoin
  /** Offset of the time up to where rows are late. */
  readonly #late: number

  constructor(context: CompilerContext, plan: PhysicalStreamJoin, sides: StreamJoin['sides'], late: number) {
    this.#context = context
    this.#plan = plan
    this.sides = sides
    this.#late = late
  }

  /** Takes the batch's rows of a side. */
  taking(number: SideNumber, next: Consumer): Consumer {
    return before(next, (scope, flow) => this.#take(number, scope, flow, next))
  }

  #take(number: SideNumber, scope: Scope, flow: RowFlow, next: Consumer): void {
    const { f } = scope
    const side = this.sides[number]
    const { eventTime, condition } = this.#plan.sides[number]
    if (eventTime) side.marks.skipLate(scope, momentOf(eventTime, scope), this.#late, flow)
    if (condition) this.#passUnless(condition, number, scope, flow, next)
    const keys = side.keyValues(scope)
    const isNull = anyNull(
      f,
      keys.flatMap((key, i) => (this.#plan.nullSafe[i] ? [] : [key.isNull])),
    )
    if (isNull && !side.isPreserved) f.get(isNull).brIf(flow.skip)
    if (!side.isPreserved && !this.#plan.nullSafe.includes(true)) side.skipTimeless(scope, flow)
    const matched = side.isMarked ? f.i32(0).setNew('i32') : undefined
    f.block((done) => {
      if (isNull && side.isPreserved) f.get(isNull).brIf(done)
      this.#match(number, scope, keys, { matched, done, flow, next })
    })
    if (this.#plan.type === 'left_semi' && matched) this.#passMatched(scope, matched, flow, next)
    side.add(scope, keys, matched)
  }

  /** Passes a row on that can have no match. */
  #passUnless(condition: Expression, number: SideNumber, scope: Scope, flow: RowFlow, next: Consumer): void {
    const { f } = scope
    f.block((holds) => {
      f.block((fails) => {
        compileCondition(condition, scope.fork(), fails)
        f.br(holds)
      })
      next.row(scope.over(this.#alone(number, scope.fork())), flow)
      f.br(flow.skip)
    })
  }

  /** Looks for the matches of a row, whose keys are not NULL where that equals nothing. */
  #match(number: SideNumber, scope: Scope, values: readonly Value[], { matched, done, flow, next }: Matching): void {
    const { f } = scope
    const { condition, nullSafe, type } = this.#plan
    const other = this.sides[number === 0 ? 1 : 0]
    const key = other.keys.prepare(
      f,
      values.map((value, i) => (nullSafe[i] ? value : withNull(value, undefined))),
    )
    const hash = f.get(other.keys.hash(f, key)).op('i32.wrap_i64').setNew('i32')
    other.rows.forEach(f, hash, (row, skip) => {
      other.keys.compare(f, row, key, skip)
      if (type === 'left_semi' && other.isMarked) other.pushIsUnmatched(f, row).op('i32.eqz').brIf(skip)
      const joined = scope.over(this.#joined(number, scope.fork(), row))
      if (condition) compileCondition(condition, joined, skip)
      if (other.isMarked) other.markMatched(f, row)
      if (matched) f.i32(1).set(matched)
      if (type !== 'left_semi') next.row(joined, { ...flow, skip })
      else if (number === 0) f.br(done)
      else next.row(scope.over(other.source(row)), { ...flow, skip })
    })
  }

  /** Of a semi join, a left row that has a match at once is done with. */
  #passMatched(scope: Scope, matched: Local, flow: RowFlow, next: Consumer): void {
    const { f } = scope
    f.get(matched)
    f.if(() => {
      next.row(scope.fork(), flow)
      f.br(flow.skip)
    })
  }

  /** Left columns, then right ones: of the current row of a side and of a row that is kept of the other one. */
  #joined(number: SideNumber, current: ColumnSource, kept: Operand): ColumnSource {
    const count = this.#plan.inputs[0].attributes.length
    if (number === 0) return beside(current, this.sides[1].source(kept), count)
    return beside(this.sides[0].source(kept), current, count)
  }

  /** Passes on rows of a side that have expired without a match, whose address is given to `source`. */
  unmatched(number: SideNumber, next: Consumer) {
    const side = this.sides[number]
    let current: Local
    return {
      consumer: before(next, (scope, flow) => {
        side.pushIsUnmatched(scope.f, current).op('i32.eqz').brIf(flow.skip)
        next.row(scope, flow)
      }),
      source: (row: Local): ColumnSource => {
        current = row
        return this.#alone(number, side.source(row))
      },
    }
  }

  /** A row of a side; the columns of the other one are NULL. */
  #alone(number: SideNumber, row: ColumnSource): ColumnSource {
    const { inputs } = this.#plan
    const missing = nothing(this.#context, inputs[number === 0 ? 1 : 0].attributes)
    const count = inputs[0].attributes.length
    return number === 0 ? beside(row, missing, count) : beside(missing, row, count)
  }
}

/** What is done while matches are looked for. */
interface Matching {
  /** Becomes 1 at the first match. */
  readonly matched: Local | undefined
  /** Where no more matches are wanted. */
  readonly done: Label
  readonly flow: RowFlow
  readonly next: Consumer
}
