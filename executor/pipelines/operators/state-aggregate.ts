import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { PhysicalStateAggregate } from '../../../planner/plan/physical/stateful.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { ROW_EXPIRES_BYTES, ROW_MARK_BYTES, STATE_TOUCHED } from '../../kernels/interface/table.js'
import { before, type Consumer } from '../codegen/consumer.js'
import type { FoundGroup } from '../codegen/group-probe.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { type RowExpiry, RowMarks } from '../codegen/row-marks.js'
import { oneTable } from '../codegen/table-place.js'
import type { EventTimeView } from '../event-times.js'
import { addressesOf, listedRows } from './kept-layout.js'
import { expired, keptPlaces, keptRows, merged, opened, overAllRows, saved } from './kept-operator.js'
import type { ExecutableOperator } from './operator.js'

const MICROS_PER_DAY = 86_400_000_000n

/**
 * The groups of the batches before stay, this batch's rows are merged into them, and what the output mode asks for goes on. A group is final when its expiry
 * lies at or below the watermark, and leaves the state (not in mode `complete`, which keeps everything for ever). Rows are late, and dropped, up to where groups
 * have left it in batches before.
 */
export const stateAggregate: ExecutableOperator<PhysicalStateAggregate> = {
  produce(compiler, plan, next) {
    const places = keptPlaces(compiler, plan.state)
    const { operatorId, state, late } = places
    const times = compiler.eventTimes.view(operatorId, compiler.context.constants)
    const aggregate = new StateAggregate(compiler.context, plan, state, times, late)
    const { groups } = aggregate
    const { width, refs, mark } = groups
    const layout = {
      ...{ ...places, width, refs, mark },
      isSingle: !groups.hasKeys,
      replacesStrings: groups.replacesStrings,
      times: aggregate.evicts ? times : undefined,
      // Without keys there is one row.
      ...(groups.hasKeys && { leaving: { keyBytes: groups.keys.width, expires: aggregate.expires } }),
    }
    const kept = keptRows(compiler, layout, {
      marks: aggregate.marks,
      restore: aggregate.restoring,
      load: (row) => groups.stateSource(row),
      ...(groups.hasKeys && { merge: groups.adding(() => ({ added: () => {} })) }),
    })
    compiler.step(opened(kept))
    compiler.input(plan, 0, aggregate.merging)
    compiler.step(merged(kept))
    const results = (row: Local) => groups.source(row)
    if (plan.outputMode === 'complete') overAllRows(compiler, kept, layout, aggregate.marks, results, next)
    if (plan.outputMode === 'update') compiler.overRows(listedRows(state + STATE_TOUCHED, results), next)
    const output = plan.outputMode === 'append' ? compiler.pipeline(addressesOf(results), next) : undefined
    compiler.step(expired(kept, output))
    compiler.step(saved(kept))
  },
}

class StateAggregate {
  readonly groups: GroupedAggregate
  readonly marks: RowMarks
  readonly #plan: PhysicalStateAggregate
  readonly #times: EventTimeView

  constructor(
    context: CompilerContext,
    plan: PhysicalStateAggregate,
    state: number,
    times: EventTimeView,
    late: number,
  ) {
    this.#plan = plan
    this.#times = times
    const { inputs, keys, aggregates, attributes } = plan
    const merging = { kind: 'aggregate', mode: 'final', inputs, keys, aggregates, attributes } as const
    const markBytes = ROW_MARK_BYTES + (this.evicts ? ROW_EXPIRES_BYTES : 0)
    this.groups = new GroupedAggregate(context, merging, oneTable(context, state), markBytes)
    this.marks = new RowMarks(context, state, this.groups.mark, late, this.expires)
  }

  get evicts(): boolean {
    return this.#plan.outputMode !== 'complete' && this.#plan.expiry !== undefined
  }

  /** Offset in a row of when it expires. */
  get expires(): number | undefined {
    return this.evicts ? this.groups.mark + ROW_MARK_BYTES : undefined
  }

  /** Takes groups of the state. */
  get restoring(): Consumer {
    return this.groups.adding((scope) => ({ added: this.marks.added(this.#expiryOf(scope)) }), true)
  }

  /** Takes the batch's rows. */
  get merging(): Consumer {
    const found: FoundGroup = (scope) => ({
      added: this.marks.added(this.#expiryOf(scope)),
      found: (row) => this.marks.touch(scope.f, row),
    })
    const merging = this.groups.adding(found)
    if (!this.evicts) return merging
    return before(merging, (scope, flow) => {
      this.marks.skipLate(scope, this.#expiryOf(scope)!, this.#times.late, flow)
      merging.row(scope, flow)
    })
  }

  #expiryOf(scope: Scope): RowExpiry | undefined {
    const { expiry } = this.#plan
    if (!expiry || !this.evicts) return undefined
    const value = compileExpression(expiry, scope)
    if (value.kind !== 'scalar') throw new MillraceError('INTERNAL_ERROR', { message: 'an expiry that is not a time' })
    const { f } = scope
    f.get(value.value)
    if (value.value.type === 'i32') f.op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul')
    return { micros: f.setNew('i64'), isNull: value.isNull }
  }
}
