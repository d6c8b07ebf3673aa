import { DOUBLE, INT, STRING } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Attribute } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { UNNAMED_QUERY, type UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { isNumeric } from '../types/common-types.js'
import { called, chosen, columnAt } from './columns.js'
import type { Over } from './over.js'

/** The statistics of a column, as an aggregate of its values; of texts those of numbers, where they are such. */
const STATISTICS: Readonly<
  Record<string, (value: UnresolvedExpression, number: UnresolvedExpression) => UnresolvedExpression>
> = {
  count: (value) => called('count', value),
  count_distinct: (value) => ({ kind: 'function', name: 'count', args: [value], distinct: true }),
  approx_count_distinct: (value) => called('approx_count_distinct', value),
  mean: (_, number) => called('avg', number),
  stddev: (_, number) => called('stddev_samp', number),
  min: (value) => called('min', value),
  max: (value) => called('max', value),
}

const text = (value: string): UnresolvedExpression => ({ kind: 'literal', type: STRING, value })

/** A row for each statistic: its name, and its text of each column. */
export function summaryOf(
  { statistics, columns: names }: Extract<ColumnShape, { kind: 'summary' }>,
  plan: LogicalPlan,
): Over['relation'] {
  const all = outputOf(plan)
  const columns = chosen(all, names).filter(({ type }) => isNumeric(type) || type.kind === 'string')
  const places = columns.map((column) => all.indexOf(column))
  const cell = (row: number, column: number): string => `${row} ${column}`
  const aggregates = statistics.flatMap((statistic, row) =>
    columns.map((column, i): UnresolvedExpression => {
      const child: UnresolvedExpression = {
        kind: 'cast',
        child: statisticOf(statistic, column, places[i]!),
        type: STRING,
        mode: 'session',
      }
      return { kind: 'alias', child, name: cell(row, i) }
    }),
  )
  const rows = statistics.flatMap((statistic, row) => [
    text(statistic),
    ...columns.map((_, i): UnresolvedExpression => ({ kind: 'attribute', parts: [cell(row, i)] })),
  ])
  const count: UnresolvedExpression = { kind: 'literal', type: INT, value: statistics.length }
  const stacked: UnresolvedExpression = {
    kind: 'aliases',
    child: called('stack', count, ...rows),
    names: ['summary', ...columns.map(({ name }) => name)],
  }
  return (input) => ({ kind: 'project', input: aggregated(input, all.length, aggregates), expressions: [stacked] })
}

/** Aggregates of all rows, over columns that are named by their places. */
const aggregated = (
  input: UnresolvedRelation,
  count: number,
  output: readonly UnresolvedExpression[],
): UnresolvedRelation =>
  output.length === 0
    ? { kind: 'oneRow' }
    : {
        kind: 'aggregate',
        input: {
          kind: 'subqueryAlias',
          input,
          alias: UNNAMED_QUERY,
          columns: Array.from({ length: count }, (_, place) => String(place)),
        },
        groupBy: [],
        output,
      }

/** @throws UNRECOGNIZED_STATISTIC */
function statisticOf(name: string, { type }: Attribute, place: number): UnresolvedExpression {
  const value = columnAt(place)
  const number: UnresolvedExpression = isNumeric(type)
    ? value
    : { kind: 'cast', child: value, type: DOUBLE, mode: 'try' }
  if (Object.hasOwn(STATISTICS, name)) return STATISTICS[name]!(value, number)
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(name)?.[1]
  if (percent === undefined || Number(percent) > 100)
    throw new MillraceError('UNRECOGNIZED_STATISTIC', { stats: `'${name}'` })
  return called('percentile_approx', number, { kind: 'literal', type: DOUBLE, value: Number(percent) / 100 })
}
