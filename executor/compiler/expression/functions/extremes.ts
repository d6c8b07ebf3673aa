import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import { i32Constant, type Local } from '../../wasm/types.js'
import type { Scope } from '../scope.js'
import { assign, newSlots } from '../slots.js'
import { isAlwaysNull, type ScalarValue, type Value } from '../value.js'
import { pushComparison } from './comparison.js'

/** Pops whether a value takes the place of what there is. Which one does is hard to foresee, so that there is no branch. */
function chooseScalar(f: FunctionBuilder, slots: ScalarValue, value: ScalarValue): void {
  const takes = f.setNew('i32')
  f.get(value.value)
    .get(slots.value)
    .get(takes)
    .select()
    .set(slots.value as Local)
  if (slots.isNull)
    f.get(slots.isNull)
      .get(value.isNull ?? i32Constant(0))
      .op('i32.and')
      .set(slots.isNull as Local)
}

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
    if (slots.kind === 'scalar' && value.kind === 'scalar') chooseScalar(f, slots, value)
    else f.if(() => assign(f, slots, value))
  }
  return call.nullable ? slots : { ...slots, isNull: undefined }
}
