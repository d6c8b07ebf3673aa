import { DOUBLE, INT, quotedTypeName, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isNumeric } from '../../planner/analyze/types/common-types.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { namedExpression } from '../column/column-name.js'
import type { Engine } from '../engine/engine.js'
import { collectRows } from './actions.js'

/* What statistics of DataFrames are as relations, and what is asked of the engine for them. */

const called = (name: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
})
const named = (child: UnresolvedExpression, name: string): UnresolvedExpression => ({ kind: 'alias', child, name })
const text = (value: string): UnresolvedExpression => ({ kind: 'literal', type: STRING, value })
const double = (value: number): UnresolvedExpression => ({ kind: 'literal', type: DOUBLE, value })
const cast = (child: UnresolvedExpression, type: typeof DOUBLE): UnresolvedExpression => ({
  kind: 'cast',
  child,
  type,
  mode: 'session',
})
const STAR: UnresolvedExpression = { kind: 'star', target: [] }

/** @throws INVALID_API_USE for columns of other values than numbers, and UNRESOLVED_COLUMN.* */
async function checkNumbers(
  engine: Engine,
  input: UnresolvedRelation,
  names: readonly string[],
  what: string,
): Promise<void> {
  const { fields } = await engine.analyze({ kind: 'project', input, expressions: names.map(namedExpression) })
  const other = fields.find(({ type }) => !isNumeric(type))
  if (other) throw misuse(`${what} is of numbers: column ${other.name} has the type ${quotedTypeName(other.type)}`)
}

/** A statistic of pairs of numbers, in which NULL counts as 0, as in Spark; NULL for want of pairs. */
export async function ofPairs(
  engine: Engine,
  input: UnresolvedRelation,
  name: 'corr' | 'covar_samp',
  columns: readonly [string, string],
): Promise<number | null> {
  await checkNumbers(engine, input, columns, name === 'corr' ? 'corr()' : 'cov()')
  const numbers = columns.map((column) => called('coalesce', cast(namedExpression(column), DOUBLE), double(0)))
  const output = [named(called(name, ...numbers), 'value')]
  const [row] = await collectRows<{ value: number | null }>(engine, { kind: 'aggregate', input, groupBy: [], output })
  return row!.value
}

/** The values at some parts of the way from the least to the greatest, of each column: none when it has no values. */
export async function quantiles(
  engine: Engine,
  input: UnresolvedRelation,
  columns: readonly string[],
  probabilities: readonly number[],
): Promise<number[][]> {
  await checkNumbers(engine, input, columns, 'approxQuantile()')
  const output = columns.map((column, i) => {
    const number = called('nanvl', cast(namedExpression(column), DOUBLE), cast(text('NaN'), DOUBLE))
    const known = called('nullif', number, cast(text('NaN'), DOUBLE))
    const exact: UnresolvedExpression = { kind: 'literal', type: INT, value: 2 ** 31 - 1 }
    return named(called('percentile_approx', known, called('array', ...probabilities.map(double)), exact), `q${i}`)
  })
  const [row] = await collectRows<Record<string, number[] | null>>(engine, {
    kind: 'aggregate',
    input,
    groupBy: [],
    output,
  })
  return columns.map((_, i) => row![`q${i}`] ?? [])
}

/** How often each value of one column comes with each value of another, which has a column of its own. */
export function crossed(input: UnresolvedRelation, first: string, second: string): UnresolvedRelation {
  const label = (name: string): UnresolvedExpression =>
    called('coalesce', cast(namedExpression(name), STRING), text('null'))
  const [key, value] = [`${first}_${second}`, 'value']
  const labels: UnresolvedRelation = {
    kind: 'project',
    input,
    expressions: [named(label(first), key), named(called('replace', label(second), text('`'), text('')), value)],
  }
  const counts: UnresolvedRelation = {
    kind: 'pivot',
    input: labels,
    groupBy: [{ kind: 'attribute', parts: [key] }],
    columns: [{ kind: 'attribute', parts: [value] }],
    aggregates: [called('count', STAR)],
  }
  const zero: UnresolvedExpression = { kind: 'literal', type: INT, value: 0 }
  return { kind: 'byColumns', input: counts, shape: { kind: 'fillNulls', fills: [{ value: zero, kind: 'number' }] } }
}

const SMALLEST_SUPPORT = 1e-4

/** One row with the values of each column that so large a part of the rows have. @throws INVALID_API_USE */
export function frequentItems(
  input: UnresolvedRelation,
  columns: readonly string[],
  support: number,
): UnresolvedRelation {
  if (!(support >= SMALLEST_SUPPORT && support <= 1))
    throw misuse(`freqItems with a support of ${support}: it must be from ${SMALLEST_SUPPORT} to 1`)
  const rows: UnresolvedRelation = {
    kind: 'aggregate',
    input,
    groupBy: [],
    output: [named(called('count', STAR), 'rows')],
  }
  const least = called('*', double(support), { kind: 'scalarSubquery', query: rows })
  const expressions = columns.map((column) => {
    const query = { kind: 'aggregate', input: frequent(input, column, least), groupBy: [], output: [LISTED] } as const
    return named({ kind: 'scalarSubquery', query }, `${column}_freqItems`)
  })
  return { kind: 'project', input: { kind: 'oneRow' }, expressions }
}

/** The values in `item`, NULL among them, which aggregates of lists pass over unless it is within a struct. */
const LISTED: UnresolvedExpression = called(
  'transform',
  called('collect_list', called('struct', { kind: 'attribute', parts: ['item'] })),
  { kind: 'lambda', parameters: ['x'], body: { kind: 'attribute', parts: ['x', 'item'] } },
)

function frequent(input: UnresolvedRelation, column: string, least: UnresolvedExpression): UnresolvedRelation {
  const items: UnresolvedRelation = {
    kind: 'project',
    input,
    expressions: [named(namedExpression(column), 'item')],
  }
  const item: UnresolvedExpression = { kind: 'attribute', parts: ['item'] }
  const counted: UnresolvedRelation = {
    kind: 'aggregate',
    input: items,
    groupBy: [item],
    output: [item, named(called('count', STAR), 'times')],
  }
  return { kind: 'filter', input: counted, condition: called('>=', { kind: 'attribute', parts: ['times'] }, least) }
}

const misuse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
