/* A table of the kernels in the data area: see executor/kernels/assembly/group-table.ts, join-table.ts and sort.ts. */
export const TABLE_BYTES = 96
export const DIRECTORY = 0
export const MASK = 4
/** Of a join: how many rows it has. */
export const ROWS = 8
/** Of an aggregation: how many groups it has, and how many before its directory grows. */
export const GROUPS = 8
export const MOST_GROUPS = 12
export const ROWS_STORE = 16
export const BYTES_STORE = 48
/** In a store: the bytes of memory it takes. */
export const STORE_SIZE = 20
/** Of a top-k: rows with a greater prefix cannot be wanted. */
export const THRESHOLD = 80
/** Of a null-aware anti join: 1 when a key is NULL. */
export const HAS_NULL = 80
/** Of a join: its filter's address and the number of its last bit. */
export const FILTER = 88
export const FILTER_LAST = 92
