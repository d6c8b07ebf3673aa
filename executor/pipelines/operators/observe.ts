import { aggregateState } from '../../../planner/plan/physical/aggregate-state.js'
import type { PhysicalObserve } from '../../../planner/plan/physical/plan.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { oneTable } from '../codegen/table-place.js'
import type { Step } from '../step.js'
import { startGroups } from './aggregate.js'
import type { ExecutableOperator } from './operator.js'
import { storedRows } from './stored-rows.js'

/** Adds all rows to one group on their way, whose state the task reports. */
export const observe: ExecutableOperator<PhysicalObserve> = {
  produce(compiler, plan, next) {
    const { aggregates, inputs, observationId } = plan
    const fields = aggregates.flatMap(aggregateState)
    // Of constants alone nothing is to be added up.
    if (fields.length === 0) return compiler.input(plan, 0, next)
    const table = compiler.table()
    const partial = { kind: 'aggregate', mode: 'partial', inputs, keys: [], aggregates, attributes: [] } as const
    const groups = new GroupedAggregate(compiler.context, partial, oneTable(compiler.context, table))
    startGroups(compiler, table, groups)
    compiler.input(plan, 0, observed(groups, next))
    const states = compiler.sideOutput(fields)
    compiler.overRows(
      storedRows(table, groups.width, (row) => groups.source(row)),
      states.consumer,
    )
    compiler.step(reported(observationId, states.number))
    compiler.release(table)
  },
}

const reported =
  (observationId: string, states: number): Step['run'] =>
  (task) =>
    void task.observations.push({ observationId, blocks: task.side(states).takeBlocks() })

function observed(groups: GroupedAggregate, next: Consumer): Consumer {
  return {
    begin: (f) => {
      groups.begin(f)
      next.begin(f)
    },
    row: (scope, flow) => {
      groups.row(scope)
      next.row(scope, flow)
    },
    end: (f) => {
      groups.end()
      next.end(f)
    },
  }
}
