import { BOOLEAN } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { reference } from '../plan/expression/build.js'
import type { AggregateCall, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { canonicalAggregateText, canonicalText } from '../plan/expression/same.js'
import { referencesOf } from '../plan/expression/transform.js'
import { attributeOf } from '../plan/logical/output.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { expectType } from './coercion.js'
import { type ExpressionContext, resolveExpression } from './expressions.js'
import { AGGREGATES } from './functions/aggregate.js'
import { checkArity } from './functions/definition.js'
import { isAggregate } from './functions/registry.js'
import { lookUp, type Scope } from './scope.js'
import { unresolvedText } from './unresolved-text.js'

/** Whether an expression holds an aggregate function. */
export function hasAggregate(e: UnresolvedExpression): boolean {
  switch (e.kind) {
    case 'function':
      return isAggregate(e.name) || e.args.some(hasAggregate)
    case 'cast':
    case 'alias':
    case 'extractValue':
    case 'sortOrder':
      return hasAggregate(e.child)
    case 'case':
      return (
        e.branches.some((b) => hasAggregate(b.when) || hasAggregate(b.value)) ||
        (e.otherwise !== undefined && hasAggregate(e.otherwise))
      )
    case 'in':
      return hasAggregate(e.child) || e.list.some(hasAggregate)
    case 'literal':
    case 'attribute':
    case 'star':
      return false
  }
}

/**
 * The keys and aggregates of a GROUP BY while expressions above it are resolved: what equals a key refers to it, each aggregate is
 * computed once however often it is written, and anything else on columns of the input is an error.
 */
export class Grouping {
  readonly keys: readonly NamedExpression[]
  readonly #aggregates = new Map<string, AggregateCall>()
  readonly #keysByText: ReadonlyMap<string, NamedExpression>
  readonly #input: Scope
  readonly #nextId: () => ExprId

  constructor(keys: readonly NamedExpression[], input: Scope, nextId: () => ExprId) {
    this.keys = keys
    this.#input = input
    this.#nextId = nextId
    this.#keysByText = new Map(keys.map((key) => [canonicalText(key.expression), key]))
  }

  get aggregates(): readonly AggregateCall[] {
    return [...this.#aggregates.values()]
  }

  /** How expressions above the GROUP BY are resolved. @throws MISSING_AGGREGATION */
  context(clause: string): ExpressionContext {
    return { scope: this.#input, clause, intercept: (e) => this.#intercept(e) }
  }

  #intercept(e: UnresolvedExpression): Expression | undefined {
    if (e.kind === 'function' && isAggregate(e.name)) return this.#aggregate(e)
    if (e.kind === 'literal' || e.kind === 'alias' || hasAggregate(e)) return undefined
    if (e.kind === 'attribute' && !lookUp(this.#input, e.parts, e.origin)) {
      // `window.end` above `group by window(…)`: a key that is a column only from here on.
      const ofKey = lookUp({ attributes: this.keys.map(attributeOf) }, e.parts, e.origin)
      if (ofKey) return ofKey
    }
    const below = resolveExpression(e, { scope: this.#input, clause: 'SELECT' })
    const key = this.#keysByText.get(canonicalText(below))
    if (key)
      return reference(
        { id: key.id, name: key.name, type: key.expression.type, nullable: key.expression.nullable },
        e.origin,
      )
    if (referencesOf(below).size === 0) return below
    if (e.kind !== 'attribute') return this.#fieldOfKey(below)
    const field = this.#fieldOfKey(below)
    if (field) return field
    throw new MillraceError('MISSING_AGGREGATION', { expression: `"${unresolvedText(e)}"` }, { origin: e.origin })
  }

  /** `window.start` where `window` is a key. */
  #fieldOfKey(below: Expression): Expression | undefined {
    if (below.kind !== 'getField') return undefined
    const key = this.#keysByText.get(canonicalText(below.child))
    if (!key) {
      const child = this.#fieldOfKey(below.child)
      return child && Object.freeze({ ...below, child })
    }
    const { id, name, expression } = key
    return Object.freeze({
      ...below,
      child: reference({ id, name, type: expression.type, nullable: expression.nullable }),
    })
  }

  #aggregate(e: Extract<UnresolvedExpression, { kind: 'function' }>): Expression {
    const context: ExpressionContext = { scope: this.#input, clause: 'an aggregate function' }
    const site = { name: e.name, sql: unresolvedText(e), origin: e.origin }
    const definition = AGGREGATES[e.name]!
    const written = e.name === 'count' && e.args[0]?.kind === 'star' ? [] : e.args
    if (e.name !== 'count' || e.args.length === 0)
      checkArity(e.name === 'count' ? { minArgs: 1, maxArgs: 1 } : definition, written.length, site)
    if (e.distinct)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${e.name}(DISTINCT …)` }, { origin: e.origin })
    const shape = definition.build(
      written.map((arg) => resolveExpression(arg, context)),
      site,
    )
    const filter = e.filter && expectType(resolveExpression(e.filter, context), BOOLEAN, 0, site.sql, e.origin)
    const call: AggregateCall = Object.freeze({
      ...shape,
      id: this.#nextId(),
      name: site.sql,
      distinct: false,
      ...(filter ? { filter } : {}),
      ...(e.origin ? { origin: e.origin } : {}),
    })
    const text = canonicalAggregateText(call)
    const existing = this.#aggregates.get(text) ?? call
    this.#aggregates.set(text, existing)
    return reference(existing, e.origin)
  }
}
