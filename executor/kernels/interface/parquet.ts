/* The cursor of a decoder of Parquet's RLE and bit-packing hybrid. */
export const CURSOR_BYTES = 32
/** Where the header of the next run is, and where the page ends. */
export const CURSOR_POSITION = 0
export const CURSOR_END = 4
/** Bits of a value. */
export const CURSOR_WIDTH = 8
/** How many values of the current run are left, and whether it is bit-packed. */
export const CURSOR_LEFT = 12
export const CURSOR_PACKED = 16
/** The value of a repeated run. */
export const CURSOR_VALUE = 20
/** Where the packed run began, and how many of its values were taken. */
export const CURSOR_RUN = 24
export const CURSOR_INDEX = 28

/* How `parquetPlain` makes stored values the engine's. Of byte arrays the length stands before each value. */
export const PLAIN_COPY = 0
export const PLAIN_INT32_TO_INT8 = 1
export const PLAIN_INT32_TO_INT16 = 2
export const PLAIN_INT32_TO_INT64 = 3
export const PLAIN_UINT32_TO_INT64 = 4
export const PLAIN_UINT64_TO_INT128 = 5
export const PLAIN_INT64_TO_INT128 = 6
export const PLAIN_MILLIS_TO_MICROS = 7
export const PLAIN_NANOS_TO_MICROS = 8
export const PLAIN_INT96_TO_MICROS = 9
export const PLAIN_FIXED_TO_INT64 = 10
export const PLAIN_FIXED_TO_INT128 = 11
export const PLAIN_BYTES_TO_INT64 = 12
export const PLAIN_BYTES_TO_INT128 = 13
export const PLAIN_BYTES_TO_REFS = 14
export const PLAIN_FIXED_TO_REFS = 15
export const PLAIN_HALF_TO_FLOAT = 16
export const PLAIN_TIME_MICROS_TO_NANOS = 17
/** Those that no TIME has are dropped. */
export const PLAIN_TIME_NANOS = 18
export const PLAIN_INT32_TO_DOUBLE = 19
export const PLAIN_FLOAT_TO_DOUBLE = 20
