import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import type { ExecutableOperator } from './operator.js'
import { startGroups, storedGroups } from './stored-groups.js'

/** Adds all rows to their groups, then passes the groups on. */
export const aggregate: ExecutableOperator<PhysicalAggregate> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const groups = new GroupedAggregate(compiler.context, plan, table)
    startGroups(compiler, table, groups)
    compiler.input(plan, 0, groups)
    compiler.overRows(
      storedGroups(table, groups.width, (row) => groups.source(row)),
      next,
    )
    compiler.release(table)
  },
}
