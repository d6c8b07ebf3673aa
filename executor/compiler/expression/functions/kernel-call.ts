import type { Call } from '../../../../planner/plan/expression/expression.js'
import { KERNEL_FUNCTIONS, type KernelFunction } from '../../../../planner/plan/expression/functions.js'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../../kernels/interface/text.js'
import { anyNull, whenNotNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { bytes, isAlwaysNull, partsOf, scalar, type Value } from '../value.js'

/** A function that is a kernel, run for rows without NULLs. */
export function compileKernelCall(call: Call, scope: Scope): Value {
  const values = call.args.map((arg) => scope.value(arg))
  if (values.some(isAlwaysNull)) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(
    f,
    values.map((value) => value.isNull),
  )
  const kernel = scope.kernel(KERNEL_FUNCTIONS[call.fn as KernelFunction])
  const operands = values.flatMap(partsOf)
  const [first, length] = [f.local('i32'), f.local('i32')]
  const isText = call.type.kind === 'string'
  whenNotNull(f, isNull, () => {
    for (const operand of operands) f.get(operand)
    if (isText) f.get(scope.context.constantsBase)
    f.call(kernel)
    if (isText) {
      f.get(scope.context.constantsBase).load('i32.load', RESULT_ADDRESS).set(first)
      f.get(scope.context.constantsBase).load('i32.load', RESULT_LENGTH).set(length)
    } else f.set(first)
  })
  return isText ? bytes(call.type, first, length, isNull) : scalar(call.type, first, isNull)
}
