import { type DataType, hasVariants } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { UNREADABLE_VARIANT } from '../../../planner/plan/expression/variant-errors.js'
import { raiseErrors } from './functions/routine.js'
import type { Scope } from './scope.js'

/* Kernels that make texts of values may meet variants in them, and say afterwards whether these could be read. */

/** Before values of a type are written. Within others variants tell timestamps in UTC, in JSON in the zone that is given. */
export function beginVariants(type: DataType, scope: Scope, timeZone = ''): void {
  if (!hasVariants(type)) return
  const zone = Buffer.from(timeZone)
  scope.pushAddress(scope.context.constants.add(zone))
  scope.f.i32(zone.length).call(scope.kernel('variantsBegin'))
}

/** After they were written. */
export function raiseUnreadable(type: DataType, origin: Origin | undefined, scope: Scope): void {
  if (!hasVariants(type)) return
  const { f, context } = scope
  f.get(context.constantsBase).call(scope.kernel('variantsVerdict'))
  raiseErrors(UNREADABLE_VARIANT, f.setNew('i32'), origin, scope)
}
