import { BIGINT } from '../../../../columnar/types.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { i64Constant, type Operand } from '../../wasm/types.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, isConstant, type ScalarValue, scalar, type Value } from '../value.js'
import { MICROS_PER_DAY, scalarsOf } from './dates.js'
import { limbsOf, loadResult } from './decimal-operands.js'
import { compileIntegerArithmetic } from './integer-arithmetic.js'

const MICROS_PER_SECOND = 1_000_000n
const MICROS_DIGITS = 6

/** timestamp_add and timestamp_subtract; what leaves 64 bits raises. */
export function compileTimestampAdd(call: Call, scope: Scope): Value {
  const [a, b] = scalarsOf(call, scope) ?? []
  if (!a || !b) return nullOf(call.type)
  return compileIntegerArithmetic(call, a, b, scope)
}

/** The days between two dates as an interval. */
export function compileDateSubtract(call: Call, scope: Scope): Value {
  const [end, start] = scalarsOf(call, scope) ?? []
  if (!end || !start) return nullOf(call.type)
  const { f } = scope
  f.get(end.value).op('i64.extend_i32_s').get(start.value).op('i64.extend_i32_s').op('i64.sub')
  const days = scalar(BIGINT, f.setNew('i64'), anyNull(f, [end.isNull, start.isNull]))
  const unit = scalar(BIGINT, i64Constant(MICROS_PER_DAY), undefined)
  return compileIntegerArithmetic({ ...call, fn: 'multiply' }, days, unit, scope)
}

/** A date so many whole days of an interval later; it wraps as adding days does. */
export function compileDateAddInterval(call: Call, scope: Scope): Value {
  const [date, interval] = scalarsOf(call, scope) ?? []
  if (!date || !interval) return nullOf(call.type)
  const { f } = scope
  f.get(date.value).get(interval.value).i64(MICROS_PER_DAY).op('i64.div_s').op('i32.wrap_i64').op('i32.add')
  return scalar(call.type, f.setNew('i32'), anyNull(f, [date.isNull, interval.isNull]))
}

/** units_between and months_between. */
export function compileUnitsBetween(call: Call, scope: Scope): Value {
  const [start, end, unit] = scalarsOf(call, scope) ?? []
  if (!start || !end || !unit) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(f, [start.isNull, end.isNull])
  if (call.fn === 'months_between') {
    f.get(start.value).get(end.value).call(scope.kernel('monthsBetween')).get(unit.value).op('i64.div_s')
    return scalar(call.type, f.setNew('i64'), isNull)
  }
  // Only of microseconds themselves there can be more than 64 bits hold.
  if (isConstant(unit.value) && unit.value.value === 1n)
    return compileIntegerArithmetic({ ...call, fn: 'timestamp_subtract' }, end, start, scope)
  f.get(start.value).get(end.value).get(unit.value).call(scope.kernel('unitsBetween'))
  return scalar(call.type, f.setNew('i64'), isNull)
}

const MICROS_PER_UNIT: Readonly<Record<string, bigint>> = {
  timestamp_seconds: MICROS_PER_SECOND,
  timestamp_millis: 1_000n,
  timestamp_micros: 1n,
}

/** timestamp_seconds, timestamp_millis and timestamp_micros of a bigint; seconds of any number. */
export function compileTimestampFrom(call: Call, scope: Scope): Value {
  const count = scope.value(call.args[0]!)
  if (isAlwaysNull(count)) return nullOf(call.type)
  if (count.type.kind === 'decimal') return fromDecimal(call, count, count.type.scale, scope)
  if (count.kind !== 'scalar') return nullOf(call.type)
  if (count.type.kind === 'float' || count.type.kind === 'double') return fromFloat(call, count, scope)
  const factor = MICROS_PER_UNIT[call.fn]!
  if (factor === 1n) return { ...count, type: call.type }
  const unit = scalar(BIGINT, i64Constant(factor), undefined)
  return compileIntegerArithmetic(call, count, unit, scope)
}

/** The nearest timestamp towards zero, the first or last one beyond the range; NULL for what is no number. */
function fromFloat(call: Call, { value, isNull }: ScalarValue, { f }: Scope): Value {
  f.get(value)
  if (value.type === 'f32') f.op('f64.promote_f32')
  const seconds = f.setNew('f64')
  f.get(seconds).get(seconds).op('f64.sub').f64(0).op('f64.ne')
  const noNumber = f.setNew('i32')
  f.get(seconds).f64(Number(MICROS_PER_SECOND)).op('f64.mul').op('i64.trunc_sat_f64_s')
  return scalar(call.type, f.setNew('i64'), anyNull(f, [isNull, noNumber]))
}

/** Exactly; more than six digits after the point raise. */
function fromDecimal(call: Call, count: Value, scale: number, scope: Scope): Value {
  const { f } = scope
  const base = scope.context.constantsBase
  const raise = (operation: string) =>
    ifNotNullAnd(f, count.isNull, () => scope.raise('DATETIME_OVERFLOW', { operation }, call.origin))
  const rescale = (low: Operand, high: Operand, up: number) => {
    f.get(low).get(high).i32(up).i32(38).get(base).call(scope.kernel('decimalRescale'))
    raise('create a TIMESTAMP from so many seconds since the epoch')
    return loadResult(scope)
  }
  const { low, high } = limbsOf(f, count)
  const micros = rescale(low, high, MICROS_DIGITS - scale)
  if (scale > MICROS_DIGITS) {
    const back = rescale(micros.low, micros.high, scale - MICROS_DIGITS)
    f.get(back.low).get(low).op('i64.ne').get(back.high).get(high).op('i64.ne').op('i32.or')
    raise('create a TIMESTAMP from seconds with more than six digits after the point')
  }
  f.get(micros.low).i64(63n).op('i64.shr_s').get(micros.high).op('i64.ne')
  raise('create a TIMESTAMP from so many seconds since the epoch')
  return scalar(call.type, micros.low, count.isNull)
}
