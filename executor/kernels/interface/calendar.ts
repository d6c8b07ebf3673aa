/* Units of the calendar by the numbers that `common/time/calendar-words.ts` gives them. */

export const UNIT_MICROSECOND = 0
export const UNIT_MILLISECOND = 1
export const UNIT_SECOND = 2
export const UNIT_MINUTE = 3
export const UNIT_HOUR = 4
export const UNIT_DAY = 5
export const UNIT_WEEK = 6
export const UNIT_MONTH = 7
export const UNIT_QUARTER = 8

/** What is wrong with the fields that a date or time is to be made of, in the order of the conditions (`planner/analyze/functions/made-times.ts`). */
export const FIELD_YEAR = 2
export const FIELD_MONTH = 3
export const FIELD_DAY = 4
export const FIELD_DAY_OF_MONTH = 5
export const FIELD_LEAP_DAY = 6
export const FIELD_HOUR = 7
export const FIELD_MINUTE = 8
export const FIELD_SECOND = 9
export const FIELD_FRACTION = 10
export const FIELD_RANGE = 11

/** What is wrong with a number that a time of day is to be made of, in the order of the conditions (`planner/analyze/functions/clock-times.ts`). */
export const CLOCK_RANGE = 2
export const CLOCK_OVERFLOW = 3
export const CLOCK_NO_NUMBER = 4
