import type { DecimalType } from '../../../../columnar/types.js'
import type { Origin } from '../../../../common/errors/condition.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { RESULT_HIGH, RESULT_LOW } from '../../../kernels/interface/text.js'
import { i32Constant, i64Constant, type Local, type Operand } from '../../wasm/types.js'
import { anyNull } from '../nulls.js'
import type { Scope } from '../scope.js'
import { isConstant, type Value } from '../value.js'
import {
  decimalTypeOf,
  decimalValue,
  isSurelyNarrow,
  type Limbs,
  limbsOf,
  powerOfTen,
  pushNarrow,
  raiseWhenOutOfRange,
  signOf,
} from './decimal-operands.js'
import { pushProductFits } from './integer-arithmetic.js'

/** Decimals of so many digits together have a product of at most 63 bits. */
const SAFE_PRODUCT_DIGITS = 18

export function compileDecimalProduct(call: Call, a: Value, b: Value, scope: Scope): Value {
  const { f } = scope
  const type = call.type as DecimalType
  const [aType, bType] = [decimalTypeOf(a), decimalTypeOf(b)]
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const drop = aType.scale + bType.scale - type.scale
  const digits = aType.precision + bType.precision
  if (
    digits <= SAFE_PRODUCT_DIGITS &&
    drop === 0 &&
    digits <= type.precision &&
    a.kind === 'scalar' &&
    b.kind === 'scalar'
  ) {
    f.get(a.value).get(b.value).op('i64.mul')
    const low = f.setNew('i64')
    const high = type.precision > SAFE_PRODUCT_DIGITS ? signOf(f, low) : low
    return decimalValue(type, { low, high, narrow: i32Constant(1) }, isNull)
  }
  const limbs = multiplyLimbs(scope, limbsOf(f, a), limbsOf(f, b), drop, type, isNull, call.origin)
  return decimalValue(type, limbs, isNull)
}

/**
 * Multiplies, dropping `drop` digits (half up), in line while the product fits 63 bits — almost always, however wide the
 * declared types are — and by a kernel otherwise. What exceeds the type raises.
 */
function multiplyLimbs(
  scope: Scope,
  a: Limbs,
  b: Limbs,
  drop: number,
  type: DecimalType,
  isNull: Operand | undefined,
  origin: Origin | undefined,
): Omit<Limbs, 'digits'> {
  const { f } = scope
  const [low, high] = [f.local('i64'), f.local('i64')]
  // A result type of at most 18 digits can be exceeded by a product of 63 bits: that goes through the kernel's check.
  const inline = drop <= SAFE_PRODUCT_DIGITS && type.precision > SAFE_PRODUCT_DIGITS
  if (inline) {
    pushProductFits(f, a.low, b.low)
    for (const x of [a, b]) {
      if (isSurelyNarrow(x)) continue
      pushNarrow(f, x)
      f.op('i32.and')
    }
  } else f.i32(0)
  const fits = f.setNew('i32')
  f.get(fits).if(
    () => {
      f.get(a.low).get(b.low).op('i64.mul').set(low)
      if (drop > 0) pushRoundedQuotient(scope, low, drop)
      if (drop > 0) f.set(low)
      f.get(low).i64(63n).op('i64.shr_s').set(high)
    },
    () => {
      f.get(a.low).get(a.high).get(b.low).get(b.high).i32(drop).i32(type.precision).get(scope.context.constantsBase)
      f.call(scope.kernel('decimalMultiply'))
      raiseWhenOutOfRange(scope, { type, scale: type.scale + drop, isNull, origin, isProduct: true })
      const base = scope.context.constantsBase
      f.get(base).load('i64.load', RESULT_LOW).set(low).get(base).load('i64.load', RESULT_HIGH).set(high)
    },
  )
  return { low, high, narrow: inline ? fits : undefined }
}

/** Pushes an i64 divided by a power of ten, rounded half away from zero. |value| + half must fit. */
export function pushRoundedQuotient(scope: Scope, value: Local, drop: number): void {
  const { f } = scope
  const divisor = powerOfTen(drop)
  const half = divisor / 2n
  // half, or -half for negative values: (half ^ sign) - sign
  f.get(value).i64(half).get(value).i64(63n).op('i64.shr_s').op('i64.xor')
  f.get(value).i64(63n).op('i64.shr_s').op('i64.sub').op('i64.add').i64(divisor).op('i64.div_s')
}

/** Multiplies by a power of ten to move to a larger scale, with at most `digits` digits afterwards. */
export function scaleUp(
  scope: Scope,
  value: Limbs,
  by: number,
  type: DecimalType,
  isNull: Operand | undefined,
  origin: Origin | undefined,
): Limbs {
  if (by === 0) return value
  const { f } = scope
  const digits = value.digits + by
  if (isConstant(value.low) && isConstant(value.high)) {
    const unscaled = ((value.high.value as bigint) << 64n) | BigInt.asUintN(64, value.low.value as bigint)
    const scaled = unscaled * powerOfTen(by)
    const low = BigInt.asIntN(64, scaled)
    if (scaled >> 64n === BigInt.asIntN(64, scaled >> 64n)) {
      const narrow = i32Constant(low === scaled ? 1 : 0)
      return { low: i64Constant(low), high: i64Constant(scaled >> 64n), narrow, digits }
    }
  }
  if (digits <= SAFE_PRODUCT_DIGITS) {
    f.get(value.low).i64(powerOfTen(by)).op('i64.mul')
    const low = f.setNew('i64')
    return { low, high: signOf(f, low), narrow: i32Constant(1), digits }
  }
  const factor = powerOfTen(by)
  const factorLow = i64Constant(BigInt.asIntN(64, factor))
  const narrow = i32Constant(by <= SAFE_PRODUCT_DIGITS ? 1 : 0)
  const power: Limbs = { low: factorLow, high: i64Constant(factor >> 64n), narrow, digits: by + 1 }
  const wide: DecimalType = { ...type, precision: Math.min(38, Math.max(digits, type.precision)) }
  return { ...multiplyLimbs(scope, value, power, 0, wide, isNull, origin), digits }
}
