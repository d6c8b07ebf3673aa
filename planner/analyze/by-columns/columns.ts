import type { DataType } from '../../../columnar/types.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { ColumnNames, ValueKind } from '../../plan/unresolved/column-shape.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { resolveExpression } from '../expressions.js'
import { resolveName, type Scope } from '../names/scope.js'
import { keep } from '../names/visible.js'
import { isNumeric } from '../types/common-types.js'

export const mayBeNaN = ({ kind }: DataType): boolean => kind === 'float' || kind === 'double'

export const isOfKind = (type: DataType, kind: ValueKind): boolean =>
  kind === 'any' || (kind === 'number' ? isNumeric(type) : type.kind === kind)

/** The columns that are named, or all; a field of a column is none. @throws UNRESOLVED_COLUMN.*, AMBIGUOUS_REFERENCE */
export function chosen(columns: readonly Attribute[], names: ColumnNames | undefined): readonly Attribute[] {
  if (!names) return columns
  return names.flatMap((parts) => {
    const found = resolveName({ attributes: columns }, { parts })
    return found.kind === 'attribute' ? columns.filter(({ id }) => id === found.id).slice(0, 1) : []
  })
}

/** A column by its place, as several may have its name. */
export const columnAt = (place: number): UnresolvedExpression => ({ kind: 'attribute', parts: [String(place)] })

/** Resolves expressions that name columns by their places. */
export function byPlaces(
  columns: readonly Attribute[],
): (e: UnresolvedExpression, clause: 'SELECT' | 'WHERE') => Expression {
  const attributes = columns.map(({ qualifier: _, ...a }, i) => Object.freeze({ ...a, name: String(i) }))
  const scope: Scope = { attributes }
  return (e, clause) => resolveExpression(e, { scope, clause })
}

/** A relation with something else in the place of some columns; undefined for those that stay. */
export function withReplaced(
  input: LogicalPlan,
  replacement: (column: Attribute, place: number) => UnresolvedExpression | undefined,
  nextId: () => ExprId,
): LogicalPlan {
  const columns = outputOf(input)
  const resolve = byPlaces(columns)
  const projections = columns.map((column, i): NamedExpression => {
    const e = replacement(column, i)
    return e ? Object.freeze({ id: nextId(), name: column.name, expression: resolve(e, 'SELECT') }) : keep(column)
  })
  return Object.freeze({ kind: 'project', input, projections })
}

export const called = (name: string, ...args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
})
