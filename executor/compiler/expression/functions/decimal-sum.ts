import { type DecimalType, isShortDecimal, MAX_DECIMAL_PRECISION } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { i32Constant, type Operand } from '../../wasm/types.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'
import {
  decimalTypeOf,
  decimalValue,
  type Limbs,
  limbsOf,
  loadResult,
  pushNarrow,
  raiseOutOfRange,
  raiseWhenOutOfRange,
  signOf,
} from './decimal-operands.js'
import { scaleUp } from './decimal-product.js'

/** add and subtract. Both sides go to the larger scale first; a smaller scale in the result (Spark's precision loss) is rounded half up. */
export function compileDecimalSum(call: Call, a: Value, b: Value, scope: Scope): Value {
  const { f } = scope
  const type = call.type as DecimalType
  const [aType, bType] = [decimalTypeOf(a), decimalTypeOf(b)]
  const isNull = anyNull(f, [a.isNull, b.isNull])
  const scale = Math.max(aType.scale, bType.scale)
  const [aUp, bUp] = [scale - aType.scale, scale - bType.scale]
  const digits = Math.max(aType.precision + aUp, bType.precision + bUp) + 1
  const x = limbsOf(f, a)
  const y = limbsOf(f, b)
  if (type.scale !== scale || digits - 1 > MAX_DECIMAL_PRECISION || (isShortDecimal(type) && digits > type.precision)) {
    return viaKernel(call, scope, x, aUp, y, bUp, scale - type.scale, isNull)
  }
  const left = scaleUp(scope, x, aUp, type, isNull, call.origin)
  const right = scaleUp(scope, y, bUp, type, isNull, call.origin)
  const op = call.fn === 'add' ? 'i64.add' : 'i64.sub'
  if (left.digits <= 18 && right.digits <= 18) {
    f.get(left.low).get(right.low).op(op)
    const low = f.setNew('i64')
    const high = isShortDecimal(type) ? low : signOf(f, low)
    return decimalValue(type, { low, high, narrow: i32Constant(1) }, isNull)
  }
  const sum = addLimbs(scope, call.fn === 'add' ? 'add' : 'subtract', left, right)
  if (digits > type.precision) checkRange(call, scope, left, right, sum, isNull)
  return decimalValue(type, sum, isNull)
}

/** 128-bit addition or subtraction with the carry from the low limbs. */
function addLimbs(
  scope: Scope,
  operation: 'add' | 'subtract',
  a: Pick<Limbs, 'low' | 'high'>,
  b: Pick<Limbs, 'low' | 'high'>,
): Omit<Limbs, 'digits'> {
  const { f } = scope
  const op = operation === 'add' ? 'i64.add' : 'i64.sub'
  f.get(a.low).get(b.low).op(op)
  const low = f.setNew('i64')
  f.get(a.high).get(b.high).op(op)
  if (operation === 'add') f.get(low).get(a.low).op('i64.lt_u')
  else f.get(a.low).get(b.low).op('i64.lt_u')
  f.op('i64.extend_i32_u').op(op)
  return { low, high: f.setNew('i64'), narrow: undefined }
}

/** Two numbers of 38 digits can exceed both the type and 128 bits. */
function checkRange(
  call: Call,
  scope: Scope,
  a: Limbs,
  b: Limbs,
  sum: Omit<Limbs, 'digits'>,
  isNull: Operand | undefined,
): void {
  const { f } = scope
  const type = call.type as DecimalType
  pushNarrow(f, sum)
  f.op('i32.eqz').if(() => {
    const [x, y, z] = [a.high, call.fn === 'add' ? sum.high : b.high, call.fn === 'add' ? b.high : a.high]
    f.get(x).get(y).op('i64.xor').get(z).get(sum.high).op('i64.xor').op('i64.and').i64(0n).op('i64.lt_s')
    f.get(sum.low).get(sum.high).i32(type.precision).call(scope.kernel('decimalExceeds')).op('i32.or')
    const raise = () => {
      pushAdd(call, scope, [a, 0], [b, 0], 0)
      f.drop()
      raiseOutOfRange(scope, { type, scale: type.scale, origin: call.origin })
    }
    ifNotNullAnd(f, isNull, raise)
  })
}

function viaKernel(
  call: Call,
  scope: Scope,
  a: Limbs,
  aUp: number,
  b: Limbs,
  bUp: number,
  drop: number,
  isNull: Operand | undefined,
): Value {
  const type = call.type as DecimalType
  pushAdd(call, scope, [a, aUp], [b, bUp], drop)
  raiseWhenOutOfRange(scope, { type, scale: type.scale + drop, isNull, origin: call.origin })
  return decimalValue(type, loadResult(scope), isNull)
}

/** Adds or subtracts by the kernel and pushes its verdict. Each operand is moved so many digits up first. */
function pushAdd(
  call: Call,
  scope: Scope,
  [a, aUp]: readonly [Limbs, number],
  [b, bUp]: readonly [Limbs, number],
  drop: number,
): void {
  const { f } = scope
  f.get(a.low).get(a.high).i32(aUp).get(b.low).get(b.high).i32(bUp)
  f.i32(call.fn === 'subtract' ? 1 : 0)
    .i32(drop)
    .i32((call.type as DecimalType).precision)
  f.get(scope.context.constantsBase).call(scope.kernel('decimalAdd'))
}

/** negate and abs; decimals have as many negative values as positive ones. */
export function compileDecimalSign(call: Call, a: Value, scope: Scope): Value {
  const { f } = scope
  const type = call.type as DecimalType
  const { low, high } = limbsOf(f, a)
  if (isShortDecimal(type)) {
    f.i64(0n).get(low).op('i64.sub')
    if (call.fn === 'abs') f.get(low).get(low).i64(0n).op('i64.lt_s').select()
    const result = f.setNew('i64')
    return decimalValue(type, { low: result, high: result, narrow: i32Constant(1) }, a.isNull)
  }
  f.i64(0n).get(low).op('i64.sub')
  if (call.fn === 'abs') f.get(low).get(high).i64(0n).op('i64.lt_s').select()
  const resultLow = f.setNew('i64')
  f.i64(0n).get(high).op('i64.sub').get(low).i64(0n).op('i64.ne').op('i64.extend_i32_u').op('i64.sub')
  if (call.fn === 'abs') f.get(high).get(high).i64(0n).op('i64.lt_s').select()
  return decimalValue(type, { low: resultLow, high: f.setNew('i64'), narrow: undefined }, a.isNull)
}
