import {
  type ArrayType,
  array,
  BIGINT,
  type DataType,
  DOUBLE,
  INT,
  isInterval,
  quotedTypeName,
} from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression } from '../../../plan/expression/expression.js'
import { isFoldable } from '../../../plan/expression/foldable.js'
import { DETAIL_TEXT } from '../../../plan/expression/routine.js'
import { constantOf } from '../../constants/constants.js'
import { castTo, unexpectedType } from '../../types/coercion.js'
import { isIntegral, isNumeric } from '../../types/common-types.js'
import { buildCase } from '../conditional.js'
import { collated, helped } from '../definition.js'
import { COLLECTED, madeOf } from './collected.js'
import type { AggregateDefinition, AggregateSite, AggregateTable } from './definition.js'
import { isPresent } from './fold.js'
import { wholeInterval } from './interval-sums.js'
import { asDouble, ofDouble } from './order-keys.js'

/* Values that stand at a place among the others when all are in order. */

/** @throws DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, UNEXPECTED_NULL, VALUE_OUT_OF_RANGE */
function numberOf(e: Expression, name: string, range: Range, position: number, site: AggregateSite): number {
  const { origin, sql: sqlExpr } = site
  const constant = constantOf(range.type ? castTo(e, range.type) : e)
  if (!constant) {
    const parameters = {
      inputName: quotedName(name),
      inputType: quotedTypeName(range.type ?? e.type),
      inputExpr: site.argumentSql?.(position) ?? '',
      sqlExpr,
    }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin })
  }
  if (constant.value === null)
    throw new MillraceError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { exprName: name, sqlExpr }, { origin })
  const value = Number(constant.value)
  if (range.holds(value)) return value
  const currentValue = range.textOf(value)
  const parameters = { exprName: name, valueRange: range.text, currentValue, sqlExpr }
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin })
}

interface Range {
  /** What the constant is cast to. */
  readonly type?: DataType
  readonly text: string
  holds(value: number): boolean
  textOf(value: number): string
}

const PERCENTAGES: Range = {
  type: DOUBLE,
  text: '[0.0, 1.0]',
  holds: (value) => value >= 0 && value <= 1,
  textOf: (value) => `${Number.isInteger(value) ? value.toFixed(1) : value}D`,
}
const MOST_INT = 2 ** 31 - 1
const ACCURACIES: Range = {
  text: `(0, ${MOST_INT}]`,
  holds: (value) => value > 0 && value <= MOST_INT,
  textOf: (value) => `${value}L`,
}

/**
 * What is found at a percentage, or an array of what is found at each of several ones; NULL without values.
 * @throws DATATYPE_MISMATCH.*
 */
function atEach(
  e: Expression,
  position: number,
  site: AggregateSite,
  find: (at: Expression) => Expression,
): Expression {
  if (e.type.kind !== 'array') return find(literal(DOUBLE, numberOf(e, 'percentage', PERCENTAGES, position, site)))
  const found = percentagesOf(e, position, site).map((value) => find(literal(DOUBLE, value)))
  const first = found[0] ?? find(literal(DOUBLE, 0))
  const type = array(first.type, false)
  const all = found.length > 0 ? call('array', type, found, { origin: site.origin }) : literal(type, null)
  return buildCase([{ when: isPresent(first), value: all }], undefined, site)
}

/** The constants of an array. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE, NON_FOLDABLE_INPUT, VALUE_OUT_OF_RANGE, UNSUPPORTED_FEATURE */
function percentagesOf(e: Expression, position: number, site: AggregateSite): readonly number[] {
  const { origin, sql: sqlExpr } = site
  const { element, containsNull } = e.type as ArrayType
  if (containsNull || (!isNumeric(element) && element.kind !== 'void'))
    throw unexpectedType(
      e,
      site.name.includes('approx') ? '("DOUBLE" or "ARRAY<DOUBLE>")' : '"ARRAY<DOUBLE>"',
      position,
      site,
    )
  if (!isFoldable(e)) {
    const inputExpr = site.argumentSql?.(position) ?? ''
    const parameters = { inputName: '`percentage`', inputType: '"ARRAY<DOUBLE>"', inputExpr, sqlExpr }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, { origin })
  }
  if (e.kind !== 'call' || e.fn !== 'array')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'percentages that are no list of constants' }, { origin })
  const values = e.args.map((arg) => Number(constantOf(castTo(arg, DOUBLE))!.value))
  if (values.every(PERCENTAGES.holds)) return values
  const currentValue = values.map(PERCENTAGES.textOf).join()
  const parameters = { exprName: 'percentage', valueRange: PERCENTAGES.text, currentValue, sqlExpr }
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, { origin })
}

const ORDERED = '(("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH") or "TIME")'

/** Numbers as doubles, intervals with all fields of their family. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function ordered(value: Expression, site: AggregateSite): Expression {
  const { kind } = value.type
  if (isNumeric(value.type) || kind === 'string' || kind === 'void') return castTo(value, DOUBLE)
  if (isInterval(value.type)) return wholeInterval(value, site)
  throw unexpectedType(value, ORDERED, 0, site)
}

/** Between two values, by how near the place is to each. */
function interpolated(
  value: Expression,
  percentage: Expression,
  isDescending: boolean,
  site: AggregateSite,
): Expression {
  const operands = [COLLECTED, percentage, literal(INT, isDescending ? 1 : 0)]
  const found = madeOf([asDouble(value, site)], 'percentileBetween', DOUBLE, operands, site)
  return ofDouble(found, value.type, site)
}

const NEGATIVE = 'NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION'

/** Of values that count several times each. */
function weighted(value: Expression, percentage: Expression, frequency: Expression, site: AggregateSite): Expression {
  if (!isIntegral(frequency.type) && frequency.type.kind !== 'void')
    throw unexpectedType(frequency, '"INTEGRAL"', 2, site)
  const parameters = { frequencyExpression: site.argumentSql?.(2) ?? '', negativeValue: `${DETAIL_TEXT}L` }
  const values = [asDouble(value, site), castTo(frequency, BIGINT)]
  const traits = { errors: [{ condition: NEGATIVE, parameters }] } as const
  const found = madeOf(values, 'percentileWeighted', DOUBLE, [COLLECTED, percentage], site, traits)
  return ofDouble(found, value.type, site)
}

const percentile: AggregateDefinition = {
  minArgs: 2,
  maxArgs: 3,
  build: ([value, fraction, frequency], site) => {
    const of = ordered(value!, site)
    return atEach(fraction!, 1, site, (percentage) =>
      frequency ? weighted(of, percentage, frequency, site) : interpolated(of, percentage, false, site),
    )
  },
}

const median: AggregateDefinition = {
  minArgs: 1,
  maxArgs: 1,
  isOfPartitions: () => true,
  build: ([value], site) => interpolated(ordered(value!, site), literal(DOUBLE, 0.5), false, site),
}

/** A percentile of what WITHIN GROUP orders. */
const withinGroup = (of: typeof interpolated): AggregateDefinition => ({
  minArgs: 1,
  maxArgs: 1,
  withinGroup: { orders: () => 1, allowsDistinct: false },
  isOfPartitions: () => true,
  build: ([fraction], site) => {
    const { expression, direction } = site.orders[0]!
    const value = ordered(expression, site)
    return atEach(fraction!, 1, site, (percentage) => of(value, percentage, direction === 'desc', site))
  },
})

const APPROXIMATED =
  '("NUMERIC" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND" or "TIME")'
const DEFAULT_ACCURACY = 10_000

/** Exact, with what Spark promises for an accuracy: percentages as near to an end as its error give the value there. */
const approximate: AggregateDefinition = {
  minArgs: 2,
  maxArgs: 3,
  build: ([value, fraction, accuracy], site) => {
    const { kind } = value!.type
    const isOther = kind === 'boolean' || kind === 'binary' || kind === 'struct' || kind === 'array' || kind === 'map'
    if (isOther) throw unexpectedType(value!, APPROXIMATED, 0, site)
    const of = kind === 'string' || kind === 'void' ? castTo(value!, DOUBLE) : value!
    if (accuracy && !isIntegral(accuracy.type) && accuracy.type.kind !== 'void')
      throw unexpectedType(accuracy, '"INTEGRAL"', 2, site)
    const error = accuracy ? numberOf(accuracy, 'accuracy', ACCURACIES, 2, site) : DEFAULT_ACCURACY
    return atEach(fraction!, 1, site, (percentage) => {
      const operands = [COLLECTED, percentage, literal(DOUBLE, error)]
      return ofDouble(madeOf([asDouble(of, site)], 'percentileNear', DOUBLE, operands, site), of.type, site)
    })
  },
}

const approximatePercentile = helped(
  '(value, percentage[, accuracy])',
  'The least value that at least so large a part of the values is not greater than. It is exact; percentages within 1 / accuracy of 0 or 1 give the least or greatest value.',
  [['approx_percentile(a, 0.5) from values (1), (3), (10), (20) as t(a)', '3']],
  approximate,
)

export const PERCENTILES: AggregateTable = collated('plain', {
  percentile: helped(
    '(number, percentage[, frequency])',
    'The value at a percentage of the way from the least to the greatest, between two values by how near it is to each; a value may count several times.',
    [
      ['percentile(a, 0.25) from values (0), (10) as t(a)', '2.5'],
      ['percentile(a, 0.5, f) from values (0, 1), (10, 9) as t(a, f)', '10.0'],
    ],
    percentile,
    { printed: { defaults: { count: 3, last: ['1'] } } },
  ),
  percentile_cont: helped(
    '(percentage) within group (order by number)',
    'The value at a percentage of the way through the ordered values, between two of them by how near it is to each.',
    [['percentile_cont(0.25) within group (order by a) from values (0), (10) as t(a)', '2.5']],
    withinGroup(interpolated),
  ),
  percentile_disc: helped(
    '(percentage) within group (order by number)',
    'The first of the ordered values that at least so large a part of them comes up to.',
    [['percentile_disc(0.25) within group (order by a) from values (0), (10) as t(a)', '0.0']],
    withinGroup((value, percentage, isDescending, site) => {
      const operands = [COLLECTED, percentage, literal(INT, isDescending ? 1 : 0)]
      const found = madeOf([asDouble(value, site)], 'percentileAt', DOUBLE, operands, site)
      return ofDouble(found, value.type, site)
    }),
  ),
  median: helped(
    '(number)',
    'The value in the middle, or the average of the two there.',
    [['median(a) from values (1), (2), (10), (20) as t(a)', '6.0']],
    median,
  ),
  percentile_approx: { ...approximatePercentile, printed: { defaults: { count: 3, last: ['10000'] } } },
  approx_percentile: { ...approximatePercentile, printed: { defaults: { count: 3, last: ['10000'] } } },
})
