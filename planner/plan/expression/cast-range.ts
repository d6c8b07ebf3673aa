import { type DataType, isNested, sameType } from '../../../columnar/types.js'

const DIGITS: Partial<Record<DataType['kind'], number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 19 }

/** Whether every value of a type is one of another. */
export function fitsAlways(from: DataType, to: DataType): boolean {
  if (from.kind === 'variant' || to.kind === 'variant') return from.kind === to.kind
  if (to.kind === 'string' || sameType(from, to)) return true
  const digits = DIGITS[from.kind]
  const isNumber = digits !== undefined || from.kind === 'decimal' || from.kind === 'float' || from.kind === 'double'
  if (to.kind === 'double') return isNumber
  if (to.kind === 'decimal') {
    if (from.kind === 'decimal') return to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale
    return digits !== undefined && to.precision - to.scale >= digits
  }
  return digits !== undefined && (DIGITS[to.kind] ?? 0) >= digits
}

/** Whether a value may become NULL by a cast outside of ANSI mode; the parts of nested ones may all the same. */
export function mayBecomeNull(from: DataType, to: DataType): boolean {
  if (from.kind === 'variant') return true
  if (isNested(from) || fitsAlways(from, to)) return false
  if (from.kind === 'string') return to.kind !== 'binary'
  if (from.kind === 'date' || to.kind === 'decimal') return true
  if (from.kind === 'timestamp') return to.kind === 'tinyint' || to.kind === 'smallint' || to.kind === 'int'
  if (from.kind === 'time') return to.kind === 'tinyint' || to.kind === 'smallint'
  return (from.kind === 'float' || from.kind === 'double') && to.kind === 'timestamp'
}
