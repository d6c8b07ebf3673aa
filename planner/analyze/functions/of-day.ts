import { BIGINT, type DataType, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { RoutineError } from '../../plan/expression/routine.js'

/* Times of day as numbers, of which generated code makes nothing. */

export const NANOS_PER_MICRO = 1000n

export const nanosOf = (time: Expression): Expression => call('time_nanos', BIGINT, [time])
export const ofNanos = (nanos: Expression, type: DataType): Expression => call('time_of_nanos', type, [nanos])

/** The microseconds since midnight. */
export const microsOfDay = (time: Expression): Expression =>
  call('int_divide', BIGINT, [nanosOf(time), literal(BIGINT, NANOS_PER_MICRO)])

/** The time on the first day of 1970: what functions of timestamps get. */
export const asFirstDay = (time: Expression): Expression => call('timestamp_micros', TIMESTAMP_NTZ, [microsOfDay(time)])

/** What a field that no clock shows raises. */
export const outOfClock = (rangeMessage: string): RoutineError => ({
  condition: 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION',
  parameters: { rangeMessage },
})
