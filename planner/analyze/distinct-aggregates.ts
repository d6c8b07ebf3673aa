import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { reference } from '../plan/expression/build.js'
import type { AggregateCall, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { sameExpression } from '../plan/expression/same.js'
import { attributeOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'

/** Groups of a relation. Aggregates of DISTINCT values are those over groups by the keys and the value. @throws UNSUPPORTED_FEATURE */
export function groupsOf(
  input: LogicalPlan,
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
  nextId: () => ExprId,
): LogicalPlan {
  const distinct = aggregates.find((call) => call.distinct)
  if (!distinct) return Object.freeze({ kind: 'aggregate', input, keys, aggregates })
  const value = argumentOf(distinct)
  for (const call of aggregates) {
    if (!call.distinct) throw refused(`${distinct.fn}(DISTINCT …) beside ${call.fn} of all values`, distinct.origin)
    if (!sameExpression(argumentOf(call), value)) throw refused('DISTINCT of different values', call.origin)
  }
  const column: NamedExpression = Object.freeze({ id: nextId(), name: '_distinct', expression: value })
  const values: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: [...keys, column], aggregates: [] })
  const outerKeys = keys.map((key) => Object.freeze({ ...key, expression: reference(attributeOf(key)) }))
  const args = [reference(attributeOf(column))]
  const outer = aggregates.map((call) => Object.freeze({ ...call, args, distinct: false }))
  return Object.freeze({ kind: 'aggregate', input: values, keys: outerKeys, aggregates: outer })
}

function argumentOf(call: AggregateCall): Expression {
  const [arg, ...others] = call.args
  if (!arg || others.length > 0) throw refused(`${call.fn}(DISTINCT …) of a constant`, call.origin)
  if (call.filter) throw refused(`${call.fn}(DISTINCT …) with FILTER`, call.origin)
  return arg
}

function refused(feature: string, origin: Origin | undefined): MillraceError {
  return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}
