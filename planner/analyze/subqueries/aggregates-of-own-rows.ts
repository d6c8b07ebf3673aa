import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { AggregateCall, Expression, ExprId } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { inputsOf } from '../../plan/logical/transform.js'
import type { Scope } from '../names/scope.js'

/**
 * Aggregate functions of a subquery are about its own rows.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES, UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE
 */
export function checkAggregates(plan: LogicalPlan, outer: Scope): void {
  const qualifiers = new Map(outer.attributes.map(({ id, qualifier }) => [id, qualifier]))
  const visit = (node: LogicalPlan): void => {
    if (node.kind === 'aggregate')
      for (const aggregate of node.aggregates) checkAggregate(aggregate, node.input, qualifiers)
    for (const input of inputsOf(node)) visit(input)
  }
  visit(plan)
}

function checkAggregate(
  aggregate: AggregateCall,
  input: LogicalPlan,
  outer: ReadonlyMap<ExprId, readonly string[] | undefined>,
) {
  const used = aggregate.args.flatMap((arg) => [...referencesOf(arg)])
  if (!used.some((id) => outer.has(id))) return
  const { origin } = aggregate
  const own = new Map(outputOf(input).map(({ id, qualifier }) => [id, qualifier]))
  const text = (e: Expression): string =>
    sqlText(e, (column) => {
      const id = column.kind === 'attribute' ? column.id : undefined
      const qualifier = id === undefined ? undefined : (outer.get(id) ?? own.get(id))
      const name = [...(qualifier ?? []), column.name].join('.')
      return id !== undefined && outer.has(id) ? `outer(${name})` : name
    })
  // Text of the query has no cast that it did not ask for.
  const asWritten = (e: Expression): Expression =>
    e.kind === 'cast' && !/\bcast\(/i.test(aggregate.name) ? e.child : e
  const written = `${aggregate.fn}(${aggregate.args.map((arg) => text(asWritten(arg))).join(', ')})`
  if (used.some((id) => !outer.has(id))) {
    throw new MillraceError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
      { function: written },
      { origin },
    )
  }
  const sqlExprs = `"${aggregate.name} AS \`${written}\`"`
  throw new MillraceError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE', { sqlExprs }, { origin })
}
