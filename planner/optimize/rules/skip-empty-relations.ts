import { onceEach } from '../../../common/once-each.js'
import { isStreaming } from '../../physical/streaming.js'
import { conjuncts, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type {
  LogicalAggregate,
  LogicalJoin,
  LogicalPlan,
  LogicalProject,
  LogicalSort,
  LogicalUnion,
} from '../../plan/logical/plan.js'
import { inputsOf, transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/**
 * A condition that no row can meet makes a filter a relation without rows, and a join what is left of its sides without a match; so does a side
 * without rows. Their inputs are not read, unless something is told of what is read: the progress of a stream, or metrics that are observed.
 */
export const skipEmptyRelations: Rule = {
  name: 'skip empty relations',
  apply: (plan, settled) => transformPlanUp(plan, skip, settled),
}

function skip(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'join') return isUnmatched(plan) && !isTold(plan) ? withoutMatches(plan) : plan
  if (plan.kind === 'filter') {
    const hasNone = isImpossible(plan.condition) || isEmpty(plan.input)
    return hasNone && !isTold(plan) ? emptyRelation(outputOf(plan)) : plan
  }
  if (plan.kind === 'union') return plan.inputs.some(isEmpty) && !isTold(plan) ? withoutEmpty(plan) : plan
  return isEmptyOfNone(plan) && isEmpty(plan.input) ? emptyRelation(outputOf(plan)) : plan
}

/** Whether a relation has no rows when its input has none: groups by keys, but not all rows as one group. */
const isEmptyOfNone = (plan: LogicalPlan): plan is LogicalProject | LogicalSort | LogicalAggregate =>
  plan.kind === 'project' || plan.kind === 'sort' || (plan.kind === 'aggregate' && plan.keys.length > 0)

/** A union of the inputs that have rows; of a single one its columns by the names of the union. */
function withoutEmpty(plan: LogicalUnion): LogicalPlan {
  const inputs = plan.inputs.filter((input) => !isEmpty(input))
  const [only, ...others] = inputs
  if (!only) return emptyRelation(plan.output)
  if (others.length > 0) return Object.freeze({ ...plan, inputs })
  const projections = plan.output.map(({ type: _ofUnion, nullable: _, ...named }, i): NamedExpression => {
    return Object.freeze({ ...named, expression: reference(outputOf(only)[i]!) })
  })
  return Object.freeze({ kind: 'project', input: only, projections })
}

const isTold = (plan: LogicalPlan): boolean => isStreaming(plan) || isObserved(plan)

const isObserved: (plan: LogicalPlan) => boolean = onceEach(
  (plan) => plan.kind === 'observe' || inputsOf(plan).some(isObserved),
)

const isEmpty = (plan: LogicalPlan): boolean => plan.kind === 'values' && plan.rows.length === 0

/** Where a condition is asked, NULL counts as false. */
const isImpossible = (condition: Expression): boolean =>
  conjuncts(condition).some((c) => c.kind === 'literal' && (c.value === false || c.value === null))

const isUnmatched = ({ condition, left, right }: LogicalJoin): boolean =>
  (condition !== undefined && isImpossible(condition)) || isEmpty(left) || isEmpty(right)

/** What a join gives none of whose rows have a match. */
function withoutMatches(join: LogicalJoin): LogicalPlan {
  const output = outputOf(join)
  switch (join.type) {
    case 'inner':
    case 'left_semi':
      return emptyRelation(output)
    case 'left_anti':
      return join.left
    case 'left':
      return isEmpty(join.left) ? emptyRelation(output) : padded(join.left, output)
    case 'full': {
      const inputs = [join.left, join.right].filter((side) => !isEmpty(side)).map((side) => padded(side, output))
      if (inputs.length === 0) return emptyRelation(output)
      return inputs.length === 1 ? inputs[0]! : Object.freeze({ kind: 'union', inputs, output })
    }
  }
}

const emptyRelation = (output: readonly Attribute[]): LogicalPlan => Object.freeze({ kind: 'values', rows: [], output })

/** The rows of one side of a join, with NULL in the columns of the other one. */
function padded(side: LogicalPlan, output: readonly Attribute[]): LogicalPlan {
  const own = new Map(outputOf(side).map((column) => [column.id, column]))
  const projections = output.map((column): NamedExpression => {
    const { type, nullable: _ofJoin, ...named } = column
    const kept = own.get(column.id)
    return Object.freeze({ ...named, expression: kept ? reference(kept) : literal(type, null) })
  })
  return Object.freeze({ kind: 'project', input: side, projections })
}
