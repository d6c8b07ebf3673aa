/*
 * How the kernel that reads rows of PostgreSQL's binary COPY is told of their columns: one entry (u32s) for each, in the order of the rows.
 */
export const POSTGRES_KIND = 0
/** Where the values go, and the bytes that say whether they are NULL. */
export const POSTGRES_DATA = 4
export const POSTGRES_VALIDITY = 8
/** Of decimals. */
export const POSTGRES_PRECISION = 12
export const POSTGRES_SCALE = 16
/** Of arrays: the entry of their elements, one of which is read at a time, and the description of the type by which they are packed (packed.ts). */
export const POSTGRES_ELEMENT = 20
export const POSTGRES_TYPE = 24
/** The bytes of a slot, which begins with the flag of a NULL, and where in it the value is. */
export const POSTGRES_SLOT_BYTES = 28
export const POSTGRES_SLOT_VALUE = 32
export const POSTGRES_COLUMN_BYTES = 36

/** One byte. */
export const POSTGRES_BOOLEAN = 0
/** Numbers of two, four and eight bytes, whole ones and those with a point. */
export const POSTGRES_WORD2 = 1
export const POSTGRES_WORD4 = 2
export const POSTGRES_WORD8 = 3
/** Texts and bytes, of which refs to where they lie are given. */
export const POSTGRES_BYTES = 4
export const POSTGRES_DECIMAL64 = 5
export const POSTGRES_DECIMAL128 = 6
export const POSTGRES_DATE = 7
export const POSTGRES_TIMESTAMP = 8
export const POSTGRES_TIME = 9
/** Arrays, whose values lie in the arena. */
export const POSTGRES_LIST = 10

/* What the kernel tells when it ends (u32s). */
/** Where the next message begins. */
export const POSTGRES_AT = 0
export const POSTGRES_STATUS = 4
/** The number of the column whose value has no place. */
export const POSTGRES_COLUMN = 8
/** Of a message that is not whole: how many bytes it has, 0 where that is not known yet. */
export const POSTGRES_NEEDED = 12
export const POSTGRES_OUTCOME_BYTES = 16

/** There are as many rows as were asked for. */
export const POSTGRES_FULL = 0
/** The next message is not whole. */
export const POSTGRES_MORE = 1
/** The next message is no row. */
export const POSTGRES_OTHER = 2
export const POSTGRES_MALFORMED = 3
/** A day or moment that is infinite, a number that is infinite or none, and one that is too large. */
export const POSTGRES_INFINITE = 4
export const POSTGRES_NOT_A_NUMBER = 5
export const POSTGRES_TOO_LARGE = 6
/** An array of several dimensions, for which there is no type. */
export const POSTGRES_NESTED = 7
