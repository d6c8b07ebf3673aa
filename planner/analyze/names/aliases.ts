import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../../common/errors/quoting.js'
import { reference } from '../../plan/expression/build.js'
import type { Expression, NamedExpression } from '../../plan/expression/expression.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { isAggregateCall, isOfGroup } from '../grouping/of-group.js'
import { isFreeName, someNode, wordsIn } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { nameKey } from './names.js'
import { getField, lookUp, type Scope } from './scope.js'

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
  const found = lookUp(scope, e)
  return found === undefined || found.kind === 'attribute' ? undefined : e.parts.at(-1)
}

/** A member that others may use, or what a generator gives. */
interface Named {
  readonly column: NamedExpression
  readonly level: number
  /** Whether the name is meant only where no other member has it. */
  readonly isLast: boolean
  /** Whether the name is taken, but not to be used. */
  readonly isHidden: boolean
}

/**
 * The aliases of a select list that later members of it may use, where the input has no column of that name: `select 1 as a, a + 1 as b`.
 * A member that uses one is computed over those it uses.
 */
export class LateralAliases {
  readonly #scope: Scope
  readonly #members = new Map<string, readonly Named[]>()
  #level = 0

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Whether a member of the list may use another one; looking for that in each is not for nothing then. */
  static areUsed(list: readonly UnresolvedExpression[], generated: readonly NamedExpression[], scope: Scope): boolean {
    const aliases = list.flatMap((e) => aliasOf(e, scope) ?? [])
    const names = new Set([...aliases, ...generated.map(({ name }) => name)].map(nameKey))
    const isLateral = (e: UnresolvedExpression): boolean =>
      isFreeName(e) && names.has(nameKey(e.parts[0]!)) && !lookUp(scope, e)
    const words = new Set([...names].map((name) => name.toLowerCase()))
    const mayUse = (e: UnresolvedExpression): boolean => {
      for (const word of wordsIn(e)) if (words.has(word)) return true
      return false
    }
    return names.size > 0 && list.some((e) => mayUse(e) && someNode(e, isLateral))
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
    return this.#called(parts).some(({ level }) => level !== BELOW)
  }

  /**
   * Adds what a generator gives. @param isInList whether its names stand in a list: as in Spark another member of one of these names is meant first
   * @param isOverGroups whether it is made of groups: then no member may use it
   */
  addGenerated(columns: readonly NamedExpression[], isInList: boolean, isOverGroups: boolean): void {
    for (const column of columns)
      this.#add(column.name, { column, level: BELOW, isLast: isInList, isHidden: isOverGroups })
  }

  /** Adds a member that was resolved; its level is 0 when it uses no other one. */
  add(alias: string | undefined, column: NamedExpression): number {
    const level = this.#level
    if (alias !== undefined) this.#add(alias, { column, level, isLast: false, isHidden: false })
    return level
  }

  #add(alias: string, named: Named): void {
    const name = nameKey(alias)
    this.#members.set(name, [...(this.#members.get(name) ?? []), named])
  }

  #called(parts: readonly string[]): readonly Named[] {
    const all = this.#members.get(nameKey(parts[0]!)) ?? []
    const first = all.filter(({ isLast }) => !isLast)
    return first.length > 0 ? first : all
  }

  #lookUp(e: UnresolvedExpression): Expression | undefined {
    if (isAggregateCall(e)) this.#check(e, 'AGGREGATE_FUNC', 'aggFunc')
    if (e.kind === 'window') this.#check(e, 'WINDOW', 'windowExpr')
    if (!isFreeName(e) || !this.isAlias(e.parts) || lookUp(this.#scope, e)) return undefined
    const found = this.#called(e.parts)
    if (found.length > 1) {
      const parameters = { name: quotedName(e.parts[0]!), n: found.length }
      throw new MillraceError('AMBIGUOUS_LATERAL_COLUMN_ALIAS', parameters, { origin: e.origin })
    }
    const { column, level, isHidden } = found[0]!
    if (isHidden) return undefined
    this.#level = Math.max(this.#level, level + 1)
    const base: Expression = reference(attributeOf(column), e.origin)
    return e.parts.slice(1).reduce<Expression>((field, name) => getField(field, name, e.origin), base)
  }

  /** @throws UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_* where an operand is the alias of another member */
  #check(e: UnresolvedExpression, place: 'AGGREGATE_FUNC' | 'WINDOW', parameter: string): void {
    const isLateral = (node: UnresolvedExpression): boolean =>
      isFreeName(node) && this.#isLateral(node.parts) && !lookUp(this.#scope, node)
    someNode(e, (node) => {
      if (!isLateral(node) || !isFreeName(node)) return false
      const parameters = {
        lca: quotedPath(node.parts),
        [parameter]: `"${unresolvedText(e, { name: ({ parts }) => this.nameText(parts) })}"`,
      }
      const condition = `UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_${place}` as const
      throw new MillraceError(condition, parameters, { origin: node.origin })
    })
  }
}
