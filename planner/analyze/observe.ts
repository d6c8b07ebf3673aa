import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Expression, ExprId } from '../plan/expression/expression.js'
import { isDraw, isOfRows } from '../plan/expression/foldable.js'
import { sqlText } from '../plan/expression/sql-text.js'
import { childrenOf } from '../plan/expression/transform.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Observe } from '../plan/unresolved/noted.js'
import { hasAggregate, isAggregateCall } from './grouping/of-group.js'
import { openAggregate, type Surroundings } from './select.js'
import { findNode, operandsOf } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

/** The rows, and aggregates of all of them. @throws INVALID_OBSERVED_METRICS.*, UNSUPPORTED_FEATURE, and the conditions of a select list */
export function analyzeObserve(
  node: Observe,
  input: LogicalPlan,
  nextId: () => ExprId,
  surroundings: Surroundings,
): LogicalPlan {
  const { name, instance, metrics, observer } = node
  metrics.forEach(checkWritten)
  const select = { kind: 'aggregate', input: node.input, groupBy: [], output: metrics } as const
  const { base, projections } = aggregated(() => openAggregate(select, input, nextId, surroundings))
  const aggregate = base()
  if (aggregate.kind !== 'aggregate' || aggregate.input !== input)
    throw unsupported('subqueries, and functions that give several rows, in observed metrics')
  if (aggregate.aggregates.some(({ shortened }) => shortened !== undefined))
    throw unsupported('aggregates of the program in observed metrics')
  for (const { expression } of projections) checkAbove(expression)
  return Object.freeze({
    kind: 'observe',
    input,
    name,
    instance,
    aggregates: aggregate.aggregates,
    metrics: projections,
    ...(observer ? { observer } : {}),
  })
}

/** What is told of a metric by how it is written. */
function checkWritten(e: UnresolvedExpression): void {
  if (e.kind === 'window') throw invalid('WINDOW_EXPRESSIONS_UNSUPPORTED', e)
  if (e.kind !== 'function' || !isAggregateCall(e)) return operandsOf(e).forEach(checkWritten)
  if (e.distinct) throw invalid('AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED', e)
  if (e.filter) throw invalid('AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED', e)
  if (operandsOf(e).some(hasAggregate)) throw invalid('NESTED_AGGREGATES_UNSUPPORTED', e)
  const window = operandsOf(e).flatMap((operand) => findNode(operand, (part) => part.kind === 'window') ?? [])[0]
  if (window) throw invalid('WINDOW_EXPRESSIONS_UNSUPPORTED', window)
}

/** What becomes a column below the relation that it stands in has no place over the one row of aggregates. */
function checkAbove(e: Expression): void {
  childrenOf(e).forEach(checkAbove)
  if (e.kind !== 'call' || !isOfRows(e)) return
  if (!isDraw(e)) throw unsupported(`${sqlText(e)} outside of an aggregate in observed metrics`)
  const condition = 'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC'
  throw new MillraceError(condition, { expr: `"${sqlText(e)}"` }, { origin: e.origin })
}

/** A column outside of an aggregate is what it would be in a select list without GROUP BY. */
function aggregated<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'MISSING_GROUP_BY') throw error
    const { parameters, origin } = error
    const condition = 'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE'
    throw new MillraceError(condition, { expr: String(parameters['expression']) }, { origin, cause: error })
  }
}

type Invalid =
  | 'AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED'
  | 'WINDOW_EXPRESSIONS_UNSUPPORTED'
  | 'AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED'
  | 'NESTED_AGGREGATES_UNSUPPORTED'

const invalid = (why: Invalid, e: UnresolvedExpression): MillraceError =>
  new MillraceError(`INVALID_OBSERVED_METRICS.${why}`, { expr: `"${unresolvedText(e)}"` }, { origin: e.origin })

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
