import type { ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import { called, chosen, columnAt, isOfKind, withReplaced } from './columns.js'

/** Columns with other values in the place of some. */
export function withReplacedValues(
  { of, pairs, columns: names }: Extract<ColumnShape, { kind: 'replaceValues' }>,
  input: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  const meant = new Set(chosen(outputOf(input), names).filter(({ type }) => isOfKind(type, of)))
  return withReplaced(
    input,
    (column, place) => {
      if (pairs.length === 0 || !meant.has(column)) return undefined
      const { type } = column
      const branches = pairs.map(({ from, to }) => ({
        when: called('=', columnAt(place), from),
        value: { kind: 'cast', child: to, type, mode: 'session' } as const,
      }))
      return { kind: 'case', branches, otherwise: columnAt(place) }
    },
    nextId,
  )
}
