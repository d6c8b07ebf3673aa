import { BOOLEAN, INT, VOID } from '../../../columnar/types.js'
import type { Attribute, ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnShape } from '../../plan/unresolved/column-shape.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { byPlaces, called, chosen, columnAt, isOfKind, mayBeNaN, withReplaced } from './columns.js'

type Shape<K extends ColumnShape['kind']> = Extract<ColumnShape, { kind: K }>

const count = (value: number): UnresolvedExpression => ({ kind: 'literal', type: INT, value })
const NULL: UnresolvedExpression = Object.freeze({ kind: 'literal', type: VOID, value: null })

/** Rows in which as many columns as are asked for are neither NULL nor NaN. */
export function withoutNulls({ atLeast, columns: names }: Shape<'dropNulls'>, input: LogicalPlan): LogicalPlan {
  const columns = outputOf(input)
  const asked = chosen(columns, names)
  const held = asked.map((column) => holds(column, columns.indexOf(column)))
  const least = atLeast ?? held.length
  const condition = byPlaces(columns)(least === held.length ? all(held) : several(held, least), 'WHERE')
  return Object.freeze({ kind: 'filter', input, condition })
}

function holds({ type }: Attribute, place: number): UnresolvedExpression {
  const isThere = called('isnotnull', columnAt(place))
  return mayBeNaN(type) ? called('and', isThere, called('not', called('isnan', columnAt(place)))) : isThere
}

const all = (conditions: readonly UnresolvedExpression[]): UnresolvedExpression =>
  conditions.reduce((both, next) => called('and', both, next), { kind: 'literal', type: BOOLEAN, value: true })

function several(conditions: readonly UnresolvedExpression[], least: number): UnresolvedExpression {
  const each = conditions.map(
    (when): UnresolvedExpression => ({
      kind: 'case',
      branches: [{ when, value: count(1) }],
      otherwise: count(0),
    }),
  )
  const sum = each.reduce((total, one) => called('+', total, one), count(0))
  return called('>=', sum, count(least))
}

/** Columns with values in the place of their NULLs and NaNs. */
export function withFilledNulls({ fills }: Shape<'fillNulls'>, input: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  const columns = outputOf(input)
  const values = new Map<Attribute, UnresolvedExpression>()
  for (const { value, kind, columns: names } of fills)
    for (const column of chosen(columns, names)) if (isOfKind(column.type, kind)) values.set(column, value)
  return withReplaced(
    input,
    (column, place) => {
      const value = values.get(column)
      if (!value) return undefined
      const { type } = column
      const known = mayBeNaN(type) ? called('nanvl', columnAt(place), NULL) : columnAt(place)
      return called('coalesce', known, { kind: 'cast', child: value, type, mode: 'session' })
    },
    nextId,
  )
}
