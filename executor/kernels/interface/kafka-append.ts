/* The state of an append of rows to Kafka record batches (u32 each). */
export const APPEND_BYTES = 64
/** The next row and where rows end. */
export const APPEND_ROW = 0
export const APPEND_ROWS = 4
/** Addresses of columns: offsets of strings or 0 for no such column, their bytes, validity as bits or 0 for no NULL. */
export const APPEND_KEY_OFFSETS = 8
export const APPEND_KEY_BYTES = 12
export const APPEND_KEY_VALIDITY = 16
export const APPEND_VALUE_OFFSETS = 20
export const APPEND_VALUE_BYTES = 24
export const APPEND_VALUE_VALIDITY = 28
export const APPEND_PARTITIONS = 32
export const APPEND_PARTITION_VALIDITY = 36
export const APPEND_PARTITION_COUNT = 40
/** The partition of rows without a key. */
export const APPEND_STICKY = 44
/** The address of the builders. */
export const APPEND_BUILDERS = 48
/** The partition whose builder has no room, and the bytes that the row needs there. */
export const APPEND_FULL = 52
export const APPEND_NEEDED = 56

/** A builder: the batch of one partition. */
export const BATCH_BUILDER_BYTES = 16
export const BATCH_ADDRESS = 0
export const BATCH_POSITION = 4
export const BATCH_CAPACITY = 8
export const BATCH_COUNT = 12

/** The head of a record batch, which is written when the batch is sealed. */
export const BATCH_HEAD_BYTES = 61

/** What `kafkaAppend` returns. */
export const APPEND_DONE = 0
export const APPEND_NO_ROOM = 1
export const APPEND_NO_PARTITION = 2
