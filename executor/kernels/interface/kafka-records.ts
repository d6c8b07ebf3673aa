/* The state of a decoder of Kafka records. */
export const RECORDS_BYTES = 96
export const RECORDS_POSITION = 0
export const RECORDS_END = 4
export const RECORDS_REMAINING = 8
export const RECORDS_ROWS = 12
/** Offsets from here on and before there are wanted (i64 each). */
export const RECORDS_FROM = 16
export const RECORDS_UNTIL = 24
export const RECORDS_BASE_OFFSET = 32
export const RECORDS_BASE_TIMESTAMP = 40
export const RECORDS_APPEND_TIMESTAMP = 48
export const RECORDS_TIMESTAMP_TYPE = 56
export const RECORDS_MAX_ROWS = 60
/** Addresses of columns, 0 for those that are not wanted. */
export const RECORDS_KEY = 64
export const RECORDS_KEY_VALIDITY = 68
export const RECORDS_VALUE = 72
export const RECORDS_VALUE_VALIDITY = 76
export const RECORDS_OFFSET = 80
export const RECORDS_TIMESTAMP = 84
export const RECORDS_TYPE = 88
