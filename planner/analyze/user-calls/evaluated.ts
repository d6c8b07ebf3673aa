import { MillraceError } from '../../../common/errors/millrace-error.js'
import { conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Call, Expression, ExprId } from '../../plan/expression/expression.js'
import { hasUserCall, isUserCall } from '../../plan/expression/foldable.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { referencesOf, transformUp } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { EvaluatedCall, LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { transformPlanUp } from '../../plan/logical/transform.js'
import { type Computing, computedBelow } from '../computed-below.js'
import { keepAll, onlyColumnsOf } from '../names/visible.js'

/**
 * Calls of functions of the user become columns of `evaluate` nodes below the relation whose expressions they are in: a whole batch of rows is
 * handed to JavaScript at once. As Python's functions in Spark they are called for all rows of that relation's input, whichever branch of an expression
 * they are in.
 * @throws UNSUPPORTED_FEATURE, INVALID_INLINE_TABLE.*
 */
export const withUserCalls = (plan: LogicalPlan, nextId: () => ExprId): LogicalPlan =>
  transformPlanUp(plan, (node) => {
    if (node.kind !== 'join' || !node.condition || !hasUserCall(node.condition)) return evaluatedBelow(node, nextId)
    const joined = evaluatedBySides(node, nextId)
    return joined.kind === 'filter' ? evaluatedBelow(joined, nextId) : joined
  })

const evaluatedBelow = (node: LogicalPlan, nextId: () => ExprId): LogicalPlan => computedBelow(node, EVALUATING, nextId)

const EVALUATING: Computing = {
  isComputed: isUserCall,
  columnOf: (call, id) => Object.freeze({ id, name: sqlText(call), type: call.type, nullable: true }),
  check: checkPlace,
  attach,
  refused: ({ kind }, call) => unsupported(`functions of the user in a relation of the kind ${kind}`, call),
}

const unsupported = (feature: string, { origin }: Call): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })

function checkPlace(node: LogicalPlan): void {
  if (node.kind !== 'values') return
  const cell = node.rows.flat().find(hasUserCall)!
  const parameters = { expr: `"${sqlText(cell)}"` }
  throw new MillraceError('INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE', parameters, {
    origin: cell.origin,
  })
}

/** A node for all calls that need nothing of each other; one that gets what another gives stands above it. */
function attach(input: LogicalPlan, calls: readonly EvaluatedCall[]): LogicalPlan {
  const given = new Set(calls.map(({ column }) => column.id))
  const isReady = ({ call }: EvaluatedCall): boolean =>
    call.args.every((arg) => ![...referencesOf(arg)].some((id) => given.has(id)))
  const [first, later] = [calls.filter(isReady), calls.filter((one) => !isReady(one))]
  const below: LogicalPlan = Object.freeze({ kind: 'evaluate', input, calls: first })
  return later.length === 0 ? below : attach(below, later)
}

/**
 * Calls in the condition of a join are computed on the side whose columns they get. What gets those of both is a condition on the joined rows, if the join is an
 * inner one.
 */
function evaluatedBySides(join: LogicalJoin, nextId: () => ExprId): LogicalPlan {
  const sides = { left: sideOf(join.left, nextId), right: sideOf(join.right, nextId) }
  const condition = transformUp(join.condition!, (e) => {
    if (!isUserCall(e)) return e
    const side = [sides.left, sides.right].find(({ hasColumnsOf }) => hasColumnsOf(e))
    return side ? side.column(e) : e
  })
  const all = conjuncts(condition)
  const [rest, later] = [all.filter((c) => !hasUserCall(c)), all.filter(hasUserCall)]
  const { condition: _, ...kept } = join
  const on = conjunction(rest)
  const over: LogicalPlan = Object.freeze({
    ...kept,
    left: sides.left.evaluated(),
    right: sides.right.evaluated(),
    ...(on ? { condition: on } : {}),
  })
  const open = conjunction(later)
  if (!open) return onlyColumnsOf(join, over)
  if (join.type !== 'inner')
    throw unsupported('a function of the user over both sides of an outer join', firstCall(open))
  const projected = Object.freeze({ kind: 'project', input: over, projections: keepAll(outputOf(join)) } as const)
  const isSame = outputOf(over).length === outputOf(join).length
  return Object.freeze({ kind: 'filter', input: isSame ? over : projected, condition: open })
}

function firstCall(e: Expression): Call {
  let found: Call | undefined
  transformUp(e, (part) => {
    if (isUserCall(part)) found ??= part
    return part
  })
  return found!
}

/** A side of a join, to which columns are added. */
function sideOf(plan: LogicalPlan, nextId: () => ExprId) {
  const known = new Set(outputOf(plan).map(({ id }) => id))
  const columns: { over: LogicalPlan } = { over: plan }
  return {
    hasColumnsOf: (e: Expression): boolean => [...referencesOf(e)].every((id) => known.has(id)),
    column(call: Call): Expression {
      const id = nextId()
      const project: LogicalPlan = Object.freeze({
        kind: 'project',
        input: columns.over,
        projections: [...keepAll(outputOf(columns.over)), Object.freeze({ id, name: sqlText(call), expression: call })],
      })
      columns.over = evaluatedBelow(project, nextId)
      known.add(id)
      const { type, origin } = call
      return Object.freeze({
        kind: 'attribute',
        id,
        name: sqlText(call),
        type,
        nullable: true,
        ...(origin ? { origin } : {}),
      })
    },
    evaluated: (): LogicalPlan => columns.over,
  }
}
