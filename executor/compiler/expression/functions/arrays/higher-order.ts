import { type ArrayType, BOOLEAN, INT } from '../../../../../columnar/types.js'
import type { Call, Expression, Lambda } from '../../../../../planner/plan/expression/expression.js'
import { newArray } from '../../../nested/array-builder.js'
import { applyLambda, computeColumns } from '../../../nested/lambda.js'
import { elementAt, forEachIndex, type OpenArray, openArray } from '../../../nested/vector.js'
import type { Local } from '../../../wasm/types.js'
import { asBytes } from '../../bytes-result.js'
import { whenNotNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { isAlwaysNull, partsOf, scalar, type Value, withNull } from '../../value.js'

interface Loop {
  readonly array: Value
  readonly open: OpenArray
  readonly lambda: Lambda
  readonly scope: Scope
}

/** An array and the lambda that is computed for its elements; undefined where the array is always NULL. */
function loopOver(call: Call, scope: Scope): Loop | undefined {
  const array = scope.value(call.args[0]!)
  if (isAlwaysNull(array)) return undefined
  const lambda = call.args[1] as Lambda
  computeColumns(scope, [lambda])
  return { array, open: openArray(scope, asBytes(array)), lambda, scope }
}

/** Emits the loop; `emit` gets the element and what the lambda makes of it. */
function forEachElement(
  { open, lambda, scope }: Loop,
  emit: (scope: Scope, element: Value, result: Value, leave: () => void) => void,
): void {
  const { f } = scope
  forEachIndex(f, open.count, (index, leave) => {
    const inner = scope.fork()
    const element = elementAt(f, open.elements, index)
    emit(inner, element, applyLambda(lambda, inner, [element, scalar(INT, copied(inner, index), undefined)]), leave)
  })
}

/** The number of a loop changes, and values do not. */
const copied = ({ f }: Scope, index: Local): Local => f.get(index).setNew('i32')

/** `transform(array, x -> …)`. */
export function compileTransform(call: Call, scope: Scope): Value {
  const loop = loopOver(call, scope)
  if (!loop) return nullOf(call.type)
  const builder = newArray(scope, call.type as ArrayType, loop.open.count)
  forEachElement(loop, (inner, _, result) => builder.append(inner, result))
  return withNull(builder.finish(scope), loop.array.isNull)
}

/** `filter(array, x -> …)`: the elements for which it is true. */
export function compileFilter(call: Call, scope: Scope): Value {
  const loop = loopOver(call, scope)
  if (!loop) return nullOf(call.type)
  const { f } = scope
  const builder = newArray(scope, call.type as ArrayType, loop.open.count, 'mayBeFewer')
  forEachElement(loop, (inner, element, result) => {
    whenNotNull(f, result.isNull, () => f.get(partsOf(result)[0]!).if(() => builder.append(inner, element)))
  })
  return withNull(builder.finish(scope), loop.array.isNull)
}

/** exists and forall: whether it is true for one element, or for all; NULL where that depends on those for which it is NULL. */
export function compileQuantifier(call: Call, scope: Scope): Value {
  const loop = loopOver(call, scope)
  if (!loop) return nullOf(call.type)
  const { f } = scope
  const decisive = call.fn === 'exists' ? 1 : 0
  const value = f.i32(1 - decisive).setNew('i32')
  const isNull = f.i32(0).setNew('i32')
  forEachElement(loop, (_, __, result, leave) => {
    if (result.isNull) f.get(result.isNull).get(isNull).op('i32.or').set(isNull)
    whenNotNull(f, result.isNull, () => {
      f.get(partsOf(result)[0]!).i32(decisive).op('i32.eq')
      f.if(() => {
        f.i32(decisive).set(value).i32(0).set(isNull)
        leave()
      })
    })
  })
  if (loop.array.isNull) f.get(loop.array.isNull).get(isNull).op('i32.or').set(isNull)
  return scalar(BOOLEAN, value, isNull)
}

/** `aggregate(array, start, (state, x) -> …, state -> …)`. */
export function compileAggregateElements(call: Call, scope: Scope): Value {
  const { f } = scope
  const [arrayArg, startArg, merge, finish] = call.args as readonly [Expression, Expression, Lambda, Lambda]
  const array = scope.value(arrayArg)
  if (isAlwaysNull(array)) return nullOf(call.type)
  const start = scope.value(startArg)
  computeColumns(scope, [merge, finish])
  const state = newSlots(f, startArg.type, true)
  assign(f, state, start)
  const { count, elements } = openArray(scope, asBytes(array))
  forEachIndex(f, count, (index) => {
    const inner = scope.fork()
    // The new state is complete before it takes the place of the old one, of which parts of it may be.
    const next = newSlots(f, startArg.type, true)
    assign(f, next, applyLambda(merge, inner, [state, elementAt(f, elements, index)]))
    assign(f, state, next)
  })
  const result = newSlots(f, call.type, true)
  assign(f, result, nullOf(call.type))
  whenNotNull(f, array.isNull, () => assign(f, result, applyLambda(finish, scope.fork(), [state])))
  return result
}
