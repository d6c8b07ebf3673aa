import { BINARY, BOOLEAN, type DataType } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, conjunction, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import type { AggregateFunction, ScalarFunction } from '../../plan/expression/functions.js'
import { canonicalAggregateText, canonicalText } from '../../plan/expression/same.js'
import { referencesOf, transformUp } from '../../plan/expression/transform.js'
import type { LogicalAggregate, LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression, siteOf } from '../expressions.js'
import type { AggregateShape } from '../functions/aggregates/definition.js'
import type { Clause } from '../misplaced.js'
import { isOuter, lookUp, type OuterGroups, type Scope, type UnresolvedCall, unresolved } from '../names/scope.js'
import { refuseOuterArguments } from '../subqueries/outer-aggregate.js'
import type { Subqueries } from '../subqueries/subqueries.js'
import { bringsSubquery, nodesOf, operandsOf, writtenText } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'
import { aggregateFilter } from './aggregate-arguments.js'
import { aggregateValue } from './aggregate-call.js'
import { columnOf, type GroupKey, type GroupKeys } from './group-keys.js'
import { GroupingSets } from './grouping-sets.js'
import { asksForSet, hasAggregate, isAggregateCall } from './of-group.js'

/** What is the same of values and of the set of them. */
const SAME_OF_SETS: ReadonlySet<AggregateFunction> = new Set(['min', 'max', 'first', 'last'])

/** Functions whose operands may be exchanged: `1 + a` is the key `a + 1`, as in Spark. */
const COMMUTATIVE: ReadonlySet<ScalarFunction> = new Set(['add', 'multiply', 'and', 'or', 'eq', 'ne', 'eq_null_safe'])

/** Like `canonicalText`, whatever the order of operands that may be exchanged. */
function unorderedText(e: Expression): string {
  if (e.kind === 'attribute') return canonicalText(e)
  const ordered = transformUp(e, (node) => {
    if (node.kind !== 'call' || !COMMUTATIVE.has(node.fn)) return node
    const byText = node.args.map((arg) => ({ arg, text: canonicalText(arg) }))
    byText.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    return { ...node, args: byText.map(({ arg }) => arg) }
  })
  return canonicalText(ordered)
}

/**
 * The keys and aggregates of a GROUP BY while expressions above it are resolved: what equals a key refers to it, each aggregate is
 * computed once however often it is written, and anything else on columns of the input is an error.
 */
export class Grouping implements OuterGroups {
  readonly keys: readonly GroupKey[]
  readonly input: Scope
  readonly #written: GroupKeys['written']
  readonly #sets: GroupingSets | undefined
  readonly #aggregates = new Map<string, AggregateCall>()
  readonly #keysByText: ReadonlyMap<string, GroupKey>
  readonly #below: Subqueries
  readonly #nextId: () => ExprId
  readonly #types = new Map<UnresolvedExpression, DataType>()
  #keyScope: Scope | undefined

  /** @param below subqueries that stand in the arguments of aggregates */
  constructor(groupKeys: GroupKeys, input: Scope, below: Subqueries, nextId: () => ExprId) {
    const { keys, sets, written } = groupKeys
    this.keys = keys
    this.input = input
    this.#written = written
    this.#sets = sets && new GroupingSets(groupKeys, sets, nextId)
    this.#below = below
    this.#nextId = nextId
    this.#keysByText = new Map(keys.map((key) => [unorderedText(key.expression), key]))
  }

  get aggregates(): readonly AggregateCall[] {
    return [...this.#aggregates.values()]
  }

  /** The rows that are grouped, and the keys that they are grouped by. */
  rows(input: LogicalPlan): Pick<LogicalAggregate, 'input' | 'keys'> {
    return (
      this.#sets?.expanded(input) ?? { input, keys: this.keys.map(({ isLeftOut: _, ...key }) => Object.freeze(key)) }
    )
  }

  /**
   * How expressions above the GROUP BY are resolved. Above its select list, which has the columns `shown`, other columns are not known at all.
   * @throws MISSING_AGGREGATION, UNRESOLVED_COLUMN.*
   */
  context(clause: Clause, shown?: readonly Attribute[]): ExpressionContext {
    return {
      scope: this.input,
      clause,
      types: this.#types,
      intercept: (e) => this.#intercept(e, shown),
      column: ({ name, expression }, origin) =>
        this.#keyFor(expression, name, origin) ?? this.#throwUngrouped(`"${name}"`, origin),
    }
  }

  #intercept(e: UnresolvedExpression, shown: readonly Attribute[] | undefined): Expression | undefined {
    if (e.kind === 'function' && isAggregateCall(e)) return this.aggregate(e)
    const ofSet = this.#ofSet(e)
    if (ofSet) return ofSet
    if (e.kind === 'literal' || e.kind === 'alias') return undefined
    const nodes = nodesOf(e)
    if (nodes.some((node) => isAggregateCall(node) || asksForSet(node) || node.kind === 'window')) return undefined
    if (nodes.some(bringsSubquery)) {
      const key = this.#written.get(writtenText(e))
      return key && reference(columnOf(key), e.origin)
    }
    if (nodes.some((node) => this.#isUnknown(node))) {
      // `window.end` above `group by window(…)`: a key that is a column only from here on. Other names are for whoever asked.
      return e.kind === 'attribute' ? lookUp({ attributes: this.keys.map(columnOf) }, e) : undefined
    }
    const below = resolveExpression(e, { scope: this.input, clause: 'SELECT', types: this.#types })
    const key = this.#keyFor(below, e.kind === 'attribute' ? e.parts.at(-1) : undefined, e.origin)
    if (key) return key
    if ([...referencesOf(below)].every((id) => isOuter(this.input, id))) return below
    const field = this.#fieldOfKey(below)
    if (field || e.kind !== 'attribute') return field
    if (shown) throw unresolved({ attributes: [...shown, ...this.#added(shown)] }, e)
    return this.#throwUngrouped(`"${unresolvedText(e)}"`, e.origin)
  }

  /** The aggregates that no column shows. */
  #added(shown: readonly Attribute[]): readonly Attribute[] {
    const names = new Set(shown.map(({ name }) => name))
    return this.aggregates
      .filter(({ name }) => !names.has(name))
      .map(({ id, name, type, nullable }) => ({ id, name, type, nullable }))
  }

  /** The columns of the input that are keys, as subqueries above the GROUP BY may use them. */
  get keyScope(): Scope {
    this.#keyScope ??= this.#scopeOfKeys()
    return this.#keyScope
  }

  #scopeOfKeys(): Scope {
    const columns = new Map(
      this.keys.flatMap((key) => (key.expression.kind === 'attribute' ? [[key.expression.id, columnOf(key)]] : [])),
    )
    const attributes = this.input.attributes
      .filter((a) => columns.has(a.id))
      .map((a) => ({ ...a, id: columns.get(a.id)!.id, nullable: columns.get(a.id)!.nullable }))
    return { ...this.input, attributes }
  }

  /** Whether a name is that of a key. */
  isKey(e: Extract<UnresolvedExpression, { kind: 'attribute' }>): boolean {
    const column = lookUp({ ...this.input, ambiguousIsUnknown: true }, e)
    return column !== undefined && this.#keyFor(column, undefined, e.origin) !== undefined
  }

  #isUnknown(e: UnresolvedExpression): boolean {
    return e.kind === 'attribute' && lookUp(this.input, e) === undefined
  }

  /** The key that computes the same, under the name as written if there is one. */
  #keyFor(below: Expression, written: string | undefined, origin: Origin | undefined): Expression | undefined {
    const key = this.#keysByText.get(unorderedText(below))
    if (!key) return undefined
    return reference({ ...columnOf(key), name: written ?? key.name }, origin)
  }

  #throwUngrouped(expression: string, origin: Origin | undefined): never {
    const condition = this.keys.length === 0 ? 'MISSING_GROUP_BY' : 'MISSING_AGGREGATION'
    throw new MillraceError(
      condition,
      { expression, expressionAnyValue: `"any_value(${expression.slice(1, -1)})"` },
      { origin },
    )
  }

  /** `window.start` where `window` is a key. */
  #fieldOfKey(below: Expression): Expression | undefined {
    if (below.kind !== 'getField') return undefined
    const key = this.#keysByText.get(unorderedText(below.child))
    if (!key) {
      const child = this.#fieldOfKey(below.child)
      return child && Object.freeze({ ...below, child })
    }
    return Object.freeze({ ...below, child: reference(columnOf(key)), nullable: below.nullable || key.isLeftOut })
  }

  /** What asks for the grouping set of a row. */
  #ofSet(e: UnresolvedExpression): Expression | undefined {
    if (!this.#sets || !asksForSet(e) || (e.kind === 'attribute' && !this.#isUnknown(e))) return undefined
    return this.#sets.valueOf(e, (arg) => resolveExpression(arg, { scope: this.input, clause: 'SELECT' }))
  }

  aggregate(e: UnresolvedCall): Expression {
    if (this.input.outer && !operandsOf(e).some(hasAggregate)) refuseOuterArguments(e, this.input)
    const context: ExpressionContext = {
      scope: this.input,
      clause: 'an aggregate function',
      types: this.#types,
      intercept: (part) => this.#ofSet(part),
      subqueries: this.#below,
    }
    const written = e.filter && [aggregateFilter(e.filter, e.origin, context)]
    return aggregateValue(e, context, siteOf(e, e.name, this.#types), (shape) => this.#of(e, shape, written ?? []))
  }

  /** The result of an aggregate of the plan that a call is made of. */
  #of(e: UnresolvedCall, shape: AggregateShape, filters: readonly Expression[]): Expression {
    const { fn, fold, finish, shortened, args } = shape
    const present = shape.ignoresNulls ? [call('is_not_null', BOOLEAN, args)] : []
    const filter = conjunction([...filters, ...present])
    const aggregate: AggregateCall = Object.freeze({
      id: this.#nextId(),
      name: unresolvedText(e),
      fn,
      ...(fold ? { fold } : {}),
      ...(shortened ? { shortened } : {}),
      args,
      type: finish ? BINARY : shape.type,
      nullable: finish ? false : shape.nullable,
      distinct: e.distinct === true && !SAME_OF_SETS.has(fn),
      ...(filter ? { filter } : {}),
      ...(e.origin ? { origin: e.origin } : {}),
    })
    const text = canonicalAggregateText(aggregate)
    const existing = this.#aggregates.get(text) ?? aggregate
    this.#aggregates.set(text, existing)
    const value = reference(existing, e.origin)
    return finish ? ofColumn(finish, value) : value
  }
}

/** An expression over one column, which is given. */
const ofColumn = (e: Expression, value: Expression): Expression =>
  transformUp(e, (node) => (node.kind === 'bound' ? value : node))
