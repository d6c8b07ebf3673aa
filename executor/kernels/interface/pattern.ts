/* Programs that pattern kernels run: words of 32 bits, made of a pattern by the host. */

/** The head: how many slots of captures, marks and registers there are, and where parts begin, in bytes. */
export const PATTERN_SLOTS = 0
export const PATTERN_MARKS = 4
export const PATTERN_REGISTERS = 8
/** 1 when a match can only begin where the search does. */
export const PATTERN_ANCHORED = 12
/** A bit for each byte that a match may begin with, 32 bytes; all when it may be empty. */
export const PATTERN_FIRST = 16
/** The names of groups: how many, then triples of offset, length and group. */
export const PATTERN_NAMES = 48
export const PATTERN_CODE = 52

/** An instruction: what it does and three operands. */
export const PATTERN_STEP_BYTES = 16
/** A character: its bytes in UTF-8 and how many there are. */
export const STEP_CHARACTER = 0
/** A character of a set, by the offset of that. */
export const STEP_SET = 1
/** Two ways on, the first tried first. */
export const STEP_SPLIT = 2
export const STEP_JUMP = 3
/** Notes the place in a slot. */
export const STEP_SAVE = 4
/** Goes on at some places alone: PLACE_*, and a set of letters. */
export const STEP_PLACE = 5
export const STEP_MATCH = 6
/** Fails where it was before at the same place: its number. */
export const STEP_MARK = 7
/** As many characters of a set as there are: its offset, the fewest and the most. */
export const STEP_SPAN = 8
/** The text that a group has. */
export const STEP_SAME = 9
/** Runs what follows apart: how (APART_*), where to go on, and of what lies behind the fewest and most characters. */
export const STEP_APART = 10
export const STEP_KEEP = 11
/** Jumps to the second operand when the place is the one kept in a register. */
export const STEP_UNMOVED = 12

export const APART_AHEAD = 0
export const APART_NOT_AHEAD = 1
export const APART_BEHIND = 2
export const APART_NOT_BEHIND = 3
export const APART_ATOMIC = 4
/** The most characters are in the upper half of the operand. */
export const APART_MOST_SHIFT = 16

export const PLACE_BEGIN = 0
export const PLACE_END = 1
export const PLACE_LAST_LINE = 2
export const PLACE_LAST_UNIX_LINE = 3
export const PLACE_LINE_BEGIN = 4
export const PLACE_LINE_END = 5
export const PLACE_UNIX_LINE_BEGIN = 6
export const PLACE_UNIX_LINE_END = 7
export const PLACE_WORD_EDGE = 8
export const PLACE_NO_WORD_EDGE = 9
export const PLACE_SEARCH_BEGIN = 10

/** A set: a bit for each ASCII character, how many ranges there are beyond, and these. */
export const SET_COUNT = 16
export const SET_RANGES = 20

/** What the host answers to a pattern: its program was made, it is malformed, or has what is not built. */
export const PATTERN_MADE = 0
export const PATTERN_MALFORMED = 1
export const PATTERN_NOT_BUILT = 2
