import { sameType } from '../../../columnar/types.js'
import type { AttributeReference, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { joinKeys } from '../operators/join-keys.js'

/** Columns of both sides of a join that have the same values in all rows that match. */
export interface KeyPair {
  readonly left: AttributeReference
  readonly right: AttributeReference
}

/** The keys of a join that are columns. What is NULL in one matches nothing. */
export function keyPairs({ condition, left, right }: LogicalJoin): readonly KeyPair[] {
  const keys = joinKeys(condition, outputOf(left), outputOf(right))
  return keys.left.flatMap((a, i) => {
    const b = keys.right[i]!
    const areColumns = a.kind === 'attribute' && b.kind === 'attribute' && sameType(a.type, b.type)
    return areColumns && !keys.nullSafe[i]! ? [{ left: a, right: b }] : []
  })
}

export const hasColumn = (plan: LogicalPlan, id: ExprId): boolean => outputOf(plan).some((a) => a.id === id)

/** The column that a member of a select list, or a key of groups, passes on. */
export function passedOn(members: readonly NamedExpression[], id: ExprId): AttributeReference | undefined {
  const expression = members.find((member) => member.id === id)?.expression
  return expression?.kind === 'attribute' ? expression : undefined
}

/** What columns of the other side of a join equal a column in all rows that match. */
export const equalTo = (join: LogicalJoin, id: ExprId): readonly AttributeReference[] =>
  keyPairs(join).flatMap(({ left, right }) => (left.id === id ? [right] : right.id === id ? [left] : []))
