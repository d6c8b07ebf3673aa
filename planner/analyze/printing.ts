import type { DataType } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Name, Subquery } from './unresolved-nodes.js'

/* How calls are printed as Spark names columns after them. */

/** What is known of an expression that is printed. */
export interface TextContext {
  /** How a name is printed; of a qualified one its last part, unless it is known to be a field. */
  name?(name: Name): string
  /** The columns that a star as an argument stands for. */
  star?(star: Extract<UnresolvedExpression, { kind: 'star' }>): readonly string[]
  /** The columns of the query around a subquery that it uses. */
  outer?(e: Subquery): readonly string[]
  /** The type of an operand, where it was resolved before: some operators are printed by what they add. */
  typeOf?(e: UnresolvedExpression): DataType | undefined
}

export type OperandText = (operand: UnresolvedExpression) => string

/** How a call is printed, where that is another way than `name(arguments)`; undefined for that one. */
export type CallText = (
  args: readonly UnresolvedExpression[],
  text: OperandText,
  context: TextContext,
) => string | undefined

/** How Spark prints a function, where not as it is written. */
export interface Printed {
  /** The name. */
  readonly as?: string
  /** The name of a call with WITHIN GROUP, where that is another one. */
  readonly asOrdered?: string
  /** How many arguments are printed at most. */
  readonly shown?: number
  /** The last arguments, which are added to those of a call that has fewer than so many. */
  readonly defaults?: { readonly count: number; readonly last: readonly string[] }
  /** Whether a call of one argument is printed as this alone. */
  readonly isCast?: true
  readonly call?: CallText
  /** What one of the orders in WITHIN GROUP (ORDER BY …) is printed as. */
  order?(order: Extract<UnresolvedExpression, { kind: 'sortOrder' }>, text: OperandText): string
}

/** Arguments as they are printed: a star as the columns that it stands for. */
export const textsOf = (
  args: readonly UnresolvedExpression[],
  text: OperandText,
  { star }: TextContext,
): readonly string[] => args.flatMap((arg) => (arg.kind === 'star' ? (star?.(arg) ?? [text(arg)]) : [text(arg)]))
