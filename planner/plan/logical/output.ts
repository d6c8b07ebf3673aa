import { onceEach } from '../../../common/once-each.js'
import type { Attribute, NamedExpression } from '../expression/expression.js'
import type { LogicalPlan } from './plan.js'

/** The columns a relation produces, in order. Every rule asks for them at every level, so they are made once for a node. */
export const outputOf: (plan: LogicalPlan) => readonly Attribute[] = onceEach((plan) => {
  switch (plan.kind) {
    case 'scan':
    case 'local':
    case 'range':
      return plan.output
    case 'oneRow':
      return []
    case 'project':
      return plan.projections.map(attributeOf)
    case 'aggregate':
      return [
        ...plan.keys.map(attributeOf),
        ...plan.aggregates.map(({ id, name, type, nullable }) => ({ id, name, type, nullable })),
      ]
    case 'join': {
      const right = outputOf(plan.right)
      return [...outputOf(plan.left), ...(plan.type === 'left' ? right.map((a) => ({ ...a, nullable: true })) : right)]
    }
    case 'filter':
    case 'sort':
    case 'limit':
    case 'watermark':
    case 'cached':
      return outputOf(plan.input)
  }
})

/** The column that a member of a select list becomes. */
export function attributeOf({ id, name, expression, qualifier, isHidden }: NamedExpression): Attribute {
  const { type, nullable } = expression
  return {
    id,
    name,
    type,
    nullable,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(isHidden ? { isHidden } : {}),
  }
}
