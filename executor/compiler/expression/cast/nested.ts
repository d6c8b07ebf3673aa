import type { DataType } from '../../../../columnar/types.js'
import { newArray } from '../../nested/array-builder.js'
import { elementAt, forEachIndex, openArray, openMap } from '../../nested/vector.js'
import { refuseEqualKeys } from '../functions/arrays/construct.js'
import type { Scope } from '../scope.js'
import { type BytesValue, type Value, withNull } from '../value.js'
import type { CastSite } from './cast-site.js'

/** Casts a value that lies within another one. */
type CastPart = (value: Value, type: DataType, scope: Scope) => Value

/** Element by element. */
export function castArray(site: CastSite, value: BytesValue, castPart: CastPart): Value {
  const { scope } = site
  const { type } = site.cast
  if (type.kind !== 'array') throw site.unsupported()
  const { count, elements } = openArray(scope, value)
  const builder = newArray(scope, type, count)
  forEachIndex(scope.f, count, (index) => {
    const inner = scope.fork()
    builder.append(inner, castPart(elementAt(inner.f, elements, index), type.element, inner))
  })
  return withNull(builder.finish(scope), value.isNull)
}

/** Key by key and value by value. Keys that differed may be equal afterwards, or NULL with TRY_CAST, which then is NULL. */
export function castMap(site: CastSite, value: BytesValue, castPart: CastPart): Value {
  const { scope, cast } = site
  const { type } = cast
  const { f } = scope
  if (type.kind !== 'map') throw site.unsupported()
  const { count, keys, values } = openMap(scope, value)
  const builder = newArray(scope, type, count)
  forEachIndex(f, count, (index) => {
    const inner = scope.fork()
    const key = castPart({ ...elementAt(f, keys, index), isNull: undefined }, type.key, inner)
    if (key.isNull) f.get(key.isNull).if(() => inner.raise('NULL_MAP_KEY', {}, cast.origin))
    builder.append(inner, key, castPart(elementAt(f, values, index), type.value, inner))
  })
  const map = builder.finish(scope)
  refuseEqualKeys(scope, map, cast.origin)
  return withNull(map, value.isNull)
}
