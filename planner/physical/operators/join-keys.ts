import { conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import { referencesOf } from '../../plan/expression/transform.js'

/** The condition of a join as equalities between the sides and the rest. */
export interface JoinKeys {
  readonly left: readonly Expression[]
  readonly right: readonly Expression[]
  /** For each pair, whether NULL equals NULL. */
  readonly nullSafe: readonly boolean[]
  readonly rest: Expression | undefined
}

/** Splits a condition into keys and the rest. */
export function joinKeys(
  condition: Expression | undefined,
  left: readonly Attribute[],
  right: readonly Attribute[],
): JoinKeys {
  const [leftIds, rightIds] = [new Set(left.map((a) => a.id)), new Set(right.map((a) => a.id))]
  const isOf = (e: Expression, ids: ReadonlySet<number>): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => ids.has(id))
  }
  const keys: { left: Expression[]; right: Expression[]; nullSafe: boolean[] } = { left: [], right: [], nullSafe: [] }
  const rest: Expression[] = []
  for (const conjunct of condition ? conjuncts(condition) : []) {
    const isEquality = conjunct.kind === 'call' && (conjunct.fn === 'eq' || conjunct.fn === 'eq_null_safe')
    const [a, b] = isEquality ? conjunct.args : []
    const isStraight = a && b && isOf(a, leftIds) && isOf(b, rightIds)
    if (!a || !b || !(isStraight || (isOf(a, rightIds) && isOf(b, leftIds)))) {
      rest.push(conjunct)
      continue
    }
    keys.left.push(isStraight ? a : b)
    keys.right.push(isStraight ? b : a)
    keys.nullSafe.push(isEquality && conjunct.fn === 'eq_null_safe')
  }
  return { ...keys, rest: conjunction(rest) }
}
