/*
 * What json_extract, and variantExtract, are told, little-endian; offsets count from the start of the spec, so that it may lie anywhere. A header, which ends with the
 * field that the whole text is; then nodes, what fields consist of: the fields of a struct, the element of an array, the value of a map. A node
 * has the number of its fields and of the slots below it (u32 each), of arrays and maps also where the description of their type is, then its fields.
 */
/** Bits: those below. */
export const JSON_FLAGS = 0
/** The slot that gets the whole text when something in it is not of the schema; JSON_NO_SLOT for none. */
export const JSON_CORRUPT_SLOT = 4
export const JSON_NO_SLOT = 0x7fffffff
/** The offset of what interface/time-formats.ts tells of dates and times. */
export const JSON_FORMATS = 8
export const JSON_ROOT = 16
export const JSON_HEADER_BYTES = 64

/** A text that is not of the schema is an error. */
export const JSON_FAILS_FAST = 1
/** NaN and infinities are not taken without quotes. */
export const JSON_NO_SPECIAL_NUMBERS = 2
/** Single quotes are no quotes. */
export const JSON_NO_SINGLE_QUOTES = 4
/** What Jackson takes when it is told to: names without quotes, comments, zeros before numbers, backslashes before anything, controls in strings. */
export const JSON_UNQUOTED_NAMES = 8
export const JSON_COMMENTS = 16
export const JSON_LEADING_ZEROS = 32
export const JSON_ANY_ESCAPE = 64
export const JSON_CONTROLS = 128
/** Those for which a text is first written as one that has no need of them. */
export const JSON_DIALECT = 252
/** What is no string has in a column of strings the text that stands there, in place of one in Jackson's form. */
export const JSON_EXACT_TEXTS = 256

export const JSON_NODE_BYTES = 16
export const JSON_NODE_FIELDS = 0
export const JSON_NODE_SLOTS = 4
export const JSON_NODE_TYPE = 8

export const JSON_FIELD_BYTES = 64
/** The first 8 bytes of the name, zeros behind a shorter one; its length, and the offset of all of it. */
export const JSON_FIELD_HEAD = 0
export const JSON_FIELD_LENGTH = 8
export const JSON_FIELD_NAME = 12
/** One of the kinds below. */
export const JSON_FIELD_KIND = 16
/** Of a decimal: its precision, its scale above; of an interval its first field, its last above; of a struct, array or map: the offset of its node. */
export const JSON_FIELD_ARGUMENT = 20
export const JSON_SCALE_SHIFT = 8
export const JSON_FIELDS_SHIFT = 8
/** The index of its slot, and how many slots it has, those of a struct's fields included. */
export const JSON_FIELD_SLOT = 24
export const JSON_FIELD_SLOTS = 28
/** The offset and length of the name of its type, in quotes as conditions have it. */
export const JSON_FIELD_TYPE = 32
export const JSON_FIELD_TYPE_LENGTH = 36
/** How long its name is in quotes and with a colon, more than any text where it needs escapes there, and the first 16 bytes of that. */
export const JSON_FIELD_QUOTED_LENGTH = 40
export const JSON_NEEDS_ESCAPES = 0x7fffffff
export const JSON_FIELD_QUOTED = 48
export const JSON_QUOTED_BYTES = 16

export const JSON_BOOLEAN = 1
export const JSON_TINYINT = 2
export const JSON_SMALLINT = 3
export const JSON_INT = 4
export const JSON_BIGINT = 5
export const JSON_FLOAT = 6
export const JSON_DOUBLE = 7
export const JSON_DECIMAL = 8
export const JSON_STRING = 9
export const JSON_DATE = 10
export const JSON_TIMESTAMP = 11
export const JSON_TIMESTAMP_NTZ = 12
export const JSON_BINARY = 13
export const JSON_VOID = 14
export const JSON_TIME = 15
export const JSON_VARIANT = 16
/** A text that must be in quotes: what is told by it is read from it afterwards. */
export const JSON_QUOTED = 17
export const JSON_INTERVAL_YM = 18
export const JSON_INTERVAL_DT = 19
/** What has values in it comes behind what has none. */
export const JSON_STRUCT = 20
export const JSON_ARRAY = 21
export const JSON_MAP = 22

/** A slot: the value of a field, whether it has one, and, of what is in arrays and maps, whether it is NULL. The key of a map has the first one. */
export const JSON_SLOT_BYTES = 32
export const JSON_SLOT_VALIDITY = 16
export const JSON_SLOT_NULL = 17
