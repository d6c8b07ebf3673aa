import type { PhysicalHashJoin } from '../../../planner/plan/physical/plan.js'
import { HashJoin } from '../codegen/hash-join.js'
import type { Step } from '../step.js'
import type { ExecutableOperator } from './operator.js'
import { producePartedJoin } from './parted-join.js'
import { storedRows } from './stored-rows.js'

/** Brings the rows of the right side into a table, then looks up those of the left side; a full join goes over the table once more. The table of a broadcast is made once a thread. */
export const hashJoin: ExecutableOperator<PhysicalHashJoin> = {
  produce(compiler, plan, next) {
    if (compiler.spills) return producePartedJoin(compiler, plan, next)
    const table = compiler.table()
    const join = new HashJoin(compiler.context, plan, table)
    const build = () => {
      compiler.input(plan, 1, join.build)
      compiler.step(finished(table, join.width))
    }
    if (plan.inputs[1].kind === 'broadcastRead') compiler.shared(table, build)
    else build()
    compiler.input(plan, 0, join.probe(next))
    if (plan.type !== 'full') return
    const { consumer, source } = join.unmatched(next)
    compiler.overRows(storedRows(table, join.width, source), consumer)
    compiler.release(table)
  },
}

const finished =
  (table: number, width: number): Step['run'] =>
  (task) => {
    task.memory.kernels.joinFinish(task.addressOf(table), width)
  }
