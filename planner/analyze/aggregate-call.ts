import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { Expression } from '../plan/expression/expression.js'
import type { UnresolvedCall } from '../plan/unresolved/expression.js'
import { aggregateArguments } from './aggregate-arguments.js'
import { type ExpressionContext, resolveExpression } from './expressions.js'
import type { AggregateDefinition, AggregateSite } from './functions/aggregates/definition.js'
import { AGGREGATES } from './functions/aggregates/index.js'
import { type CallSite, checkArity } from './functions/definition.js'
import { refuseExtras } from './refuse-extras.js'
import { sortOrders } from './sort-order.js'

/**
 * What a call of an aggregate, grouped or over a window, resolves to.
 * @param of the results of the aggregates that it is made of
 * @throws WRONG_NUM_ARGS.*, INVALID_WITHIN_GROUP_EXPRESSION.* and the conditions of functions
 */
export function aggregateValue(
  call: UnresolvedCall,
  context: ExpressionContext,
  site: CallSite,
  of: AggregateSite['of'],
): Expression {
  const definition = AGGREGATES[call.name]!
  if (!definition.choosesNulls) refuseExtras(call, 'NULLS')
  if (!definition.withinGroup) refuseExtras(call, 'WITHIN GROUP (ORDER BY ...)')
  const args = aggregateArguments(call, context)
  checkArity(definition, args.length, site)
  checkOrders(definition, call)
  const orders = (call.withinGroup ?? []).flatMap((order) =>
    sortOrders(order, (child) => resolveExpression(child, context)),
  )
  const { name, origin, argumentNames } = site
  return definition.build(args, {
    name,
    origin,
    argumentNames,
    get sql() {
      return site.sql
    },
    argumentSql: (position) => site.argumentSql?.(position),
    call,
    orders,
    of,
  })
}

/** @throws INVALID_WITHIN_GROUP_EXPRESSION.* */
function checkOrders({ withinGroup }: AggregateDefinition, call: UnresolvedCall): void {
  if (!withinGroup) return
  const { name, args, distinct, withinGroup: written, origin } = call
  const funcName = quotedName(name)
  if (distinct && !withinGroup.allowsDistinct)
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED', { funcName }, { origin })
  if (withinGroup.orders === 'any') return
  const expectedNum = withinGroup.orders(args.length)
  if (expectedNum > 0 && !written)
    throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING', { funcName }, { origin })
  const actualNum = written?.length ?? 0
  if (actualNum === expectedNum) return
  const parameters = { funcName, expectedNum, actualNum }
  throw new MillraceError('INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS', parameters, { origin })
}
