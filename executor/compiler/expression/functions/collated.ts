import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'

/** `collate` and `as_collated`: texts are held alike whatever their collations are. */
export function compileCollated(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  return isAlwaysNull(value) ? nullOf(call.type) : ({ ...value, type: call.type } as Value)
}
