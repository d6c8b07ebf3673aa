import { INT } from '../../../columnar/types.js'
import type { PhysicalReplicate } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { Scope } from '../../compiler/expression/scope.js'
import { type ScalarValue, scalar } from '../../compiler/expression/value.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import { copySource } from '../codegen/copy-source.js'
import type { ExecutableOperator } from './operator.js'

/** Passes each row on as many times as an expression says. */
export const replicate: ExecutableOperator<PhysicalReplicate> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, replicated(plan, next)),
}

function replicated({ inputs, times, isNumbered }: PhysicalReplicate, next: Consumer): Consumer {
  const width = inputs[0].attributes.length
  return before(next, (scope, flow) => {
    const { f } = scope
    const { value } = compileExpression(times, scope) as ScalarValue
    const copy = f.i64(0n).setNew('i64')
    const scopeOfCopy = isNumbered ? numbered(scope, width, copy) : (): Scope => scope
    f.block((done) => {
      f.loop((again) => {
        f.get(copy).get(value).op('i64.ge_s').brIf(done)
        f.block((skip) => next.row(scopeOfCopy(), { ...flow, skip }))
        f.get(copy).i64(1n).op('i64.add').set(copy)
        f.br(again)
      })
    })
  })
}

/** The scope of a copy, with its number as a further column. What is the same in all copies is computed here, before the loop. */
function numbered(scope: Scope, width: number, copy: Local): () => Scope {
  const kept = Array.from({ length: width }, (_, ordinal) => scope.column(ordinal))
  return () => {
    // The counter changes, and values do not.
    const number = scope.f.get(copy).op('i32.wrap_i64').setNew('i32')
    return scope.over(
      copySource(
        width,
        (ordinal) => kept[ordinal]!,
        number,
        (_f, at) => scalar(INT, at, undefined),
      ),
    )
  }
}
