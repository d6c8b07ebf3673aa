import type { ArrayType, MapType } from '../../../../../columnar/types.js'
import { STRING } from '../../../../../columnar/types.js'
import type { Origin } from '../../../../../common/errors/condition.js'
import type { Call } from '../../../../../planner/plan/expression/expression.js'
import { newArray, pushType } from '../../../nested/array-builder.js'
import { elementAt, forEachIndex, openArray, openMap } from '../../../nested/vector.js'
import { i32Constant, type Local } from '../../../wasm/types.js'
import { asBytes } from '../../bytes-result.js'
import { CastSite } from '../../cast/cast-site.js'
import { castToString } from '../../cast/to-string.js'
import { DETAIL_TEXT } from '../../error-sites.js'
import { anyNull, whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { type BytesValue, isAlwaysNull, type Value, withNull } from '../../value.js'
import { pushComparison } from '../comparison.js'

/** `array(a, b, …)`. */
export function compileArray(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  const builder = newArray(scope, call.type as ArrayType, i32Constant(values.length))
  for (const value of values) builder.append(scope, value)
  return builder.finish(scope)
}

/** `map(k, v, …)`. */
export function compileMap(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  const builder = newArray(scope, call.type as MapType, i32Constant(values.length / 2))
  for (let i = 0; i < values.length; i += 2) {
    refuseNullKey(scope, values[i]!, call.origin)
    builder.append(scope, values[i]!, values[i + 1]!)
  }
  return uniqueKeys(scope, builder.finish(scope), call)
}

/** @throws NULL_MAP_KEY, when it runs */
export function refuseNullKey(scope: Scope, key: Value, origin: Origin | undefined): void {
  if (!key.isNull) return
  scope.f.get(key.isNull).if(() => scope.raise('NULL_MAP_KEY', {}, origin))
}

/** The map that a call makes, with each key once. @throws DUPLICATED_MAP_KEY, when it runs, unless the last of equal keys counts */
export function uniqueKeys(scope: Scope, map: BytesValue, { failure, origin }: Call): BytesValue {
  if (failure === 'last') return withLastValues(scope, map)
  refuseEqualKeys(scope, map, origin)
  return map
}

/** Runs `emit` with the number of the first key that equals one before it, where there is one. */
function whenKeysEqual(scope: Scope, map: BytesValue, emit: (found: Local) => void): void {
  const type = map.type as MapType
  // Of no type are NULLs only, which are refused before.
  if (type.key.kind === 'void') return
  const { f } = scope
  pushType(scope, type)
  const found = f.get(map.address).call(scope.kernel('packedEqualKey')).setNew('i32')
  f.get(found).i32(0).op('i32.ge_s')
  f.if(() => emit(found))
}

/** @throws DUPLICATED_MAP_KEY, when it runs, for a map in which two keys are equal */
export function refuseEqualKeys(scope: Scope, map: BytesValue, origin: Origin | undefined): void {
  whenKeysEqual(scope, map, (found) => {
    const { keys } = openMap(scope, map)
    const key = elementAt(scope.f, keys, found)
    const cast = { kind: 'cast', child: { kind: 'literal', type: key.type, value: null, nullable: true } } as const
    const site = new CastSite({ ...cast, type: STRING, mode: 'ansi', nullable: false }, key, scope)
    const parameters = { key: DETAIL_TEXT, mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"' }
    scope.raise('DUPLICATED_MAP_KEY', parameters, origin, asBytes(castToString(site, key)))
  })
}

/** A map with each key where it is first and with the value that it has last. */
function withLastValues(scope: Scope, map: BytesValue): BytesValue {
  const { f } = scope
  const result = { ...map, address: f.get(map.address).setNew('i32'), length: f.get(map.length).setNew('i32') }
  whenKeysEqual(scope, map, () => {
    const inner = scope.fork()
    const { count, keys, values } = openMap(inner, map)
    const keyAt = (index: Local): Value => ({ ...elementAt(f, keys, index), isNull: undefined })
    const builder = newArray(inner, map.type as MapType, count)
    forEachIndex(f, count, (index) => {
      const key = keyAt(index)
      const isFirst = f.i32(1).setNew('i32')
      const last = f.get(index).setNew('i32')
      forEachIndex(f, count, (other, leave) => {
        pushComparison(inner.fork(), 'eq', keyAt(other), key)
        f.if(() => {
          f.get(other).set(last).get(other).get(index).op('i32.lt_s')
          f.if(() => {
            f.i32(0).set(isFirst)
            leave()
          })
        })
      })
      f.get(isFirst).if(() => builder.append(inner.fork(), key, elementAt(f, values, last)))
    })
    const made = builder.finish(inner)
    f.get(made.address).set(result.address).get(made.length).set(result.length)
  })
  return result
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
    const builder = newArray(inner, call.type as MapType, open.count)
    forEachIndex(f, open.count, (index) => {
      const key = elementAt(f, open.elements, index)
      refuseNullKey(inner, key, call.origin)
      builder.append(inner, key, elementAt(f, others.elements, index))
    })
    assign(f, result, uniqueKeys(inner, builder.finish(inner), call))
  })
  return isNull ? result : withNull(result, undefined)
}
