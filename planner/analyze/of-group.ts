import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { FunctionDefinition } from './functions/definition.js'
import { isAggregate } from './functions/registry.js'
import { isNameOf } from './scope.js'
import { someNode } from './unresolved-nodes.js'

/* Which expressions are about groups of rows. */

export function isAggregateCall(e: UnresolvedExpression): boolean {
  return e.kind === 'function' && isAggregate(e.name)
}

/** Whether an expression holds an aggregate function. */
export function hasAggregate(e: UnresolvedExpression): boolean {
  return someNode(e, isAggregateCall)
}

/** Functions that tell grouping sets apart, and how many keys they take. */
export const GROUPING_FUNCTIONS: Readonly<Record<string, Pick<FunctionDefinition, 'minArgs' | 'maxArgs' | 'help'>>> = {
  grouping: { minArgs: 1, maxArgs: 1 },
  grouping_id: { minArgs: 0, maxArgs: Number.POSITIVE_INFINITY },
}

/** Whether an expression is a call whose operands are what a group is made of, whatever their names are above the GROUP BY. */
export const isOfGroup = (e: UnresolvedExpression): boolean => isAggregateCall(e) || isGroupingFunction(e)

export const isGroupingFunction = (e: UnresolvedExpression): boolean =>
  e.kind === 'function' && Object.hasOwn(GROUPING_FUNCTIONS, e.name)

/** Whether an expression asks for the grouping set of a row; of Hive comes the name of its number. */
export const asksForSet = (e: UnresolvedExpression): boolean => isGroupingFunction(e) || isNameOf(e, 'grouping__id')
