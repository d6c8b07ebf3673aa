import type { ArrayType } from '../../../../../columnar/types.js'
import type { Call } from '../../../../../planner/plan/expression/expression.js'
import { pushType } from '../../../nested/array-builder.js'
import { asBytes, loadBytesResult } from '../../bytes-result.js'
import { whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { isAlwaysNull, type Value, withNull } from '../../value.js'

/** Bytes that sort as an array does. */
export function compileOrderKey(call: Call, scope: Scope): Value {
  const { f } = scope
  const array = scope.value(call.args[0]!)
  if (isAlwaysNull(array)) return nullOf(call.type)
  const key = newSlots(f, call.type, false)
  assign(f, key, nullOf(call.type))
  whenNotNull(f, array.isNull, () => {
    pushType(scope, array.type as ArrayType)
    f.get(asBytes(array).address).get(scope.context.constantsBase).call(scope.kernel('packedOrderKey'))
    assign(f, key, loadBytesResult(call, scope, undefined))
  })
  return withNull(key, array.isNull)
}
