import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import type { Consumer } from '../codegen/consumer.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import type { Step } from '../step.js'
import type { ExecutableOperator, PipelineCompiler } from './operator.js'
import { hashedGroups } from './row-parts.js'
import { partedGroups, partialGroups, type SpillingGroups } from './spilled-groups.js'
import { adjacentRows, storedRows } from './stored-rows.js'

/** Adds all rows to their groups, then passes the groups on. */
export const aggregate: ExecutableOperator<PhysicalAggregate> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const groups = new GroupedAggregate(compiler.context, plan, table)
    const spilling = groups.hasKeys ? spillingGroups(compiler, plan, groups, table, next) : undefined
    startGroups(compiler, table, groups)
    if (spilling) compiler.step(held(spilling))
    compiler.input(plan, 0, groups)
    if (spilling) compiler.step(passedOn(spilling))
    else
      compiler.overRows(
        storedRows(table, groups.width, (row) => groups.source(row)),
        next,
      )
    compiler.release(table)
  },
}

const held =
  (groups: SpillingGroups): Step['run'] =>
  (task) =>
    groups.hold(task)

const passedOn =
  (groups: SpillingGroups): Step['run'] =>
  (task) =>
    groups.passOn(task)

function spillingGroups(
  compiler: PipelineCompiler,
  plan: PhysicalAggregate,
  groups: GroupedAggregate,
  table: number,
  next: Consumer,
): SpillingGroups | undefined {
  const own = () => hashedGroups({ table, width: groups.width, refs: groups.refs })
  if (plan.mode === 'partial') {
    const rows = adjacentRows(groups.width, (row) => groups.source(row))
    return partialGroups(own(), compiler.pipeline(rows, next))
  }
  return compiler.spills ? partedGroups(compiler, plan, groups, own(), next) : undefined
}

/** Adds the step that makes a table of groups; without keys it has its one group from the start. */
export function startGroups(compiler: PipelineCompiler, table: number, { width, hasKeys }: GroupedAggregate): void {
  compiler.step((task) => {
    const { kernels } = task.memory
    const address = task.addressOf(table)
    kernels.groupTableInit(address)
    if (!hasKeys) kernels.groupInsert(address, 0, width)
  })
}
