import { BIGINT, DATE, type DataType, DOUBLE, INT, quotedTypeName, TIMESTAMP } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { asDecimal, castTo, isIntegral, isInterval, isNumeric, unexpectedType, unify } from '../coercion.js'
import { decimalResult } from '../decimal-types.js'
import { between, type CallSite, exactly, type FunctionTable } from './definition.js'

type NumericOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder'

/** What arithmetic takes, as Spark's messages put it. */
const ARITHMETIC_TYPES = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'

/**
 * Beside a number a string counts as double, or as bigint if that is integral, and NULL as the other side; two strings are no numbers
 * in ANSI mode.
 */
function operands(args: readonly Expression[], site: CallSite): [Expression, Expression] {
  const [left, right] = [args[0]!, args[1]!]
  if (left.type.kind === 'void' && right.type.kind === 'void') return [castTo(left, DOUBLE), castTo(right, DOUBLE)]
  if (isInterval(left.type) || isInterval(right.type)) throw intervalArithmetic(left, right, site)
  if (left.type.kind === right.type.kind && !isNumeric(left.type)) throw wrongType(ARITHMETIC_TYPES, left.type, site)
  const [a, b] = [numericOf(left, right), numericOf(right, left)]
  if (!isNumeric(a.type) || !isNumeric(b.type)) {
    // Throws unless both have a common type, which then is none to compute with.
    unify(left, right, site)
    throw wrongType(ARITHMETIC_TYPES, isNumeric(a.type) ? b.type : a.type, site)
  }
  return [a, b]
}

/** Intervals with intervals and numbers are not built; with anything else they make no sense. */
function intervalArithmetic(left: Expression, right: Expression, site: CallSite): MillraceError {
  const sensible = [left, right].every(({ type }) => isInterval(type) || isNumeric(type) || type.kind === 'void')
  if (sensible)
    return new MillraceError('UNSUPPORTED_FEATURE', { feature: 'arithmetic of intervals' }, { origin: site.origin })
  return new MillraceError(
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
    { sqlExpr: site.sql, left: quotedTypeName(left.type), right: quotedTypeName(right.type) },
    { origin: site.origin },
  )
}

function numericOf(e: Expression, other: Expression): Expression {
  if (e.type.kind === 'void') return castTo(e, other.type.kind === 'string' ? DOUBLE : other.type)
  if (e.type.kind !== 'string' || (!isNumeric(other.type) && other.type.kind !== 'void')) return e
  return castTo(e, isIntegral(other.type) ? BIGINT : DOUBLE)
}

const wrongType = (inputType: string, actual: DataType, site: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
    { sqlExpr: site.sql, inputType, actualDataType: quotedTypeName(actual) },
    { origin: site.origin },
  )

function numeric(fn: NumericOperation, args: readonly Expression[], site: CallSite): Expression {
  const [left, right] = operands(args, site)
  const isDecimal = left.type.kind === 'decimal' || right.type.kind === 'decimal'
  const isDouble = [left, right].some(({ type }) => type.kind === 'double' || type.kind === 'float')
  if (isDecimal && !isDouble) {
    const [a, b] = [asDecimal(left), asDecimal(right)]
    if (a.type.kind === 'decimal' && b.type.kind === 'decimal') {
      return call(fn, decimalResult(fn, a.type, b.type), [a, b], { origin: site.origin })
    }
  }
  if (fn === 'divide') return call(fn, DOUBLE, [castTo(left, DOUBLE), castTo(right, DOUBLE)], { origin: site.origin })
  const [a, b] = unify(left, right, site)
  return call(fn, a.type, [a, b], { origin: site.origin })
}

const MICROS_PER_DAY = 86_400_000_000n

/** A date or timestamp moved by an interval, or undefined when these are no such operands. */
function moved(base: Expression, interval: Expression, site: CallSite): Expression | undefined {
  const { origin } = site
  if (!isInterval(interval.type)) return undefined
  const isDate = base.type.kind === 'date'
  if (!isDate && base.type.kind !== 'timestamp') return undefined
  if (interval.type.kind === 'interval_ym') {
    return isDate
      ? call('date_add_months', DATE, [base, interval], { origin })
      : call('timestamp_add_months', TIMESTAMP, [base, interval], { origin })
  }
  // An interval of days keeps a date a date; with any other one it becomes a timestamp.
  if (isDate && interval.type.kind === 'interval_dt' && interval.type.fields?.[1] === 'day') {
    if (interval.kind !== 'literal' || typeof interval.value !== 'bigint') {
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a date and days that are no literal' }, { origin })
    }
    const days = literal(INT, Number(interval.value / MICROS_PER_DAY), interval.origin)
    return call('date_add_days', DATE, [base, days], { origin })
  }
  return call('timestamp_add', TIMESTAMP, [castTo(base, TIMESTAMP), interval], { origin })
}

const isMovable = (type: DataType): boolean => type.kind === 'date' || type.kind === 'timestamp'

/** A date moved by a number of days, an operand of `+` and `-`; NULL is a number too. */
function movedByDays(date: Expression, days: Expression, sign: 1 | -1, site: CallSite): Expression {
  if (!isIntegral(days.type) && days.type.kind !== 'void')
    throw unexpectedType(days, '("INT" or "SMALLINT" or "TINYINT")', 1, site)
  const count = castTo(days, INT)
  return call('date_add_days', DATE, [date, sign === 1 ? count : negate(count, site)], { origin: site.origin })
}

/** What beside a date is no number of days: intervals have been dealt with, and strings are read as the other operand's type. */
const isDays = ({ kind }: DataType): boolean => kind !== 'string' && kind !== 'interval_ym' && kind !== 'interval_dt'

function add(args: readonly Expression[], site: CallSite): Expression {
  const [left, right] = [args[0]!, args[1]!]
  const byInterval = moved(left, right, site) ?? moved(right, left, site)
  if (byInterval) return byInterval
  if (left.type.kind === 'date' && isDays(right.type)) return movedByDays(left, right, 1, site)
  if (right.type.kind === 'date' && isDays(left.type)) return movedByDays(right, left, 1, site)
  return numeric('add', args, site)
}

function subtract(args: readonly Expression[], site: CallSite): Expression {
  const [left, right] = [args[0]!, args[1]!]
  if (isMovable(left.type) && isInterval(right.type)) return moved(left, negate(right, site), site)!
  const isTime = ({ type }: Expression): boolean => isMovable(type) || type.kind === 'string'
  const bothTimes = isTime(left) && isTime(right) && (isMovable(left.type) || isMovable(right.type))
  if (bothTimes || (left.type.kind === 'void' && isMovable(right.type))) {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: 'the difference of dates as an interval; use datediff' },
      { origin: site.origin },
    )
  }
  if (left.type.kind === 'date' && isDays(right.type)) return movedByDays(left, right, -1, site)
  return numeric('subtract', args, site)
}

/** The negative; of a literal at once, unless it is the least of its type. */
function negate(e: Expression, site: CallSite): Expression {
  if (e.kind === 'literal' && typeof e.value === 'number' && e.value > -(2 ** 31)) {
    return literal(e.type, -e.value, e.origin)
  }
  if (e.kind === 'literal' && typeof e.value === 'bigint' && e.value > -(2n ** 63n)) {
    return literal(e.type, -e.value, e.origin)
  }
  return call('negate', e.type, [e], { origin: site.origin })
}

/** The operand of a sign; text counts as double. */
function signedOperand(args: readonly Expression[], site: CallSite): Expression {
  const [arg] = args
  const value = arg!.type.kind === 'string' || arg!.type.kind === 'void' ? castTo(arg!, DOUBLE) : arg!
  if (!isNumeric(value.type) && !isInterval(value.type)) throw unexpectedType(value, ARITHMETIC_TYPES, 0, site)
  return value
}

function negative(args: readonly Expression[], site: CallSite): Expression {
  const value = signedOperand(args, site)
  return call('negate', value.type, [value], { origin: site.origin })
}

function absolute(args: readonly Expression[], site: CallSite): Expression {
  const value = signedOperand(args, site)
  if (isInterval(value.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'abs of intervals' }, { origin: site.origin })
  return call('abs', value.type, [value], { origin: site.origin })
}

function intDivide(args: readonly Expression[], site: CallSite): Expression {
  const [left, right] = operands(args, site)
  const asIntegral = (e: Expression): Expression => (isIntegral(e.type) ? castTo(e, BIGINT) : e)
  if (left.type.kind !== 'decimal' && right.type.kind !== 'decimal') {
    const [a, b] = [asIntegral(left), asIntegral(right)]
    for (const operand of [a, b]) if (!isIntegral(operand.type)) throw wrongType('"INTEGRAL"', operand.type, site)
    return call('int_divide', BIGINT, [a, b], { origin: site.origin })
  }
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'div of decimals' }, { origin: site.origin })
}

export const ARITHMETIC: FunctionTable = {
  '+': between(1, 2, (args, site) => (args.length === 1 ? signedOperand(args, site) : add(args, site))),
  '-': between(1, 2, (args, site) => (args.length === 1 ? negative(args, site) : subtract(args, site))),
  '*': exactly(2, (args, site) => numeric('multiply', args, site)),
  '/': exactly(2, (args, site) => numeric('divide', args, site)),
  '%': exactly(2, (args, site) => numeric('remainder', args, site)),
  mod: exactly(2, (args, site) => numeric('remainder', args, site)),
  div: exactly(2, intDivide),
  positive: exactly(1, signedOperand),
  negative: exactly(1, negative),
  abs: exactly(1, absolute),
}
