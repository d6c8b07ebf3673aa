import { intervalText } from '../../columnar/times/calendar-interval.js'
import { intervalIn } from '../../columnar/times/interval-amounts.js'
import { intervalForms, parseInterval } from '../../columnar/times/interval-parse.js'
import { intervalParts, packInterval } from '../../columnar/times/interval-parts.js'
import { dayTimeText, yearMonthText } from '../../columnar/times/interval-text.js'
import { INTERVAL_UNITS } from '../../columnar/times/interval-units.js'
import {
  type DataType,
  type DayTimeIntervalType,
  type DecimalType,
  quotedTypeName,
  typeName,
  type YearMonthIntervalType,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { decimalText } from '../../planner/plan/expression/literal-text.js'
import type { HostRoutine, HostTypes, HostValue } from './routine.js'

/* Casts of intervals, which seldom are of many rows. */

type IntervalType = YearMonthIntervalType | DayTimeIntervalType

const ANSI = { ansiConfig: '"spark.sql.ansi.enabled"' } as const

const textOf = (value: HostValue, type: DataType): string =>
  type.kind === 'interval_ym'
    ? yearMonthText(Number(value), type)
    : dayTimeText(value as bigint, type as DayTimeIntervalType)

/** An interval as SQL writes it. */
export const text: HostRoutine = ([value], types) => textOf(value!, types.arguments[0]!)

/** The interval that a text says. @throws INVALID_INTERVAL_FORMAT.* */
export const parse: HostRoutine = ([input], types) => {
  const type = types.result as IntervalType
  const result = parseInterval(String(input), type)
  if (typeof result !== 'string') return result
  const interval = type.kind === 'interval_ym' ? 'year-month' : 'day-time'
  const parameters = { input: String(input) }
  if (result === 'range')
    throw new MillraceError('INVALID_INTERVAL_FORMAT.INTERVAL_PARSING', { ...parameters, interval })
  const form = { intervalStr: interval, supportedFormat: intervalForms(type), typeName: typeName(type) }
  const condition = type.kind === 'interval_ym' ? 'UNMATCHED_FORMAT_STRING' : 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'
  throw new MillraceError(`INVALID_INTERVAL_FORMAT.${condition}`, { ...parameters, ...form })
}

/** The same, NULL where it says none. */
export const tryParse: HostRoutine = ([input], types) => {
  const result = parseInterval(String(input), types.result as IntervalType)
  return typeof result === 'string' ? null : result
}

/* Intervals of months, days and microseconds, as `5 minutes`. */

export const textOfParts: HostRoutine = ([value]) => intervalText(intervalParts(value as Uint8Array))

/** NULL for a text that says none. */
export const parseParts: HostRoutine = ([input]) => {
  const parts = intervalIn(String(input))
  return parts ? packInterval(parts) : null
}

/** What numbers of an interval count: its last field. */
const unitOf = ({ kind, fields }: IntervalType): bigint =>
  INTERVAL_UNITS[fields?.[1] ?? (kind === 'interval_ym' ? 'month' : 'second')]

/** The quotient to the nearest whole number, halves away from zero. */
function rounded(value: bigint, divisor: bigint): bigint {
  const [whole, rest] = [value / divisor, value % divisor]
  const isMore = (rest < 0n ? -rest : rest) * 2n >= divisor
  return isMore ? whole + (value < 0n ? -1n : 1n) : whole
}

const scaleOf = (type: DataType): number => (type.kind === 'decimal' ? type.scale : 0)
const scaled = (scale: number): bigint => 10n ** BigInt(scale)

const SUFFIXES: Readonly<Record<string, string>> = { tinyint: 'Y', smallint: 'S', bigint: 'L', decimal: 'BD' }

/** So many of the last field; null beyond the range. */
function ofNumberOrNone(
  [value]: readonly HostValue[],
  { arguments: [from], result }: HostTypes,
): number | bigint | null {
  const type = result as IntervalType
  const whole = rounded(BigInt(value as number | bigint) * unitOf(type), scaled(scaleOf(from!)))
  const isMonths = type.kind === 'interval_ym'
  if (BigInt.asIntN(isMonths ? 32 : 64, whole) !== whole) return null
  return isMonths ? Number(whole) : whole
}

/** @throws CAST_OVERFLOW */
export const ofNumber: HostRoutine = (operands, types) => {
  const result = ofNumberOrNone(operands, types)
  if (result !== null) return result
  const [from] = types.arguments
  const written = decimalText(BigInt(operands[0] as number | bigint), scaleOf(from!)) + (SUFFIXES[from!.kind] ?? '')
  throw overflow(written, types)
}

export const tryOfNumber: HostRoutine = ofNumberOrNone

const overflow = (value: string, { arguments: [from], result }: HostTypes): MillraceError =>
  new MillraceError('CAST_OVERFLOW', {
    value,
    sourceType: quotedTypeName(from!),
    targetType: quotedTypeName(result),
    ...ANSI,
  })

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }

/** How many of its last field an interval is. @throws CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION */
export const toNumber: HostRoutine = (operands, types) => {
  const result = toNumberOrNone(operands, types)
  if (result !== null) return result
  const [from] = types.arguments
  if (types.result.kind !== 'decimal') throw overflow(textOf(operands[0]!, from!), types)
  const { precision, scale } = types.result
  const value = fieldsOf(operands[0]!, from as IntervalType)
  throw new MillraceError('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', {
    value: decimalText(value.unscaled, value.scale),
    precision,
    scale,
    config: ANSI.ansiConfig,
  })
}

export const tryToNumber: HostRoutine = (operands, types) => toNumberOrNone(operands, types)

/** An interval in its last field: seconds with their fraction, others whole. */
function fieldsOf(value: HostValue, type: IntervalType): { readonly unscaled: bigint; readonly scale: number } {
  const whole = BigInt(value as number | bigint)
  const unit = unitOf(type)
  return unit === INTERVAL_UNITS.second ? { unscaled: whole, scale: 6 } : { unscaled: whole / unit, scale: 0 }
}

function toNumberOrNone(
  [value]: readonly HostValue[],
  { arguments: [from], result }: HostTypes,
): number | bigint | null {
  const { unscaled, scale } = fieldsOf(value!, from as IntervalType)
  if (result.kind === 'decimal') return inDecimal(unscaled, scale, result)
  const whole = unscaled / scaled(scale)
  if (BigInt.asIntN(BITS[result.kind]!, whole) !== whole) return null
  return result.kind === 'bigint' ? whole : Number(whole)
}

function inDecimal(unscaled: bigint, from: number, { precision, scale }: DecimalType): bigint | null {
  const places = scale - from
  const value = places >= 0 ? unscaled * scaled(places) : rounded(unscaled, scaled(-places))
  return (value < 0n ? -value : value) < scaled(precision) ? value : null
}
