import { append } from '../../common/append.js'
import { onceEach } from '../../common/once-each.js'
import type {
  UnresolvedBound,
  UnresolvedCall,
  UnresolvedExpression,
  UnresolvedWindow,
} from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { ScalarSqlFunction } from '../plan/unresolved/sql-function.js'

/** The operands of an expression as written, a FILTER and a WITHIN GROUP of an aggregate included. Those of a function over a window come with the window's own. */
export function operandsOf(e: UnresolvedExpression): readonly UnresolvedExpression[] {
  switch (e.kind) {
    // Most nodes are leaves.
    case 'attribute':
    case 'literal':
      return NONE
    case 'function':
      return e.filter || e.withinGroup ? [...e.args, ...(e.withinGroup ?? []), ...(e.filter ? [e.filter] : [])] : e.args
    case 'window':
      return [...operandsOf(e.function), ...operandsOfWindow(e.over)]
    case 'cast':
    case 'alias':
    case 'aliases':
    case 'namedArgument':
    case 'sortOrder':
    case 'extractValue':
      return [e.child]
    case 'lambda':
      return [e.body]
    case 'inSubquery':
      return e.children
    case 'in':
      return [e.child, ...e.list]
    case 'case':
      return [...e.branches.flatMap(({ when, value }) => [when, value]), ...(e.otherwise ? [e.otherwise] : [])]
    case 'star':
    case 'scalarSubquery':
    case 'exists':
      return NONE
  }
}

const NONE: readonly UnresolvedExpression[] = []

function operandsOfWindow(over: UnresolvedWindow): readonly UnresolvedExpression[] {
  if (over.kind === 'named') return []
  const bounds = over.frame ? [over.frame.lower, over.frame.upper] : []
  const offsets = bounds.flatMap((bound) => ('offset' in bound ? [bound.offset] : []))
  return [...over.partitionBy, ...over.orderBy, ...offsets]
}

/** Whether a node of the expression satisfies the predicate. Not recursive: chains of thousands of conditions are usual in generated SQL. */
export const someNode = (e: UnresolvedExpression, predicate: (e: UnresolvedExpression) => boolean): boolean =>
  findNode(e, predicate) !== undefined

/** A node of the expression that satisfies the predicate. */
export function findNode(
  e: UnresolvedExpression,
  predicate: (e: UnresolvedExpression) => boolean,
): UnresolvedExpression | undefined {
  if (predicate(e)) return e
  const operands = operandsOf(e)
  if (operands.length === 0) return undefined
  const open = [...operands]
  for (let node = open.pop(); node; node = open.pop()) {
    if (predicate(node)) return node
    append(open, operandsOf(node))
  }
  return undefined
}

/** All nodes of an expression, itself first, for whoever has several questions about them. */
export function nodesOf(e: UnresolvedExpression): readonly UnresolvedExpression[] {
  const nodes = [e]
  for (let at = 0; at < nodes.length; at++) append(nodes, operandsOf(nodes[at]!))
  return nodes
}

export type Name = Extract<UnresolvedExpression, { kind: 'attribute' }>

/** Whether an expression is a name that may mean anything called so, and not a column of one DataFrame. */
export const isFreeName = (e: UnresolvedExpression): e is Name => e.kind === 'attribute' && e.of === undefined

/** The names in expressions, in the order of the text; not those in lambdas, which may be their variables. */
export function namesIn(expressions: readonly UnresolvedExpression[]): readonly Name[] {
  const found: Name[] = []
  const open = [...expressions]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'attribute') found.push(node)
    else if (node.kind !== 'lambda') append(open, operandsOf(node))
  }
  return found.toSorted((a, b) => (a.origin?.start ?? 0) - (b.origin?.start ?? 0))
}

/** The words of the names and of the targets of stars in an expression, in lower case: what it can name at all. */
export const wordsIn: (e: UnresolvedExpression) => ReadonlySet<string> = onceEach((e) => {
  const words = new Set<string>()
  someNode(e, (node) => {
    for (const part of node.kind === 'attribute' ? node.parts : node.kind === 'star' ? node.target : [])
      words.add(part.toLowerCase())
    return false
  })
  return words
})

export type Subquery = Extract<UnresolvedExpression, { kind: 'scalarSubquery' | 'exists' | 'inSubquery' }>

/** What is no part of how an expression is written: where it stands, and what its functions mean. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(['origin', 'written'])

/** A text that expressions have in common that are written alike, wherever they stand. */
export const writtenText = (e: UnresolvedExpression): string =>
  JSON.stringify(e, (key, value: unknown) =>
    NOT_WRITTEN.has(key) ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  )

export const isSubquery = (e: UnresolvedExpression): e is Subquery =>
  e.kind === 'scalarSubquery' || e.kind === 'exists' || e.kind === 'inSubquery'

/** The body of the function in SQL that an expression calls, where that is an expression. */
const bodyOf = (e: UnresolvedExpression): UnresolvedExpression | undefined =>
  e.kind === 'function' && e.written?.kind === 'scalar' ? e.written.body : undefined

/**
 * The subqueries of an expression and of the functions in SQL that it calls, not those within them. Every step that looks through a whole query asks for
 * them, and one that is run again has the same expressions.
 */
export const subqueriesOf: (e: UnresolvedExpression) => readonly Subquery[] = onceEach((e) => {
  const found: Subquery[] = []
  someNode(e, (node) => {
    const body = bodyOf(node)
    if (isSubquery(node)) found.push(node)
    if (body) append(found, subqueriesOf(body))
    return false
  })
  return found
})

/** Whether an expression has a subquery, or calls a function in SQL that has one. */
export const hasSubquery = (e: UnresolvedExpression): boolean => subqueriesOf(e).length > 0

/** Whether a node is a subquery, or a call of a function in SQL that has one. */
export function bringsSubquery(node: UnresolvedExpression): boolean {
  const body = bodyOf(node)
  return isSubquery(node) || (body !== undefined && hasSubquery(body))
}

/** The expression with the queries of its subqueries (see `subqueriesOf`) replaced; the same object when it has none. */
export function mapSubqueries(
  e: UnresolvedExpression,
  map: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedExpression {
  if (!hasSubquery(e)) return e
  const mapped = withOperands(e, (part) => mapSubqueries(part, map))
  if (isSubquery(mapped)) return { ...mapped, query: map(mapped.query) }
  const body = bodyOf(mapped)
  if (!body || mapped.kind !== 'function') return mapped
  return { ...mapped, written: { ...mapped.written!, body: mapSubqueries(body, map) } as ScalarSqlFunction }
}

type Replace = (operand: UnresolvedExpression) => UnresolvedExpression

/** The expression over other operands (see `operandsOf`). */
export function withOperands(e: UnresolvedExpression, map: Replace): UnresolvedExpression {
  switch (e.kind) {
    case 'lambda':
      return { ...e, body: map(e.body) }
    case 'inSubquery':
      return { ...e, children: e.children.map(map) }
    case 'function':
      return mapCall(e, map)
    case 'window':
      return { ...e, function: mapCall(e.function, map), over: mapWindow(e.over, map) }
    case 'cast':
    case 'alias':
    case 'aliases':
    case 'namedArgument':
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

const mapCall = (e: UnresolvedCall, map: Replace): UnresolvedCall => ({
  ...e,
  args: e.args.map(map),
  ...(e.withinGroup ? { withinGroup: e.withinGroup.map(map) } : {}),
  ...(e.filter ? { filter: map(e.filter) } : {}),
})

function mapWindow(over: UnresolvedWindow, map: Replace): UnresolvedWindow {
  if (over.kind === 'named') return over
  const bound = (b: UnresolvedBound): UnresolvedBound => ('offset' in b ? { ...b, offset: map(b.offset) } : b)
  const { frame } = over
  return {
    ...over,
    partitionBy: over.partitionBy.map(map),
    orderBy: over.orderBy.map(map),
    ...(frame ? { frame: { ...frame, lower: bound(frame.lower), upper: bound(frame.upper) } } : {}),
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
