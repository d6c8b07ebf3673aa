import { isStreaming } from '../../physical/streaming.js'
import { conjuncts, reference } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs, withInput } from '../../plan/logical/transform.js'
import { canSubstitute, definitionsOf, substitute } from '../expressions.js'
import { dropsNulls } from '../null-conditions.js'
import type { Rule } from '../rule.js'

/**
 * An outer join whose rows without a match are dropped above it, since a condition is not true where columns are NULL, is an inner join, or one that
 * keeps the rows of one side only (Galindo-Legaria and Rosenthal, 1997). Joins that keep no such rows can be ordered, and either side filters the other.
 */
export const narrowOuterJoins: Rule = {
  name: 'narrow outer joins',
  apply: (plan) => (isStreaming(plan) ? plan : narrow(plan, [])),
}

/** @param asked what rows of the plan must meet, or they are dropped above it */
function narrow(plan: LogicalPlan, asked: readonly Expression[]): LogicalPlan {
  switch (plan.kind) {
    case 'filter':
      return withInput(plan, narrow(plan.input, [...asked, ...conjuncts(plan.condition)]))
    case 'project':
      return withInput(plan, narrow(plan.input, belowProject(plan.projections, asked)))
    case 'sort':
    case 'repartition':
      return withInput(plan, narrow(plan.input, asked))
    case 'join':
      return narrowJoin(plan, asked)
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'aggregate':
    case 'window':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return mapInputs(plan, (input) => narrow(input, []))
  }
}

function belowProject(
  projections: Parameters<typeof definitionsOf>[0],
  asked: readonly Expression[],
): readonly Expression[] {
  const definitions = definitionsOf(projections)
  return canSubstitute(asked, definitions) ? asked.map((one) => substitute(one, definitions)) : []
}

function narrowJoin(join: LogicalJoin, asked: readonly Expression[]): LogicalPlan {
  const narrower = join.hint ? join : narrowedBy(join, asked)
  const { type } = narrower
  const own = narrower.condition ? conjuncts(narrower.condition) : []
  const ofBoth = [...asked, ...own]
  // Rows of a side that the join drops without a match must meet its condition, too.
  const ofLeft = type === 'inner' || type === 'left_semi' ? ofBoth : type === 'full' ? [] : asked
  const ofRight = type === 'inner' ? ofBoth : type === 'full' ? [] : own
  const [left, right] = [narrow(narrower.left, ofLeft), narrow(narrower.right, ofRight)]
  const same = left === narrower.left && right === narrower.right
  return same ? inOrder(narrower, join) : inOrder(Object.freeze({ ...narrower, left, right }), join)
}

function narrowedBy(join: LogicalJoin, asked: readonly Expression[]): LogicalJoin {
  if (join.type !== 'left' && join.type !== 'full') return join
  const [left, right] = [outputIds(join.left), outputIds(join.right)]
  const [dropsLeft, dropsRight] = [isDropped(left, right, asked), isDropped(right, left, asked)]
  if (join.type === 'left') return dropsRight ? Object.freeze({ ...join, type: 'inner' }) : join
  if (dropsLeft && dropsRight) return Object.freeze({ ...join, type: 'inner' })
  // Rows of the right side that have no match have NULLs on the left: these are dropped.
  if (dropsLeft) return Object.freeze({ ...join, type: 'left' })
  return dropsRight ? Object.freeze({ ...join, type: 'left', left: join.right, right: join.left }) : join
}

/**
 * Whether rows are dropped where all columns of a side are NULL. Not if a condition that may raise is about that side and not about the other one: inner
 * joins are asked in any order, so that it could be asked of rows that have no match.
 */
function isDropped(side: ReadonlySet<ExprId>, other: ReadonlySet<ExprId>, asked: readonly Expression[]): boolean {
  const isAbout = (one: Expression, ids: ReadonlySet<ExprId>): boolean =>
    [...referencesOf(one)].some((id) => ids.has(id))
  return (
    asked.some((one) => dropsNulls(one, side)) &&
    !asked.some((one) => mayRaise(one) && isAbout(one, side) && !isAbout(one, other))
  )
}

/** The join with its columns in the order of another one, whose sides it may have the other way round. */
function inOrder(join: LogicalJoin, before: LogicalJoin): LogicalPlan {
  const [now, wanted] = [outputOf(join), outputOf(before)]
  if (now.every(({ id }, i) => id === wanted[i]!.id)) return join
  const columns = new Map(now.map((column) => [column.id, column]))
  const projections = wanted.map(({ id, name }) => ({ id, name, expression: reference(columns.get(id)!) }))
  return Object.freeze({ kind: 'project', input: join, projections })
}
