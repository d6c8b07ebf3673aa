/* Texts and other values of more than one word, as kernels take and give them. */

/** Where a kernel that makes a text writes its address and length (u32 each). */
export const RESULT_ADDRESS = 0
export const RESULT_LENGTH = 4
/** Where a kernel that makes a decimal writes its limbs (u64 each). */
export const RESULT_LOW = 0
export const RESULT_HIGH = 8

/** What a kernel with a status returns: a value lies at RESULT_*, the result is NULL, or the first of the conditions that it may raise. */
export const ROUTINE_VALUE = 0
export const ROUTINE_NULL = 1
export const ROUTINE_ERROR = 2

/** A list of texts begins with pairs of u32: the offset of a text from the beginning of the list, and its length. */
export const LISTED_TEXT_BYTES = 8
export const LISTED_TEXT_OFFSET = 0
export const LISTED_TEXT_LENGTH = 4

/** In a compiled pattern of LIKE: any sequence, and any one code point. UTF-8 uses neither byte. */
export const LIKE_ANY = 0xff
export const LIKE_ONE = 0xfe
/** Bits: the first part of a pattern stands at the beginning, the last at the end. */
export const LIKE_ANCHORED_FIRST = 1
export const LIKE_ANCHORED_LAST = 2

/** What `likeCompile` returns for what is no pattern: the escape character stands at the end, or before a character that needs none. */
export const LIKE_ESCAPE_AT_END = 1
export const LIKE_ESCAPE_OF_OTHER = 2

/** The word that stands for a string in hashes has up to so many bytes, and their number from this bit on; of a longer one its hash, and this in place of the number. */
export const WORD_STRING_BYTES = 7
export const WORD_LENGTH_SHIFT = 56
export const HASHED_WORD = 255

/** What `parseDecimal` returns, other than 0: the text is no number, or it has too many digits. */
export const DECIMAL_MALFORMED = 1
export const DECIMAL_TOO_LARGE = 2
