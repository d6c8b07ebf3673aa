/*
 * How the kernel that reads rows of Avro is told of them (u32s): a tree of what stands in the file, with where each value goes. Nodes have the distances of
 * their children from them behind them: of a record its fields, of a union its branches, of an array what its elements are, of a map the key and what its values are.
 */
export const AVRO_KIND = 0
/** Where the byte of the first value is that says whether it is NULL, and how far it is from one to the next; AVRO_NOWHERE of what nobody wants. */
export const AVRO_FLAG = 4
export const AVRO_FLAG_STEP = 8
/** What that byte is where there is a value. */
export const AVRO_PRESENT = 12
/** The same of the values. */
export const AVRO_VALUE = 16
export const AVRO_VALUE_STEP = 20
/** The bytes of a value in memory. */
export const AVRO_WIDTH = 24
/** Of whole numbers what they are multiplied by; of a fixed its bytes; of an enum how many symbols there are; of lists the least bytes that an element has. */
export const AVRO_SIZE = 28
/** Of decimals how many digits they have at most; of an enum how far the refs of its symbols are, which have distances in place of addresses; of lists how far the type of what they become is. */
export const AVRO_DETAIL = 32
/** Of lists: the bytes of an element before it is packed, and how many of them are flags, which come first. */
export const AVRO_SLOT_BYTES = 36
export const AVRO_SLOT_FLAGS = 40
export const AVRO_CHILDREN = 44
export const AVRO_NODE_BYTES = 48

export const AVRO_NOWHERE = 0x7fffffff

export const AVRO_NULL = 0
export const AVRO_BOOLEAN = 1
export const AVRO_INT = 2
export const AVRO_LONG = 3
/** Whole numbers that become floating point numbers. */
export const AVRO_INTEGER_AS_FLOAT = 4
export const AVRO_INTEGER_AS_DOUBLE = 5
export const AVRO_FLOAT = 6
export const AVRO_FLOAT_AS_DOUBLE = 7
export const AVRO_DOUBLE = 8
/** Texts too. */
export const AVRO_BYTES = 9
export const AVRO_FIXED = 10
export const AVRO_DECIMAL_BYTES = 11
export const AVRO_DECIMAL_FIXED = 12
export const AVRO_ENUM = 13
export const AVRO_RECORD = 14
export const AVRO_UNION = 15
export const AVRO_ARRAY = 16
export const AVRO_MAP = 17
