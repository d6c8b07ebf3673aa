import { givesStates } from '../../../planner/plan/physical/aggregate-state.js'
import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { oneTable } from '../codegen/table-place.js'
import { insertOnlyGroup } from './group-tables.js'
import type { ExecutableOperator, PipelineCompiler } from './operator.js'
import { producePartialGroups } from './partial-groups.js'
import { producePartedGroups } from './spilled-groups.js'
import { storedRows } from './stored-rows.js'

/** Adds all rows to their groups, then passes the groups on. */
export const aggregate: ExecutableOperator<PhysicalAggregate> = {
  produce(compiler, plan, next) {
    if (compiler.spills && plan.keys.length > 0 && !givesStates(plan)) return producePartedGroups(compiler, plan, next)
    const table = compiler.table()
    const groups = new GroupedAggregate(compiler.context, plan, oneTable(compiler.context, table))
    startGroups(compiler, table, groups)
    const mayGoOn = groups.hasKeys || plan.aggregates.some(({ shortened }) => shortened !== undefined)
    if (mayGoOn && givesStates(plan)) producePartialGroups(compiler, plan, groups, table, next)
    else {
      compiler.input(plan, 0, groups.lookingAhead)
      const rows = storedRows(table, groups.width, (row) => groups.source(row))
      compiler.overRows(rows, next)
    }
    compiler.release(table)
  },
}

/** Adds the step that makes a table of groups; without keys it has its one group from the start. */
export function startGroups(compiler: PipelineCompiler, table: number, { width, hasKeys }: GroupedAggregate): void {
  compiler.step((task) => {
    const { kernels } = task.memory
    kernels.groupTableInit(task.addressOf(table))
    if (!hasKeys) insertOnlyGroup(task, table, width)
  })
}
