import { append } from '../../common/append.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'

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
    case 'inSubquery':
      return e.children
    case 'in':
      return [e.child, ...e.list]
    case 'case':
      return [...e.branches.flatMap(({ when, value }) => [when, value]), ...(e.otherwise ? [e.otherwise] : [])]
    case 'literal':
    case 'attribute':
    case 'star':
    case 'scalarSubquery':
    case 'exists':
      return []
  }
}

/** Whether a node of the expression satisfies the predicate. Not recursive: chains of thousands of conditions are usual in generated SQL. */
export const someNode = (e: UnresolvedExpression, predicate: (e: UnresolvedExpression) => boolean): boolean =>
  findNode(e, predicate) !== undefined

/** A node of the expression that satisfies the predicate. */
export function findNode(
  e: UnresolvedExpression,
  predicate: (e: UnresolvedExpression) => boolean,
): UnresolvedExpression | undefined {
  const open = [e]
  for (let node = open.pop(); node; node = open.pop()) {
    if (predicate(node)) return node
    append(open, operandsOf(node))
  }
  return undefined
}

export type Subquery = Extract<UnresolvedExpression, { kind: 'scalarSubquery' | 'exists' | 'inSubquery' }>

export const isSubquery = (e: UnresolvedExpression): e is Subquery =>
  e.kind === 'scalarSubquery' || e.kind === 'exists' || e.kind === 'inSubquery'

/** The subqueries of an expression, not those within them. */
export function subqueriesOf(e: UnresolvedExpression): readonly Subquery[] {
  const found: Subquery[] = []
  someNode(e, (node) => {
    if (isSubquery(node)) found.push(node)
    return false
  })
  return found
}

/** The expression with the queries of its subqueries replaced; the same object when it has none. */
export function mapSubqueries(
  e: UnresolvedExpression,
  map: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedExpression {
  if (!someNode(e, isSubquery)) return e
  const own = withOperands(e, (part) => mapSubqueries(part, map))
  return isSubquery(own) ? { ...own, query: map(own.query) } : own
}

/** The expression over other operands, a FILTER of an aggregate among them. */
export function withOperands(
  e: UnresolvedExpression,
  map: (operand: UnresolvedExpression) => UnresolvedExpression,
): UnresolvedExpression {
  switch (e.kind) {
    case 'inSubquery':
      return { ...e, children: e.children.map(map) }
    case 'function':
      return { ...e, args: e.args.map(map), ...(e.filter ? { filter: map(e.filter) } : {}) }
    case 'cast':
    case 'alias':
    case 'sortOrder':
    case 'extractValue':
      return { ...e, child: map(e.child) }
    case 'in':
      return { ...e, child: map(e.child), list: e.list.map(map) }
    case 'case': {
      const branches = e.branches.map(({ when, value }) => ({ when: map(when), value: map(value) }))
      return { ...e, branches, ...(e.otherwise ? { otherwise: map(e.otherwise) } : {}) }
    }
    case 'literal':
    case 'attribute':
    case 'star':
    case 'scalarSubquery':
    case 'exists':
      return e
  }
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
