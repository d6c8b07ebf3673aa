import { type DataType, MAX_DECIMAL_PRECISION } from '../../../columnar/types.js'

/** So many digits fewer than there may be leave room for any number of rows. */
const ROOM_FOR_ROWS = 10

/** Whether a sum of values of a type has room for any number of rows. */
export const sumHasRoom = (type: DataType): boolean =>
  type.kind === 'decimal' ? type.precision <= MAX_DECIMAL_PRECISION - ROOM_FOR_ROWS : type.kind !== 'bigint'
