/* A pattern of numbers (`to_number`, `to_char`) is steps, each two i32: what it is and, of digits, how many. */

export const NUMBER_STEP_BYTES = 8
export const NUMBER_STEP_COUNT = 4

/** Exactly so many digits, or at most so many: the places that a number does not have are zeros or spaces. */
export const NUMBER_ALL_DIGITS = 1
export const NUMBER_DIGITS = 2
/** A comma between groups of digits. */
export const NUMBER_SEPARATOR = 3
export const NUMBER_POINT = 4
export const NUMBER_DOLLAR = 5
/** Plus or minus, minus alone, and what stands around a number below zero. */
export const NUMBER_SIGN = 6
export const NUMBER_MINUS = 7
export const NUMBER_OPEN = 8
export const NUMBER_CLOSE = 9
