import { append } from '../../common/append.js'
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

/** Whether a node of the expression satisfies the predicate. Not recursive: chains of thousands of conditions are usual in generated SQL. */
export function someNode(e: UnresolvedExpression, predicate: (e: UnresolvedExpression) => boolean): boolean {
  const open = [e]
  for (let node = open.pop(); node; node = open.pop()) {
    if (predicate(node)) return true
    append(open, operandsOf(node))
  }
  return false
}

/** The operands of a chain of the same connective, in order. */
export function chainOf(e: Extract<UnresolvedExpression, { kind: 'function' }>): readonly UnresolvedExpression[] {
  const found: UnresolvedExpression[] = []
  const open: UnresolvedExpression[] = [e]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'function' && node.name === e.name) append(open, node.args.toReversed())
    else found.push(node)
  }
  return found
}
