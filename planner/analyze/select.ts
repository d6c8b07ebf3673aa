import { BOOLEAN, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { resolveExpression } from './expressions.js'
import { isAggregate } from './functions/registry.js'
import { Grouping, hasAggregate } from './grouping.js'
import { lookUp, type Scope } from './scope.js'
import { nameSelectList } from './select-list.js'
import { unresolvedText } from './unresolved-text.js'

/**
 * A select whose last projection is still open, so that ORDER BY may add columns that are computed but not shown.
 * `base` computes what `projections` refer to.
 */
export interface OpenSelect {
  base(): LogicalPlan
  readonly projections: readonly NamedExpression[]
  /** Resolves an expression against what lies below the projections. */
  resolveBelow(e: UnresolvedExpression): Expression
}

type Node<K extends UnresolvedRelation['kind']> = Extract<UnresolvedRelation, { kind: K }>

/** A plain select list, or an aggregate without keys when the list holds aggregates. */
export function openProject(node: Node<'project'>, input: LogicalPlan, nextId: () => ExprId): OpenSelect {
  if (node.expressions.some(hasAggregate)) {
    return openAggregate({ kind: 'aggregate', input: node.input, groupBy: [], output: node.expressions }, input, nextId)
  }
  const scope = { attributes: outputOf(input) }
  const resolve = (e: UnresolvedExpression): Expression => resolveExpression(e, { scope, clause: 'SELECT' })
  return {
    base: () => input,
    projections: nameSelectList(node.expressions, scope, resolve, nextId),
    resolveBelow: resolve,
  }
}

/** GROUP BY with its select list and HAVING. */
export function openAggregate(node: Node<'aggregate'>, input: LogicalPlan, nextId: () => ExprId): OpenSelect {
  const scope: Scope = { attributes: outputOf(input) }
  const keys = node.groupBy.map((key) => groupingKey(key, node.output, scope, nextId))
  const grouping = new Grouping(keys, scope, nextId)
  const context = grouping.context('SELECT')
  const resolve = (e: UnresolvedExpression): Expression => resolveExpression(e, context)
  const projections = nameSelectList(node.output, scope, resolve, nextId)
  const having = node.having && resolveHaving(node.having, grouping, projections)
  const base = (): LogicalPlan => {
    const aggregate: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys, aggregates: grouping.aggregates })
    return having ? Object.freeze({ kind: 'filter', input: aggregate, condition: having }) : aggregate
  }
  return { base, projections, resolveBelow: resolve }
}

/** A key by position, by the alias of a member of the select list (columns first, as in Spark), or as written. */
function groupingKey(
  key: UnresolvedExpression,
  output: readonly UnresolvedExpression[],
  scope: Scope,
  nextId: () => ExprId,
): NamedExpression {
  const written = keyAsWritten(key, output, scope)
  const expression = resolveExpression(written, { scope, clause: 'GROUP BY' })
  const { kind } = expression.type
  if (kind === 'map' || kind === 'array') {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `GROUP BY of values of type ${quotedTypeName(expression.type)}` },
      { origin: key.origin },
    )
  }
  if (expression.kind === 'attribute') return Object.freeze({ id: expression.id, name: expression.name, expression })
  return Object.freeze({ id: nextId(), name: keyName(key, written), expression })
}

/** `window(…)` without an alias is the column `window`. */
function keyName(key: UnresolvedExpression, written: UnresolvedExpression): string {
  if (key.kind === 'function' && key.name === 'window') return 'window'
  return unresolvedText(key.kind === 'alias' ? key : written)
}

function keyAsWritten(
  key: UnresolvedExpression,
  output: readonly UnresolvedExpression[],
  scope: Scope,
): UnresolvedExpression {
  if (key.kind === 'literal' && key.type.kind === 'int' && typeof key.value === 'number') {
    const member = output[key.value - 1]
    if (member === undefined)
      throw new MillraceError(
        'GROUP_BY_POS_OUT_OF_RANGE',
        { index: key.value, size: output.length },
        { origin: key.origin },
      )
    if (hasAggregate(member)) {
      throw new MillraceError(
        'AGGREGATE_NOT_ALLOWED',
        { expression: `"${unresolvedText(member)}"`, clause: 'GROUP BY' },
        { origin: key.origin },
      )
    }
    return member.kind === 'alias' ? member.child : member
  }
  if (key.kind !== 'attribute' || key.parts.length > 1 || lookUp(scope, key.parts, key.origin)) return key
  const name = key.parts[0]!.toLowerCase()
  const alias = output.find((member) => member.kind === 'alias' && member.name.toLowerCase() === name)
  return alias?.kind === 'alias' ? alias.child : key
}

/** HAVING sees columns of the input, keys, aggregates and aliases of the select list. */
function resolveHaving(
  having: UnresolvedExpression,
  grouping: Grouping,
  projections: readonly NamedExpression[],
): Expression {
  const context = grouping.context('HAVING')
  const aliased = (e: UnresolvedExpression): Expression | undefined => {
    if (e.kind !== 'attribute' || e.parts.length > 1 || lookUp(context.scope, e.parts, e.origin)) return undefined
    return projections.find(({ name }) => name.toLowerCase() === e.parts[0]!.toLowerCase())?.expression
  }
  const mentionsAlias = (e: UnresolvedExpression): boolean => mentions(e, (node) => aliased(node) !== undefined)
  const isAggregateCall = (e: UnresolvedExpression): boolean => e.kind === 'function' && isAggregate(e.name)
  const intercept = (e: UnresolvedExpression): Expression | undefined =>
    aliased(e) ?? (isAggregateCall(e) || !mentionsAlias(e) ? context.intercept?.(e) : undefined)
  const condition = resolveExpression(having, { ...context, intercept })
  return booleanCondition(condition, having, 'HAVING')
}

/** Whether a node below satisfies the predicate; aggregates are looked into as well. */
function mentions(e: UnresolvedExpression, predicate: (e: UnresolvedExpression) => boolean): boolean {
  if (predicate(e)) return true
  switch (e.kind) {
    case 'function':
      return e.args.some((arg) => mentions(arg, predicate))
    case 'cast':
    case 'alias':
    case 'extractValue':
    case 'sortOrder':
      return mentions(e.child, predicate)
    case 'in':
      return [e.child, ...e.list].some((member) => mentions(member, predicate))
    case 'case':
      return [...e.branches.flatMap((b) => [b.when, b.value]), ...(e.otherwise ? [e.otherwise] : [])].some((part) =>
        mentions(part, predicate),
      )
    case 'literal':
    case 'attribute':
    case 'star':
      return false
  }
}

/** @throws DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN */
export function booleanCondition(condition: Expression, written: UnresolvedExpression, clause: string): Expression {
  if (condition.type.kind === 'boolean') return condition
  if (condition.kind === 'literal' && condition.value === null) return Object.freeze({ ...condition, type: BOOLEAN })
  throw new MillraceError(
    'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
    { sqlExpr: unresolvedText(written), clause, actualDataType: quotedTypeName(condition.type) },
    { origin: written.origin },
  )
}
