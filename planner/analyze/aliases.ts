import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import { reference } from '../plan/expression/build.js'
import type { Expression, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf } from '../plan/logical/output.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { ExpressionContext } from './expressions.js'
import { nameKey } from './names.js'
import { isAggregateCall, isOfGroup } from './of-group.js'
import { getField, lookUp, type Scope } from './scope.js'
import { someNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

/** The level of what is there before any member is computed. */
const BELOW = -1

type AliasLookUp = (e: UnresolvedExpression) => Expression | undefined

/** The context with aliases of the select list known; what holds one is resolved operand by operand. */
export function withAliases(context: ExpressionContext, alias: AliasLookUp): ExpressionContext {
  const { intercept } = context
  const holdsAlias = (e: UnresolvedExpression): boolean => someNode(e, (node) => alias(node) !== undefined)
  return {
    ...context,
    intercept: (e) => alias(e) ?? (intercept && (isOfGroup(e) || !holdsAlias(e)) ? intercept(e) : undefined),
  }
}

/** What later members may call one: its alias, or the name of the field that it is. */
export function aliasOf(e: UnresolvedExpression, scope: Scope): string | undefined {
  if (e.kind === 'alias') return e.name
  if (e.kind !== 'attribute' || e.parts.length === 1) return undefined
  return lookUp(scope, e.parts, e.origin)?.kind === 'getField' ? e.parts.at(-1) : undefined
}

/**
 * The aliases of a select list that later members of it may use, where the input has no column of that name: `select 1 as a, a + 1 as b`.
 * A member that uses one is computed over those it uses.
 */
export class LateralAliases {
  readonly #scope: Scope
  readonly #members = new Map<string, readonly { readonly column: NamedExpression; readonly level: number }[]>()
  #level = 0

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Whether a member of the list may use another one; looking for that in each is not for nothing then. */
  static areUsed(list: readonly UnresolvedExpression[], generated: readonly NamedExpression[], scope: Scope): boolean {
    const aliases = list.flatMap((e) => aliasOf(e, scope) ?? [])
    const names = new Set([...aliases, ...generated.map(({ name }) => name)].map(nameKey))
    const isLateral = (e: UnresolvedExpression): boolean =>
      e.kind === 'attribute' && names.has(nameKey(e.parts[0]!)) && !lookUp(scope, e.parts, e.origin)
    return names.size > 0 && list.some((e) => someNode(e, isLateral))
  }

  /** The context of the next member. */
  context(context: ExpressionContext): ExpressionContext {
    this.#level = 0
    return withAliases(context, (e) => this.#lookUp(e))
  }

  /** A name as Spark prints it in the name of an unnamed column. */
  nameText(parts: readonly string[]): string {
    return this.#isLateral(parts) ? `lateralAliasReference(${parts.at(-1)})` : parts.at(-1)!
  }

  isAlias(parts: readonly string[]): boolean {
    return this.#members.has(nameKey(parts[0]!))
  }

  /** Whether it is a member that others are computed over. What generators give is there below all members. */
  #isLateral(parts: readonly string[]): boolean {
    return this.#members.get(nameKey(parts[0]!))?.some(({ level }) => level !== BELOW) ?? false
  }

  /** Adds what a generator gives. */
  addGenerated(columns: readonly NamedExpression[]): void {
    for (const column of columns) this.#add(column.name, column, BELOW)
  }

  /** Adds a member that was resolved; its level is 0 when it uses no other one. */
  add(alias: string | undefined, column: NamedExpression): number {
    const level = this.#level
    if (alias !== undefined) this.#add(alias, column, level)
    return level
  }

  #add(alias: string, column: NamedExpression, level: number): void {
    const name = nameKey(alias)
    this.#members.set(name, [...(this.#members.get(name) ?? []), { column, level }])
  }

  #lookUp(e: UnresolvedExpression): Expression | undefined {
    if (isAggregateCall(e)) this.#check(e, 'AGGREGATE_FUNC', 'aggFunc')
    if (e.kind === 'window') this.#check(e, 'WINDOW', 'windowExpr')
    if (e.kind !== 'attribute' || !this.isAlias(e.parts) || lookUp(this.#scope, e.parts, e.origin)) return undefined
    const found = this.#members.get(nameKey(e.parts[0]!))!
    if (found.length > 1) {
      const parameters = { name: quotedName(e.parts[0]!), n: found.length }
      throw new MillraceError('AMBIGUOUS_LATERAL_COLUMN_ALIAS', parameters, { origin: e.origin })
    }
    const { column, level } = found[0]!
    this.#level = Math.max(this.#level, level + 1)
    const base: Expression = reference(attributeOf(column), e.origin)
    return e.parts.slice(1).reduce<Expression>((field, name) => getField(field, name, e.origin), base)
  }

  /** @throws UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_* where an operand is the alias of another member */
  #check(e: UnresolvedExpression, place: 'AGGREGATE_FUNC' | 'WINDOW', parameter: string): void {
    const isLateral = (node: UnresolvedExpression): boolean =>
      node.kind === 'attribute' && this.#isLateral(node.parts) && !lookUp(this.#scope, node.parts, node.origin)
    someNode(e, (node) => {
      if (!isLateral(node) || node.kind !== 'attribute') return false
      const parameters = {
        lca: quotedPath(node.parts),
        [parameter]: `"${unresolvedText(e, { name: (parts) => this.nameText(parts) })}"`,
      }
      const condition = `UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_${place}` as const
      throw new MillraceError(condition, parameters, { origin: node.origin })
    })
  }
}
