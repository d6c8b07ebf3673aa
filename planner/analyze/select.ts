import { BOOLEAN, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { definitionsOf, substitute } from '../optimize/expressions.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { ExpressionContext } from './expression-context.js'
import { resolveExpression } from './expressions.js'
import { Generators } from './generators/generators.js'
import { groupKeys, withInputKeys } from './grouping/group-keys.js'
import { Grouping } from './grouping/grouping.js'
import { hasAggregate } from './grouping/of-group.js'
import { withAliases } from './names/aliases.js'
import { lookUp, type OuterGroups, type Scope } from './names/scope.js'
import { keepAll, withLayer } from './names/visible.js'
import { nameSelectList } from './select-list.js'
import { grouped } from './sessions.js'
import { resolveWithSubqueries } from './subqueries/condition.js'
import type { Subqueries } from './subqueries/subqueries.js'
import { castTo } from './types/coercion.js'
import { unresolvedText } from './unresolved-text.js'
import { Windows } from './windows/windows.js'

/**
 * A select whose last projection is still open, so that ORDER BY may add columns that are computed but not shown.
 * `base` computes what `projections` refer to.
 */
export interface OpenSelect {
  base(): LogicalPlan
  readonly projections: readonly NamedExpression[]
  /** Columns of below that are not shown, but may be named with their relation. */
  readonly unseen: readonly NamedExpression[]
  /** Resolves an expression against what lies below the projections. */
  resolveBelow(e: UnresolvedExpression): Expression
}

/** The queries around a select. */
export interface Surroundings {
  /** What the nearest of them has, when the select is part of a subquery. */
  readonly outer: Scope | undefined
  /** Subqueries of the select that may use what a relation of it has, or a part of that. */
  subqueriesOver(scope: Scope, around: LogicalPlan, computed?: () => readonly Attribute[]): Subqueries
}

type Node<K extends UnresolvedRelation['kind']> = Extract<UnresolvedRelation, { kind: K }>

/** The select with its projection closed. */
export function closeSelect({ base, projections, unseen }: OpenSelect): LogicalPlan {
  return Object.freeze({ kind: 'project', input: base(), projections: [...projections, ...unseen] })
}

/** A plain select list, or an aggregate without keys when the list holds aggregates. */
export function openProject(
  node: Node<'project'>,
  input: LogicalPlan,
  nextId: () => ExprId,
  surroundings: Surroundings,
): OpenSelect {
  if (node.expressions.some(hasAggregate)) {
    const aggregate = { kind: 'aggregate', input: node.input, groupBy: [], output: node.expressions } as const
    return openAggregate(aggregate, input, nextId, surroundings)
  }
  const scope: Scope = { attributes: outputOf(input), outer: surroundings.outer }
  const subqueries = surroundings.subqueriesOver(scope, input)
  const windows = new Windows(nextId)
  const generators = new Generators(nextId)
  const context: ExpressionContext = { scope, clause: 'SELECT', types: new Map(), subqueries, windows, generators }
  const { projections, layers } = nameSelectList(node.expressions, context, nextId)
  const below = {
    ...context,
    clause: 'ORDER BY',
    scope: { ...scope, ambiguousIsUnknown: true },
    windows: undefined,
    intercept: byAlias(projections, 'ORDER BY'),
    suggestFrom: { attributes: projections.map(attributeOf) },
  } as const
  const qualify = node.qualify && qualification(node.qualify, { ...below, windows }, projections)
  // A function, because ORDER BY may still have subqueries.
  const base = (): LogicalPlan => {
    const whole = qualified(windows.attach(generators.attach(subqueries.attach(input)), projections), qualify)
    return layers.reduce(withLayer, whole)
  }
  const unseen = unseenBeside(projections, scope.attributes)
  return { base, projections, unseen, resolveBelow: (e) => resolveExpression(e, below) }
}

/** What is hidden below a select list stays so beside it. */
function unseenBeside(
  projections: readonly NamedExpression[],
  attributes: readonly Attribute[],
): readonly NamedExpression[] {
  const shown = new Set(projections.map(({ id }) => id))
  return keepAll(attributes.filter(({ id, isHidden }) => isHidden && !shown.has(id)))
}

/** QUALIFY, over the functions of windows below the projections. @throws QUALIFY_REQUIRES_WINDOW_FUNCTION */
function qualification(
  e: UnresolvedExpression,
  context: ExpressionContext,
  projections: readonly NamedExpression[],
): Expression {
  const condition = booleanCondition(resolveExpression(e, context), e, 'QUALIFY')
  const isOverWindows = [condition, ...projections.map(({ expression }) => expression)].some((one) =>
    (context.windows as Windows).isUsedBy(one),
  )
  if (isOverWindows) return condition
  throw new MillraceError('QUALIFY_REQUIRES_WINDOW_FUNCTION', {}, { origin: e.origin })
}

const qualified = (input: LogicalPlan, condition: Expression | undefined): LogicalPlan =>
  condition ? Object.freeze({ kind: 'filter', input, condition }) : input

/** GROUP BY with its select list and HAVING. */
export function openAggregate(
  written: Node<'aggregate'>,
  input: LogicalPlan,
  nextId: () => ExprId,
  surroundings: Surroundings,
): OpenSelect {
  const scope: Scope = { attributes: outputOf(input), outer: surroundings.outer }
  const node = withInputKeys(written, scope.attributes)
  const below = surroundings.subqueriesOver(scope, input)
  const keys = groupKeys(node, { scope, subqueries: below, nextId })
  const grouping = new Grouping(keys, scope, below, nextId)
  const subqueriesOver = (groups?: OuterGroups): Subqueries =>
    surroundings.subqueriesOver(
      { ...grouping.keyScope, ...(groups ? { groups } : {}) },
      input,
      () => grouping.aggregates,
    )
  const subqueries = subqueriesOver({ input: scope, aggregates: [] })
  const windows = new Windows(nextId)
  const generators = new Generators(nextId, true)
  const context = { ...grouping.context('SELECT'), subqueries, keySubqueries: below, windows, generators }
  const { projections, layers } = nameSelectList(node.output, context, nextId)
  const inHaving = subqueriesOver(grouping)
  const having = node.having && withoutLayers(resolveHaving(node.having, grouping, projections, inHaving), layers)
  const shown = projections.map(attributeOf)
  const ofOrder = subqueriesOver()
  const inOrder = {
    ...grouping.context('ORDER BY', shown),
    subqueries: ofOrder,
    suggestFrom: { attributes: shown },
  }
  const order = withAliases(inOrder, byAlias(projections, 'ORDER BY'))
  const qualify = node.qualify && qualification(node.qualify, { ...order, windows }, projections)
  // A function, because ORDER BY may still add aggregates and subqueries.
  const base = (): LogicalPlan => {
    const { aggregates } = grouping
    const rows = grouping.rows(below.attach(input))
    const aggregate = grouped(Object.freeze({ kind: 'aggregate', ...rows, aggregates }), nextId)
    const groups = [subqueries, inHaving, ofOrder].reduce<LogicalPlan>((rows, all) => all.attach(rows), aggregate)
    // HAVING may name what generators give, which of groups is made over their windows.
    const isOverGenerated = having !== undefined && generators.isUsedBy(having)
    const windowed = windows.attach(isOverGenerated ? groups : qualified(groups, having), projections)
    const generated = qualified(generators.attach(windowed), isOverGenerated ? having : undefined)
    return layers.reduce(withLayer, qualified(generated, qualify))
  }
  return { base, projections, unseen: [], resolveBelow: (e) => resolveExpression(e, order) }
}

/** HAVING chooses groups before members of the list are computed over others, whatever members it names. */
function withoutLayers(
  having: Expression | undefined,
  layers: readonly (readonly NamedExpression[])[],
): Expression | undefined {
  return having && layers.reduceRight((condition, layer) => substitute(condition, definitionsOf(layer)), having)
}

/**
 * What a name means that is a column of the select list: the expression behind it. One that several have is not known in ORDER BY.
 * @throws AMBIGUOUS_REFERENCE
 */
function byAlias(
  projections: readonly NamedExpression[],
  clause: 'HAVING' | 'ORDER BY',
): (e: UnresolvedExpression) => Expression | undefined {
  const scope: Scope = { attributes: projections.map(attributeOf), ambiguousIsUnknown: clause === 'ORDER BY' }
  return (e) => {
    if (e.kind !== 'attribute' || e.parts.length > 1) return undefined
    const found = lookUp(scope, e)
    return found?.kind === 'attribute' ? projections.find(({ id }) => id === found.id)!.expression : undefined
  }
}

/** HAVING sees keys first, then aliases of the select list, then other columns of the input, which only aggregates may use. */
function resolveHaving(
  having: UnresolvedExpression,
  grouping: Grouping,
  projections: readonly NamedExpression[],
  subqueries: Subqueries,
): Expression | undefined {
  const context = { ...grouping.context('HAVING', projections.map(attributeOf)), subqueries }
  const alias = byAlias(projections, 'HAVING')
  const aliased = (e: UnresolvedExpression): Expression | undefined =>
    e.kind === 'attribute' && !grouping.isKey(e) ? alias(e) : undefined
  const resolve = (e: UnresolvedExpression): Expression => resolveExpression(e, withAliases(context, aliased))
  return resolveWithSubqueries(having, subqueries, resolve, (e) => booleanCondition(resolve(e), e, 'HAVING'))
}

/** @throws DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN, JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE */
export function booleanCondition(
  condition: Expression,
  written: UnresolvedExpression,
  clause: 'WHERE' | 'HAVING' | 'QUALIFY' | 'JOIN',
): Expression {
  if (condition.type.kind === 'boolean') return condition
  // Only HAVING takes a NULL without a type, as in Spark.
  if (condition.type.kind === 'void' && clause === 'HAVING') return castTo(condition, BOOLEAN)
  if (clause === 'JOIN') {
    throw new MillraceError(
      'JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE',
      { joinCondition: `"${unresolvedText(written)}"`, conditionType: quotedTypeName(condition.type) },
      { origin: written.origin },
    )
  }
  throw new MillraceError(
    'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
    {
      sqlExpr: `"${unresolvedText(written)}"`,
      filter: `"${unresolvedText(written)}"`,
      type: quotedTypeName(condition.type),
      clause,
    },
    { origin: written.origin },
  )
}
