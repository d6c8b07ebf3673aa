import { BIGINT } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { definitionsOf, substitute } from '../../optimize/expressions.js'
import { booleanLiteral, call, conjunction, literal, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalPlan } from '../../plan/logical/plan.js'

/** A relation over an aggregate without GROUP BY, which has one row whatever there is below. */
export interface OneRow {
  readonly aggregate: LogicalAggregate
  /** The first column, over the aggregate's. */
  readonly value: Expression
  /** What HAVING asks of the row. */
  readonly having: Expression | undefined
}

/** @throws INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN */
export function onlyColumnOf(plan: LogicalPlan, origin: Origin | undefined): Attribute {
  const [column, ...others] = outputOf(plan)
  if (column && others.length === 0) return column
  throw new MillraceError(
    'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
    { number: outputOf(plan).length },
    { origin },
  )
}

/** The relation as one row over an aggregate, if that is what it is. */
export function oneRowOf(plan: LogicalPlan): OneRow | undefined {
  const layers: LogicalPlan[] = []
  let below = plan
  while (below.kind === 'project' || below.kind === 'filter' || below.kind === 'sort') {
    layers.push(below)
    below = below.input
  }
  if (below.kind !== 'aggregate' || below.keys.length > 0) return undefined
  let definitions: ReadonlyMap<ExprId, Expression> = new Map()
  let value: Expression | undefined
  const having: Expression[] = []
  for (const layer of layers.toReversed()) {
    if (layer.kind === 'filter') having.push(substitute(layer.condition, definitions))
    if (layer.kind !== 'project') continue
    const projected = [...definitionsOf(layer.projections)].map(([id, e]) => [id, substitute(e, definitions)] as const)
    definitions = new Map(projected)
    value = projected[0]?.[1]
  }
  return value && { aggregate: below, value, having: conjunction(having) }
}

/** What aggregates are of no rows: a relation of one row, and what of it stands for which of them. */
interface Nothing {
  readonly plan: LogicalPlan
  readonly values: ReadonlyMap<ExprId, Expression>
}

/** What those aggregates are of no rows of which only their state can tell: lists are empty. Others are 0 or NULL; undefined without any. */
export function nothingOf(aggregates: readonly AggregateCall[], nextId: () => ExprId): Nothing | undefined {
  const asked = aggregates.filter(({ fn }) => fn === 'collect' || fn === 'fold')
  if (asked.length === 0) return undefined
  const computed = asked.map(({ filter: _, ...aggregate }): AggregateCall => {
    const args = aggregate.args.map(({ type }) => literal(type, null))
    return Object.freeze({ ...aggregate, id: nextId(), args, distinct: false })
  })
  const input: LogicalPlan = { kind: 'filter', input: { kind: 'oneRow' }, condition: booleanLiteral(false) }
  const plan: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: [], aggregates: computed })
  return { plan, values: new Map(asked.map(({ id }, i) => [id, reference(computed[i]!)])) }
}

/** A result of an aggregate for a group that may not exist: what it is of nothing. */
export function ofNothing(aggregate: AggregateCall, result: Expression, nothing?: Nothing): Expression {
  const known = aggregate.fn === 'count' ? literal(BIGINT, 0n) : nothing?.values.get(aggregate.id)
  return known ? call('coalesce', aggregate.type, [result, known]) : result
}

/** NULL unless a condition holds. */
export function valueIf(condition: Expression | undefined, value: Expression): Expression {
  if (!condition) return value
  return Object.freeze({ kind: 'case', type: value.type, nullable: true, branches: [{ when: condition, value }] })
}

/** A row with what a value is made of, computed where the row is: as a column it can be a key of joins, which are put in order by it. */
export function withValue(
  input: LogicalPlan,
  aggregates: readonly AggregateCall[],
  value: NamedExpression,
): LogicalPlan {
  const row: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: [], aggregates })
  return Object.freeze({ kind: 'project', input: row, projections: [Object.freeze(value)] })
}
