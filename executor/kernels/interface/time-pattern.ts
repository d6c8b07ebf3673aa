/*
 * A pattern of dates and times as kernels run it: operations, each a head of eight bytes and its payload, whose length the head tells.
 */
export const PATTERN_HEAD_BYTES = 8
export const PATTERN_KIND = 0
/** Which field is meant. */
export const PATTERN_FIELD = 1
/** Least and most digits; of names their number and the bytes that each takes. */
export const PATTERN_MIN = 2
export const PATTERN_MAX = 3
/** How a number is signed. */
export const PATTERN_SIGN = 4
/** How many digits behind it belong to the numbers that follow; of offsets their form. */
export const PATTERN_RESERVED = 5
/** u16 */
export const PATTERN_PAYLOAD = 6

export const PATTERN_TEXT = 1
/** Its payload is the text behind it. */
export const PATTERN_NUMBER = 2
/** The last two digits of a year of this century, likewise. */
export const PATTERN_SHORT_YEAR = 3
export const PATTERN_FRACTION = 4
/** One of the names in the payload, each a byte with its length and the bytes up to the longest. */
export const PATTERN_NAME = 5
/** An offset; what stands for none is the payload. */
export const PATTERN_OFFSET = 6
/** The name of a time zone, which is only read. */
export const PATTERN_ZONE = 7
/** The payload is a pattern of its own, which a text may lack. */
export const PATTERN_OPTIONAL = 8

export const SIGN_NEVER = 0
export const SIGN_NEGATIVE = 1
/** A plus sign where there are more digits than the least. */
export const SIGN_LONG = 2

export const OF_YEAR = 0
export const OF_YEAR_OF_ERA = 1
export const OF_MONTH = 2
export const OF_DAY = 3
export const OF_DAY_OF_YEAR = 4
export const OF_HOUR = 5
/** 1 to 24. */
export const OF_CLOCK_HOUR = 6
/** 0 to 11. */
export const OF_HALF_HOUR = 7
/** 1 to 12. */
export const OF_HALF_CLOCK_HOUR = 8
export const OF_MINUTE = 9
export const OF_SECOND = 10
export const OF_FRACTION = 11
export const OF_ERA = 12
export const OF_HALF = 13
/** Those that are not read. */
export const OF_QUARTER = 14
export const OF_WEEKDAY = 15
export const OF_DAY_OF_ALIGNED_WEEK = 16
export const PATTERN_FIELDS = 17

/** Forms of offsets: ±hh with minutes where there are any, ±hhmm, ±hh:mm, the two with seconds where there are any, and GMT with ±h[:mm]. */
export const OFFSET_HOURS = 0
export const OFFSET_MINUTES = 1
export const OFFSET_COLON = 2
export const OFFSET_SECONDS = 3
export const OFFSET_COLON_SECONDS = 4
export const OFFSET_GMT_SHORT = 5
export const OFFSET_GMT = 6
