import { BIGINT, BOOLEAN, type DecimalType, DOUBLE, decimal, isInterval } from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { castTo, expectType, isIntegral, isNumeric, unexpectedType } from '../../coercion.js'
import { buildCase } from '../conditional.js'
import { helped } from '../definition.js'
import { NUMBERS } from '../number.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, oneArgument } from './definition.js'
import { column, columnsOf, either, folded, isPresent } from './fold.js'

/* Sums, averages and counts. */

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function numericArgument(arg: Expression, site: AggregateSite): Expression {
  if (arg.type.kind === 'string' || arg.type.kind === 'void') return castTo(arg, DOUBLE)
  if (isInterval(arg.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} of intervals` }, { origin: site.origin })
  if (!isNumeric(arg.type)) throw unexpectedType(arg, '"NUMERIC" or "ANSI INTERVAL"', 0, site)
  return arg
}

const sumOf = (arg: Expression, site: AggregateSite): Expression => {
  if (arg.type.kind === 'decimal') {
    const type = decimal(Math.min(arg.type.precision + 10, 38), arg.type.scale)
    return site.of({ fn: 'sum', args: [arg], type, nullable: true })
  }
  const type = isIntegral(arg.type) ? BIGINT : DOUBLE
  return site.of({ fn: 'sum', args: [castTo(arg, type)], type, nullable: true })
}

/** The average of the values of an expression that are not NULL. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function averageOf(value: Expression, site: AggregateSite): Expression {
  const arg = numericArgument(value, site)
  if (arg.type.kind !== 'decimal')
    return site.of({ fn: 'avg', args: [castTo(arg, DOUBLE)], type: DOUBLE, nullable: true })
  const { precision, scale } = arg.type
  const type = decimal(Math.min(precision + 4, 38), Math.min(scale + 4, 38))
  return site.of({ fn: 'avg', args: [arg], type, nullable: true })
}

/** Sums of bigints that are NULL once they leave the type, as Spark's are whatever comes later. */
const trySumOfBigints: Fold = (() => {
  const state = [
    { name: 'sum', type: BIGINT, nullable: true },
    { name: 'seen', type: BOOLEAN, nullable: false },
  ]
  const [sum, seen] = columnsOf(state)
  const [otherSum, otherSeen] = columnsOf(state, state.length)
  const plus = (a: Expression, b: Expression): Expression =>
    NUMBERS['try_add']!.build([a, b], { name: 'try_sum', sql: '', origin: undefined, argumentNames: [] })
  const value = column(state.length, BIGINT)
  return {
    label: 'try_sum',
    state,
    added: [either(seen!, plus(sum!, value), value), literal(BOOLEAN, true)],
    merged: [
      either(otherSeen!, either(seen!, plus(sum!, otherSum!), otherSum!), sum!),
      call('or', BOOLEAN, [seen!, otherSeen!]),
    ],
    result: sum!,
  }
})()

/** So many digits fewer than there may be leave room for any number of rows. */
const ROOM_FOR_ROWS = 10
const MOST_DIGITS = 38

/** Decimals of which a sum may leave its type are refused. */
function boundedDecimal(arg: Expression, site: AggregateSite): Expression {
  if (arg.type.kind === 'decimal' && (arg.type as DecimalType).precision > MOST_DIGITS - ROOM_FOR_ROWS) {
    const feature = `${site.name} of decimals of more than ${MOST_DIGITS - ROOM_FOR_ROWS} digits`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  return arg
}

const trySum = oneArgument(([value], site) => {
  const arg = numericArgument(value!, site)
  if (isIntegral(arg.type)) return site.of(folded(trySumOfBigints, [castTo(arg, BIGINT)]))
  return sumOf(boundedDecimal(arg, site), site)
})

const tryAverage = oneArgument(([value], site) => averageOf(boundedDecimal(numericArgument(value!, site), site), site))

const count: AggregateDefinition = {
  minArgs: 1,
  maxArgs: Number.POSITIVE_INFINITY,
  build: countOf,
}

/** How many rows there are in which no value is NULL. */
export function countOf(values: readonly Expression[], site: AggregateSite): Expression {
  const shape = { fn: 'count', type: BIGINT, nullable: false } as const
  // Values are told apart before they are counted.
  if (site.call.distinct) return site.of({ ...shape, args: values })
  // A literal that is not NULL counts every row, as `count(*)` does.
  const counted = values.filter((value) => !(value.kind === 'literal' && value.value !== null))
  return site.of({ ...shape, args: counted.length > 1 ? [allPresent(counted, site)] : counted })
}

/** TRUE where no value is NULL, else NULL. */
function allPresent(values: readonly Expression[], site: AggregateSite): Expression {
  const when = call('and', BOOLEAN, values.map(isPresent), { origin: site.origin })
  return buildCase([{ when, value: literal(BOOLEAN, true) }], undefined, site)
}

const countIf = oneArgument((args, site) => {
  const condition = expectType(args[0]!, BOOLEAN, 0, site)
  const whenTrue = buildCase([{ when: condition, value: literal(BOOLEAN, true) }], undefined, site)
  return site.of({ fn: 'count', args: [whenTrue], type: BIGINT, nullable: false })
})

const avg = helped(
  '(number)',
  'The average of the values that are not NULL; of a decimal a decimal with four more places.',
  [['avg(a) from values (1), (2), (null) as t(a)', '1.5']],
  oneArgument(([value], site) => averageOf(value!, site)),
)

export const SUMS: AggregateTable = {
  sum: helped(
    '(number)',
    'The sum of the values that are not NULL, NULL without any; a whole number that leaves bigint raises.',
    [['sum(a) from values (1), (2), (null) as t(a)', '3']],
    oneArgument(([value], site) => sumOf(numericArgument(value!, site), site)),
  ),
  try_sum: helped(
    '(number)',
    'The sum of the values that are not NULL, NULL where it leaves its type.',
    [['try_sum(a) from values (9223372036854775807), (1) as t(a)', 'NULL']],
    trySum,
  ),
  avg,
  mean: avg,
  try_avg: helped(
    '(number)',
    'The average of the values that are not NULL, NULL where their sum leaves its type.',
    [['try_avg(a) from values (1), (2) as t(a)', '1.5']],
    tryAverage,
  ),
  count: helped(
    '(value, …)',
    'How many rows have no NULL among the arguments; `count(*)` counts all rows.',
    [['count(a) from values (1), (null) as t(a)', '1']],
    count,
  ),
  count_if: helped(
    '(condition)',
    'How many rows a condition holds for.',
    [['count_if(a > 1) from values (1), (2), (3) as t(a)', '2']],
    countIf,
  ),
}
