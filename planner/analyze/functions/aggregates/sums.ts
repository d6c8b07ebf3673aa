import {
  BIGINT,
  BOOLEAN,
  type DecimalType,
  DOUBLE,
  decimal,
  isInterval,
  MAX_DECIMAL_PRECISION,
} from '../../../../columnar/types.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { quotedName } from '../../../../common/errors/quoting.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression, Failure } from '../../../plan/expression/expression.js'
import { sumHasRoom } from '../../../plan/expression/sum-room.js'
import { analysisSession } from '../../session.js'
import { castTo, expectType, unexpectedType } from '../../types/coercion.js'
import { isIntegral, isNumeric } from '../../types/common-types.js'
import { buildCase } from '../conditional.js'
import { collated, helped } from '../definition.js'
import { type AggregateDefinition, type AggregateSite, type AggregateTable, oneArgument } from './definition.js'
import { failingSum } from './failing-sum.js'
import { folded, isPresent } from './fold.js'
import { intervalAverage, intervalSum, triedIntervalAverage, triedIntervalSum } from './interval-sums.js'

/* Sums, averages and counts. */

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function numericArgument(arg: Expression, site: AggregateSite): Expression {
  if (arg.type.kind === 'string' || arg.type.kind === 'void') return castTo(arg, DOUBLE)
  if (isInterval(arg.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} of intervals` }, { origin: site.origin })
  if (!isNumeric(arg.type)) throw unexpectedType(arg, '"NUMERIC" or "ANSI INTERVAL"', 0, site)
  return arg
}

function sumOf(value: Expression, site: AggregateSite): Expression {
  const arg = numericArgument(value, site)
  const { isAnsi } = analysisSession()
  return isAnsi ? raisingSum(arg, site) : tolerantSum(arg, arg.type.kind === 'decimal' ? 'null' : 'wrap', site)
}

function raisingSum(arg: Expression, site: AggregateSite): Expression {
  if (arg.type.kind === 'decimal') {
    const type = decimal(Math.min(arg.type.precision + 10, 38), arg.type.scale)
    return site.of({ fn: 'sum', args: [arg], type, nullable: true })
  }
  const type = isIntegral(arg.type) ? BIGINT : DOUBLE
  return site.of({ fn: 'sum', args: [castTo(arg, type)], type, nullable: true })
}

/** The average of the values of an expression that are not NULL. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export const averageOf = (value: Expression, site: AggregateSite): Expression =>
  analysisSession().isAnsi ? raisingAverage(numericArgument(value, site), site) : tolerantAverage(value, site)

function raisingAverage(arg: Expression, site: AggregateSite): Expression {
  if (arg.type.kind !== 'decimal')
    return site.of({ fn: 'avg', args: [castTo(arg, DOUBLE)], type: DOUBLE, nullable: true })
  return site.of({ fn: 'avg', args: [arg], type: averageType(arg.type), nullable: true })
}

const averageType = ({ precision, scale }: DecimalType): DecimalType =>
  decimal(Math.min(precision + 4, MAX_DECIMAL_PRECISION), Math.min(scale + 4, MAX_DECIMAL_PRECISION))

/** A sum that does not raise. */
function tolerantSum(arg: Expression, failure: Failure, site: AggregateSite): Expression {
  if (sumHasRoom(arg.type)) return raisingSum(arg, site)
  const type = arg.type.kind === 'decimal' ? decimal(MAX_DECIMAL_PRECISION, arg.type.scale) : BIGINT
  const plus = (a: Expression, b: Expression): Expression => call('add', type, [a, b], { failure })
  return site.of(folded(failingSum(failure === 'null' ? 'try_sum' : 'sum', type, plus), [castTo(arg, type)]))
}

function tolerantAverage(value: Expression, site: AggregateSite): Expression {
  const arg = numericArgument(value, site)
  if (arg.type.kind !== 'decimal' || sumHasRoom(arg.type)) return raisingAverage(arg, site)
  const sum = tolerantSum(arg, 'null', site)
  const count = castTo(countOf([arg], site), decimal(20, 0))
  return call('divide', averageType(arg.type), [sum, count], { origin: site.origin, failure: 'null' })
}

const sum = oneArgument(([value], site) => (isInterval(value!.type) ? intervalSum(value!, site) : sumOf(value!, site)))

/** What Spark's setting would allow it is told with its name. */
function refuseToCountNothing(site: AggregateSite): never {
  const legacy = {
    legacyNum: 0,
    legacyConfKey: '"spark.sql.legacy.allowParameterlessCount"',
    legacyConfValue: '"true"',
  }
  const parameters = { functionName: quotedName(site.name), expectedNum: ' >= 1', actualNum: 0, ...legacy }
  throw new MillraceError('WRONG_NUM_ARGS.WITH_SUGGESTION', parameters, { origin: site.origin })
}

const count: AggregateDefinition = {
  minArgs: 0,
  maxArgs: Number.POSITIVE_INFINITY,
  countsRows: true,
  build: (args, site) => (args.length === 0 ? refuseToCountNothing(site) : countOf(args, site)),
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

/** The same with NULL where it would leave its type. */
const triedSum = (value: Expression, site: AggregateSite): Expression =>
  isInterval(value.type) ? triedIntervalSum(value, site) : tolerantSum(numericArgument(value, site), 'null', site)
const triedAverage = (value: Expression, site: AggregateSite): Expression =>
  isInterval(value.type) ? triedIntervalAverage(value, site) : tolerantAverage(value, site)

const avg = helped(
  '(number)',
  'The average of the values that are not NULL; of a decimal a decimal with four more places.',
  [['avg(a) from values (1), (2), (null) as t(a)', '1.5']],
  oneArgument(([value], site) => (isInterval(value!.type) ? intervalAverage(value!, site) : averageOf(value!, site))),
)

export const SUMS: AggregateTable = collated('plain', {
  sum: helped(
    '(number or interval)',
    'The sum of the values that are not NULL, NULL without any; a whole number that leaves bigint raises.',
    [['sum(a) from values (1), (2), (null) as t(a)', '3']],
    sum,
  ),
  try_sum: helped(
    '(number or interval)',
    'The sum of the values that are not NULL, NULL where it leaves its type.',
    [['try_sum(a) from values (9223372036854775807), (1) as t(a)', 'NULL']],
    oneArgument(([value], site) => triedSum(value!, site)),
  ),
  avg,
  mean: avg,
  try_avg: helped(
    '(number or interval)',
    'The average of the values that are not NULL, NULL where their sum leaves its type.',
    [['try_avg(a) from values (1), (2) as t(a)', '1.5']],
    oneArgument(([value], site) => triedAverage(value!, site)),
  ),
  count: helped(
    '(value, …)',
    'How many rows have no NULL among the arguments; `count(*)` counts all rows.',
    [['count(a) from values (1), (null) as t(a)', '1']],
    count,
    { collations: 'values' },
  ),
  count_if: helped(
    '(condition)',
    'How many rows a condition holds for.',
    [['count_if(a > 1) from values (1), (2), (3) as t(a)', '2']],
    countIf,
  ),
})
