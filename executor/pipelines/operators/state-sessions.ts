import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { PhysicalStateSessions } from '../../../planner/plan/physical/stateful.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { CHAINED_ROW_EXPIRES, CHAINED_ROW_HEADER_BYTES } from '../../kernels/interface/rows.js'
import { ROW_MARK_BYTES } from '../../kernels/interface/table.js'
import { ChainedRows } from '../codegen/chained-rows.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { RowMarks } from '../codegen/row-marks.js'
import { oneTable, type TablePlace } from '../codegen/table-place.js'
import { addressesOf } from './kept-layout.js'
import { expired, keptPlaces, keptRows, opened, overAllRows, saved } from './kept-operator.js'
import type { ExecutableOperator } from './operator.js'

/**
 * The sessions of the batches before stay. Each row of a batch is merged with those of its keys that it overlaps or meets, which then are one.
 * In files a session takes the place of those that it reaches, too: they are what became this one.
 */
export const stateSessions: ExecutableOperator<PhysicalStateSessions> = {
  produce(compiler, plan, next) {
    const places = keptPlaces(compiler, plan.state)
    const { operatorId, state, late } = places
    const times = compiler.eventTimes.view(operatorId, compiler.context.constants)
    const sessions = new Sessions(compiler.context, plan, state, times.late, late)
    const { groups, marks } = sessions
    const { width, refs, mark } = groups
    const layout = {
      ...{ ...places, width, refs, mark },
      replacesStrings: groups.replacesStrings,
      isChained: true,
      times: sessions.evicts ? times : undefined,
      leaving: { expires: sessions.evicts ? CHAINED_ROW_EXPIRES : undefined },
    }
    const kept = keptRows(compiler, layout, {
      marks,
      restore: sessions.restoring,
      load: (row) => groups.stateSource(row),
    })
    compiler.step(opened(kept))
    compiler.input(plan, 0, sessions.merging)
    const results = (row: Local) => groups.source(row)
    if (plan.outputMode === 'complete') overAllRows(compiler, kept, layout, marks, results, next)
    const output = plan.outputMode === 'append' ? compiler.pipeline(addressesOf(results), next) : undefined
    compiler.step(expired(kept, output))
    compiler.step(saved(kept))
  },
}

/** When a session, or a row, begins and ends (i64). */
interface Span {
  readonly start: Operand
  readonly end: Operand
}

class Sessions {
  readonly groups: GroupedAggregate
  readonly marks: RowMarks
  readonly #plan: PhysicalStateSessions
  readonly #table: TablePlace
  readonly #rows: ChainedRows
  readonly #lateTimes: number

  /** @param lateTimes offset of the time up to where rows are late; `late` of their count */
  constructor(context: CompilerContext, plan: PhysicalStateSessions, state: number, lateTimes: number, late: number) {
    this.#plan = plan
    this.#lateTimes = lateTimes
    this.#table = oneTable(context, state)
    const { inputs, keys, aggregates, attributes } = plan
    const merging = { kind: 'aggregate', mode: 'final', inputs, keys, aggregates, attributes } as const
    this.groups = new GroupedAggregate(context, merging, this.#table, ROW_MARK_BYTES, CHAINED_ROW_HEADER_BYTES)
    this.marks = new RowMarks(context, state, this.groups.mark, late)
    this.#rows = new ChainedRows(context, state, this.groups.width, this.groups.mark)
  }

  get evicts(): boolean {
    return this.#plan.outputMode !== 'complete' && this.#plan.expires
  }

  /** Takes the batch's rows. */
  get merging(): Consumer {
    return consumerOf((scope, flow) => {
      const span = this.#spanOf(scope)
      if (this.#plan.expires) this.marks.skipLate(scope, { micros: span.end, isNull: undefined }, this.#lateTimes, flow)
      this.#merge(scope, span, (row, session) => {
        this.groups.addToGroup(scope.over(this.groups.stateSource(row)), session)
      })
    })
  }

  /** Takes sessions of files. */
  get restoring(): Consumer {
    return consumerOf((scope) => this.#merge(scope, this.#spanOf(scope)))
  }

  /**
   * Puts the current row into the sessions.
   * @param into adds a session that it reaches to another one that it reaches; without, it takes the place of them all
   */
  #merge(scope: Scope, span: Span, into?: (row: Local, session: Local) => void): void {
    const { f } = scope
    const { keys } = this.groups
    const key = this.groups.preparedKey(scope)
    const hash = f.get(keys.hash(f, key)).op('i32.wrap_i64').setNew('i32')
    const session = f.i32(0).setNew('i32')
    this.#rows.forEach(f, hash, (row, next) => {
      keys.compare(f, row, key, next)
      const own = spanIn(this.#plan, (ordinal) => this.groups.source(row).column(ordinal, scope.fork()))
      f.get(own.start).get(span.end).op('i64.gt_s').brIf(next)
      f.get(span.start).get(own.end).op('i64.gt_s').brIf(next)
      if (!into) return this.#rows.remove(f, row)
      f.get(session)
      f.if(
        () => {
          into(row, session)
          this.#rows.remove(f, row)
        },
        () => f.get(row).set(session),
      )
    })
    f.get(session).op('i32.eqz')
    f.if(() => {
      f.get(this.#rows.insert(f, hash)).set(session)
      keys.store(f, session, key, this.#table)
      this.marks.added(this.evicts ? { micros: span.end, isNull: undefined } : undefined)(f, session, hash)
    })
    this.groups.addToGroup(scope, session)
    const { end } = spanIn(this.#plan, (ordinal) => this.groups.source(session).column(ordinal, scope.fork()))
    this.#rows.setExpiry(f, session, { micros: end, isNull: undefined })
    if (into) this.marks.touch(f, session)
  }

  #spanOf(scope: Scope): Span {
    return spanIn(this.#plan, (ordinal) => scope.column(ordinal))
  }
}

/** The times lie behind the keys, in rows and in results. They are never NULL. */
function spanIn({ keys }: PhysicalStateSessions, column: (ordinal: number) => Value): Span {
  const [start, end] = [column(keys.length), column(keys.length + 1)]
  if (start.kind === 'scalar' && end.kind === 'scalar') return { start: start.value, end: end.value }
  throw new MillraceError('INTERNAL_ERROR', { message: 'a session whose times are not timestamps' })
}

const consumerOf = (row: Consumer['row']): Consumer => ({ begin: () => {}, row, end: () => {} })
