import {
  BIGINT,
  type DataType,
  type DecimalType,
  DOUBLE,
  decimal,
  INT,
  quotedTypeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { constantInteger, type WholeType } from '../constants/constant-integer.js'
import type { CallText } from '../printing.js'
import { unlessAnsi } from '../session.js'
import { asDecimal, castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import { decimalOfIntegral } from '../types/decimal-types.js'
import { between, type CallSite, collated, type FunctionTable, helped } from './definition.js'

/** Beyond these no number has digits. */
const [MOST_PLACES, LEAST_PLACES] = [400, -400]
/** An integer has no more digits. */
const MOST_INTEGER_DIGITS = 19

/** The number of places, where the second argument is one; undefined for NULL. @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT */
function placesOf(e: Expression | undefined, site: CallSite): number | undefined {
  if (e === undefined) return 0
  if (!isNumeric(e.type)) expectType(e, INT, 1, site)
  if (!isFoldable(e)) {
    const parameters = {
      inputName: '`scale`',
      inputType: quotedTypeName(INT),
      inputExpr: site.argumentSql?.(1) ?? '',
      sqlExpr: site.sql,
    }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin: site.origin })
  }
  const places = constantInteger(e, INT as WholeType, e.origin ?? site.origin)
  return places === undefined ? undefined : clampedPlaces(Number(places))
}

const clampedPlaces = (places: number): number => Math.min(Math.max(places, LEAST_PLACES), MOST_PLACES)

type Rounding = 'round' | 'bround' | 'ceil' | 'floor'

/** A decimal of one digit more before the point, since rounding may carry, and no more places than are wanted. */
function roundedDecimal({ precision, scale }: DecimalType, places: number): DecimalType {
  const whole = precision - scale + 1
  return places < 0
    ? decimal(Math.min(Math.max(whole, 1 - places), 38), 0)
    : decimal(Math.min(whole + Math.min(scale, places), 38), Math.min(scale, places))
}

function roundDecimal(fn: Rounding, value: Expression, places: number | undefined, site: CallSite): Expression {
  const from = value.type as DecimalType
  const type = roundedDecimal(from, places ?? 0)
  if (places === undefined) return literal(type, null, site.origin)
  if (places >= from.scale) return castTo(value, type)
  // With this many digits dropped nothing is left of any decimal.
  return callOf(fn, type, value, Math.max(places, -MOST_INTEGER_DIGITS * 2), site)
}

const callOf = (fn: Rounding, type: DataType, value: Expression, places: number, { origin }: CallSite): Expression => {
  const failure = type.kind === 'decimal' ? undefined : unlessAnsi('wrap')
  return call(fn, type, [value, literal(INT, places)], { origin, failure })
}

/** To the nearest number with so many places, of the type of the argument; decimals lose those they need no more. */
function toNearest(fn: 'round' | 'bround') {
  return ([arg, scale]: readonly Expression[], site: CallSite): Expression => {
    const value = arg!.type.kind === 'string' || arg!.type.kind === 'void' ? castTo(arg!, DOUBLE) : arg!
    if (!isNumeric(value.type)) throw unexpectedType(value, '"NUMERIC"', 0, site)
    const places = placesOf(scale, site)
    if (value.type.kind === 'decimal') return roundDecimal(fn, value, places, site)
    if (places === undefined) return literal(value.type, null, site.origin)
    if (!isIntegral(value.type)) return callOf(fn, value.type, value, places, site)
    if (places >= 0) return value
    // No integer has as much as half of 10^20.
    if (places < -MOST_INTEGER_DIGITS) return zeroOf(value, site)
    return callOf(fn, value.type, value, places, site)
  }
}

/** 0, or NULL where the value is NULL. */
const zeroOf = (value: Expression, { origin }: CallSite): Expression =>
  call('multiply', value.type, [value, castTo(literal(INT, 0), value.type)], { origin })

/** To a whole number above or below; with a number of places a decimal. */
function toWhole(fn: 'ceil' | 'floor') {
  return ([arg, scale]: readonly Expression[], site: CallSite): Expression => {
    if (scale !== undefined) return toPlaces(fn, arg!, scale, site)
    const { kind } = arg!.type
    if (kind === 'decimal') return arg!.type.scale === 0 ? arg! : roundDecimal(fn, arg!, 0, site)
    if (isIntegral(arg!.type)) return castTo(arg!, BIGINT)
    if (!isNumeric(arg!.type) && kind !== 'string' && kind !== 'void')
      throw unexpectedType(arg!, '("DOUBLE" or "DECIMAL" or "BIGINT")', 0, site)
    return callOf(fn, BIGINT, castTo(arg!, DOUBLE), 0, site)
  }
}

function toPlaces(fn: Rounding, arg: Expression, scale: Expression, site: CallSite): Expression {
  const value = decimalArgument(arg)
  const isPlaces = scale.type.kind === 'int' && isFoldable(scale)
  const places = isPlaces ? constantInteger(scale, INT as WholeType, site.origin) : undefined
  if (places === undefined) {
    const parameters = { funcName: `\`${site.name}\``, paramName: '`scale`', paramType: quotedTypeName(INT) }
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', parameters, { origin: site.origin })
  }
  if (value.type.kind !== 'decimal') throw unexpectedType(value, '"DECIMAL"', 0, site)
  return roundDecimal(fn, value, clampedPlaces(Number(places)), site)
}

/** A number as the decimal that holds most of its type. */
function decimalArgument(e: Expression): Expression {
  const { kind } = e.type
  if (kind === 'float') return castTo(e, decimal(14, 7))
  if (kind === 'double') return castTo(e, decimal(30, 15))
  if (kind === 'string' || kind === 'void') return castTo(e, TEXT_DECIMAL)
  return isIntegral(e.type) ? castTo(e, decimalOfIntegral(e.type)!) : asDecimal(e)
}

const TEXT_DECIMAL = decimal(38, 18)

const roundedText =
  (name: string): CallText =>
  (args, text) =>
    args.length === 1 ? `${name}(${text(args[0]!)})` : undefined

export const ROUNDING: FunctionTable = collated('plain', {
  round: helped(
    '(number[, places])',
    'The nearest number with so many places behind the point, half away from zero; places less than 0 give tens, hundreds and so on.',
    [
      ['round(2.5)', '3'],
      ['round(2.345, 2)', '2.35'],
      ['round(1234, -2)', '1200'],
    ],
    between(1, 2, toNearest('round')),
    { printed: { defaults: { count: 2, last: ['0'] } } },
  ),
  bround: helped(
    '(number[, places])',
    'The same as `round`, half to the even digit.',
    [
      ['bround(2.5)', '2'],
      ['bround(25, -1)', '20'],
    ],
    between(1, 2, toNearest('bround')),
    { printed: { defaults: { count: 2, last: ['0'] } } },
  ),
  ceil: helped(
    '(number[, places])',
    'The next whole number that is not less, or the next number with so many places.',
    [
      ['ceil(-0.1)', '0'],
      ['ceil(3.1411, 3)', '3.142'],
    ],
    between(1, 2, toWhole('ceil')),
    { printed: { call: roundedText('CEIL') } },
  ),
  ceiling: helped('(number[, places])', 'The same as `ceil`.', [['ceiling(5.2)', '6']], between(1, 2, toWhole('ceil'))),
  floor: helped(
    '(number[, places])',
    'The next whole number that is not greater, or the next number with so many places.',
    [
      ['floor(-0.1)', '-1'],
      ['floor(3.1411, 3)', '3.141'],
    ],
    between(1, 2, toWhole('floor')),
    { printed: { call: roundedText('FLOOR') } },
  ),
})
