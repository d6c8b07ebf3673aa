import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { Call } from '../../../../planner/plan/expression/expression.js'
import { ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'

/** The value of a subquery, unless it has more than one row. */
export function compileSingleValue(call: Call, scope: Scope): Value {
  const { f } = scope
  const rows = scope.value(call.args[0]!)
  if (rows.kind !== 'scalar') throw new MillraceError('INTERNAL_ERROR', { message: 'a number of rows is no number' })
  f.get(rows.value).i64(1n).op('i64.gt_s')
  ifNotNullAnd(f, rows.isNull, () => scope.raise('SCALAR_SUBQUERY_TOO_MANY_ROWS', {}, call.origin))
  return scope.value(call.args[1]!)
}
