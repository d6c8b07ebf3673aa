import type { DecimalType } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Operand } from '../../wasm/types.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { scalar, type Value } from '../value.js'
import { decimalTypeOf, decimalValue, limbsOf, loadResult, raiseWhenOutOfRange } from './decimal-operands.js'
import { raiseOverflow } from './integer-arithmetic.js'
import { raiseZeroDivisor } from './integer-division.js'

interface Operands {
  readonly isNull: Operand | undefined
  readonly aType: DecimalType
  readonly bType: DecimalType
}

/** Checks the divisor and pushes the limbs of both operands. Kernels take a divisor of zero, so NULLs need no care. */
function pushOperands(call: Call, a: Value, b: Value, scope: Scope): Operands {
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const x = limbsOf(f, a)
  const y = limbsOf(f, b)
  f.get(y.low).get(y.high).op('i64.or').op('i64.eqz')
  ifNotNullAnd(f, isNull, () => raiseZeroDivisor(call, scope))
  f.get(x.low).get(x.high).get(y.low).get(y.high)
  return { isNull, aType: decimalTypeOf(a), bType: decimalTypeOf(b) }
}

/** The quotient at the result's scale, rounded half up. */
export function compileDecimalDivision(call: Call, a: Value, b: Value, scope: Scope): Value {
  const type = call.type as DecimalType
  const { isNull, aType, bType } = pushOperands(call, a, b, scope)
  const { f } = scope
  f.i32(type.scale - aType.scale + bType.scale)
    .i32(type.precision)
    .get(scope.context.constantsBase)
  f.call(scope.kernel('decimalDivide'))
  raiseWhenOutOfRange(scope, { type, scale: type.scale, isNull, origin: call.origin })
  return decimalValue(type, loadResult(scope), isNull)
}

export function compileDecimalRemainder(call: Call, a: Value, b: Value, scope: Scope): Value {
  const type = call.type as DecimalType
  const { isNull, aType, bType } = pushOperands(call, a, b, scope)
  const { f } = scope
  f.i32(bType.scale - aType.scale)
    .i32(Math.max(aType.scale, bType.scale) - type.scale)
    .i32(type.precision)
  f.get(scope.context.constantsBase).call(scope.kernel('decimalRemainder'))
  raiseWhenOutOfRange(scope, { type, scale: type.scale, isNull, origin: call.origin })
  return decimalValue(type, loadResult(scope), isNull)
}

/** `div`: the whole part of the quotient as a bigint, which wraps, as in Spark, unless it has more digits than a decimal may have. */
export function compileDecimalIntegerDivision(call: Call, a: Value, b: Value, scope: Scope): Value {
  const { isNull, aType, bType } = pushOperands(call, a, b, scope)
  const { f } = scope
  f.i32(bType.scale - aType.scale)
    .get(scope.context.constantsBase)
    .call(scope.kernel('decimalIntegerDivide'))
    .i32(2)
    .op('i32.eq')
  ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope))
  return scalar(call.type, loadResult(scope).low, isNull)
}
