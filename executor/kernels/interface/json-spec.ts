/*
 * What json_extract is told, little-endian; offsets count from the start of the spec, so that it may lie anywhere. A node (the root is
 * at 0) has the number of its fields and of the slots below it (u32 each), then its fields.
 */
export const JSON_NODE_BYTES = 8
export const JSON_NODE_FIELDS = 0
export const JSON_NODE_SLOTS = 4

export const JSON_FIELD_BYTES = 32
/** The first 8 bytes of the name, zeros behind a shorter one; its length, and the offset of all of it. */
export const JSON_FIELD_HEAD = 0
export const JSON_FIELD_LENGTH = 8
export const JSON_FIELD_NAME = 12
/** One of the kinds below. */
export const JSON_FIELD_KIND = 16
/** Of a decimal: its precision, its scale above; of a struct: the offset of its node. */
export const JSON_FIELD_ARGUMENT = 20
export const JSON_SCALE_SHIFT = 8
/** The index of its slot, and how many slots it has, those of a struct's fields included. */
export const JSON_FIELD_SLOT = 24
export const JSON_FIELD_SLOTS = 28

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
export const JSON_STRUCT = 13

/** A slot: the value of a field, and whether it has one. */
export const JSON_SLOT_BYTES = 32
export const JSON_SLOT_VALIDITY = 16

/** What json_extract returns. */
export const JSON_MALFORMED = 0
export const JSON_EXTRACTED = 1
export const JSON_BLANK = 2
