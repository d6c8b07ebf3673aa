import { type ArrayType, array, type MapType, type StructType } from '../../../../columnar/types.js'
import { newArray, pushType } from '../../nested/array-builder.js'
import { i32Constant } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { whenNotNull } from '../nulls.js'
import { assign, newSlots, nullOf } from '../slots.js'
import { type Value, withNull } from '../value.js'
import { beginVariants, raiseUnreadable } from '../variant-texts.js'
import type { CastSite } from './cast-site.js'

/** `[1, null]`, `{k -> v}` */
export function castPackedToString(site: CastSite<ArrayType | MapType>, packed: Value): Value {
  const { scope } = site
  const value = asBytes(packed)
  const text = newSlots(scope.f, site.to, false)
  assign(scope.f, text, nullOf(site.to))
  whenNotNull(scope.f, value.isNull, () => {
    beginVariants(site.from, scope)
    pushType(scope, site.from)
    scope.f.get(value.address).get(scope.context.constantsBase).call(scope.kernel('packedText'))
    raiseUnreadable(site.from, site.cast.origin, scope)
    assign(scope.f, text, loadBytesResult({ type: site.to }, scope, undefined))
  })
  return withNull(text, value.isNull)
}

/** `{1, x}`: as the one element of an array. */
export function castStructToString(site: CastSite<StructType>, value: Value): Value {
  const { scope } = site
  const type = array(site.from)
  const builder = newArray(scope, type, i32Constant(1))
  builder.append(scope, withNull(value, undefined))
  const one = builder.finish(scope)
  beginVariants(type, scope)
  pushType(scope, type)
  scope.f.get(one.address).get(scope.context.constantsBase).call(scope.kernel('packedElementText'))
  raiseUnreadable(type, site.cast.origin, scope)
  return loadBytesResult({ type: site.to }, scope, value.isNull)
}
