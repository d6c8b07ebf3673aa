import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { keep } from '../visible.js'
import { isCorrelated, nodeUsesOuter, type OuterIds, usesOuter } from './correlation.js'

/** A subquery without columns of the query around it, and the conditions that used them, over its output and that query's columns. */
export interface Decorrelated {
  readonly plan: LogicalPlan
  readonly conditions: readonly Expression[]
}

/**
 * Takes the conditions of a subquery that use columns of the query around it out of it, so that they can be those of a join. Columns they
 * need are output too. Below a GROUP BY only equality can be taken out, by making its inner side a key as well.
 */
export class Decorrelator {
  readonly #outer: OuterIds
  readonly #nextId: () => ExprId
  readonly #origin: Origin | undefined

  constructor(outer: OuterIds, nextId: () => ExprId, origin: Origin | undefined) {
    this.#outer = outer
    this.#nextId = nextId
    this.#origin = origin
  }

  /** @throws UNSUPPORTED_FEATURE where the conditions cannot be taken out */
  pull(plan: LogicalPlan): Decorrelated {
    if (!isCorrelated(plan, this.#outer)) return { plan, conditions: [] }
    switch (plan.kind) {
      case 'filter':
        return this.#filter(plan)
      case 'project':
        return this.#project(plan)
      case 'aggregate': {
        if (plan.keys.length === 0) throw this.refuse('aggregates without GROUP BY there')
        return this.grouped(this.pull(plan.input), plan.keys, plan.aggregates)
      }
      case 'join':
        return this.#join(plan)
      case 'sort':
        // The order of rows does not matter to whether there is one.
        return this.pull(plan.input)
      case 'sample':
        throw this.refuse('TABLESAMPLE')
      case 'limit':
        throw this.refuse('LIMIT')
      case 'window':
        throw this.refuse('window functions there')
      case 'union':
      case 'replicate':
        throw this.refuse('a set operation there')
      case 'expand': {
        // Each copy of a row has its columns.
        const { plan: input, conditions } = this.pull(plan.input)
        return { plan: Object.freeze({ ...plan, input }), conditions }
      }
      case 'values':
      case 'watermark':
      case 'cached':
      case 'scan':
      case 'local':
      case 'oneRow':
      case 'range':
        throw this.refuse(plan.kind)
    }
  }

  /** Groups of a subquery's rows by keys and by what the conditions compare. @throws UNSUPPORTED_FEATURE unless they are equalities */
  grouped(
    { plan, conditions }: Decorrelated,
    keys: readonly NamedExpression[],
    aggregates: readonly AggregateCall[],
  ): Decorrelated {
    const all = [...keys]
    const rewritten = conditions.map((condition) => {
      if (!this.#usesInner(condition)) return condition
      const { fn, inner, outer } = this.#equality(condition)
      const isKey = (key: NamedExpression): boolean =>
        inner.kind === 'attribute' && key.expression.kind === 'attribute' && key.expression.id === inner.id
      const known = all.find(isKey)
      const key = known ?? this.#key(inner)
      if (!known) all.push(key)
      return call(fn, condition.type, [reference(attributeOf(key)), outer], { origin: condition.origin })
    })
    return { plan: Object.freeze({ kind: 'aggregate', input: plan, keys: all, aggregates }), conditions: rewritten }
  }

  #key(expression: Expression): NamedExpression {
    if (expression.kind === 'attribute') return Object.freeze({ id: expression.id, name: expression.name, expression })
    return Object.freeze({ id: this.#nextId(), name: '_correlated', expression })
  }

  #usesInner(e: Expression): boolean {
    return [...referencesOf(e)].some((id) => !this.#outer.has(id))
  }

  #equality(condition: Expression): { readonly fn: 'eq' | 'eq_null_safe'; inner: Expression; outer: Expression } {
    if (condition.kind === 'call' && (condition.fn === 'eq' || condition.fn === 'eq_null_safe')) {
      const [a, b] = condition.args as readonly [Expression, Expression]
      const { fn } = condition
      if (!usesOuter(a, this.#outer) && !this.#usesInner(b)) return { fn, inner: a, outer: b }
      if (!usesOuter(b, this.#outer) && !this.#usesInner(a)) return { fn, inner: b, outer: a }
    }
    throw this.refuse('another comparison than equality of a column of each below an aggregate')
  }

  #filter(plan: Extract<LogicalPlan, { kind: 'filter' }>): Decorrelated {
    const { plan: input, conditions } = this.pull(plan.input)
    const [outer, own]: [Expression[], Expression[]] = [[], []]
    for (const c of conjuncts(plan.condition)) (usesOuter(c, this.#outer) ? outer : own).push(c)
    const condition = conjunction(own)
    const filtered: LogicalPlan = condition ? Object.freeze({ kind: 'filter', input, condition }) : input
    return { plan: filtered, conditions: [...conditions, ...outer] }
  }

  #project(plan: Extract<LogicalPlan, { kind: 'project' }>): Decorrelated {
    if (nodeUsesOuter(plan, this.#outer)) throw this.refuse('columns of the outer query in its select list')
    const { plan: input, conditions } = this.pull(plan.input)
    const shown = new Set(plan.projections.map(({ id }) => id))
    const needed = new Set(conditions.flatMap((c) => [...referencesOf(c)]))
    const added = outputOf(input).filter(({ id }) => needed.has(id) && !shown.has(id))
    const projections = [...plan.projections, ...added.map(keep)]
    return { plan: Object.freeze({ kind: 'project', input, projections }), conditions }
  }

  #join(plan: LogicalJoin): Decorrelated {
    const left = this.pull(plan.left)
    if (plan.type !== 'inner') {
      const isLeftOnly = plan.type !== 'full' && !isCorrelated(plan.right, this.#outer)
      if (!isLeftOnly || nodeUsesOuter(plan, this.#outer)) throw this.refuse('an outer, semi or anti join there')
      return { plan: Object.freeze({ ...plan, left: left.plan }), conditions: left.conditions }
    }
    const right = this.pull(plan.right)
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
