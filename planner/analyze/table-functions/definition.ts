import type { Origin } from '../../../common/errors/condition.js'
import type { ExprId } from '../../plan/expression/expression.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { Scope } from '../names/scope.js'

/** A call of a table function in FROM. */
export interface TableCall {
  readonly args: readonly UnresolvedExpression[]
  /** What the query around it has, where it is part of a subquery or a lateral join. */
  readonly outer: Scope | undefined
  readonly origin: Origin | undefined
  readonly nextId: () => ExprId
}

/** A function that stands in FROM: how many arguments it takes and the relation that it is. */
export interface TableFunction {
  /** The numbers of arguments it takes, as messages have them. */
  readonly arities: readonly number[]
  build(call: TableCall): LogicalPlan
}
