import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { Column } from './column.js'
import { type Literal, literalOf } from './literal.js'

/** What may stand where a column is expected. */
export type ColumnOrLiteral = Column | Literal

/** The columns an operand refers to; a string is a value. */
export type ReferencesOfOperand<T> = T extends Column<unknown, string, infer C> ? C : never

/** What the methods of columns are made with, theme by theme in the classes between this one and `Column`. */
export abstract class ColumnBase {
  abstract get expression(): UnresolvedExpression

  protected abstract made<W, M extends string, D extends string>(expression: UnresolvedExpression): Column<W, M, D>

  protected called<W, D extends string>(name: string, ...others: readonly ColumnOrLiteral[]): Column<W, string, D> {
    return this.made({ kind: 'function', name, args: [this.expression, ...others.map(operandOf)] })
  }
}

export const operandOf = (value: ColumnOrLiteral): UnresolvedExpression =>
  value instanceof ColumnBase ? value.expression : literalOf(value as Literal)
