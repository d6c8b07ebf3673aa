import { array } from '../../../../columnar/types.js'
import type { TextOptions } from '../../../../planner/plan/expression/text-options.js'
import { noVariant, UNCASTABLE_VARIANT } from '../../../../planner/plan/expression/variant-errors.js'
import { JSON_SLOT_BYTES } from '../../../kernels/interface/json-spec.js'
import { ROUTINE_NULL, ROUTINE_VALUE } from '../../../kernels/interface/text.js'
import { encodeVariantSpec, jsonSlots } from '../../../kernels/json-spec.js'
import { newArray, pushType } from '../../nested/array-builder.js'
import { i32Constant } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { extractedValue } from '../functions/from-text.js'
import { raiseErrors } from '../functions/routine.js'
import { whenNotNull } from '../nulls.js'
import { assign, newSlots } from '../slots.js'
import { type Value, withNull } from '../value.js'
import type { CastSite } from './cast-site.js'

/** A variant as a value of any other type: a kernel puts it into slots. What is none of the type raises in any mode but that of `try_cast`. */
export function castVariant({ cast, scope, to }: CastSite, value: Value): Value {
  const { f, context } = scope
  const { address, length, isNull } = asBytes(value)
  const area = context.constants.reserve(jsonSlots(to) * JSON_SLOT_BYTES)
  const spec = context.constants.add(encodeVariantSpec(to, optionsOf(cast)))
  const status = f.i32(ROUTINE_NULL).setNew('i32')
  whenNotNull(f, isNull, () => {
    scope.pushAddress(spec)
    f.get(address).get(length)
    scope.pushAddress(area)
    f.get(context.constantsBase).call(scope.kernel('variantExtract')).set(status)
    raiseErrors(UNCASTABLE_VARIANT, status, cast.origin, scope)
  })
  f.get(status).i32(ROUTINE_VALUE).op('i32.ne')
  const isMissing = f.setNew('i32')
  scope.pushAddress(area)
  return extractedValue(to, f.setNew('i32'), isMissing, scope)
}

const optionsOf = ({ mode, timeZone }: CastSite['cast']): TextOptions => ({
  ...(mode === 'try' ? {} : { mode: 'FAILFAST' }),
  ...(timeZone === undefined ? {} : { timeZone }),
})

/** Any other value as a variant: as the one element of an array, which a kernel reads. */
export function castToVariant({ cast, scope, to }: CastSite, value: Value): Value {
  const { f } = scope
  const result = newSlots(f, to, false)
  whenNotNull(f, value.isNull, () => {
    const type = array(value.type)
    const builder = newArray(scope, type, i32Constant(1))
    builder.append(scope, withNull(value, undefined))
    const one = builder.finish(scope)
    pushType(scope, type)
    f.get(one.address).get(one.length).get(scope.context.constantsBase).call(scope.kernel('variantOfElement'))
    raiseErrors(noVariant('to_variant_object'), f.setNew('i32'), cast.origin, scope)
    assign(f, result, loadBytesResult({ type: to }, scope, undefined))
  })
  return withNull(result, value.isNull)
}
