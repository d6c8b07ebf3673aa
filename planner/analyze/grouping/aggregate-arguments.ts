import { BOOLEAN } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedPath } from '../../../common/errors/quoting.js'
import { booleanLiteral } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression } from '../expressions.js'
import { countsRows, isDrawing } from '../functions/registry.js'
import { isQualifiedBy } from '../names/scope.js'
import { expandStar } from '../names/star.js'
import { castTo } from '../types/coercion.js'
import { findNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { isAggregateCall } from './of-group.js'

/** The arguments of an aggregate, grouped or over a window; `count(*)` counts rows and has none. @throws INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT */
export function aggregateArguments(call: UnresolvedCall, context: ExpressionContext): readonly Expression[] {
  return call.args.flatMap((arg) => {
    if (arg.kind !== 'star') return [resolveExpression(arg, context)]
    if (countsRows(call, arg)) return [booleanLiteral(true)]
    refuseRelationInCount(call, arg, context)
    const columns = expandStar(context.scope, arg)
    return columns.map((column) => context.column?.(column, arg.origin) ?? column.expression)
  })
}

/** `count(t.*)` would count the rows of `t` that have no NULL, which nobody expects. */
function refuseRelationInCount(
  { name, args }: UnresolvedCall,
  { target, except, origin }: Extract<UnresolvedExpression, { kind: 'star' }>,
  { scope }: ExpressionContext,
): void {
  // To Spark a relation whose columns are all hidden by USING is none here.
  const isRelation = target.length > 0 && scope.attributes.some((a) => !a.isHidden && isQualifiedBy(a, target))
  // One that leaves columns out is no such star to Spark.
  if (name !== 'count' || args.length > 1 || except || !isRelation) return
  const parameters = { tableName: quotedPath(target) }
  throw new MillraceError('INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT', parameters, { origin })
}

/** What stands in FILTER (WHERE …). @throws INVALID_AGGREGATE_FILTER.* */
export function aggregateFilter(
  filter: UnresolvedExpression,
  origin: Origin | undefined,
  context: ExpressionContext,
): Expression {
  const filterExpr = `"${unresolvedText(filter)}"`
  const aggregate = findNode(filter, isAggregateCall)
  if (aggregate) {
    const parameters = { filterExpr, aggExpr: `"${unresolvedText(aggregate)}"` }
    throw new MillraceError('INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE', parameters, { origin })
  }
  const window = findNode(filter, (node) => node.kind === 'window')
  if (window) {
    const parameters = { filterExpr, windowExpr: `"${unresolvedText(window)}"` }
    throw new MillraceError('INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION', parameters, { origin })
  }
  if (findNode(filter, (node) => node.kind === 'function' && isDrawing(node.name)))
    throw new MillraceError('INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC', { filterExpr }, { origin })
  const condition = resolveExpression(filter, context)
  if (condition.type.kind !== 'boolean' && condition.type.kind !== 'void')
    throw new MillraceError('INVALID_AGGREGATE_FILTER.NOT_BOOLEAN', { filterExpr }, { origin })
  return castTo(condition, BOOLEAN)
}
