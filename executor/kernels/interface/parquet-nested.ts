/*
 * How the kernel that assembles arrays and maps of Parquet is told of a column (u32s). A node has the addresses of its children behind it: of an array its
 * element, of a map key and value, of a struct its fields. The column itself is an array or a map.
 */
export const NESTED_KIND = 0
/** The definition level from which on the value is not NULL. */
export const NESTED_LEVEL = 4
/** The bytes of a value in a vector, where all have the same. */
export const NESTED_WIDTH = 8
/** The state of its first leaf; 0 of a field that the file lacks, which is NULL. */
export const NESTED_LEAF = 12
/** Of arrays and maps: the definition level from which on there is an element, and the repetition level of all but the first. */
export const NESTED_REPEATED = 16
export const NESTED_REPETITION = 20
export const NESTED_CHILDREN = 24
export const NESTED_NODE_BYTES = 28

export const NESTED_FIXED = 0
export const NESTED_BOOLEAN = 1
export const NESTED_BYTES = 2
export const NESTED_STRUCT = 3
export const NESTED_LIST = 4

/** A leaf: a definition and a repetition level for each entry, a byte each, and the values of those that have one. */
export const LEAF_DEFINITIONS = 0
export const LEAF_REPETITIONS = 4
/** The next value, as batches have them. */
export const LEAF_VALUES = 8
/** The number of the next entry, and how many there are. */
export const LEAF_AT = 12
export const LEAF_ENTRIES = 16
/** The definition level of a value. */
export const LEAF_MOST = 20
export const LEAF_BYTES = 24

/* What the kernel answers, in place of the number of rows that are not NULL, when levels do not fit together, and when a map has a NULL key. */
export const NESTED_MALFORMED = -1
export const NESTED_NULL_KEY = -2
