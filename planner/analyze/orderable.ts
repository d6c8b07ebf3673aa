import { type DataType, partTypes } from '../../columnar/types.js'

/** Whether values of a type have an order: all but maps and what has them in it. */
export const isOrderable = (type: DataType): boolean => type.kind !== 'map' && partTypes(type).every(isOrderable)
