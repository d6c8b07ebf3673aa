import { BOOLEAN, type DataType } from '../../../../columnar/types.js'
import { call, literal } from '../../../plan/expression/build.js'
import type { Expression, Fold } from '../../../plan/expression/expression.js'
import { column, columnsOf, either } from './fold.js'

/** A sum whose addition wraps, or is NULL once it leaves its type; then the sum is NULL, as Spark's is, whatever comes later. */
export function failingSum(label: string, type: DataType, plus: (a: Expression, b: Expression) => Expression): Fold {
  const state = [
    { name: 'sum', type, nullable: true },
    { name: 'seen', type: BOOLEAN, nullable: false },
  ]
  const [sum, seen] = columnsOf(state)
  const [otherSum, otherSeen] = columnsOf(state, state.length)
  const value = column(state.length, type)
  return {
    label,
    state,
    added: [either(seen!, plus(sum!, value), value), literal(BOOLEAN, true)],
    merged: [
      either(otherSeen!, either(seen!, plus(sum!, otherSum!), otherSum!), sum!),
      call('or', BOOLEAN, [seen!, otherSeen!]),
    ],
    result: sum!,
  }
}
