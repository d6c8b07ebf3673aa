import type { DataType } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { Expression, LambdaVariable, NamedExpression } from '../plan/expression/expression.js'
import type { UnresolvedCall, UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Clause } from './misplaced.js'
import type { Scope } from './names/scope.js'
import type { Expanded } from './names/star-except.js'
import type { Subqueries } from './subqueries/subqueries.js'

/** How names and aggregates are resolved where an expression stands. */
export interface ExpressionContext {
  readonly scope: Scope
  /** Where the expression stands; decides how an aggregate function in it is refused. */
  readonly clause: Clause
  /** The columns to suggest for a misspelt name where these are others than those in scope. */
  readonly suggestFrom?: Scope
  /** The whole condition, for the message about aggregates in WHERE. */
  readonly whole?: UnresolvedExpression
  /** The types of what was resolved, for names that depend on them. */
  readonly types?: Map<UnresolvedExpression, DataType>
  /** Where subqueries are joined; absent where there may be none. */
  readonly subqueries?: Subqueries | undefined
  /** Where the subqueries were joined that are keys of the GROUP BY below. */
  readonly keySubqueries?: Subqueries
  /** Where functions over windows are computed; absent where there may be none. */
  readonly windows?: WindowResolver | undefined
  /** The variables of the lambdas around, the innermost last. */
  readonly variables?: readonly LambdaVariable[]
  /** Where generators are computed; absent where there may be none. */
  readonly generators?: GeneratorResolver
  /** Takes over a node before the usual rules: references to keys and aggregates above a GROUP BY. */
  intercept?(e: UnresolvedExpression): Expression | undefined
  /** What a column of the input that a star stands for is here: above a GROUP BY its key. */
  column?(column: Expanded, origin: Origin | undefined): Expression
}

/** Resolves functions over windows and has them computed below the expression. */
export interface WindowResolver {
  value(e: Extract<UnresolvedExpression, { kind: 'window' }>, context: ExpressionContext): Expression
}

/** Has what a generator makes of each row computed below the select list. */
export interface GeneratorResolver {
  /** Whether its rows are groups, which one generator alone makes rows of. */
  readonly isOverGroups: boolean
  /** The columns it gives, under other names where these are given. */
  columns(
    call: UnresolvedCall,
    names: readonly string[] | undefined,
    context: ExpressionContext,
  ): readonly NamedExpression[]
}
