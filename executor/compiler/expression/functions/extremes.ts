import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Scope } from '../scope.js'
import { assign, newSlots } from '../slots.js'
import { isAlwaysNull, type Value } from '../value.js'
import { pushComparison } from './comparison.js'

/** greatest and least of the operands that are not NULL. */
export function compileExtreme(call: Call, scope: Scope): Value {
  const { f } = scope
  const slots = newSlots(f, call.type, true)
  const values = call.args.map((arg) => scope.value(arg))
  assign(f, slots, values[0]!)
  for (const value of values.slice(1)) {
    if (isAlwaysNull(value)) continue
    // Taken when it is beyond what there is, or there is none.
    pushComparison(scope, call.fn === 'greatest' ? 'gt' : 'lt', value, slots)
    if (slots.isNull) f.get(slots.isNull).op('i32.or')
    if (value.isNull) f.get(value.isNull).op('i32.eqz').op('i32.and')
    f.if(() => assign(f, slots, value))
  }
  return call.nullable ? slots : { ...slots, isNull: undefined }
}
