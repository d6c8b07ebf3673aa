import type { ArrayType, MapType } from '../../../../../columnar/types.js'
import { STRING } from '../../../../../columnar/types.js'
import type { Origin } from '../../../../../common/errors/condition.js'
import type { Call } from '../../../../../planner/plan/expression/expression.js'
import { ArrayBuilder, pushType } from '../../../nested/array-builder.js'
import { elementAt, forEachIndex, openArray, openMap } from '../../../nested/vector.js'
import { i32Constant } from '../../../wasm/types.js'
import { asBytes } from '../../bytes-result.js'
import { CastSite } from '../../cast/cast-site.js'
import { castToString } from '../../cast/to-string.js'
import { DETAIL_TEXT } from '../../error-sites.js'
import { anyNull, whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { type BytesValue, isAlwaysNull, type Value, withNull } from '../../value.js'

/** `array(a, b, …)`. */
export function compileArray(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  const builder = new ArrayBuilder(scope, call.type as ArrayType, i32Constant(values.length))
  for (const value of values) builder.append(scope, value)
  return builder.finish(scope)
}

/** `map(k, v, …)`. */
export function compileMap(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  const builder = new ArrayBuilder(scope, call.type as MapType, i32Constant(values.length / 2))
  for (let i = 0; i < values.length; i += 2) {
    refuseNullKey(scope, values[i]!, call.origin)
    builder.append(scope, values[i]!, values[i + 1]!)
  }
  const map = builder.finish(scope)
  refuseEqualKeys(scope, map, call.origin)
  return map
}

/** @throws NULL_MAP_KEY, when it runs */
export function refuseNullKey(scope: Scope, key: Value, origin: Origin | undefined): void {
  if (!key.isNull) return
  scope.f.get(key.isNull).if(() => scope.raise('NULL_MAP_KEY', {}, origin))
}

/** @throws DUPLICATED_MAP_KEY, when it runs, for a map in which two keys are equal */
export function refuseEqualKeys(scope: Scope, map: BytesValue, origin: Origin | undefined): void {
  const { f } = scope
  const type = map.type as MapType
  // Of no type are NULLs only, which are refused before.
  if (type.key.kind === 'void') return
  pushType(scope, type)
  const found = f.get(map.address).call(scope.kernel('packedEqualKey')).setNew('i32')
  f.get(found).i32(0).op('i32.ge_s')
  f.if(() => {
    const { keys } = openMap(scope, map)
    const key = elementAt(f, keys, found)
    const cast = { kind: 'cast', child: { kind: 'literal', type: key.type, value: null, nullable: true } } as const
    const site = new CastSite({ ...cast, type: STRING, mode: 'ansi', nullable: false }, key, scope)
    const parameters = { key: DETAIL_TEXT, mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"' }
    scope.raise('DUPLICATED_MAP_KEY', parameters, origin, asBytes(castToString(site, key)))
  })
}

/** A map of an array of keys and one of values. */
export function compileMapOf(call: Call, scope: Scope): Value {
  const { f } = scope
  const [keys, values] = call.args.map((arg) => scope.value(arg))
  if (isAlwaysNull(keys!) || isAlwaysNull(values!)) return nullOf(call.type)
  const isNull = anyNull(f, [keys!.isNull, values!.isNull])
  const result = newSlots(f, call.type, true)
  assign(f, result, nullOf(call.type))
  whenNotNull(f, isNull, () => {
    const inner = scope.fork()
    const [open, others] = [openArray(inner, asBytes(keys!)), openArray(inner, asBytes(values!))]
    f.get(open.count).get(others.count).op('i32.ne')
    f.if(() => inner.raise('_LEGACY_ERROR_TEMP_2128', {}, call.origin))
    const builder = new ArrayBuilder(inner, call.type as MapType, open.count)
    forEachIndex(f, open.count, (index) => {
      const key = elementAt(f, open.elements, index)
      refuseNullKey(inner, key, call.origin)
      builder.append(inner, key, elementAt(f, others.elements, index))
    })
    const map = builder.finish(inner)
    refuseEqualKeys(inner, map, call.origin)
    assign(f, result, map)
  })
  return isNull ? result : withNull(result, undefined)
}
