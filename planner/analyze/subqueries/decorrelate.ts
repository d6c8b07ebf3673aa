import { BOOLEAN } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan, LogicalWindow } from '../../plan/logical/plan.js'
import { withInput } from '../../plan/logical/transform.js'
import { keep } from '../names/visible.js'
import { isCorrelated, nodeUsesOuter, type OuterIds, outerReferences, usesOuter } from './correlation.js'
import { Domain } from './domain.js'
import { digestOf, memberMark, valueOfGroup } from './members.js'
import { limitPerKey, type OpenLimit, openLimit, windowPerKey } from './per-key.js'

/** A subquery without columns of the query around it, and the conditions that used them, over its output and that query's columns. */
export interface Decorrelated {
  readonly plan: LogicalPlan
  readonly conditions: readonly Expression[]
  readonly member?: Member
}

/** What tells the member of a domain that a row belongs to, and the columns of conditions that are the same for all rows of it. */
interface Member {
  readonly mark: Attribute
  readonly columns: ReadonlySet<ExprId>
}

/**
 * Takes the conditions of a subquery that use columns of the query around it out of it, so that they can be those of a join. Columns they
 * need are output too. Below a GROUP BY only equality can be taken out, by making its inner side a key as well. What cannot be taken out is
 * joined with the domain of these columns, and the condition is that the row is of their values.
 */
export class Decorrelator {
  readonly #around: LogicalPlan
  readonly #outer: OuterIds
  readonly #nextId: () => ExprId
  readonly #origin: Origin | undefined

  /** @param around the relation that has the columns of the query around, or more rows than that */
  constructor(around: LogicalPlan, outer: OuterIds, nextId: () => ExprId, origin: Origin | undefined) {
    this.#around = around
    this.#outer = outer
    this.#nextId = nextId
    this.#origin = origin
  }

  /** @throws UNSUPPORTED_FEATURE */
  pull(plan: LogicalPlan): Decorrelated {
    if (!isCorrelated(plan, this.#outer)) return { plan, conditions: [] }
    switch (plan.kind) {
      case 'filter':
        return this.#filter(plan)
      case 'project':
        return this.#project(plan)
      case 'aggregate':
        if (plan.keys.length === 0 || nodeUsesOuter(plan, this.#outer)) return this.#byDomain(plan)
        return this.grouped(plan.input, plan.keys, plan.aggregates)
      case 'join':
        return this.#join(plan)
      case 'sort':
      case 'repartition':
        // The order of rows does not matter to whether there is one.
        return this.pull(plan.input)
      case 'sample':
        throw this.refuse('TABLESAMPLE')
      case 'evaluate':
      case 'mapPartitions':
        throw this.refuse('functions of the user')
      case 'window':
        return this.#window(plan)
      case 'limit': {
        const open = openLimit(plan)
        return 'kind' in open ? this.pull(open) : this.#limit(open)
      }
      case 'draw':
      case 'union':
      case 'replicate':
        return this.#byDomain(plan)
      case 'expand': {
        // Each copy of a row has its columns.
        const { plan: input, conditions } = this.pull(plan.input)
        return { plan: withInput(plan, input), conditions }
      }
      case 'values':
      case 'observe':
      case 'watermark':
      case 'deduplicate':
      case 'cached':
      case 'scan':
      case 'local':
      case 'oneRow':
      case 'range':
        return this.#byDomain(plan)
    }
  }

  /** The same where it only matters whether there are rows: of members that are told by marks one row each. */
  matches(plan: LogicalPlan): Decorrelated {
    const pulled = this.pull(plan)
    return pulled.member ? this.grouped(plan, [], [], [], pulled) : pulled
  }

  #byDomain(plan: LogicalPlan): Decorrelated {
    const attributes = new Map(outputOf(this.#around).map((a) => [a.id, a]))
    const used = [...new Set(outerReferences(plan, this.#outer))].map((id) => {
      const attribute = attributes.get(id)
      if (!attribute) throw this.refuse('aggregates of that query')
      return attribute
    })
    const mark = memberMark(this.#around, used)
    const domain = new Domain(this.#around, used, this.#nextId, (what) => this.refuse(what), mark)
    const { plan: whole, columns, member } = domain.join(plan)
    const same = (column: Attribute, value: Expression): Expression =>
      call('eq_null_safe', BOOLEAN, [reference(column), value], { origin: this.#origin })
    // Digests are compared and nothing else, so that no condition has columns of the members.
    if (member && mark === 'digest')
      return { plan: whole, conditions: [same(member, digestOf(used))], member: { mark: member, columns: new Set() } }
    const conditions = used.map((a) => same(columns.get(a.id)!, reference(a)))
    if (!member) return { plan: whole, conditions }
    return {
      plan: whole,
      conditions,
      member: { mark: member, columns: new Set([...columns.values()].map(({ id }) => id)) },
    }
  }

  #window(plan: LogicalWindow): Decorrelated {
    const keyed = nodeUsesOuter(plan, this.#outer) ? undefined : this.#keyed(plan.input)
    if (!keyed) return this.#byDomain(plan)
    return {
      plan: windowPerKey({ ...plan, input: keyed.plan }, keyed.keys, this.#nextId),
      conditions: keyed.conditions,
    }
  }

  #limit(open: OpenLimit): Decorrelated {
    const usesOuterInOrder = open.orders.some(({ expression }) => usesOuter(expression, this.#outer))
    const keyed = usesOuterInOrder ? undefined : this.#keyed(open.input)
    if (!keyed) return this.#byDomain(open.limit)
    return { plan: limitPerKey(open, keyed.plan, keyed.keys, this.#nextId), conditions: keyed.conditions }
  }

  /** A relation whose rows belong to those around by keys alone: what its conditions compare is columns of it. Undefined where they do more. */
  #keyed(input: LogicalPlan): (Decorrelated & { readonly keys: readonly Attribute[] }) | undefined {
    const { plan, conditions, member } = this.pull(input)
    const equalities = conditions.map((c) => (this.#usesInner(c) ? this.#equality(c) : undefined))
    if (conditions.some((c, i) => this.#usesInner(c) && !equalities[i])) return undefined
    const columns = equalities.map((equality) => equality && this.#key(equality.inner))
    const added = columns.flatMap((column) => (column && column.expression.kind !== 'attribute' ? [column] : []))
    const whole: LogicalPlan =
      added.length === 0
        ? plan
        : Object.freeze({
            kind: 'project',
            input: plan,
            projections: [...outputOf(plan).map(keep), ...added],
          })
    const keys = columns.map((column) => column && attributeOf(column))
    const told = keys.flatMap((key) => (key && !member?.columns.has(key.id) ? [key] : []))
    return {
      plan: whole,
      keys: member ? [...told, member.mark] : told,
      conditions: conditions.map((condition, i) => {
        const equality = equalities[i]
        if (!equality) return condition
        const sides = [reference(keys[i]!), equality.outer]
        return call(equality.fn, condition.type, sides, { origin: condition.origin })
      }),
    }
  }

  /** Groups of a subquery's rows by keys and by what its conditions, and others, compare with the query around. */
  grouped(
    input: LogicalPlan,
    keys: readonly NamedExpression[],
    aggregates: readonly AggregateCall[],
    others: readonly Expression[] = [],
    pulled = this.pull(input),
  ): Decorrelated {
    const canGroup = pulled.conditions.every((c) => !this.#usesInner(c) || this.#equality(c))
    const { plan, conditions, member } = canGroup ? pulled : this.#byDomain(input)
    const all = member ? [...keys, keep(member.mark)] : [...keys]
    const values: AggregateCall[] = []
    const rewritten = [...conditions, ...others].map((condition) => {
      const equality = this.#usesInner(condition) ? this.#equality(condition) : undefined
      if (!equality) return condition
      const { fn, inner, outer } = equality
      if (inner.kind === 'attribute' && member?.columns.has(inner.id)) {
        const value = valueOfGroup(inner, this.#nextId)
        values.push(value)
        return call(fn, condition.type, [reference(value), outer], { origin: condition.origin })
      }
      const isKey = (key: NamedExpression): boolean =>
        inner.kind === 'attribute' && key.expression.kind === 'attribute' && key.expression.id === inner.id
      const known = all.find(isKey)
      const key = known ?? this.#key(inner)
      if (!known) all.push(key)
      return call(fn, condition.type, [reference(attributeOf(key)), outer], { origin: condition.origin })
    })
    const computed = [...aggregates, ...values]
    return {
      plan: Object.freeze({ kind: 'aggregate', input: plan, keys: all, aggregates: computed }),
      conditions: rewritten,
    }
  }

  #key(expression: Expression): NamedExpression {
    if (expression.kind === 'attribute') return Object.freeze({ id: expression.id, name: expression.name, expression })
    return Object.freeze({ id: this.#nextId(), name: '_correlated', expression })
  }

  #usesInner(e: Expression): boolean {
    return [...referencesOf(e)].some((id) => !this.#outer.has(id))
  }

  /** The sides of a comparison that can be one of keys. */
  #equality(
    condition: Expression,
  ): { readonly fn: 'eq' | 'eq_null_safe'; inner: Expression; outer: Expression } | undefined {
    if (condition.kind === 'call' && (condition.fn === 'eq' || condition.fn === 'eq_null_safe')) {
      const [a, b] = condition.args as readonly [Expression, Expression]
      const { fn } = condition
      if (!usesOuter(a, this.#outer) && !this.#usesInner(b)) return { fn, inner: a, outer: b }
      if (!usesOuter(b, this.#outer) && !this.#usesInner(a)) return { fn, inner: b, outer: a }
    }
    return undefined
  }

  #filter(plan: Extract<LogicalPlan, { kind: 'filter' }>): Decorrelated {
    const { plan: input, conditions, ...rest } = this.pull(plan.input)
    const [outer, own]: [Expression[], Expression[]] = [[], []]
    for (const c of conjuncts(plan.condition)) (usesOuter(c, this.#outer) ? outer : own).push(c)
    const condition = conjunction(own)
    const filtered: LogicalPlan = condition ? Object.freeze({ kind: 'filter', input, condition }) : input
    return { plan: filtered, conditions: [...conditions, ...outer], ...rest }
  }

  #project(plan: Extract<LogicalPlan, { kind: 'project' }>): Decorrelated {
    if (nodeUsesOuter(plan, this.#outer)) return this.#byDomain(plan)
    const { plan: input, conditions, member } = this.pull(plan.input)
    const shown = new Set(plan.projections.map(({ id }) => id))
    const needed = new Set(conditions.flatMap((c) => [...referencesOf(c)]))
    if (member) needed.add(member.mark.id)
    const added = outputOf(input).filter(({ id }) => needed.has(id) && !shown.has(id))
    const projections = [...plan.projections, ...added.map(keep)]
    return { plan: Object.freeze({ kind: 'project', input, projections }), conditions, ...(member ? { member } : {}) }
  }

  #join(plan: LogicalJoin): Decorrelated {
    if (plan.type !== 'inner') {
      const isLeftOnly = plan.type !== 'full' && !isCorrelated(plan.right, this.#outer)
      if (!isLeftOnly || nodeUsesOuter(plan, this.#outer)) return this.#byDomain(plan)
      const left = this.pull(plan.left)
      return { plan: Object.freeze({ ...plan, left: left.plan }), conditions: left.conditions }
    }
    const [left, right] = [this.pull(plan.left), this.pull(plan.right)]
    const [outer, own]: [Expression[], Expression[]] = [[], []]
    for (const c of plan.condition ? conjuncts(plan.condition) : []) (usesOuter(c, this.#outer) ? outer : own).push(c)
    const { condition: _replaced, ...rest } = plan
    const condition = conjunction(own)
    return {
      plan: Object.freeze({ ...rest, left: left.plan, right: right.plan, ...(condition ? { condition } : {}) }),
      conditions: [...left.conditions, ...right.conditions, ...outer],
    }
  }

  refuse(what: string): MillraceError {
    const feature = `a subquery that uses columns of the outer query together with ${what}`
    return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: this.#origin })
  }
}
