import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { ExpressionContext } from './expressions.js'
import { expandStar } from './scope.js'
import { unresolvedText } from './unresolved-text.js'

/**
 * Names the members of a select list: by alias, by column as written, or by their text; stars expanded. A plain column keeps its id and
 * the relation it is of.
 */
export function nameSelectList(
  list: readonly UnresolvedExpression[],
  context: ExpressionContext,
  resolve: (e: UnresolvedExpression) => Expression,
  nextId: () => ExprId,
): readonly NamedExpression[] {
  const { attributes } = context.scope
  const qualifiers = new Map(attributes.map((a) => [a.id, a.qualifier]))
  const named = (name: string, expression: Expression): NamedExpression => {
    if (expression.kind !== 'attribute' || expression.name !== name) {
      return Object.freeze({ id: nextId(), name, expression })
    }
    const qualifier = qualifiers.get(expression.id)
    return Object.freeze({ id: expression.id, name, expression, ...(qualifier === undefined ? {} : { qualifier }) })
  }
  return list.flatMap((e) => {
    if (e.kind !== 'star') return [named(e.kind === 'alias' ? e.name : unresolvedText(e), resolve(e))]
    return expandStar(context.scope, e.target, e.origin).map((column) =>
      named(column.name, context.column ? context.column(column, e.origin) : column.expression),
    )
  })
}
