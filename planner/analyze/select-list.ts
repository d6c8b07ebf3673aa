import { reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf } from '../plan/logical/output.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { ExpressionContext } from './expression-context.js'
import { bareFunction, resolveExpression } from './expressions.js'
import { GeneratedList } from './generators/list.js'
import { aliasOf, LateralAliases } from './names/aliases.js'
import { isOuter, lookUp, qualifiedName, type Scope, type WrittenName } from './names/scope.js'
import { expandStar } from './names/star.js'
import type { TextContext } from './printing.js'
import { isTypeName, spokenName, unresolvedText } from './unresolved-text.js'
import { variableText } from './variables.js'

/** The members of a select list, and those among them that others are computed over. */
export interface SelectList {
  readonly projections: readonly NamedExpression[]
  /** What has to be computed below the projections, layer over layer; empty unless members use the aliases of others. */
  readonly layers: readonly (readonly NamedExpression[])[]
}

/**
 * Names the members of a select list: by alias, by column as written, or by their text; stars expanded. A plain column keeps its id and
 * the relation it is of.
 */
export function nameSelectList(
  list: readonly UnresolvedExpression[],
  context: ExpressionContext,
  nextId: () => ExprId,
): SelectList {
  // All members may use what generators give, so a name that no column has is no fault before these are refused.
  const generated = new GeneratedList(list, context, resolveExpression).columns()
  const { attributes } = context.scope
  const added = [...generated.values()].flat()
  const aliases = LateralAliases.areUsed(list, added, context.scope) ? new LateralAliases(context.scope) : undefined
  const isOverGroups = context.generators?.isOverGroups ?? false
  for (const [e, columns] of generated) aliases?.addGenerated(columns, e.kind === 'aliases', isOverGroups)
  let qualifiers: ReadonlyMap<ExprId, Attribute['qualifier']> | undefined
  const named = (name: string, expression: Expression): NamedExpression => {
    const isColumn = expression.kind === 'attribute' && expression.name === name
    if (!isColumn || isOuter(context.scope, expression.id)) {
      return Object.freeze({ id: nextId(), name, expression })
    }
    qualifiers ??= new Map(attributes.map((a) => [a.id, a.qualifier]))
    const qualifier = qualifiers.get(expression.id)
    return Object.freeze({ id: expression.id, name, expression, ...(qualifier === undefined ? {} : { qualifier }) })
  }
  const members = list.flatMap((e): readonly Member[] => {
    const given = generated.get(e)
    if (given) return given.map((column) => ({ column, level: 0 }))
    if (e.kind !== 'star') {
      // Resolved first, as the name may depend on types.
      const expression = resolveExpression(e, aliases?.context(context) ?? context)
      const column = named(columnName(e, context, aliases), expression)
      return [{ column, level: aliases?.add(aliasOf(e, context.scope), column) ?? 0 }]
    }
    return expandStar(context.scope, e).map((column) => ({
      column: named(column.name, context.column ? context.column(column, e.origin) : column.expression),
      level: 0,
    }))
  })
  return layered(members)
}

interface Member {
  readonly column: NamedExpression
  readonly level: number
}

/** What is on the highest level is computed by the projections themselves, the rest below them. */
function layered(members: readonly Member[]): SelectList {
  const top = members.reduce((highest, { level }) => Math.max(highest, level), 0)
  const layers = Array.from({ length: top }, (_, level) =>
    members.filter((member) => member.level === level).map(({ column }) => column),
  )
  const projections = members.map(({ column, level }) =>
    level === top ? column : Object.freeze({ ...column, expression: reference(attributeOf(column)) }),
  )
  return { projections, layers }
}

/** Functions named like types are casts. */
const isCastOf = (e: UnresolvedExpression): UnresolvedExpression | undefined => {
  if (e.kind === 'cast') return e.child
  return e.kind === 'function' && e.args.length === 1 && isTypeName(e.name) ? e.args[0] : undefined
}

/** The last name of a path into a variant: `v:a.b`. */
function variantName(e: UnresolvedExpression): string | undefined {
  const name = e.kind === 'function' && e.name === ':' ? e.args[2] : undefined
  return name?.kind === 'literal' ? String(name.value) : undefined
}

/** A column without an alias is called like its text, one that is only cast like itself (so that a cast `key` stays `key`). */
function columnName(
  e: UnresolvedExpression,
  { scope, types, subqueries, keySubqueries }: ExpressionContext,
  aliases: LateralAliases | undefined,
): string {
  if (e.kind === 'alias') return e.name
  if (e.kind === 'attribute' && !e.isComputed) return bareFunctionText(scope, e) ?? e.parts.at(-1)!
  const child = isCastOf(e)
  const lastName = variantName(e) ?? (child && variantName(child))
  if (lastName !== undefined) return lastName
  if (child?.kind === 'attribute' && lookUp(scope, child)?.kind === 'attribute') return child.parts.at(-1)!
  return unresolvedText(e, {
    ...textContext(scope, types, aliases),
    outer: (subquery) => [subqueries, keySubqueries].flatMap((all) => all?.outerNames(subquery) ?? []),
  })
}

/** A function that is called by its name alone is printed as any call. */
function bareFunctionText(scope: Scope, written: WrittenName): string | undefined {
  const name = bareFunction(scope, written)
  return name && `${spokenName(name)}()`
}

/** A qualifier is left out, a struct is not. What is unknown here is the struct of a window above its GROUP BY. */
const textContext = (
  scope: Scope,
  types: ExpressionContext['types'],
  aliases: LateralAliases | undefined,
): TextContext => ({
  name(written) {
    const { parts, variable, within } = written
    const found = lookUp(scope, written)
    if (!found && written.of === undefined && aliases?.isAlias(parts)) return aliases.nameText(parts)
    const called = bareFunctionText(scope, written)
    if (called !== undefined) return called
    if (!found && scope.outer && lookUp(scope.outer, written)) return `outer(${qualifiedName(scope.outer, written)})`
    if (!found && variable) return within?.at(-1) ?? variableText(variable)
    return (found ? parts.slice(-1 - fieldDepth(found)) : parts).join('.')
  },
  star: (star) => expandStar(scope, star).map(({ name }) => name),
  typeOf: (operand) => types?.get(operand),
})

/** How many of the last parts of a name are fields of a struct. */
function fieldDepth(e: Expression): number {
  return e.kind === 'getField' ? 1 + fieldDepth(e.child) : 0
}
