// How the lines of a text are told apart, as `textLines` takes it, 4 bytes each.

/** What ends a line: LINES_USUAL, LINES_SEPARATED, LINES_WHOLE or LINES_QUOTED. */
export const LINES_ENDING = 0
/** 1 when lines without more than white space are none. */
export const LINES_SKIP_BLANK = 4
/** The byte with which lines begin that are none, or 0. */
export const LINES_COMMENT = 8
/** Address and length of what ends lines, of LINES_SEPARATED. */
export const LINES_SEPARATOR = 12
export const LINES_SEPARATOR_LENGTH = 16
/** Of LINES_QUOTED: what stands around values, what takes the meaning from it, and address and length of what stands between values. */
export const LINES_QUOTE = 20
export const LINES_ESCAPE = 24
export const LINES_DELIMITER = 28
export const LINES_DELIMITER_LENGTH = 32
export const LINES_SPEC_BYTES = 48

/** `\n`, `\r` or both. */
export const LINES_USUAL = 0
/** A text of one's own. */
export const LINES_SEPARATED = 1
/** Nothing: all of it is one line. */
export const LINES_WHOLE = 2
/** As usual, but not within the quotes of a value. */
export const LINES_QUOTED = 3
