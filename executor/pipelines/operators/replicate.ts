import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { PhysicalReplicate } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { ScalarValue } from '../../compiler/expression/value.js'
import { before, type Consumer } from '../codegen/consumer.js'
import type { ExecutableOperator } from './operator.js'

export const replicate: ExecutableOperator<PhysicalReplicate> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, replicated(plan.times, next)),
}

/** Passes each row on as many times as an expression says. */
function replicated(times: Expression, next: Consumer): Consumer {
  return before(next, (scope, flow) => {
    const { f } = scope
    const { value } = compileExpression(times, scope) as ScalarValue
    const rest = f.get(value).setNew('i64')
    f.block((done) => {
      f.loop((again) => {
        f.get(rest).i64(0n).op('i64.le_s').brIf(done)
        f.get(rest).i64(1n).op('i64.sub').set(rest)
        f.block((skip) => next.row(scope, { ...flow, skip }))
        f.br(again)
      })
    })
  })
}
