import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { expandStar, type Scope } from './scope.js'
import { unresolvedText } from './unresolved-text.js'

/** Names the members of a select list: by alias, by column, or by their text; stars expanded. A plain column keeps its id. */
export function nameSelectList(
  list: readonly UnresolvedExpression[],
  scope: Scope,
  resolve: (e: UnresolvedExpression) => Expression,
  nextId: () => ExprId,
): readonly NamedExpression[] {
  const named = (name: string, expression: Expression): NamedExpression => {
    const keepsId = expression.kind === 'attribute' && expression.name === name
    return Object.freeze({ id: keepsId ? expression.id : nextId(), name, expression })
  }
  return list.flatMap((e) => {
    if (e.kind === 'star')
      return expandStar(scope, e.target, e.origin).map((column) => named(column.name, column.expression))
    const expression = resolve(e)
    if (e.kind === 'alias') return [named(e.name, expression)]
    // The column keeps the spelling of its definition, as in Spark.
    return [
      named(
        expression.kind === 'attribute' && e.kind === 'attribute' ? expression.name : unresolvedText(e),
        expression,
      ),
    ]
  })
}
