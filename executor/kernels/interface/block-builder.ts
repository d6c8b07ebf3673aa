/* A block being built in linear memory: a header (u32 each), then what there is of each leaf (u32 each). */
export const BUILDER_HEADER_BYTES = 16
export const BUILDER_ROWS = 0
/** The number of rows at which it is full. */
export const BUILDER_LIMIT = 4
export const BUILDER_PARTITION = 8
/** A string column is not filled beyond so many bytes, except by one row. */
export const BUILDER_MOST_BYTES = 12

export const LEAF_BYTES = 24
/** The addresses of the values, of the validity (a byte a row) and of the offsets of strings. */
export const LEAF_DATA = 0
export const LEAF_VALIDITY = 4
export const LEAF_OFFSETS = 8
/** The bytes of strings, and the room for them. */
export const LEAF_USED = 12
export const LEAF_ROOM = 16
/** The address of the builder. */
export const LEAF_OWNER = 20
