import { BOOLEAN, sameType } from '../../columnar/types.js'
import { call } from '../plan/expression/build.js'
import type { AttributeReference, Expression, ExprId } from '../plan/expression/expression.js'

/** Columns that inner joins make equal to each other. */
export type EqualityClass = readonly AttributeReference[]

export interface Equalities {
  readonly classes: readonly EqualityClass[]
  /** Conditions that are no equality of two columns. */
  readonly others: readonly Expression[]
}

/** Follows equalities: `a = b` and `b = c` make one class, so that a and c may be joined directly. */
export function equalitiesOf(conditions: readonly Expression[]): Equalities {
  const classOf = new Map<ExprId, AttributeReference[]>()
  const others: Expression[] = []
  for (const condition of conditions) {
    const [a, b] = condition.kind === 'call' && condition.fn === 'eq' ? condition.args : []
    if (a?.kind !== 'attribute' || b?.kind !== 'attribute' || !sameType(a.type, b.type)) {
      others.push(condition)
      continue
    }
    const [first, second] = [classOf.get(a.id) ?? [a], classOf.get(b.id) ?? [b]]
    const merged = first === second ? first : [...first, ...second]
    for (const member of merged) classOf.set(member.id, merged)
  }
  return { classes: [...new Set(classOf.values())], others }
}

export const equality = (a: AttributeReference, b: AttributeReference): Expression => call('eq', BOOLEAN, [a, b])
