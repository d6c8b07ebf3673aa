import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import { HashJoin } from '../codegen/hash-join.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'
import { producePartedJoin } from './parted-join.js'
import { storedRows } from './stored-rows.js'

/** Brings the rows of the right side into a table, then looks up those of the left side; a full join goes over the table once more. The table of a broadcast is made once an executor, if it is not small. What only filters is left out where memory is short. */
export const hashJoin: ExecutableOperator<PhysicalHashJoin> = {
  produce(compiler, plan, next) {
    if (compiler.spills) return plan.isFilter ? compiler.input(plan, 0, next) : producePartedJoin(compiler, plan, next)
    const table = compiler.table()
    const join = new HashJoin(compiler.context, plan, table)
    const { refs, width } = join
    const build = () => {
      compiler.input(plan, 1, join.build)
      compiler.step(finished(table, join.width, refs))
    }
    if (plan.inputs[1].kind === 'broadcastRead') compiler.shared(table, build, { width, refs })
    else build()
    compiler.input(plan, 0, join.probe(next))
    if (plan.type !== 'full') return
    const { consumer, source } = join.unmatched(next)
    compiler.overRows(storedRows(table, join.width, source), consumer)
    compiler.release(table)
  },
}

const finished =
  (table: number, width: number, refs: number): Step['run'] =>
  (task) => {
    const { kernels } = task.memory
    if (task.tables.isCopied(table)) kernels.joinCompact(task.addressOf(table), width, task.addressOf(refs))
    kernels.joinFinish(task.addressOf(table), width)
    task.tables.made(table)
  }
