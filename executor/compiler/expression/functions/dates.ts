import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { Kernels } from '../../../kernels/interface/generated.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import type { Operand } from '../../wasm/types.js'
import { anyNull, ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { nullOf } from '../slots.js'
import { isAlwaysNull, isConstant, type ScalarValue, scalar, type Value } from '../value.js'
import { raiseOverflow } from './integer-arithmetic.js'

const MICROS_PER_SECOND = 1_000_000n
export const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND

/** The operands of a call, all scalars; undefined when the result is NULL in every row. */
export function scalarsOf(call: Call, scope: Scope): readonly ScalarValue[] | undefined {
  const values = call.args.map((arg) => scope.value(arg))
  if (values.some(isAlwaysNull)) return undefined
  return values.map((value) => {
    if (value.kind === 'scalar') return value
    throw new MillraceError('INTERNAL_ERROR', { message: `${call.fn} was not coerced` })
  })
}

/** Pushes a value divided by a positive constant, rounded down. */
export function pushFloorDivision(f: FunctionBuilder, value: Operand, divisor: bigint): void {
  f.get(value).i64(divisor).op('i64.div_s')
  const quotient = f.setNew('i64')
  f.get(quotient)
    .get(value)
    .get(quotient)
    .i64(divisor)
    .op('i64.mul')
    .op('i64.sub')
    .i64(63n)
    .op('i64.shr_s')
    .op('i64.add')
}

/** Pushes what is left of that division, never negative. */
export function pushFloorRemainder(f: FunctionBuilder, value: Operand, divisor: bigint): void {
  f.get(value).i64(divisor).op('i64.rem_s')
  const rest = f.setNew('i64')
  f.get(rest).get(rest).i64(63n).op('i64.shr_s').i64(divisor).op('i64.and').op('i64.add')
}

/** Pushes the days of a date or timestamp. */
function pushDays(f: FunctionBuilder, { value }: ScalarValue): void {
  if (value.type === 'i32') f.get(value)
  else {
    pushFloorDivision(f, value, MICROS_PER_DAY)
    f.op('i32.wrap_i64')
  }
}

const CALENDAR: Readonly<Record<string, keyof Kernels>> = { year: 'yearOfDate', month: 'monthOfDate', day: 'dayOfDate' }

/** year, month and day of a date or timestamp. */
export function compileCalendarField(call: Call, scope: Scope): Value {
  const [date] = scalarsOf(call, scope) ?? []
  if (!date) return nullOf(call.type)
  pushDays(scope.f, date)
  scope.f.call(scope.kernel(CALENDAR[call.fn]!))
  return scalar(call.type, scope.f.setNew('i32'), date.isNull)
}

const CLOCK: Readonly<Record<string, { readonly unit: bigint; readonly within: bigint }>> = {
  hour: { unit: 3_600n * MICROS_PER_SECOND, within: MICROS_PER_DAY },
  minute: { unit: 60n * MICROS_PER_SECOND, within: 3_600n * MICROS_PER_SECOND },
  second: { unit: MICROS_PER_SECOND, within: 60n * MICROS_PER_SECOND },
}

/** hour, minute and second of a timestamp, in UTC. */
export function compileClockField(call: Call, scope: Scope): Value {
  const [time] = scalarsOf(call, scope) ?? []
  if (!time) return nullOf(call.type)
  const { f } = scope
  const { unit, within } = CLOCK[call.fn]!
  pushFloorRemainder(f, time.value, within)
  f.i64(unit).op('i64.div_s').op('i32.wrap_i64')
  return scalar(call.type, f.setNew('i32'), time.isNull)
}

/** date_add_days and date_diff: whole days, as 32-bit integers that wrap as Spark's do. */
export function compileDayArithmetic(call: Call, scope: Scope): Value {
  const [a, b] = scalarsOf(call, scope) ?? []
  if (!a || !b) return nullOf(call.type)
  const { f } = scope
  f.get(a.value)
    .get(b.value)
    .op(call.fn === 'date_diff' ? 'i32.sub' : 'i32.add')
  return scalar(call.type, f.setNew('i32'), anyNull(f, [a.isNull, b.isNull]))
}

/** date_add_months and timestamp_add_months; what leaves the type raises. */
export function compileMonthArithmetic(call: Call, scope: Scope): Value {
  const [a, b] = scalarsOf(call, scope) ?? []
  if (!a || !b) return nullOf(call.type)
  const { f } = scope
  const isNull = anyNull(f, [a.isNull, b.isNull])
  f.get(a.value).get(b.value)
  if (b.value.type === 'i32') f.op('i64.extend_i32_s')
  if (a.value.type === 'i32') {
    f.call(scope.kernel('addMonths'))
    const days = f.setNew('i64')
    f.get(days).op('i32.wrap_i64')
    const result = f.setNew('i32')
    f.get(result).op('i64.extend_i32_s').get(days).op('i64.ne')
    ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope))
    return scalar(call.type, result, isNull)
  }
  f.get(scope.context.constantsBase).call(scope.kernel('timestampAddMonths'))
  ifNotNullAnd(f, isNull, () => raiseOverflow(call, scope))
  f.get(scope.context.constantsBase).load('i64.load')
  return scalar(call.type, f.setNew('i64'), isNull)
}

export function compileUnixMillis(call: Call, scope: Scope): Value {
  const [time] = scalarsOf(call, scope) ?? []
  if (!time) return nullOf(call.type)
  pushFloorDivision(scope.f, time.value, 1_000n)
  return scalar(call.type, scope.f.setNew('i64'), time.isNull)
}

/** What is held alike under another type. */
export function compileRetyped(call: Call, scope: Scope): Value {
  const [time] = scalarsOf(call, scope) ?? []
  return time ? { ...time, type: call.type } : nullOf(call.type)
}

/** The start of the tumbling window a time is in: windows begin at whole multiples of their length, plus an offset. */
export function compileWindowStart(call: Call, scope: Scope): Value {
  const [time, length, offset] = scalarsOf(call, scope) ?? []
  if (!time || !length || !offset) return nullOf(call.type)
  const { f } = scope
  f.get(time.value).get(offset.value).op('i64.sub')
  const since = f.setNew('i64')
  f.get(time.value)
  pushFloorRemainder(f, since, lengthOf(length))
  f.op('i64.sub')
  return scalar(call.type, f.setNew('i64'), time.isNull)
}

/** A length that code knows, by which V8 multiplies in place of dividing. */
function lengthOf({ value }: ScalarValue): bigint {
  if (isConstant(value) && value.type === 'i64' && value.value > 0n) return value.value
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'windows whose length is not a positive constant' })
}

/** The last whole multiple of a length that is not later. */
export function compileTruncatedTime(call: Call, scope: Scope): Value {
  const [time, length] = scalarsOf(call, scope) ?? []
  if (!time || !length) return nullOf(call.type)
  const { f } = scope
  f.get(time.value)
  pushFloorRemainder(f, time.value, lengthOf(length))
  f.op('i64.sub')
  return scalar(call.type, f.setNew('i64'), time.isNull)
}
