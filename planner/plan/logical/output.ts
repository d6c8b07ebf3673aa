import type { Schema } from '../../../columnar/types.js'
import { onceEach } from '../../../common/once-each.js'
import type { Attribute, ExprId, NamedExpression } from '../expression/expression.js'
import { JOIN_OUTPUT } from '../join-kind.js'
import type { LogicalPlan } from './plan.js'

/** The columns a relation produces, in order. */
export function outputOf(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case 'scan':
    case 'local':
    case 'range':
    case 'values':
    case 'union':
    case 'mapPartitions':
      return plan.output
    case 'oneRow':
      return []
    case 'filter':
    case 'sample':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return outputOf(plan.input)
    case 'project':
    case 'aggregate':
    case 'window':
    case 'join':
    case 'expand':
    case 'draw':
    case 'evaluate':
    case 'replicate':
      return ownOutput(plan)
  }
}

type WithOwnOutput = Extract<
  LogicalPlan,
  { readonly kind: 'project' | 'aggregate' | 'window' | 'join' | 'expand' | 'draw' | 'evaluate' | 'replicate' }
>

/** Of a relation that adds columns to those of its inputs. Every rule asks for them at every level, so they are made once for a node. */
const ownOutput: (plan: WithOwnOutput) => readonly Attribute[] = onceEach((plan) => {
  switch (plan.kind) {
    case 'project':
      return plan.projections.map(attributeOf)
    case 'aggregate':
      return [
        ...plan.keys.map(attributeOf),
        ...plan.aggregates.map(({ id, name, type, nullable }) => ({ id, name, type, nullable })),
      ]
    case 'window':
      return [
        ...outputOf(plan.input),
        ...plan.calls.map(({ id, name, type, nullable }) => ({ id, name, type, nullable })),
      ]
    case 'join': {
      const kept = JOIN_OUTPUT[plan.type]
      return [...side(outputOf(plan.left), kept.left), ...side(outputOf(plan.right), kept.right)]
    }
    case 'expand':
      return [...outputOf(plan.input), ...plan.added]
    case 'draw':
      return [...outputOf(plan.input), plan.column]
    case 'evaluate':
      return [...outputOf(plan.input), ...plan.calls.map(({ column }) => column)]
    case 'replicate':
      return plan.number ? [...outputOf(plan.input), plan.number] : outputOf(plan.input)
  }
})

function side(columns: readonly Attribute[], kept: 'kept' | 'nullable' | 'none'): readonly Attribute[] {
  if (kept === 'kept') return columns
  return kept === 'none' ? [] : columns.map((a) => ({ ...a, nullable: true }))
}

/** The column that a member of a select list becomes. */
export function attributeOf(named: NamedExpression): Attribute {
  const { id, name, expression, qualifier, isHidden } = named
  const { type, nullable } = expression
  const column = expression.kind === 'attribute' ? expression : undefined
  const charLength = column ? column.charLength : named.charLength
  const comment = named.comment ?? column?.comment
  // Most have nothing else, or a qualifier.
  if (!isHidden && charLength === undefined && !comment)
    return qualifier === undefined ? { id, name, type, nullable } : { id, name, type, nullable, qualifier }
  return {
    id,
    name,
    type,
    nullable,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(isHidden ? { isHidden } : {}),
    ...(charLength === undefined ? {} : { charLength }),
    ...(comment ? { comment } : {}),
  }
}

/** The columns of a plan, as its rows leave the engine. */
export function schemaOf(plan: LogicalPlan): Schema {
  return {
    fields: outputOf(plan).map(({ name, type, nullable, comment }) => ({
      name,
      type,
      nullable,
      ...(comment === undefined ? {} : { comment }),
    })),
  }
}

/** By what the columns that a relation produces are known. */
export const outputIds = (plan: LogicalPlan): ReadonlySet<ExprId> => new Set(outputOf(plan).map(({ id }) => id))
