import { type Field, field } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { aggregateState } from '../../../planner/plan/physical/aggregate-state.js'
import type { PhysicalStateAggregate } from '../../../planner/plan/physical/stateful.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { Scope } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { oneTable } from '../codegen/table-place.js'
import type { EventTimeView } from '../event-times.js'
import type { BatchSource, Step } from '../step.js'
import { startGroups } from './aggregate.js'
import { batchesOfBlocks } from './block-batches.js'
import type { ExecutableOperator } from './operator.js'
import { storedRows } from './stored-rows.js'

const MICROS_PER_DAY = 86_400_000_000n

/** The state of the batches before, then this batch's rows; what the output mode asks for goes on, what stays goes to the state. */
export const stateAggregate: ExecutableOperator<PhysicalStateAggregate> = {
  produce(compiler, plan, next) {
    const { operatorId } = plan.state
    const table = compiler.table()
    const aggregate = new StateAggregate(
      compiler.context,
      plan,
      table,
      compiler.eventTimes.view(operatorId, compiler.context.constants),
    )
    const { groups } = aggregate
    const fields = stateFields(plan)
    startGroups(compiler, table, groups)
    compiler.overBatches(fields, openState(operatorId, fields), aggregate.loading)
    compiler.input(plan, 0, aggregate.merging)
    let row: Local
    const results = storedRows(table, groups.width, (at) => {
      row = at
      return groups.source(at)
    })
    compiler.overRows(
      results,
      aggregate.output(() => row, next),
    )
    const kept = compiler.sideOutput(fields)
    const states = storedRows(table, groups.width, (at) => groups.stateSource(at))
    compiler.overRows(states, aggregate.kept(kept.consumer))
    compiler.step(saved(operatorId, kept.number))
    compiler.release(table)
  },
}

const openState =
  (operatorId: number, fields: readonly Field[]): BatchSource['open'] =>
  ({ state, memory }, { used }) => ({
    batches: batchesOfBlocks(state.blocks(operatorId, memory.count('state of the batch before')), memory, fields, used),
    isCounted: false,
  })

const saved =
  (operatorId: number, sideOutput: number): Step['run'] =>
  (task) =>
    task.state.save(operatorId, task.side(sideOutput).takeBlocks())

/** The columns of the state of a stateful aggregate: its keys, then the state columns of its aggregates. The same as its input's. */
function stateFields(plan: PhysicalStateAggregate): readonly Field[] {
  const keys = plan.keys.map(({ name, expression }) => field(name, expression.type, expression.nullable))
  return [...keys, ...plan.aggregates.flatMap(aggregateState)]
}

/**
 * The groups of a stateful aggregate: those of the batches before are loaded, then the batch's partial rows merged. A group is final
 * when its expiry lies at or below the watermark, and leaves the state (not in mode `complete`, which keeps everything for ever). Rows are late,
 * and dropped, up to where groups have left it in batches before.
 */
class StateAggregate {
  readonly groups: GroupedAggregate
  readonly #context: CompilerContext
  readonly #plan: PhysicalStateAggregate
  readonly #times: EventTimeView

  constructor(context: CompilerContext, plan: PhysicalStateAggregate, table: number, times: EventTimeView) {
    this.#context = context
    this.#plan = plan
    this.#times = times
    const { inputs, keys, aggregates, attributes } = plan
    const merging = { kind: 'aggregate', mode: 'final', inputs, keys, aggregates, attributes } as const
    this.groups = new GroupedAggregate(context, merging, oneTable(context, table), true)
  }

  get #evicts(): boolean {
    return this.#plan.outputMode !== 'complete' && this.#plan.expiry !== undefined
  }

  /** Takes the state of the batches before. */
  get loading(): Consumer {
    return this.groups.adding(false)
  }

  /** Takes the batch's rows. */
  get merging(): Consumer {
    const merging = this.groups.adding(true)
    if (!this.#evicts) return merging
    return before(merging, (scope, flow) => {
      this.#pushIsUpTo(scope, this.#times.late)
      scope.f.brIf(flow.skip)
      merging.row(scope, flow)
    })
  }

  /** Passes on the groups that the output mode asks for. @param rowOf the local that holds the group's row */
  output(rowOf: () => Local, next: Consumer): Consumer {
    switch (this.#plan.outputMode) {
      case 'complete':
        return next
      case 'append':
        return this.#whereFinal(1, next)
      case 'update':
        return before(next, (scope, flow) => {
          if (this.groups.hasKeys) this.groups.pushIsChanged(scope.f, rowOf()).op('i32.eqz').brIf(flow.skip)
          next.row(scope, flow)
        })
    }
  }

  /** Passes on the groups that stay in the state. */
  kept(next: Consumer): Consumer {
    return this.#evicts ? this.#whereFinal(0, next) : next
  }

  #whereFinal(wanted: 0 | 1, next: Consumer): Consumer {
    return before(next, (scope, flow) => {
      this.#pushIsUpTo(scope, this.#times.final)
      if (wanted === 1) scope.f.op('i32.eqz')
      scope.f.brIf(flow.skip)
      next.row(scope, flow)
    })
  }

  /** Pushes 1 for a group, or a row of one, whose expiry is not later than the time at an offset of the data area. */
  #pushIsUpTo(scope: Scope, time: number): void {
    const { f } = scope
    const { expiry } = this.#plan
    if (!expiry) {
      f.i32(0)
      return
    }
    const value = compileExpression(expiry, scope)
    if (value.kind !== 'scalar') throw new MillraceError('INTERNAL_ERROR', { message: 'an expiry that is not a time' })
    f.get(value.value)
    if (value.value.type === 'i32') f.op('i64.extend_i32_s').i64(MICROS_PER_DAY).op('i64.mul')
    f.get(this.#context.constantsBase).load('i64.load', time).op('i64.le_s')
    if (value.isNull) f.get(value.isNull).op('i32.eqz').op('i32.and')
  }
}
