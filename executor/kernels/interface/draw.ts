/* What a task keeps for an expression that draws: a number, a text or a place for each of its rows. */

/** The state of XORShift (u64), or how many rows there were. */
export const DRAW_STATE = 0
/** A second one, for what draws twice as many bits (u64). */
export const DRAW_SECOND = 8
/** A number that was drawn together with the one before (f64), and whether there is one (u32). */
export const DRAW_NEXT = 16
export const DRAW_HAS_NEXT = 24
/** Which of the tasks it is (u32). */
export const DRAW_TASK = 28
export const DRAW_BYTES = 32

/** Of orders of elements: the state of a Mersenne Twister, 624 words (u32), and how many of these were used (u32). */
export const TWISTER_WORDS = 624
export const TWISTER_USED = 2496
export const TWISTER_BYTES = 2500
