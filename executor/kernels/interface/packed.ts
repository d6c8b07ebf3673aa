/*
 * How kernels are told of a type (little-endian u32s; offsets count from the start of the description, whose first node is the array or map itself),
 * and the layout of packed values, which columnar/packed-writer.ts explains.
 */

/** A node, followed by its children: of an array its element, of a map key and value, of a struct its fields. */
export const TYPE_NODE_BYTES = 24
/** One of the kinds below. */
export const TYPE_KIND = 0
/** Of a decimal: its scale. */
export const TYPE_SCALE = 4
/** The bytes that a value takes in a vector; 0 where values have not all the same. */
export const TYPE_WIDTH = 8
/** Where in a slot the byte is that says whether the value is NULL, and where the value is. */
export const TYPE_FLAG = 12
export const TYPE_VALUE = 16
export const TYPE_CHILDREN = 20

/** A child: where its node is, and where the name of a field is, in quotes and with a colon as in JSON, and its length. */
export const TYPE_CHILD_BYTES = 12
export const TYPE_CHILD_NODE = 0
export const TYPE_CHILD_NAME = 4
export const TYPE_CHILD_NAME_BYTES = 8

export const TYPE_VOID = 0
export const TYPE_BOOLEAN = 1
export const TYPE_TINYINT = 2
export const TYPE_SMALLINT = 3
export const TYPE_INT = 4
export const TYPE_BIGINT = 5
export const TYPE_FLOAT = 6
export const TYPE_DOUBLE = 7
/** Of up to 18 digits, and of more. */
export const TYPE_DECIMAL = 8
export const TYPE_WIDE = 9
export const TYPE_STRING = 10
export const TYPE_BINARY = 11
export const TYPE_DATE = 12
export const TYPE_TIMESTAMP = 13
export const TYPE_TIMESTAMP_NTZ = 14
export const TYPE_INTERVAL_YM = 15
export const TYPE_INTERVAL_DT = 16
export const TYPE_STRUCT = 17
export const TYPE_ARRAY = 18
export const TYPE_MAP = 19
export const TYPE_TIME = 20
export const TYPE_VARIANT = 21

/** A packed value begins with the number of its elements. */
export const PACKED_COUNT_BYTES = 4
/** A vector of strings, arrays or maps has offsets of so many bytes. */
export const PACKED_OFFSET_BYTES = 4
/** In a slot a string, array or map is its address and its length. */
export const SLOT_ADDRESS = 0
export const SLOT_LENGTH = 4

/** A list of arrays has the length of each before it (u32). */
export const LISTED_BYTES = 4
