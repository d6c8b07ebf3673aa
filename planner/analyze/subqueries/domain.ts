import { isOrderable } from '../../../columnar/orderable-types.js'
import { isCollated } from '../../../columnar/text-types.js'
import { BOOLEAN } from '../../../columnar/types.js'
import type { MillraceError } from '../../../common/errors/millrace-error.js'
import { substitute } from '../../optimize/expressions.js'
import { call, conjunction, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalJoin, LogicalPlan, LogicalUnion } from '../../plan/logical/plan.js'
import { mapExpressions } from '../../plan/logical/transform.js'
import { keep } from '../names/visible.js'
import { isCorrelated, nodeUsesOuter } from './correlation.js'
import { numberedRows, numbersMembers } from './members.js'
import { nothingOf, ofNothing } from './one-row.js'
import { limitPerKey, type OpenLimit, openLimit, windowPerKey } from './per-key.js'

/** The columns of the query around that a subquery uses, each as the column that has its value in a relation. */
type Columns = ReadonlyMap<ExprId, Attribute>

interface WithDomain {
  readonly plan: LogicalPlan
  readonly columns: Columns
  /** Which member a row belongs to, as a number; undefined where rows are not numbered, or where what is above the members hides it. */
  readonly member?: Attribute
}

/**
 * The domain of a subquery: each combination of values once that the columns it uses have in the query around it. A subquery over every member
 * of its domain at once needs that query no more; where nothing simpler does, it is rewritten to this from the leaves up.
 */
export class Domain {
  readonly #over: LogicalPlan
  readonly #used: readonly Attribute[]
  readonly #ids: ReadonlySet<ExprId>
  readonly #nextId: () => ExprId
  readonly #refuse: (what: string) => MillraceError
  readonly #isNumbered: boolean

  /** @param over the relation around, or any that has all values of the columns used */
  constructor(
    over: LogicalPlan,
    used: readonly Attribute[],
    nextId: () => ExprId,
    refuse: (what: string) => MillraceError,
    isNumbered = false,
  ) {
    this.#isNumbered = isNumbered
    this.#over = over
    this.#used = used
    this.#ids = new Set(used.map(({ id }) => id))
    this.#nextId = nextId
    this.#refuse = refuse
  }

  /** The rows of a relation for each member of the domain. @throws UNSUPPORTED_FEATURE */
  join(plan: LogicalPlan): WithDomain {
    // One text would stand for all that are equal to it.
    if (this.#used.some(({ type }) => isCollated(type))) throw this.#refuse('texts with collations')
    if (!isCorrelated(plan, this.#ids)) return this.#times(plan)
    switch (plan.kind) {
      case 'filter':
      case 'expand':
      case 'replicate': {
        const { plan: input, ...domain } = this.join(plan.input)
        return { plan: over(plan, { input }, domain.columns), ...domain }
      }
      case 'project': {
        const { plan: input, ...domain } = this.join(plan.input)
        const { projections } = over(plan, { input }, domain.columns)
        const number = domain.member ? [keep(domain.member)] : []
        const all = [...projections, ...kept(domain.columns), ...number]
        return { plan: Object.freeze({ ...plan, input, projections: all }), ...domain }
      }
      case 'sort':
      case 'repartition':
        // A relation that stands in another has no order, and where its rows are does not matter.
        return this.join(plan.input)
      case 'aggregate':
        return plan.keys.length > 0 ? this.#grouped(plan) : this.#aggregated(plan)
      case 'join':
        return plan.type === 'full' ? this.#fullJoin(plan) : this.#join(plan)
      case 'union':
        return this.#union(plan)
      case 'limit': {
        const open = openLimit(plan)
        return 'kind' in open ? this.join(open) : this.#limit(open)
      }
      case 'window': {
        const { plan: input, ...domain } = this.join(plan.input)
        const { columns } = domain
        return { plan: windowPerKey(over(plan, { input }, columns), this.#divisors(domain), this.#nextId), columns }
      }
      case 'sample':
        throw this.#refuse('TABLESAMPLE')
      case 'draw': {
        if (!numbersMembers(plan)) throw this.#refuse('random values')
        const { plan: input, columns } = this.join(plan.input)
        return { plan: over(plan, { input }, columns), columns }
      }
      case 'evaluate':
      case 'mapPartitions':
        throw this.#refuse('functions of the user')
      case 'values':
      case 'observe':
      case 'watermark':
      case 'deduplicate':
      case 'cached':
      case 'scan':
      case 'local':
      case 'oneRow':
      case 'range':
        throw this.#refuse(plan.kind)
    }
  }

  /** The members of the domain, under ids of their own: where it stands twice in a plan, these are not the same columns. */
  #members(): WithDomain {
    const keys = this.#used.map((a): NamedExpression => {
      const { qualifier: _, ...named } = keep(a)
      return Object.freeze({ ...named, id: this.#nextId() })
    })
    const plan: LogicalPlan = Object.freeze({ kind: 'aggregate', input: this.#over, keys, aggregates: [] })
    return { plan, columns: new Map(this.#used.map(({ id }, i) => [id, attributeOf(keys[i]!)])) }
  }

  #times(plan: LogicalPlan): WithDomain {
    const { plan: members, columns } = this.#members()
    const numbered = this.#isNumbered ? numberedRows(members, this.#nextId) : undefined
    const joined = Object.freeze({ kind: 'join', type: 'inner', left: numbered?.plan ?? members, right: plan } as const)
    return { plan: joined, columns, ...(numbered ? { member: numbered.number } : {}) }
  }

  #grouped(plan: LogicalAggregate): WithDomain {
    const { plan: input, columns } = this.join(plan.input)
    const { keys, aggregates } = over(plan, { input }, columns)
    return { plan: Object.freeze({ kind: 'aggregate', input, keys: [...keys, ...kept(columns)], aggregates }), columns }
  }

  /** An aggregate without GROUP BY has a row for every member, also for those of which nothing is left below it. */
  #aggregated(plan: LogicalAggregate): WithDomain {
    const { plan: input, columns: below } = this.join(plan.input)
    const named = over(plan, { input }, below).aggregates.map((a) => Object.freeze({ ...a, id: this.#nextId() }))
    const groups: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: kept(below), aggregates: named })
    const { plan: members, columns } = this.#members()
    const condition = conjunction(this.#same(columns, below))!
    const matched: LogicalPlan = Object.freeze({ kind: 'join', type: 'left', left: members, right: groups, condition })
    const nothing = nothingOf(named, this.#nextId)
    const joined: LogicalPlan = nothing
      ? Object.freeze({ kind: 'join', type: 'inner', left: matched, right: nothing.plan })
      : matched
    const results = plan.aggregates.map(({ id, name }, i): NamedExpression => {
      const result = ofNothing(named[i]!, reference({ ...named[i]!, nullable: true }), nothing)
      return Object.freeze({ id, name, expression: result })
    })
    const projections = [...results, ...kept(columns)]
    return { plan: Object.freeze({ kind: 'project', input: joined, projections }), columns }
  }

  /** Of each member so many rows. */
  #limit(open: OpenLimit): WithDomain {
    const { plan: input, ...domain } = this.join(open.input)
    const { columns } = domain
    const values = new Map([...columns].map(([id, column]) => [id, reference(column)]))
    const orders = open.orders.map((order) => ({ ...order, expression: substitute(order.expression, values) }))
    return { plan: limitPerKey({ ...open, orders }, input, this.#divisors(domain), this.#nextId), columns }
  }

  /** What tells the rows of one member from those of another where rows are sorted by it. @throws UNSUPPORTED_FEATURE */
  #divisors({ columns, member }: Omit<WithDomain, 'plan'>): readonly Attribute[] {
    if (this.#used.every(({ type }) => isOrderable(type))) return [...columns.values()]
    if (!member) throw this.#refuse('windows and LIMIT for each value of a type without an order')
    return [member]
  }

  #same(a: Columns, b: Columns): readonly Expression[] {
    return this.#used.map(({ id }) => call('eq_null_safe', BOOLEAN, [reference(a.get(id)!), reference(b.get(id)!)]))
  }

  #join(plan: LogicalJoin): WithDomain {
    const isRightCorrelated = isCorrelated(plan.right, this.#ids)
    if (plan.type === 'inner' && !isCorrelated(plan.left, this.#ids) && isRightCorrelated) {
      const { plan: right, columns } = this.join(plan.right)
      return { plan: over(plan, { left: plan.left, right }, columns), columns }
    }
    const { plan: left, columns } = this.join(plan.left)
    if (!isRightCorrelated) return { plan: over(plan, { left, right: plan.right }, columns), columns }
    const { plan: right, columns: ofRight } = this.join(plan.right)
    const joined = over(plan, { left, right }, columns)
    return { plan: withConditions(joined, this.#same(columns, ofRight)), columns }
  }

  /** Rows without a match of either side are there for every member of the domain. */
  #fullJoin(plan: LogicalJoin): WithDomain {
    const [left, right] = [this.join(plan.left), this.join(plan.right)]
    const joined = over(plan, { left: left.plan, right: right.plan }, left.columns)
    const input = withConditions(joined, this.#same(left.columns, right.columns))
    const either = this.#used.map((a): NamedExpression => {
      const sides = [left, right].map(({ columns }) => reference({ ...columns.get(a.id)!, nullable: true }))
      const expression = call('coalesce', a.type, sides, { nullable: a.nullable })
      return Object.freeze({ id: this.#nextId(), name: a.name, expression })
    })
    const columns = new Map(this.#used.map(({ id }, i) => [id, attributeOf(either[i]!)]))
    const projections = [...outputOf(plan).map(keep), ...either]
    return { plan: Object.freeze({ kind: 'project', input, projections }), columns }
  }

  #union(plan: LogicalUnion): WithDomain {
    const all = plan.inputs.map((input) => ({ ...this.join(input), shown: outputOf(input) }))
    const inputs = all.map(({ plan: input, columns, shown }): LogicalPlan => {
      const projections = [...shown.map(keep), ...kept(columns)]
      return Object.freeze({ kind: 'project', input, projections })
    })
    const own = this.#used.map((a): Attribute => {
      const { qualifier: _, ...column } = a
      return Object.freeze({ ...column, id: this.#nextId() })
    })
    const columns = new Map(this.#used.map(({ id }, i) => [id, own[i]!]))
    return { plan: Object.freeze({ ...plan, inputs, output: [...plan.output, ...own] }), columns }
  }
}

const kept = (columns: Columns): readonly NamedExpression[] => [...columns.values()].map(keep)

/** A node over other inputs, which have the columns of the query around that it uses. */
function over<P extends LogicalPlan>(plan: P, inputs: Partial<P>, columns: Columns): P {
  const values = new Map([...columns].map(([id, column]) => [id, reference(column)]))
  const rewritten = nodeUsesOuter(plan, new Set(values.keys()))
    ? mapExpressions(plan, (e) => substitute(e, values))
    : plan
  return Object.freeze({ ...(rewritten as P), ...inputs })
}

function withConditions(join: LogicalJoin, more: readonly Expression[]): LogicalJoin {
  const condition = conjunction([...(join.condition ? [join.condition] : []), ...more])
  return Object.freeze({ ...join, ...(condition ? { condition } : {}) })
}
