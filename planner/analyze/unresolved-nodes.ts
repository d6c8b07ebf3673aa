import type { UnresolvedExpression } from '../plan/unresolved/expression.js'

/** The operands of an expression as written, a FILTER of an aggregate included. */
export function operandsOf(e: UnresolvedExpression): readonly UnresolvedExpression[] {
  switch (e.kind) {
    case 'function':
      return e.filter ? [...e.args, e.filter] : e.args
    case 'cast':
    case 'alias':
    case 'sortOrder':
    case 'extractValue':
      return [e.child]
    case 'in':
      return [e.child, ...e.list]
    case 'case':
      return [...e.branches.flatMap(({ when, value }) => [when, value]), ...(e.otherwise ? [e.otherwise] : [])]
    case 'literal':
    case 'attribute':
    case 'star':
      return []
  }
}

/** Whether a node of the expression satisfies the predicate. */
export function someNode(e: UnresolvedExpression, predicate: (e: UnresolvedExpression) => boolean): boolean {
  return predicate(e) || operandsOf(e).some((operand) => someNode(operand, predicate))
}
