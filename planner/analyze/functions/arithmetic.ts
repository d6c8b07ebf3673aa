import {
  BIGINT,
  BOOLEAN,
  type DataType,
  DOUBLE,
  INT,
  isAnyInterval,
  isInterval,
  quotedTypeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression, Failure } from '../../plan/expression/expression.js'
import { analysisSession, unlessAnsi } from '../session.js'
import { asDecimal, castTo, unexpectedType, unify } from '../types/coercion.js'
import { isIntegral, isNumeric, isTemporal } from '../types/common-types.js'
import { decimalResult } from '../types/decimal-types.js'
import { isCalendar, negatedInterval } from './calendar-intervals.js'
import { buildCase } from './conditional.js'
import { between, type CallSite, collated, exactly, type FunctionTable, helped } from './definition.js'
import { addTimes, differentTypes, divideInterval, multiplyInterval, subtractTimes } from './interval-arithmetic.js'
import { divideIntervals } from './intervals.js'

/** What DIV takes, in the same way. */
const DIVIDED_TYPES = '("BIGINT" or "DECIMAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")'

/** What has a size. */
const SIZED_TYPES = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")'

type NumericOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder'

/** What arithmetic takes, as Spark's messages put it. */
const ARITHMETIC_TYPES = '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")'

/**
 * Beside a number a string counts as double, in ANSI mode as bigint if that is integral, and NULL as the other side; two strings are no numbers
 * in ANSI mode, else doubles.
 */
export function arithmeticOperands(
  args: readonly Expression[],
  wanted: string,
  site: CallSite,
): [Expression, Expression] {
  const [left, right] = [args[0]!, args[1]!]
  if (left.type.kind === 'void' && right.type.kind === 'void') return [castTo(left, DOUBLE), castTo(right, DOUBLE)]
  if (isAnyInterval(left.type) || isAnyInterval(right.type)) throw differentTypes(left, right, site)
  if (!analysisSession().isAnsi && isText(left) && isText(right)) return [castTo(left, DOUBLE), castTo(right, DOUBLE)]
  if (left.type.kind === right.type.kind && !isNumeric(left.type)) throw wrongType(wanted, left.type, site)
  const [a, b] = [numericOf(left, right), numericOf(right, left)]
  if (!isNumeric(a.type) || !isNumeric(b.type)) {
    if (isTemporal(a.type) && isTemporal(b.type)) throw differentTypes(a, b, site)
    // Throws unless both have a common type, which then is none to compute with.
    unify(left, right, site)
    throw wrongType(wanted, isNumeric(a.type) ? b.type : a.type, site)
  }
  return [a, b]
}

const isText = ({ type: { kind } }: Expression): boolean => kind === 'string'

function numericOf(e: Expression, other: Expression): Expression {
  if (e.type.kind === 'void') return castTo(e, other.type.kind === 'string' ? DOUBLE : other.type)
  if (e.type.kind !== 'string' || (!isNumeric(other.type) && other.type.kind !== 'void')) return e
  return castTo(e, isIntegral(other.type) && analysisSession().isAnsi ? BIGINT : DOUBLE)
}

export const wrongType = (inputType: string, actual: DataType, site: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
    { sqlExpr: site.sql, inputType, actualDataType: quotedTypeName(actual) },
    { origin: site.origin },
  )

function numeric(fn: NumericOperation, args: readonly Expression[], site: CallSite): Expression {
  const [left, right] = arithmeticOperands(args, ARITHMETIC_TYPES, site)
  const isDecimal = left.type.kind === 'decimal' || right.type.kind === 'decimal'
  const isDouble = [left, right].some(({ type }) => type.kind === 'double' || type.kind === 'float')
  if (isDecimal && !isDouble) {
    const [a, b] = [asDecimal(left), asDecimal(right)]
    if (a.type.kind === 'decimal' && b.type.kind === 'decimal') {
      return call(fn, decimalResult(fn, a.type, b.type), [a, b], { origin: site.origin, failure: unlessAnsi('null') })
    }
  }
  if (fn === 'divide') {
    const failure = unlessAnsi('null')
    return call(fn, DOUBLE, [castTo(left, DOUBLE), castTo(right, DOUBLE)], { origin: site.origin, failure })
  }
  const [a, b] = unify(left, right, site)
  const failure = fn === 'remainder' ? unlessAnsi('null') : wrapping(a.type)
  return call(fn, a.type, [a, b], { origin: site.origin, failure })
}

/** What arithmetic does outside of ANSI mode when it leaves its type: whole numbers wrap. */
const wrapping = (type: DataType): Failure | undefined => (isIntegral(type) ? unlessAnsi('wrap') : undefined)

/** Outside of ANSI mode a text is a number, too, beside anything but an interval. */
function withNumbers(args: readonly Expression[]): readonly Expression[] {
  if (analysisSession().isAnsi || args.some(({ type }) => isAnyInterval(type))) return args
  return args.map((arg) => (isText(arg) ? castTo(arg, DOUBLE) : arg))
}

function add(written: readonly Expression[], site: CallSite): Expression {
  const args = withNumbers(written)
  return addTimes(args[0]!, args[1]!, site) ?? numeric('add', args, site)
}

function subtract(written: readonly Expression[], site: CallSite): Expression {
  const args = withNumbers(written)
  return subtractTimes(args[0]!, args[1]!, site) ?? numeric('subtract', args, site)
}

function multiply(args: readonly Expression[], site: CallSite): Expression {
  return multiplyInterval(args[0]!, args[1]!, site) ?? numeric('multiply', args, site)
}

function divide(args: readonly Expression[], site: CallSite): Expression {
  return divideInterval(args[0]!, args[1]!, site) ?? numeric('divide', args, site)
}

/** The operand of a sign; text counts as double. */
function signedOperand(args: readonly Expression[], site: CallSite): Expression {
  const [arg] = args
  const value = arg!.type.kind === 'string' || arg!.type.kind === 'void' ? castTo(arg!, DOUBLE) : arg!
  if (!isNumeric(value.type) && !isAnyInterval(value.type)) throw unexpectedType(value, ARITHMETIC_TYPES, 0, site)
  return value
}

function negative(args: readonly Expression[], site: CallSite): Expression {
  const value = signedOperand(args, site)
  if (isCalendar(value)) return negatedInterval(value, site)
  return call('negate', value.type, [value], { origin: site.origin, failure: wrapping(value.type) })
}

function absolute(args: readonly Expression[], site: CallSite): Expression {
  if (isCalendar(args[0]!)) throw unexpectedType(args[0]!, SIZED_TYPES, 0, site)
  const value = signedOperand(args, site)
  return call('abs', value.type, [value], { origin: site.origin, failure: wrapping(value.type) })
}

function intDivide(args: readonly Expression[], site: CallSite): Expression {
  if (args.every(({ type }) => isInterval(type))) return divideIntervals(args, site)
  if (args.every(isCalendar)) throw wrongType(DIVIDED_TYPES, args[0]!.type, site)
  const [left, right] = arithmeticOperands(args, ARITHMETIC_TYPES, site)
  const asIntegral = (e: Expression): Expression => (isIntegral(e.type) ? castTo(e, BIGINT) : e)
  if (left.type.kind !== 'decimal' && right.type.kind !== 'decimal') {
    const [a, b] = [asIntegral(left), asIntegral(right)]
    if (isIntegral(a.type) !== isIntegral(b.type)) throw differentTypes(a, b, site)
    for (const operand of [a, b]) if (!isIntegral(operand.type)) throw wrongType('"INTEGRAL"', operand.type, site)
    const divisor = analysisSession().isAnsi ? b : nullIfZero(b, site)
    return call('int_divide', BIGINT, [a, divisor], { origin: site.origin, failure: unlessAnsi('wrap') })
  }
  const [a, b] = [asDecimal(left), asDecimal(right)]
  if (a.type.kind === 'decimal' && b.type.kind === 'decimal') {
    const divisor = analysisSession().isAnsi ? b : nullIfZero(b, site)
    return call('int_divide', BIGINT, [a, divisor], { origin: site.origin, failure: unlessAnsi('null') })
  }
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'div of a decimal and a double' }, { origin: site.origin })
}

function nullIfZero(divisor: Expression, site: CallSite): Expression {
  if (divisor.kind === 'literal' && divisor.value !== null && Number(divisor.value) !== 0) return divisor
  const isZero = call('eq', BOOLEAN, [divisor, castTo(literal(INT, 0), divisor.type)])
  return buildCase([{ when: isZero, value: literal(divisor.type, null) }], divisor, site)
}

export const ARITHMETIC: FunctionTable = collated('plain', {
  '+': between(1, 2, (args, site) => (args.length === 1 ? signedOperand(args, site) : add(args, site))),
  '-': between(1, 2, (args, site) => (args.length === 1 ? negative(args, site) : subtract(args, site))),
  '*': exactly(2, multiply),
  '/': exactly(2, divide),
  '%': exactly(2, (args, site) => numeric('remainder', args, site)),
  mod: helped(
    '(a, b)',
    'What is left of a division, with the sign of the first number.',
    [['mod(-7, 3)', '-1']],
    exactly(2, (args, site) => numeric('remainder', args, site)),
  ),
  div: helped('a DIV b', 'The whole part of a quotient.', [['7 div 2', '3']], exactly(2, intDivide)),
  positive: helped('(number)', 'The number itself.', [['positive(1)', '1']], exactly(1, signedOperand), {
    printed: { call: ([a], text) => `(+ ${text(a!)})` },
  }),
  negative: helped('(number)', 'The number with the other sign.', [['negative(1)', '-1']], exactly(1, negative)),
  abs: helped('(number)', 'The number without its sign.', [['abs(-1)', '1']], exactly(1, absolute)),
})
