import { BIGINT, BOOLEAN } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { substitute } from '../../optimize/expressions.js'
import { booleanLiteral, call, conjunction, literal, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import { hasDraw } from '../../plan/expression/foldable.js'
import { referencesOf } from '../../plan/expression/transform.js'
import type { JoinKind } from '../../plan/join-kind.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { namesAround, type Scope } from '../names/scope.js'
import type { WithUnused } from '../sources/ctes.js'
import { type CalledParameters, planWithArguments, withArguments } from '../sql-functions/parameters.js'
import { type Subquery, writtenText } from '../unresolved-nodes.js'
import { checkAggregates } from './aggregates-of-own-rows.js'
import { isCorrelated, outerReferences, readsStream } from './correlation.js'
import { type Decorrelated, Decorrelator } from './decorrelate.js'
import { equality, lengthMismatch, type Membership, memberOf } from './membership.js'
import { nothingOf, type OneRow, ofNothing, oneRowOf, onlyColumnOf, valueIf, withValue } from './one-row.js'
import { withoutLimit } from './per-key.js'

/** Analyzes the query of a subquery, whose WHERE may use columns of a scope around it. */
export type AnalyzeSubquery = (query: UnresolvedRelation, outer: Scope) => WithUnused

type Value = Extract<Subquery, { kind: 'scalarSubquery' | 'exists' }>

/** What a relation is joined with for a subquery. */
interface Attached {
  readonly type: JoinKind
  readonly right: LogicalPlan
  readonly condition: Expression | undefined
}

/** Whose subqueries know other names than those of the clause. */
interface FunctionBody extends CalledParameters {
  readonly joins: Attached[]
}

const joined = (left: LogicalPlan, { type, right, condition }: Attached): LogicalPlan =>
  Object.freeze({ kind: 'join', type, left, right, ...(condition ? { condition } : {}) })

/**
 * The subqueries of one clause, as joins with the relation that the clause is about: a value is a column joined to each row, EXISTS and IN
 * as conditions are semi and anti joins.
 */
export class Subqueries {
  readonly #analyze: AnalyzeSubquery
  readonly #scope: Scope
  /** The names that subqueries know around them: those of the scope, or the parameters of a function in SQL. */
  readonly #names: Scope
  /** What these parameters are. */
  readonly #values: CalledParameters['values']
  readonly #nextId: () => ExprId
  readonly #around: LogicalPlan
  readonly #joins: Attached[]
  readonly #computed: () => readonly Attribute[]
  /** By how subqueries are written. */
  readonly #outerNames = new Map<string, readonly string[]>()

  /**
   * @param scope the columns that subqueries may use
   * @param around a relation that has them with all their values
   * @param computed what else the relation has that the joins are made with
   */
  constructor(
    analyze: AnalyzeSubquery,
    scope: Scope,
    around: LogicalPlan,
    nextId: () => ExprId,
    computed: () => readonly Attribute[] = () => [],
    within: FunctionBody = { scope, values: new Map(), joins: [] },
  ) {
    this.#computed = computed
    this.#around = around
    this.#analyze = analyze
    this.#scope = scope
    // As in Spark, a subquery knows no name that several columns have.
    this.#names = { ...within.scope, ambiguousIsUnknown: true }
    this.#values = within.values
    this.#joins = within.joins
    this.#nextId = nextId
  }

  /** The subqueries in the body of a function in SQL that is called in the clause: they are joined with the others, and know its parameters alone. */
  inFunction(parameters: CalledParameters): Subqueries {
    const within = { ...parameters, joins: this.#joins }
    return new Subqueries(this.#analyze, this.#scope, this.#around, this.#nextId, this.#computed, within)
  }

  /**
   * The columns that subqueries may use; those in HAVING may ask for more of them, as they use aggregates. In the body of a function these may be
   * arguments, and so may be what subqueries before gave.
   */
  get #available(): readonly Attribute[] {
    const own = [...this.#scope.attributes, ...(this.#scope.groups?.aggregates ?? [])]
    if (this.#values.size === 0) return own
    const given = new Set([...this.#values.values()].flatMap((value) => [...referencesOf(value)]))
    const computed = [...this.#computed(), ...this.#joins.flatMap(({ right }) => outputOf(right))]
    return [...own, ...computed.filter(({ id }) => given.has(id))]
  }

  get #outer(): ReadonlySet<ExprId> {
    return new Set(this.#available.map(({ id }) => id))
  }

  /** The relation joined with what the clause's subqueries need. */
  attach(input: LogicalPlan): LogicalPlan {
    return this.#joins.reduce(joined, input)
  }

  /** Like `attach`, to the side of a join whose columns a subquery uses. @throws UNSUPPORTED_FEATURE when it uses columns of both */
  attachToSides(left: LogicalPlan, right: LogicalPlan, origin: Origin | undefined): [LogicalPlan, LogicalPlan] {
    let sides: [LogicalPlan, LogicalPlan] = [left, right]
    const [ofLeft, ofRight] = sides.map(outputIds)
    for (const attached of this.#joins) {
      const used = attached.condition ? [...referencesOf(attached.condition)].filter((id) => this.#outer.has(id)) : []
      const usesRight = used.some((id) => ofRight!.has(id))
      if (usesRight && used.some((id) => ofLeft!.has(id))) {
        const feature = 'a subquery that uses columns of both sides of an outer, semi or anti join in its condition'
        throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
      }
      sides = usesRight ? [sides[0], joined(sides[1], attached)] : [joined(sides[0], attached), sides[1]]
    }
    return sides
  }

  /** The names of the columns that a subquery uses of the query around it, where it was resolved. */
  outerNames(e: Subquery): readonly string[] {
    return this.#outerNames.get(writtenText(e)) ?? []
  }

  /** A subquery as a value. @throws SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN, UNSUPPORTED_FEATURE */
  value(e: Value): Expression {
    const plan = this.#planOf(e, e.query)
    return e.kind === 'exists' ? this.#hasRows(plan, e.origin) : this.#scalar(plan, e.origin)
  }

  /** Keeps the rows for which a subquery has rows, or has none. */
  exists(e: Extract<Subquery, { kind: 'exists' }>, negated: boolean): Expression | undefined {
    const plan = this.#planOf(e, e.query)
    if (oneRowOf(plan) && !oneRowOf(plan)!.having) return negated ? booleanLiteral(false) : undefined
    this.#match(this.#decorrelator(e.origin).matches(withoutLimit(plan)), negated)
    return undefined
  }

  /** Keeps the rows whose value is, or is not, among a subquery's; returns what has to be asked of them beside. */
  membership(e: Membership, values: readonly Expression[], negated: boolean): Expression | undefined {
    const plan = this.#planOf(e, e.query)
    const output = outputOf(plan)
    if (output.length !== values.length) throw lengthMismatch(e, values.length, output)
    if (values.length === 1 && isCorrelated(plan, this.#outer) && oneRowOf(plan) && !oneRowOf(plan)!.having) {
      const equal = equality(e, values[0]!, this.#scalar(plan, e.origin))
      return negated ? call('not', BOOLEAN, [equal], { origin: e.origin }) : equal
    }
    const { plan: right, conditions } = this.#decorrelator(e.origin).pull(plan)
    const equal = conjunction(values.map((value, i) => equality(e, value, reference(output[i]!))))!
    // NULL on either side may be equal to anything, so that its row is not certainly outside.
    const unknown = call('is_null', BOOLEAN, [equal])
    this.#match(
      { plan: right, conditions: [...conditions, negated ? call('or', BOOLEAN, [equal, unknown]) : equal] },
      negated,
    )
    return undefined
  }

  /** Whether values are, or are not, among a subquery's, where that is asked in another expression. @throws UNSUPPORTED_FEATURE */
  isMember(e: Membership, members: readonly Expression[], negated: boolean): Expression {
    const values = members.map((member) => withArguments(member, this.#values))
    const plan = this.#planOf(e, e.query)
    if (outputOf(plan).length !== values.length) throw lengthMismatch(e, values.length, outputOf(plan))
    const row = isCorrelated(plan, this.#outer) ? oneRowOf(plan) : undefined
    return memberOf(e, values, outputOf(plan), negated, {
      isCorrelated: isCorrelated(plan, this.#outer),
      onlyValue: row && !row.having ? () => this.#scalar(plan, e.origin) : undefined,
      hasRows: () => this.#hasRows(plan, e.origin),
      hasEqual: (equalities) => this.#hasEqual(plan, values, equalities, e.origin),
      counts: (column) => this.#counts(plan, column, e.origin),
    })
  }

  /** Whether a relation has a row that equals the values. */
  #hasEqual(
    plan: LogicalPlan,
    values: readonly Expression[],
    equalities: readonly Expression[],
    origin: Origin | undefined,
  ): Expression {
    const rows = this.#rows()
    const outer = new Set([...this.#outer, ...values.flatMap((value) => [...referencesOf(value)])])
    const decorrelator = new Decorrelator(this.#around, outer, this.#nextId, origin)
    this.#join('left', decorrelator.grouped(plan, [], [rows], equalities))
    return call('is_not_null', BOOLEAN, [reference({ ...rows, nullable: true })])
  }

  /** How many rows a relation has, and of how many of them a column is not NULL. */
  #counts(plan: LogicalPlan, column: Expression, origin: Origin | undefined): readonly Expression[] {
    const present = Object.freeze({ ...this.#rows(), filter: call('is_not_null', BOOLEAN, [column]) })
    const counts = [this.#rows(), present]
    this.#joinAggregates(plan, counts, origin)
    return counts.map((rows) => ofNothing(rows, reference({ ...rows, nullable: true })))
  }

  #rows(): AggregateCall {
    return this.#aggregate('count', [], { id: this.#nextId(), name: 'rows', type: BIGINT, nullable: false })
  }

  #planOf(e: Subquery, query: UnresolvedRelation): LogicalPlan {
    const { plan: body, unused } = this.#analyze(query, namesAround(this.#names, e.kind))
    checkAggregates(body, this.#names)
    const plan = planWithArguments(body, this.#values)
    this.#checkArguments(e.origin)
    if (readsStream(plan))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'subqueries over a stream' }, { origin: e.origin })
    const called = new Map(this.#available.map(({ id, name }) => [id, name]))
    const used = [...unused, plan].flatMap((one) => outerReferences(one, this.#outer))
    this.#outerNames.set(
      writtenText(e),
      used.map((id) => called.get(id)!),
    )
    return plan
  }

  /** @throws UNSUPPORTED_FEATURE for arguments of a function in SQL that a subquery of it cannot use */
  #checkArguments(origin: Origin | undefined): void {
    const [values, outer] = [[...this.#values.values()], this.#outer]
    const isKnown = (value: Expression): boolean => [...referencesOf(value)].every((id) => outer.has(id))
    if (values.every((value) => isKnown(value) && !hasDraw(value))) return
    const feature = 'random values, or values of windows, as arguments of a function in SQL that reads rows'
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
  }

  #decorrelator(origin: Origin | undefined): Decorrelator {
    return new Decorrelator(this.#around, this.#outer, this.#nextId, origin)
  }

  #match(right: Decorrelated, negated: boolean): void {
    this.#join(negated ? 'left_anti' : 'left_semi', right)
  }

  #join(type: JoinKind, { plan: right, conditions }: Decorrelated): void {
    this.#joins.push({ type, right, condition: conjunction(conditions) })
  }

  #scalar(plan: LogicalPlan, origin: Origin | undefined): Expression {
    const column = onlyColumnOf(plan, origin)
    if (plan.kind === 'project' && plan.input.kind === 'oneRow') return plan.projections[0]!.expression
    const one = oneRowOf(plan)
    if (one) return this.#ofOneRow(plan, one, column, origin)
    // Of no rows it is NULL, whatever the column may be.
    const first = this.#aggregate('first', [reference(column)], { ...column, nullable: true })
    const rows = this.#aggregate('count', [], { ...column, type: BIGINT, nullable: false })
    const args = [rows, first].map((one) => reference({ ...one, nullable: true }, origin))
    const value = call('single_value', column.type, args, { origin, nullable: true })
    if (isCorrelated(plan, this.#outer)) {
      this.#joinAggregates(plan, [first, rows], origin)
      return value
    }
    const single = withValue(plan, [first, rows], { id: this.#nextId(), name: column.name, expression: value })
    this.#join('inner', { plan: single, conditions: [] })
    return reference(outputOf(single)[0]!, origin)
  }

  /** Of an aggregate without GROUP BY there is always a value: where nothing matches, that of no rows. */
  #ofOneRow(plan: LogicalPlan, row: OneRow, column: Attribute, origin: Origin | undefined): Expression {
    if (!isCorrelated(plan, this.#outer) && !row.having) {
      this.#join('inner', { plan, conditions: [] })
      return reference(column, origin)
    }
    const { aggregate } = row
    this.#joinAggregates(aggregate.input, aggregate.aggregates, origin)
    const nothing = nothingOf(aggregate.aggregates, this.#nextId)
    if (nothing) this.#join('inner', { plan: nothing.plan, conditions: [] })
    const results = new Map(
      aggregate.aggregates.map((a) => [a.id, ofNothing(a, reference({ ...a, nullable: true }, origin), nothing)]),
    )
    return valueIf(row.having && substitute(row.having, results), substitute(row.value, results))
  }

  /** Joins aggregates over a relation, one row for each combination of what it compares with the query around it. */
  #joinAggregates(plan: LogicalPlan, aggregates: readonly AggregateCall[], origin: Origin | undefined): void {
    const correlated = isCorrelated(plan, this.#outer)
    const decorrelator = this.#decorrelator(origin)
    this.#join(correlated ? 'left' : 'inner', decorrelator.grouped(plan, [], aggregates))
  }

  #hasRows(plan: LogicalPlan, origin: Origin | undefined): Expression {
    if (oneRowOf(plan) && !oneRowOf(plan)!.having) return booleanLiteral(true)
    const rows = this.#aggregate('count', [], { id: this.#nextId(), name: 'exists', type: BIGINT, nullable: false })
    this.#joinAggregates(withoutLimit(plan), [rows], origin)
    const number = ofNothing(rows, reference({ ...rows, nullable: true }, origin))
    return call('gt', BOOLEAN, [number, literal(BIGINT, 0n)], { origin, nullable: false })
  }

  #aggregate(fn: 'first' | 'count', args: readonly Expression[], { name, type, nullable }: Attribute): AggregateCall {
    return Object.freeze({ id: this.#nextId(), name, fn, args, distinct: false, type, nullable })
  }
}
