import { isOrderable } from '../../../columnar/orderable-types.js'
import { type DataType, quotedTypeName } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'

/** What compares values: its name and its SQL in quotes. */
interface Comparing {
  readonly name: string
  readonly sql: string
  readonly origin: Origin | undefined
}

/** @throws DATATYPE_MISMATCH.INVALID_ORDERING_TYPE for values without an order */
export function refuseUnordered(type: DataType, comparing: Comparing): void {
  if (isOrderable(type)) return
  const { sql, name, origin } = comparing
  const parameters = { sqlExpr: sql, functionName: quotedName(name), dataType: quotedTypeName(type) }
  throw new MillraceError('DATATYPE_MISMATCH.INVALID_ORDERING_TYPE', parameters, { origin })
}
