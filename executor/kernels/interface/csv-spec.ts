/*
 * How kernels are told of rows of CSV (u32s; offsets count from the start of the spec). Texts are an offset and a length. What is read is followed by a
 * spec of JSON, which tells the fields, their slots, dates and times; what is written by formats of times alone.
 */
/** Bits: those below. */
export const CSV_FLAGS = 0
/** Bytes; 0 where there is none. */
export const CSV_QUOTE = 4
export const CSV_ESCAPE = 8
export const CSV_COMMENT = 12
export const CSV_SEPARATOR = 16
/** What stands for NULL, for an empty text in quotes, and for numbers that are none. */
export const CSV_NULL = 24
export const CSV_EMPTY = 32
export const CSV_NAN = 40
export const CSV_INFINITY = 48
export const CSV_NEGATIVE_INFINITY = 56
/** Where the spec of JSON begins, or the formats. */
export const CSV_INNER = 64
export const CSV_HEADER_BYTES = 72

/** White space around values without quotes goes. */
export const CSV_TRIMS_LEFT = 1
export const CSV_TRIMS_RIGHT = 2
/** Every value is written in quotes; quotes in values without need of them are not escaped. */
export const CSV_QUOTES_ALL = 4
/** What stands for a number that is none has a form that numbers have. */
export const CSV_SPECIAL_DIGITS = 8
