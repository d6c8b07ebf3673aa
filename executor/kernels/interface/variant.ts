/* How a variant lies in memory: the length of its metadata (u32), the metadata, and the value, both as the Variant encoding of Parquet has them. */

export const VARIANT_METADATA = 4

/** In the two lowest bits of the first byte of a value. */
export const VARIANT_PRIMITIVE = 0
export const VARIANT_SHORT_STRING = 1
export const VARIANT_OBJECT = 2
export const VARIANT_ARRAY = 3
/** In the other bits of the first byte: of what type a primitive is, how long a short string is, and how wide the numbers of an object or array are. */
export const VARIANT_INFO_SHIFT = 2
export const VARIANT_MOST_SHORT = 63
export const VARIANT_WIDTH_MASK = 3
export const VARIANT_ID_WIDTH_SHIFT = 2
export const VARIANT_LARGE_OBJECT = 16
export const VARIANT_LARGE_ARRAY = 4

export const VARIANT_NULL = 0
export const VARIANT_TRUE = 1
export const VARIANT_FALSE = 2
export const VARIANT_INT1 = 3
export const VARIANT_INT2 = 4
export const VARIANT_INT4 = 5
export const VARIANT_INT8 = 6
export const VARIANT_DOUBLE = 7
export const VARIANT_DECIMAL4 = 8
export const VARIANT_DECIMAL8 = 9
export const VARIANT_DECIMAL16 = 10
export const VARIANT_DATE = 11
export const VARIANT_TIMESTAMP = 12
export const VARIANT_TIMESTAMP_NTZ = 13
export const VARIANT_FLOAT = 14
export const VARIANT_BINARY = 15
export const VARIANT_LONG_STRING = 16
export const VARIANT_UUID = 20

/** The first byte of metadata: its version, and how wide its numbers are. */
export const VARIANT_VERSION = 1
export const VARIANT_VERSION_MASK = 15
export const VARIANT_METADATA_WIDTH_SHIFT = 6

/** What values are, whatever their encoding. */
export const IS_NULL = 0
export const IS_BOOLEAN = 1
export const IS_WHOLE = 2
export const IS_DOUBLE = 3
export const IS_FLOAT = 4
export const IS_DECIMAL = 5
export const IS_STRING = 6
export const IS_BINARY = 7
export const IS_DATE = 8
export const IS_TIMESTAMP = 9
export const IS_TIMESTAMP_NTZ = 10
export const IS_UUID = 11
export const IS_OBJECT = 12
export const IS_ARRAY = 13
/** Of schemas alone: values of several types. */
export const IS_VARIANT = 14

/** What is wrong with a variant that is read: its bytes, or a type that is not known. */
export const VARIANT_FAULT_BYTES = 1
export const VARIANT_FAULT_TYPE = 2

/* What kernels answer that cannot (`planner/plan/expression/variant-errors.ts`). */

/** Of a variant that is read: it is malformed, or has a value of a type that is not known. */
export const VARIANT_MALFORMED = 2
export const VARIANT_UNKNOWN_TYPE = 3
/** Of `parse_json`: the text is malformed, has a key twice, or makes too many bytes. */
export const VARIANT_BAD_TEXT = 2
export const VARIANT_EQUAL_KEYS = 3
export const VARIANT_TOO_LARGE = 4
/** Of paths and casts beyond that: the path is none, or the value is none of the type. */
export const VARIANT_BAD_PATH = 4
export const VARIANT_BAD_CAST = 4
/** Of values as variants beyond that: they have a key twice, or make too many bytes. */
export const VARIANT_OF_EQUAL_KEYS = 4
export const VARIANT_OF_TOO_LARGE = 5

/** The most bytes of a value, and of its metadata. */
export const VARIANT_MOST_BYTES = 0x8000000
/** How deep values may lie in each other; those of texts only half as deep (`json-scan.ts`), so that there is room for what is put around them. */
export const VARIANT_MOST_DEPTH = 2000
