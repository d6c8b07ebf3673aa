import { MillraceError } from '../../common/errors/millrace-error.js'
import { conjunction, conjuncts } from '../plan/expression/build.js'
import type { ExprId } from '../plan/expression/expression.js'
import { hasDraw, hasOpenDraw, isDraw } from '../plan/expression/foldable.js'
import { sqlText } from '../plan/expression/sql-text.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { transformPlanUp } from '../plan/logical/transform.js'
import { type Computing, computedBelow } from './computed-below.js'

/**
 * Calls that give something else for each row, as `rand`, become columns of `draw` nodes below the relation whose expressions they are in. So each is
 * computed once for every row of that relation's input, whatever is made of the expressions later.
 * @throws AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION, INVALID_NON_DETERMINISTIC_EXPRESSIONS, INVALID_INLINE_TABLE.*, UNSUPPORTED_FEATURE
 */
export const withDraws = (plan: LogicalPlan, nextId: () => ExprId): LogicalPlan =>
  transformPlanUp(plan, (node) => drawnBelow(node, nextId))

/** Conditions before the first one that draws keep rows from being drawn for, as AND looks no further in Spark. */
function filteredFirst(node: LogicalPlan): LogicalPlan {
  if (node.kind !== 'filter') return node
  const conditions = conjuncts(node.condition)
  const first = conditions.findIndex(hasDraw)
  if (first <= 0) return node
  const below = conjunction(conditions.slice(0, first))!
  const input = Object.freeze({ kind: 'filter', input: node.input, condition: below } as const)
  return Object.freeze({ kind: 'filter', input, condition: conjunction(conditions.slice(first))! })
}

function drawnBelow(whole: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  return computedBelow(filteredFirst(whole), DRAWING, nextId)
}

const DRAWING: Computing = {
  isComputed: isDraw,
  columnOf: (call, id) => Object.freeze({ id, name: call.routine!.label, type: call.type, nullable: false }),
  check: checkPlace,
  attach: (input, calls) =>
    calls.reduce<LogicalPlan>(
      (below, { call, column }) => Object.freeze({ kind: 'draw', input: below, call, column }),
      input,
    ),
  refused: ({ kind }) =>
    new MillraceError('UNSUPPORTED_FEATURE', { feature: `random values in a relation of the kind ${kind}` }),
}

/** Where Spark refuses what is not the same for the same row. */
function checkPlace(node: LogicalPlan): void {
  if (node.kind === 'join') {
    const parameters = { sqlExprs: `"${sqlText(node.condition!)}"` }
    throw new MillraceError('INVALID_NON_DETERMINISTIC_EXPRESSIONS', parameters)
  }
  if (node.kind === 'values') {
    const cell = node.rows.flat().find(hasDraw)!
    const parameters = { expr: `"${sqlText(cell)}"` }
    throw new MillraceError('INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE', parameters, {
      origin: cell.origin,
    })
  }
  if (node.kind !== 'aggregate') return
  for (const { fn, args, filter } of node.aggregates) {
    const drawing = [...args, ...(filter ? [filter] : [])].find(hasOpenDraw)
    if (!drawing) continue
    const sqlExpr = `"${fn}(${args.map((arg) => sqlText(arg)).join(', ')})"`
    const { origin } = drawing
    throw new MillraceError('AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION', { sqlExpr }, { origin })
  }
}
