import { hasVariants, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Attribute, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { resolveExpression } from '../expressions.js'
import { isDrawing } from '../functions/registry.js'
import { generatorOf } from '../generators/misplaced.js'
import { nameKey } from '../names/names.js'
import { isNameOf, isOuter, lookUp, qualifiedName, type Scope } from '../names/scope.js'
import { expandStar } from '../names/star.js'
import { analysisSession } from '../session.js'
import type { Subqueries } from '../subqueries/subqueries.js'
import {
  hasSubquery,
  isFreeName,
  isSubquery,
  type Name,
  namesIn,
  operandsOf,
  someNode,
  writtenText,
} from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { hasAggregate, isAggregateCall } from './of-group.js'

type Aggregate = Extract<UnresolvedRelation, { kind: 'aggregate' }>

/** A key of a GROUP BY: what it is computed from, and as what it is known above. */
export interface GroupKey extends NamedExpression {
  /** Whether a grouping set leaves it out: it is NULL there. */
  readonly isLeftOut: boolean
}

/** The column that a key is above its GROUP BY. */
export function columnOf(key: GroupKey): Attribute {
  const column = attributeOf(key)
  return key.isLeftOut ? { ...column, nullable: true } : column
}

/** The keys of a GROUP BY and, where it has several, its grouping sets. */
export interface GroupKeys {
  /** Keys that compute the same are one. */
  readonly keys: readonly GroupKey[]
  /** The positions of the keys of each set. */
  readonly sets: readonly ReadonlySet<number>[] | undefined
  /** Keys with subqueries, by their `writtenText`. */
  readonly written: ReadonlyMap<string, GroupKey>
}

/** What keys are resolved with. */
interface KeyContext {
  readonly scope: Scope
  readonly subqueries: Subqueries
  readonly nextId: () => ExprId
}

/** @throws GROUP_BY_*, STAR_GROUP_BY_POS, UNRESOLVED_ALL_IN_GROUP_BY, UNRESOLVED_COLUMN.*, first of a name in the select list */
export function groupKeys(node: Aggregate, context: KeyContext): GroupKeys {
  try {
    return resolvedKeys(node, context)
  } catch (error) {
    if (MillraceError.is(error) && error.condition.startsWith('UNRESOLVED_COLUMN.')) refuseUnknown(node, context)
    throw error
  }
}

/** A GROUP BY whose keys come first in its output, with columns of its input in place of their positions. @throws GROUP_BY_POS_OUT_OF_RANGE */
export function withInputKeys(node: Aggregate, input: readonly Attribute[]): Aggregate {
  if (!node.ordinalsOfInput) return node
  const columns = input.filter(({ isHidden }) => !isHidden)
  const named = (e: UnresolvedExpression): UnresolvedExpression => {
    if (e.kind !== 'literal' || e.type.kind !== 'int' || typeof e.value !== 'number') return e
    const { value: index, origin } = e
    const column = columns[index - 1]
    if (!column) throw new MillraceError('GROUP_BY_POS_OUT_OF_RANGE', { index, size: columns.length }, { origin })
    return { kind: 'attribute', parts: [...(column.qualifier ?? []), column.name], ...(origin ? { origin } : {}) }
  }
  const output = node.output.map((e, i) => (i < node.groupBy.length ? named(e) : e))
  // A number under another name is no position.
  const groupBy = node.groupBy.map((key, i) => (node.output[i]!.kind === 'alias' ? key : named(key)))
  return { ...node, groupBy, output }
}

/** As in Spark, a name of the select list that is not known is told before one among the keys. @throws UNRESOLVED_COLUMN.* */
function refuseUnknown({ output }: Aggregate, { scope }: KeyContext): void {
  const aliases = new Set(output.flatMap((member) => (member.kind === 'alias' ? [nameKey(member.name)] : [])))
  const names = namesIn(output).filter(({ parts }) => !aliases.has(nameKey(parts[0]!)))
  for (const name of names) resolveExpression(name, { scope, clause: 'SELECT' })
}

function resolvedKeys(node: Aggregate, context: KeyContext): GroupKeys {
  const members = membersOf(node.output)
  const asWritten = isAll(node, context.scope)
    ? allKeys(node, members, context.scope)
    : node.groupBy.map((key) => ({ key, written: keyAsWritten(key, members, context.scope) }))
  const resolved = asWritten.map(({ key, written }) => groupingKey(key, written, context))
  const texts = [...new Set(resolved.map(({ expression }) => canonicalText(expression)))]
  const positions = resolved.map(({ expression }) => texts.indexOf(canonicalText(expression)))
  const sets = node.sets?.map((set) => new Set(set.map((ordinal) => positions[ordinal]!)))
  const keys = texts.map((_, position): GroupKey => {
    const key = resolved[positions.indexOf(position)]!
    const isLeftOut = sets?.some((set) => !set.has(position)) ?? false
    return Object.freeze({ ...key, isLeftOut, ...(sets ? { id: context.nextId() } : {}) })
  })
  return {
    keys,
    sets,
    written: new Map(
      asWritten.flatMap(({ written }, i) =>
        hasSubquery(written) ? [[writtenText(written), keys[positions[i]!]!] as const] : [],
      ),
    ),
  }
}

/** GROUP BY ALL, unless a column is called so. */
function isAll({ groupBy, sets }: Aggregate, scope: Scope): boolean {
  const [key, ...others] = groupBy
  return key !== undefined && others.length === 0 && !sets && isNameOf(key, 'all') && !lookUp(scope, { parts: ['all'] })
}

interface WrittenKey {
  readonly key: UnresolvedExpression
  readonly written: UnresolvedExpression
}

/** The select list as keys see it. A generator stands above the groups: the arguments that it takes from below are there in its place, under Spark's names. */
const membersOf = (output: readonly UnresolvedExpression[]): readonly UnresolvedExpression[] =>
  output.flatMap((member): readonly UnresolvedExpression[] => {
    const generator = generatorOf(member)
    if (!generator) return [member]
    const inputs = generator.args.map((child, i) => ({ kind: 'alias', child, name: `_gen_input_${i}` }) as const)
    return inputs.filter(({ child }) => someNode(child, isOfRows))
  })

/** Whether an expression is one that is not the same for all rows. */
const isOfRows = (e: UnresolvedExpression): boolean =>
  e.kind === 'attribute' ||
  e.kind === 'star' ||
  isSubquery(e) ||
  isAggregateCall(e) ||
  (e.kind === 'function' && isDrawing(e.name))

/** The members of the select list without aggregates. @throws UNRESOLVED_ALL_IN_GROUP_BY */
function allKeys(
  { output, groupBy }: Aggregate,
  members: readonly UnresolvedExpression[],
  scope: Scope,
): readonly WrittenKey[] {
  const plain = members.filter((member) => !hasAggregate(member))
  const aliases = new Set(output.flatMap((member) => (member.kind === 'alias' ? [nameKey(member.name)] : [])))
  const isColumn = (name: Name): boolean => !aliases.has(nameKey(name.parts[0]!)) || lookUp(scope, name) !== undefined
  if (plain.length === 0 && members.some((member) => usesColumns(member, isColumn)))
    throw new MillraceError('UNRESOLVED_ALL_IN_GROUP_BY', {}, { origin: groupBy[0]!.origin })
  return plain.flatMap((member) => {
    const written = member.kind === 'alias' ? member.child : member
    if (written.kind !== 'star') return [{ key: written, written }]
    return expandStar(scope, written).map(({ name }) => {
      const column: UnresolvedExpression = { kind: 'attribute', parts: [...written.target, name] }
      return { key: column, written: column }
    })
  })
}

/** Whether an expression uses columns other than in aggregates. */
function usesColumns(e: UnresolvedExpression, isColumn: (name: Name) => boolean): boolean {
  if (isAggregateCall(e)) return false
  if (e.kind === 'attribute') return isColumn(e)
  return isSubquery(e) || operandsOf(e).some((operand) => usesColumns(operand, isColumn))
}

function groupingKey(
  key: UnresolvedExpression,
  written: UnresolvedExpression,
  { scope, subqueries, nextId }: KeyContext,
): NamedExpression {
  const expression = resolveExpression(written, { scope, clause: 'GROUP BY', subqueries })
  if (hasVariants(expression.type)) {
    const parameters = { sqlExpr: `"${unresolvedText(written)}"`, dataType: quotedTypeName(expression.type) }
    throw new MillraceError('GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE', parameters, { origin: written.origin })
  }
  if (expression.kind === 'attribute' && !isOuter(scope, expression.id))
    return Object.freeze({ id: expression.id, name: expression.name, expression })
  return Object.freeze({ id: nextId(), name: unresolvedText(key.kind === 'alias' ? key : written), expression })
}

/** A key by position, by the alias of a member of the select list (columns first, as in Spark), or as written. */
function keyAsWritten(
  key: UnresolvedExpression,
  output: readonly UnresolvedExpression[],
  scope: Scope,
): UnresolvedExpression {
  const { groupsByPosition, groupsByAlias } = analysisSession()
  if (groupsByPosition && key.kind === 'literal' && key.type.kind === 'int' && typeof key.value === 'number')
    return keyByPosition(key, key.value, output, scope)
  if (!groupsByAlias || !isFreeName(key) || key.parts.length > 1 || lookUp(scope, key)) return key
  const alias = output.find((member) => member.kind === 'alias' && isNameOf(key, member.name))
  return alias?.kind === 'alias' ? alias.child : key
}

/** @throws STAR_GROUP_BY_POS, GROUP_BY_POS_OUT_OF_RANGE, GROUP_BY_POS_AGGREGATE */
function keyByPosition(
  { origin }: UnresolvedExpression,
  index: number,
  output: readonly UnresolvedExpression[],
  scope: Scope,
): UnresolvedExpression {
  if (output.some((candidate) => candidate.kind === 'star'))
    throw new MillraceError('STAR_GROUP_BY_POS', {}, { origin })
  const member = output[index - 1]
  if (member === undefined)
    throw new MillraceError('GROUP_BY_POS_OUT_OF_RANGE', { index, size: output.length }, { origin })
  if (hasAggregate(member)) {
    const aggExpr = aggregateSql(member, scope)
    throw new MillraceError('GROUP_BY_POS_AGGREGATE', { index, aggExpr }, { origin })
  }
  return member.kind === 'alias' ? member.child : member
}

/** A member of the select list as Spark writes it: with relations, and the alias it gets. */
function aggregateSql(member: UnresolvedExpression, scope: Scope): string {
  const written = member.kind === 'alias' ? member.child : member
  const text = unresolvedText(written, { name: (name) => qualifiedName(scope, name) })
  return `${text} AS \`${member.kind === 'alias' ? member.name : unresolvedText(member)}\``
}
