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
import { type MemberMark, marked, numbersMembers, valueOfGroup } from './members.js'
import { nothingOf, ofNothing } from './one-row.js'
import { limitPerKey, type OpenLimit, openLimit, windowPerKey } from './per-key.js'

/** The columns of the query around that a subquery uses, each as the column that has its value in a relation. */
type Columns = ReadonlyMap<ExprId, Attribute>

/** The member of the domain that rows belong to. */
interface Told {
  readonly columns: Columns
  /** Which member a row belongs to; undefined where the columns tell that, or where they are numbered more than once. */
  readonly member?: Attribute | undefined
}

interface WithDomain extends Told {
  readonly plan: LogicalPlan
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
  readonly #mark: MemberMark | undefined

  /** @param over the relation around, or any that has all values of the columns used */
  constructor(
    over: LogicalPlan,
    used: readonly Attribute[],
    nextId: () => ExprId,
    refuse: (what: string) => MillraceError,
    mark?: MemberMark,
  ) {
    this.#mark = mark
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
        const all = [...projections, ...kept(domain)]
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
        return { plan: windowPerKey(over(plan, { input }, columns), this.#divisors(domain), this.#nextId), ...domain }
      }
      case 'sample':
        throw this.#refuse('TABLESAMPLE')
      case 'draw': {
        if (!numbersMembers(plan)) throw this.#refuse('random values')
        const { plan: input, ...domain } = this.join(plan.input)
        return { plan: over(plan, { input }, domain.columns), ...domain }
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

  /** The members with what tells them from each other. */
  #marked(): WithDomain {
    const { plan, columns } = this.#members()
    if (!this.#mark) return { plan, columns }
    return { ...marked(plan, [...columns.values()], this.#mark, this.#nextId), columns }
  }

  #times(plan: LogicalPlan): WithDomain {
    const { plan: left, ...domain } = this.#marked()
    return { plan: Object.freeze({ kind: 'join', type: 'inner', left, right: plan }), ...domain }
  }

  #grouped(plan: LogicalAggregate): WithDomain {
    const { plan: input, ...below } = this.join(plan.input)
    const { keys, aggregates } = over(plan, { input }, below.columns)
    const { member } = below
    // Fields are read of columns only, so that structs are no values of groups where they can be keys.
    const isKey = ({ type }: Attribute): boolean => type.kind === 'struct' && isOrderable(type)
    const all = member ? [...below.columns] : []
    const values = all.flatMap(([id, a]) => (isKey(a) ? [] : [[id, valueOfGroup(a, this.#nextId)] as const]))
    const structs = all.filter(([, a]) => isKey(a))
    const grouped: LogicalPlan = Object.freeze({
      kind: 'aggregate',
      input,
      keys: [...keys, ...(member ? kept({ columns: new Map(structs), member }) : kept(below))],
      aggregates: [...aggregates, ...values.map(([, value]) => value)],
    })
    return {
      plan: grouped,
      ...below,
      ...(member ? { columns: new Map<ExprId, Attribute>([...structs, ...values]) } : {}),
    }
  }

  /** An aggregate without GROUP BY has a row for every member, also for those of which nothing is left below it. */
  #aggregated(plan: LogicalAggregate): WithDomain {
    const { plan: input, ...below } = this.join(plan.input)
    const named = over(plan, { input }, below.columns).aggregates.map((a) =>
      Object.freeze({ ...a, id: this.#nextId() }),
    )
    const { plan: members, ...domain } = this.#marked()
    const isTold = this.#mark === 'digest'
    const groups: LogicalPlan = Object.freeze({
      kind: 'aggregate',
      input,
      keys: isTold ? [keep(below.member!)] : kept({ columns: below.columns }),
      aggregates: named,
    })
    const condition = conjunction(this.#same(domain, below))!
    const matched: LogicalPlan = Object.freeze({ kind: 'join', type: 'left', left: members, right: groups, condition })
    const nothing = nothingOf(named, this.#nextId)
    const joined: LogicalPlan = nothing
      ? Object.freeze({ kind: 'join', type: 'inner', left: matched, right: nothing.plan })
      : matched
    const results = plan.aggregates.map(({ id, name }, i): NamedExpression => {
      const result = ofNothing(named[i]!, reference({ ...named[i]!, nullable: true }), nothing)
      return Object.freeze({ id, name, expression: result })
    })
    const projections = [...results, ...kept(domain)]
    return { plan: Object.freeze({ kind: 'project', input: joined, projections }), ...domain }
  }

  /** Of each member so many rows. */
  #limit(open: OpenLimit): WithDomain {
    const { plan: input, ...domain } = this.join(open.input)
    const { columns } = domain
    const values = new Map([...columns].map(([id, column]) => [id, reference(column)]))
    const orders = open.orders.map((order) => ({ ...order, expression: substitute(order.expression, values) }))
    return { plan: limitPerKey({ ...open, orders }, input, this.#divisors(domain), this.#nextId), ...domain }
  }

  /** What tells the rows of one member from those of another where rows are sorted by it. @throws UNSUPPORTED_FEATURE */
  #divisors({ columns, member }: Told): readonly Attribute[] {
    if (member) return [member]
    if (this.#used.every(({ type }) => isOrderable(type))) return [...columns.values()]
    throw this.#refuse('windows and LIMIT for each value of a type without an order')
  }

  #same(a: Told, b: Told): readonly Expression[] {
    const pairs =
      this.#mark === 'digest'
        ? [[a.member!, b.member!] as const]
        : this.#used.map(({ id }) => [a.columns.get(id)!, b.columns.get(id)!] as const)
    return pairs.map((sides) =>
      call(
        'eq_null_safe',
        BOOLEAN,
        sides.map((side) => reference(side)),
      ),
    )
  }

  #join(plan: LogicalJoin): WithDomain {
    const isRightCorrelated = isCorrelated(plan.right, this.#ids)
    if (plan.type === 'inner' && !isCorrelated(plan.left, this.#ids) && isRightCorrelated) {
      const { plan: right, ...domain } = this.join(plan.right)
      return { plan: over(plan, { left: plan.left, right }, domain.columns), ...domain }
    }
    const { plan: left, ...domain } = this.join(plan.left)
    if (!isRightCorrelated) return { plan: over(plan, { left, right: plan.right }, domain.columns), ...domain }
    const { plan: right, ...ofRight } = this.join(plan.right)
    const joined = over(plan, { left, right }, domain.columns)
    return { plan: withConditions(joined, this.#same(domain, ofRight)), ...domain }
  }

  /** Rows without a match of either side are there for every member of the domain. */
  #fullJoin(plan: LogicalJoin): WithDomain {
    const [left, right] = [this.join(plan.left), this.join(plan.right)]
    const joined = over(plan, { left: left.plan, right: right.plan }, left.columns)
    const input = withConditions(joined, this.#same(left, right))
    const eitherOf = (a: Attribute, ...columns: readonly Attribute[]): NamedExpression => {
      const sides = columns.map((column) => reference({ ...column, nullable: true }))
      const expression = call('coalesce', a.type, sides, { nullable: a.nullable })
      return Object.freeze({ id: this.#nextId(), name: a.name, expression })
    }
    const either = this.#used.map((a) => eitherOf(a, left.columns.get(a.id)!, right.columns.get(a.id)!))
    const member = this.#mark === 'digest' ? eitherOf(left.member!, left.member!, right.member!) : undefined
    const columns = new Map(this.#used.map(({ id }, i) => [id, attributeOf(either[i]!)]))
    const projections = [...outputOf(plan).map(keep), ...either, ...(member ? [member] : [])]
    return {
      plan: Object.freeze({ kind: 'project', input, projections }),
      columns,
      ...(member ? { member: attributeOf(member) } : {}),
    }
  }

  #union(plan: LogicalUnion): WithDomain {
    const isTold = this.#mark === 'digest'
    const all = plan.inputs.map((input) => ({ ...this.join(input), shown: outputOf(input) }))
    const inputs = all.map(({ plan: input, columns, member, shown }): LogicalPlan => {
      const projections = [...shown.map(keep), ...kept(isTold ? { columns, member } : { columns })]
      return Object.freeze({ kind: 'project', input, projections })
    })
    const renamed = (a: Attribute): Attribute => {
      const { qualifier: _, ...column } = a
      return Object.freeze({ ...column, id: this.#nextId() })
    }
    const own = this.#used.map(renamed)
    const columns = new Map(this.#used.map(({ id }, i) => [id, own[i]!]))
    const member = isTold ? renamed(all[0]!.member!) : undefined
    const output = [...plan.output, ...own, ...(member ? [member] : [])]
    return { plan: Object.freeze({ ...plan, inputs, output }), columns, ...(member ? { member } : {}) }
  }
}

const kept = ({ columns, member }: Told): readonly NamedExpression[] =>
  [...columns.values(), ...(member ? [member] : [])].map(keep)

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
