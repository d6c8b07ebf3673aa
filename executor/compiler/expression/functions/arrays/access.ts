import type { ArrayType, MapType } from '../../../../../columnar/types.js'
import { INT } from '../../../../../columnar/types.js'
import type { Call } from '../../../../../planner/plan/expression/expression.js'
import { pushType } from '../../../nested/array-builder.js'
import { elementAt, elementCount, forEachIndex, openArray, openMap } from '../../../nested/vector.js'
import type { Local, Operand } from '../../../wasm/types.js'
import { asBytes, loadBytesResult } from '../../bytes-result.js'
import { numbersAtFault } from '../../error-detail.js'
import { DETAIL_LINES } from '../../error-sites.js'
import { anyNull, ifNotNullAnd, whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { isAlwaysNull, partsOf, type ScalarValue, scalar, type Value } from '../../value.js'
import { pushComparison } from '../comparison.js'

/** How many elements there are. */
export function compileSize(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value)) return nullOf(call.type)
  return scalar(call.type, elementCount(scope, asBytes(value)), value.isNull)
}

/** How an element is asked for that is not there. */
interface Rule {
  /** From which number on elements are counted; from 1 on, negative numbers count from the end. */
  readonly first: 0 | 1
  readonly condition?: 'INVALID_ARRAY_INDEX' | 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT'
}

const RULES: Partial<Record<Call['fn'], Rule>> = {
  get: { first: 0 },
  item: { first: 0, condition: 'INVALID_ARRAY_INDEX' },
  element_at: { first: 1, condition: 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT' },
  try_element_at: { first: 1 },
}

/** get, item, element_at and try_element_at: an element by its number. */
export function compileElement(call: Call, scope: Scope): Value {
  const { f } = scope
  const [array, position] = call.args.map((arg) => scope.value(arg))
  if (isAlwaysNull(array!) || isAlwaysNull(position!)) return nullOf(call.type)
  const { count, elements } = openArray(scope, asBytes(array!))
  const isNull = anyNull(f, [array!.isNull, position!.isNull])
  const given = partsOf(position!)[0]!
  const { first, condition } = RULES[call.fn]!
  const index = first === 1 ? fromOne(call, scope, given, count, isNull) : given
  const isMissing = f.get(index).get(count).op('i32.ge_u').setNew('i32')
  if (condition) {
    f.get(isMissing)
    ifNotNullAnd(f, isNull, () => {
      const detail = numbersAtFault(scope, [
        scalar(INT, given, undefined),
        scalar(INT, count, undefined),
      ] as ScalarValue[])
      const parameters = { indexValue: DETAIL_LINES[0], arraySize: DETAIL_LINES[1] }
      scope.raise(condition, parameters, call.origin, detail)
    })
  }
  const result = newSlots(f, call.type, true)
  assign(f, result, nullOf(call.type))
  f.get(isMissing)
  if (isNull) f.get(isNull).op('i32.or')
  f.op('i32.eqz').if(() => assign(f, result, elementAt(f, elements, index)))
  return result
}

/** The number from 0 on of an element that is counted from 1 on, or from the end; 0 is no such number. */
function fromOne(call: Call, scope: Scope, given: Operand, count: Local, isNull: Operand | undefined): Local {
  const { f } = scope
  f.get(given).op('i32.eqz')
  ifNotNullAnd(f, isNull, () => scope.raise('INVALID_INDEX_OF_ZERO', {}, call.origin))
  f.get(given).i32(1).op('i32.sub')
  f.get(count).get(given).op('i32.add')
  return f.get(given).i32(0).op('i32.gt_s').select().setNew('i32')
}

/** The value of a key in a map, NULL where it has none. The key is computed where there is a map. */
export function compileMapValue(call: Call, scope: Scope): Value {
  const { f } = scope
  const map = scope.value(call.args[0]!)
  if (isAlwaysNull(map)) return nullOf(call.type)
  const result = newSlots(f, call.type, true)
  assign(f, result, nullOf(call.type))
  whenNotNull(f, map.isNull, () => {
    const inner = scope.fork()
    const key = inner.value(call.args[1]!)
    if (isAlwaysNull(key)) return
    const { count, keys, values } = openMap(inner, { ...asBytes(map), isNull: undefined })
    whenNotNull(f, key.isNull, () => {
      forEachIndex(f, count, (index, leave) => {
        pushComparison(inner.fork(), 'eq', { ...elementAt(f, keys, index), isNull: undefined }, key)
        f.if(() => {
          assign(f, result, elementAt(f, values, index))
          leave()
        })
      })
    })
  })
  return result
}

/** map_keys and map_values: a vector of a map as an array. */
export function compileMapPart(call: Call, scope: Scope): Value {
  const value = scope.value(call.args[0]!)
  if (isAlwaysNull(value)) return nullOf(call.type)
  const { f } = scope
  const map = asBytes(value)
  const [address, length] = [f.local('i32'), f.local('i32')]
  const part: Value = { kind: 'bytes', type: call.type as ArrayType, address, length, isNull: value.isNull }
  // The flag is that of the map, which others read too.
  assign(f, { ...part, isNull: undefined }, { ...nullOf(call.type), isNull: undefined })
  whenNotNull(f, value.isNull, () => {
    pushType(scope, map.type as MapType)
    f.get(map.address).i32(call.fn === 'map_keys' ? 0 : 1)
    f.get(scope.context.constantsBase).call(scope.kernel('packedMapPart'))
    const taken = loadBytesResult({ type: call.type }, scope, undefined)
    f.get(taken.address).set(address).get(taken.length).set(length)
  })
  return part
}

/** Whether an element equals a value; NULL where none does and one is NULL. */
export function compileArrayContains(call: Call, scope: Scope): Value {
  const { f } = scope
  const [array, wanted] = call.args.map((arg) => scope.value(arg))
  if (isAlwaysNull(array!) || isAlwaysNull(wanted!)) return nullOf(call.type)
  const { count, elements } = openArray(scope, asBytes(array!))
  const found = f.i32(0).setNew('i32')
  const sawNull = f.i32(0).setNew('i32')
  forEachIndex(f, count, (index, leave) => {
    const element = elementAt(f, elements, index)
    f.get(element.isNull!).if(
      () => f.i32(1).set(sawNull),
      () => {
        pushComparison(scope.fork(), 'eq', { ...element, isNull: undefined }, wanted!)
        f.if(() => {
          f.i32(1).set(found)
          leave()
        })
      },
    )
  })
  const isUnknown = f.get(sawNull).get(found).op('i32.eqz').op('i32.and').setNew('i32')
  return scalar(call.type, found, anyNull(f, [array!.isNull, wanted!.isNull, isUnknown]))
}
