import type { ArrayType, StructType } from '../../../../../columnar/types.js'
import type { Call, Expression, Lambda } from '../../../../../planner/plan/expression/expression.js'
import { newArray } from '../../../nested/array-builder.js'
import { applyLambda, computeColumns } from '../../../nested/lambda.js'
import { elementAt, forEachIndex, type OpenArray, openArray } from '../../../nested/vector.js'
import type { Local } from '../../../wasm/types.js'
import { asBytes } from '../../bytes-result.js'
import { anyNull } from '../../nulls.js'
import type { Scope } from '../../scope.js'
import { assign, newSlots, nullOf } from '../../slots.js'
import { isAlwaysNull, type Value, withNull } from '../../value.js'

/** `arrays_zip(a, b, …)`: structs of the elements with one number. */
export function compileZip(call: Call, scope: Scope): Value {
  const type = (call.type as ArrayType).element as StructType
  return compileRows(call, call.args, scope, (_, fields) => ({ kind: 'struct', type, fields, isNull: undefined }))
}

/** `zip_with(a, b, (x, y) -> …)`. */
export function compileZipWith(call: Call, scope: Scope): Value {
  const lambda = call.args[2] as Lambda
  computeColumns(scope, [lambda])
  return compileRows(call, call.args.slice(0, 2), scope, (inner, elements) => applyLambda(lambda, inner, elements))
}

/** As many elements as the longest array has, each made of those of all arrays; NULL stands where a shorter one has none. */
function compileRows(
  call: Call,
  arrays: readonly Expression[],
  scope: Scope,
  make: (scope: Scope, elements: readonly Value[]) => Value,
): Value {
  const { f } = scope
  const values = arrays.map((array) => scope.value(array))
  if (values.some(isAlwaysNull)) return nullOf(call.type)
  const open = values.map((value) => openArray(scope, asBytes(value)))
  const count = longest(scope, open)
  const builder = newArray(scope, call.type as ArrayType, count)
  forEachIndex(f, count, (index) => {
    const inner = scope.fork()
    builder.append(
      inner,
      make(
        inner,
        open.map((array) => elementOrNull(inner, array, index)),
      ),
    )
  })
  const isNull = anyNull(
    f,
    values.map((value) => value.isNull),
  )
  return withNull(builder.finish(scope), isNull)
}

function longest({ f }: Scope, arrays: readonly OpenArray[]): Local {
  const most = f.i32(0).setNew('i32')
  for (const { count } of arrays) {
    f.get(count).get(most).get(count).get(most).op('i32.gt_s').select().set(most)
  }
  return most
}

function elementOrNull({ f }: Scope, { count, elements }: OpenArray, index: Local): Value {
  const element = newSlots(f, elements.type, true)
  f.get(index).get(count).op('i32.lt_s')
  f.if(
    () => assign(f, element, elementAt(f, elements, index)),
    () => assign(f, element, nullOf(elements.type)),
  )
  return element
}
