import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { PhysicalBroadcast, PhysicalExchange } from '../../../planner/plan/physical/plan.js'
import type { ExecutableOperator } from './operator.js'

/** Where plans are cut: the stage below ends in a sink, the one above begins with a read, and neither holds the operator. */
const cut: ExecutableOperator<PhysicalExchange | PhysicalBroadcast> = {
  produce(_, { kind }) {
    throw new MillraceError('INTERNAL_ERROR', { message: `an uncut ${kind} reached an executor` })
  },
}

export const exchange: ExecutableOperator<PhysicalExchange> = cut
export const broadcast: ExecutableOperator<PhysicalBroadcast> = cut
