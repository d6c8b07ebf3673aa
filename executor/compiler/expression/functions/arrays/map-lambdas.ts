import type { MapType } from '../../../../../columnar/types.js'
import type { Call, Lambda } from '../../../../../planner/plan/expression/expression.js'
import { type ArrayBuilder, newArray } from '../../../nested/array-builder.js'
import { applyLambda, computeColumns } from '../../../nested/lambda.js'
import { elementAt, forEachIndex, openMap } from '../../../nested/vector.js'
import { asBytes } from '../../bytes-result.js'
import { whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { nullOf } from '../../slots.js'
import { isAlwaysNull, partsOf, type Value, withNull } from '../../value.js'
import { refuseNullKey, uniqueKeys } from './construct.js'

type Append = (
  scope: Scope,
  builder: ArrayBuilder,
  entry: { readonly key: Value; readonly value: Value },
  made: Value,
) => void

/** A map of the entries of another one and of what a lambda makes of each. */
function compileEntries(call: Call, scope: Scope, append: Append): Value {
  const map = scope.value(call.args[0]!)
  if (isAlwaysNull(map)) return nullOf(call.type)
  const lambda = call.args[1] as Lambda
  computeColumns(scope, [lambda])
  const { count, keys, values } = openMap(scope, asBytes(map))
  const builder = newArray(scope, call.type as MapType, count)
  forEachIndex(scope.f, count, (index) => {
    const inner = scope.fork()
    const key = { ...elementAt(inner.f, keys, index), isNull: undefined }
    const value = elementAt(inner.f, values, index)
    append(inner, builder, { key, value }, applyLambda(lambda, inner, [key, value]))
  })
  return withNull(builder.finish(scope), map.isNull)
}

/** `map_filter(map, (k, v) -> …)`: the entries for which it is true. */
export const compileMapFilter = (call: Call, scope: Scope): Value =>
  compileEntries(call, scope, (inner, builder, { key, value }, made) => {
    const { f } = inner
    whenNotNull(f, made.isNull, () => f.get(partsOf(made)[0]!).if(() => builder.append(inner, key, value)))
  })

/** `transform_values(map, (k, v) -> …)`. */
export const compileTransformValues = (call: Call, scope: Scope): Value =>
  compileEntries(call, scope, (inner, builder, { key }, made) => builder.append(inner, key, made))

/** `transform_keys(map, (k, v) -> …)`. */
export function compileTransformKeys(call: Call, scope: Scope): Value {
  const map = compileEntries(call, scope, (inner, builder, { value }, made) => {
    refuseNullKey(inner, made, call.origin)
    builder.append(inner, made, value)
  })
  if (isAlwaysNull(map)) return map
  const result = asBytes(map)
  const { f } = scope
  const [address, length] = [f.get(result.address).setNew('i32'), f.get(result.length).setNew('i32')]
  whenNotNull(f, map.isNull, () => {
    const unique = uniqueKeys(scope.fork(), result, call)
    f.get(unique.address).set(address).get(unique.length).set(length)
  })
  return { ...result, address, length }
}
