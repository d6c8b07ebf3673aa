import type { Call } from '../../../planner/plan/expression/expression.js'
import { i32Constant } from '../wasm/types.js'
import type { Scope } from './scope.js'
import { type Value, withNull } from './value.js'

/** A value that is NULL where what computes it raises. */
export function attempted(scope: Scope, compute: (inner: Scope) => Value): Value {
  const { f } = scope
  const isNull = f.i32(1).setNew('i32')
  let value: Value | undefined
  f.attempt(() => {
    value = compute(scope.fork())
    f.get(value.isNull ?? i32Constant(0)).set(isNull)
  })
  return withNull(value!, isNull)
}

/** `attempt`: the operand is computed within. */
export const compileAttempt = (call: Call, scope: Scope): Value =>
  attempted(scope, (inner) => inner.value(call.args[0]!))
