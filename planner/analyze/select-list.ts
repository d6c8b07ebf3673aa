import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { ExpressionContext } from './expressions.js'
import { expandStar, lookUp, type Scope } from './scope.js'
import { type NameText, unresolvedText } from './unresolved-text.js'

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
    if (e.kind !== 'star') return [named(columnName(e, context.scope), resolve(e))]
    return expandStar(context.scope, e.target, e.origin).map((column) =>
      named(column.name, context.column ? context.column(column, e.origin) : column.expression),
    )
  })
}

/** A column without an alias is called like its text, one that is only cast like itself (so that a cast `key` stays `key`). */
function columnName(e: UnresolvedExpression, scope: Scope): string {
  if (e.kind === 'alias') return e.name
  if (e.kind === 'attribute') return e.parts.at(-1)!
  if (e.kind === 'function' && e.name === 'window') return 'window'
  if (e.kind === 'cast' && e.child.kind === 'attribute') {
    const { parts, origin } = e.child
    if (lookUp(scope, parts, origin)?.kind === 'attribute') return parts.at(-1)!
  }
  // A qualifier is left out, a struct is not. What is unknown here is the struct of a window above its GROUP BY.
  const nameText: NameText = (parts, origin) => {
    const found = lookUp(scope, parts, origin)
    return (found ? parts.slice(-1 - fieldDepth(found)) : parts).join('.')
  }
  return unresolvedText(e, nameText)
}

/** How many of the last parts of a name are fields of a struct. */
function fieldDepth(e: Expression): number {
  return e.kind === 'getField' ? 1 + fieldDepth(e.child) : 0
}
