import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { FunctionDefinition } from '../functions/definition.js'
import { helped } from '../functions/definition.js'
import { isAggregate } from '../functions/registry.js'
import { isNameOf } from '../names/scope.js'
import { someNode } from '../unresolved-nodes.js'

/* Which expressions are about groups of rows. */

/** An aggregate of the engine, or of the program. */
export function isAggregateCall(e: UnresolvedExpression): boolean {
  if (e.kind !== 'function') return false
  return e.written ? e.written.kind === 'userAggregate' : isAggregate(e.name)
}

/** Whether an expression holds an aggregate function. */
export function hasAggregate(e: UnresolvedExpression): boolean {
  return someNode(e, isAggregateCall)
}

/** Functions that tell grouping sets apart, and how many keys they take. */
export const GROUPING_FUNCTIONS: Readonly<Record<string, Pick<FunctionDefinition, 'minArgs' | 'maxArgs' | 'help'>>> = {
  grouping: helped(
    '(key)',
    'In a query with grouping sets: 1 where the key is left out of the set of the row, else 0.',
    [
      [
        "SELECT k, grouping(k), sum(v) FROM VALUES ('a', 1), ('b', 2) AS t(k, v) GROUP BY CUBE(k) ORDER BY 2, 1",
        'a, 0, 1\nb, 0, 2\nNULL, 1, 3',
      ],
    ],
    { minArgs: 1, maxArgs: 1 },
  ),
  grouping_id: helped(
    '([key, …])',
    'In a query with grouping sets: the answers of `grouping` for the keys, as the bits of a number.',
    [
      [
        'SELECT a, b, grouping_id(a, b) FROM VALUES (1, 2) AS t(a, b) GROUP BY ROLLUP(a, b) ORDER BY 3',
        '1, 2, 0\n1, NULL, 1\nNULL, NULL, 3',
      ],
    ],
    { minArgs: 0, maxArgs: Number.POSITIVE_INFINITY },
  ),
}

/** Whether an expression is a call whose operands are what a group is made of, whatever their names are above the GROUP BY. */
export const isOfGroup = (e: UnresolvedExpression): boolean => isAggregateCall(e) || isGroupingFunction(e)

export const isGroupingFunction = (e: UnresolvedExpression): boolean =>
  e.kind === 'function' && Object.hasOwn(GROUPING_FUNCTIONS, e.name)

/** Whether an expression asks for the grouping set of a row; of Hive comes the name of its number. */
export const asksForSet = (e: UnresolvedExpression): boolean => isGroupingFunction(e) || isNameOf(e, 'grouping__id')
