import type { Shape } from './records/record.js'
import { recordOf } from './records/records.js'
import type { DataType } from './types.js'

/** How values of a type are held. */
export const shapeOf = (type: DataType): Shape => recordOf(type).shape(type)
