import { MAX_DECIMAL_PRECISION } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Operand } from '../../wasm/types.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, type ScalarValue, scalar, type Value } from '../value.js'
import { limbsOf, loadResult, signOf } from './decimal-operands.js'

/** interval_multiply and interval_divide, half up; what leaves the interval's type raises. */
export function compileIntervalScaling(call: Call, scope: Scope): Value {
  const [interval, factor] = call.args.map((arg) => scope.value(arg))
  if (!interval || !factor || isAlwaysNull(interval) || isAlwaysNull(factor) || interval.kind !== 'scalar')
    return nullOf(call.type)
  const isNull = anyNull(scope.f, [interval.isNull, factor.isNull])
  const isFloating = factor.type.kind === 'float' || factor.type.kind === 'double'
  if (isFloating && factor.kind === 'scalar') return byDouble(call, interval, factor, isNull, scope)
  return byDecimal(call, interval, factor, isNull, scope)
}

/** Only where it divides by whole numbers does Spark suggest something else. */
function overflow(call: Call, isNull: Operand | undefined, scope: Scope): void {
  const factor = call.args[1]!.type.kind
  const isWhole = factor !== 'decimal' && factor !== 'float' && factor !== 'double'
  ifNotNullAnd(scope.f, isNull, () =>
    call.fn === 'interval_divide' && isWhole
      ? scope.raise('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: '`try_divide`' }, call.origin)
      : scope.raise('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {}, call.origin),
  )
}

const dividedByZero = (call: Call, isNull: Operand | undefined, scope: Scope): void =>
  ifNotNullAnd(scope.f, isNull, () => scope.raise('INTERVAL_DIVIDED_BY_ZERO', {}, call.origin))

function byDouble(
  call: Call,
  interval: ScalarValue,
  factor: ScalarValue,
  isNull: Operand | undefined,
  scope: Scope,
): Value {
  const { f } = scope
  const wide = interval.value.type === 'i64'
  f.get(factor.value)
  if (factor.value.type === 'f32') f.op('f64.promote_f32')
  const number = f.setNew('f64')
  if (call.fn === 'interval_divide') {
    f.get(number).f64(0).op('f64.eq')
    dividedByZero(call, isNull, scope)
  }
  f.get(interval.value).op(wide ? 'f64.convert_i64_s' : 'f64.convert_i32_s')
  f.get(number).op(call.fn === 'interval_multiply' ? 'f64.mul' : 'f64.div')
  const exact = f.setNew('f64')
  // Halves go away from zero.
  f.get(exact).op('f64.trunc')
  const whole = f.setNew('f64')
  f.get(exact).get(whole).op('f64.sub').f64(2).op('f64.mul').op('f64.trunc').get(whole).op('f64.add')
  const rounded = f.setNew('f64')
  const limit = wide ? 2 ** 63 : 2 ** 31
  f.get(rounded).f64(-limit).op('f64.ge').get(rounded).f64(limit).op('f64.lt').op('i32.and').op('i32.eqz')
  overflow(call, isNull, scope)
  f.get(rounded).op(wide ? 'i64.trunc_sat_f64_s' : 'i32.trunc_sat_f64_s')
  return scalar(call.type, f.setNew(wide ? 'i64' : 'i32'), isNull)
}

/** Decimals and whole numbers, exactly. */
function byDecimal(call: Call, interval: ScalarValue, factor: Value, isNull: Operand | undefined, scope: Scope): Value {
  const { f } = scope
  const wide = interval.value.type === 'i64'
  const count = asLong(interval, scope)
  const scale = factor.type.kind === 'decimal' ? factor.type.scale : 0
  const { low, high } = factor.type.kind === 'decimal' ? limbsOf(f, factor) : longLimbs(factor, scope)
  if (call.fn === 'interval_divide') {
    f.get(low).get(high).op('i64.or').op('i64.eqz')
    dividedByZero(call, isNull, scope)
  }
  const sign = signOf(f, count)
  f.get(count).get(sign).get(low).get(high).i32(scale).i32(MAX_DECIMAL_PRECISION).get(scope.context.constantsBase)
  f.call(scope.kernel(call.fn === 'interval_multiply' ? 'decimalMultiply' : 'decimalDivide'))
  overflow(call, isNull, scope)
  const result = loadResult(scope)
  f.get(result.low).i64(63n).op('i64.shr_s').get(result.high).op('i64.ne')
  overflow(call, isNull, scope)
  if (wide) return scalar(call.type, result.low, isNull)
  f.get(result.low).op('i32.wrap_i64')
  const months = f.setNew('i32')
  f.get(months).op('i64.extend_i32_s').get(result.low).op('i64.ne')
  overflow(call, isNull, scope)
  return scalar(call.type, months, isNull)
}

function asLong({ value }: ScalarValue, { f }: Scope): Operand {
  if (value.type === 'i64') return value
  f.get(value).op('i64.extend_i32_s')
  return f.setNew('i64')
}

function longLimbs(value: Value, scope: Scope): { readonly low: Operand; readonly high: Operand } {
  const low = asLong(value as ScalarValue, scope)
  return { low, high: signOf(scope.f, low) }
}
