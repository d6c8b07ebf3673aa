import { type DataType, partTypes, quotedTypeName } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'

/** Whether values of a type have an order: all but maps, variants, intervals of months and days, and what has them in it. */
export const isOrderable = (type: DataType): boolean => !UNORDERED.has(type.kind) && partTypes(type).every(isOrderable)

const UNORDERED: ReadonlySet<DataType['kind']> = new Set(['map', 'variant', 'interval'])

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
