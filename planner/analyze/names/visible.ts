import type { Schema } from '../../../columnar/types.js'
import { reference } from '../../plan/expression/build.js'
import type { Attribute, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'

/** A column as it is, as a member of a projection. */
export const keep = (a: Attribute): NamedExpression =>
  Object.freeze({
    id: a.id,
    name: a.name,
    expression: reference(a),
    ...(a.qualifier === undefined ? {} : { qualifier: a.qualifier }),
  })

/** Columns as they are, seen or not. */
export const keepAll = (columns: readonly Attribute[]): readonly NamedExpression[] =>
  columns.map((a) => Object.freeze({ ...keep(a), ...(a.isHidden ? { isHidden: a.isHidden } : {}) }))

/** A plan with more columns. Plain columns are there already. */
export function withLayer(plan: LogicalPlan, layer: readonly NamedExpression[]): LogicalPlan {
  const output = outputOf(plan)
  const known = new Set(output.map((a) => a.id))
  const kept = output.map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return Object.freeze({
    kind: 'project',
    input: plan,
    projections: [...kept, ...layer.filter(({ id }) => !known.has(id))],
  })
}

/** What was joined for conditions is not output. */
export function onlyColumnsOf(shown: LogicalPlan, plan: LogicalPlan): LogicalPlan {
  const output = outputOf(shown)
  if (output.length === outputOf(plan).length) return plan
  return Object.freeze({ kind: 'project', input: plan, projections: keepAll(output) })
}

/** The relation as it is seen from outside of the FROM it stands in. */
export const withoutHidden = (plan: LogicalPlan): LogicalPlan => only(plan, ({ isHidden }) => !isHidden)

/** The relation as it is seen under a name. */
export const withoutUnseen = (plan: LogicalPlan): LogicalPlan => only(plan, ({ isHidden }) => isHidden !== true)

function only(plan: LogicalPlan, isSeen: (column: Attribute) => boolean): LogicalPlan {
  const output = outputOf(plan)
  if (output.every(isSeen)) return plan
  return Object.freeze({ kind: 'project', input: plan, projections: keepAll(output.filter(isSeen)) })
}

/** The columns of a schema, each with an id. */
export const columnsOf = (schema: Schema, nextId: () => ExprId): readonly Attribute[] =>
  schema.fields.map(({ name, type, nullable, comment }) =>
    Object.freeze({ id: nextId(), name, type, nullable, ...(comment === undefined ? {} : { comment }) }),
  )
