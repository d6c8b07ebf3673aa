import { type DataType, partTypes } from './types.js'

/** Whether values of a type have an order: all but maps, variants, intervals of months and days, and what has them in it. */
export const isOrderable = (type: DataType): boolean => !UNORDERED.has(type.kind) && partTypes(type).every(isOrderable)

const UNORDERED: ReadonlySet<DataType['kind']> = new Set(['map', 'variant', 'interval'])

/** Whether a type has no values between neighbouring integers, so that a range tells how many there are. */
export const isWhole = ({ kind }: DataType): boolean => WHOLE.has(kind)

const WHOLE: ReadonlySet<DataType['kind']> = new Set(['tinyint', 'smallint', 'int', 'bigint', 'date'])
