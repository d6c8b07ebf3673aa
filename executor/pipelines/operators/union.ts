import type { PhysicalUnion } from '../../../planner/plan/physical/plan.js'
import type { ExecutableOperator } from './operator.js'

/** One input after the other; each ends in code of its own for what is above. */
export const union: ExecutableOperator<PhysicalUnion> = {
  produce(compiler, plan, next) {
    plan.inFirstTask.forEach((isInFirstTask, i) => {
      const emit = () => compiler.input(plan, i, next)
      if (isInFirstTask) compiler.inFirstTask(emit)
      else emit()
    })
  },
}
