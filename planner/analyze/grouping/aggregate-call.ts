import { VOID } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { collatedArguments } from '../collations/aggregated.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression, siteOf } from '../expressions.js'
import type { AggregateDefinition, AggregateSite } from '../functions/aggregates/definition.js'
import { AGGREGATES } from '../functions/aggregates/index.js'
import { type CallSite, checkArity } from '../functions/definition.js'
import { refuseExtras } from '../refuse-extras.js'
import { sortOrders } from '../sort-order.js'
import { userAggregate } from '../user-calls/aggregate.js'
import { aggregateArguments } from './aggregate-arguments.js'

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
  const definition = definitionOf(call)
  if (!definition.choosesNulls) refuseExtras(call, 'NULLS')
  if (!definition.withinGroup) refuseExtras(call, 'WITHIN GROUP (ORDER BY ...)')
  const args = aggregateArguments(call, context)
  checkArity(definition, args.length, site)
  checkOrders(definition, call)
  const orders = (call.withinGroup ?? []).flatMap((order) =>
    sortOrders(order, (child) => resolveExpression(child, context)),
  )
  const { name, origin, argumentNames } = site
  const textOf = (e: UnresolvedExpression): string => siteOf(e, name, context.types).sql
  return definition.build(call.written ? args : collatedArguments(definition, args, site), {
    name,
    origin,
    argumentNames,
    get sql() {
      return aggregateSql(call, textOf)
    },
    argumentSql(position) {
      const written = argumentsOf(call)[position]
      return written && textOf(written)
    },
    textOf,
    call,
    orders,
    of,
  })
}

const definitionOf = ({ name, written }: UnresolvedCall): AggregateDefinition =>
  written?.kind === 'userAggregate' ? userAggregate(written) : AGGREGATES[name]!

/** What WITHIN GROUP orders is an argument before the others, unless it merely puts these in order. */
function argumentsOf({ name, args, withinGroup }: UnresolvedCall): readonly UnresolvedExpression[] {
  if (!withinGroup || AGGREGATES[name]!.withinGroup?.orders === 'any') return args
  return [...withinGroup.map((order) => (order.kind === 'sortOrder' ? order.child : order)), ...args]
}

/** A call as messages have it. */
export function aggregateSql(call: UnresolvedCall, textOf: (e: UnresolvedExpression) => string): string {
  const { withinGroup, ...rest } = call
  if (!withinGroup) return textOf(call)
  const args = argumentsOf(call)
  if (args !== call.args) return textOf({ ...rest, args })
  const delimiter: UnresolvedExpression = { kind: 'literal', type: VOID, value: null }
  return textOf({ ...rest, args: [...args, ...(args.length === 1 ? [delimiter] : []), ...withinGroup] })
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
