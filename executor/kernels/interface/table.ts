/*
 * A table of the kernels: a place in the data area of a task, zero at first, that groups, joins and sorts lay out as they need it.
 * Read by TypeScript and AssemblyScript alike, as all files of this folder.
 */
export const TABLE_BYTES = 96
/** Of groups and joins: the address of the directory, and the number of its last entry. */
export const TABLE_DIRECTORY = 0
export const TABLE_MASK = 4
export const TABLE_ROWS = 8
/** How many rows there may be before the directory grows. */
export const TABLE_MOST_ROWS = 12
/** The stores of rows and of their strings: see rows.ts. */
export const TABLE_ROW_STORE = 16
export const TABLE_STRING_STORE = 48

/**
 * Of groups by columns that come as codes of dictionaries (see `groupCodes`): the numbers of the dictionaries (u64), and the address of the rows of groups by
 * their codes. That is in the place of a join's filter, which is freed with the table.
 */
export const GROUP_DICTIONARIES = 80
export const GROUP_CODES = 88
/** There are so many places at most: more would not stay in a cache. */
export const MOST_GROUP_CODES = 1 << 18
/** Of a null-aware anti join: 1 when a key is NULL. */
export const JOIN_HAS_NULL = 80
/** Of a join: the address of its filter, and the number of the filter's last bit. */
export const JOIN_FILTER = 88
export const JOIN_FILTER_LAST = 92

/**
 * Tables that rows are divided into by some bits of their hashes, so that the rows of one part can leave the memory alone: how far a hash is shifted
 * to have these bits lowest, the address of the table of the last row, then the tables.
 */
export const PART_BITS = 4
export const PARTS = 16
export const PARTS_SHIFT = 0
export const PARTS_CURRENT = 4
export const PARTS_HEADER_BYTES = 16

/** Of a sort: the address of the sorted entries and their number, in place of a directory. */
export const SORT_ENTRIES = 0
export const SORT_COUNT = 4
/** Of a top-k: the first of the rows that were dropped, and how many entries there is room for. */
export const TOP_FREE = 8
export const TOP_CAPACITY = 12
/** Of a top-k: rows with a greater prefix (u64) cannot be wanted. */
export const TOP_THRESHOLD = 80
/** Of a top-k: how large its strings may grow before those of dropped rows are freed. */
export const TOP_STRINGS_LIMIT = 92

/** Of a window: the addresses of the rows that are held, in their order, and how many these are. */
export const WINDOW_ADDRESSES = 0
export const WINDOW_COUNT = 4
/** How many of them are complete: those of partitions of which all rows are there, or of which no more need be there. */
export const WINDOW_COMPLETE = 8
/** How many addresses there is room for. */
export const WINDOW_CAPACITY = 12
/** The address of the last row, 0 for none. */
export const WINDOW_LAST = 80
/** Of the rows that are complete, how many are of the first partition; at least, where it goes on with those behind. */
export const WINDOW_FIRST_END = 84
/** 1 when the rows of these partitions are on disk; not in the place of a join's filter, which is freed with the table. */
export const WINDOW_ON_DISK = 92

/*
 * What a stateful operator keeps of a partition from batch to batch: a table of groups, or of chains of rows that have the same place in the
 * directory, which of its rows the batch touched, and when rows expire. Rows are removed from the directory at once, and from the memory when
 * half of them are.
 */

/** Rows that were added or changed in the batch, each once: the address of a list of their addresses, how many there are, and how many there is room for. */
export const STATE_TOUCHED = TABLE_BYTES
/** The same of rows that have expired in the batch. */
export const STATE_EXPIRED = STATE_TOUCHED + 12
/** The same of a heap of entries by the time when their rows expire, the earliest on top. */
export const STATE_HEAP = STATE_EXPIRED + 12
export const LIST_ADDRESS = 0
export const LIST_COUNT = 4
export const LIST_CAPACITY = 8
/** An entry of the heap: when (i64), then the address of the row. */
export const HEAP_ENTRY_BYTES = 16
export const HEAP_ENTRY_ROW = 8
/** How many rows lie in the memory that are removed. */
export const STATE_REMOVED_ROWS = STATE_HEAP + 12
/** Bytes that the strings of rows took when there was nothing else among them. */
export const STATE_STRING_BYTES = STATE_REMOVED_ROWS + 4
/** The number of the next row, where rows are numbered (i64). */
export const STATE_NEXT_NUMBER = STATE_STRING_BYTES + 8
/** Where runs on disk have rows of the state: the address of a list (see state-runs.ts), or 0. */
export const STATE_RUNS = STATE_NEXT_NUMBER + 8
/** The stores of rows and of their strings that move together: where memory is refused meanwhile, they are freed with the state. */
export const STATE_MOVED_ROWS = STATE_RUNS + 8
export const STATE_MOVED_STRINGS = STATE_MOVED_ROWS + (TABLE_STRING_STORE - TABLE_ROW_STORE)
export const STATE_BYTES = STATE_MOVED_STRINGS + (STATE_MOVED_STRINGS - STATE_MOVED_ROWS)

/** The last eight bytes of a row: what became of it in the batch (u32), and the hash of its keys (u32). */
export const ROW_MARK_BYTES = 8
export const ROW_MARK_HASH = 4
export const ROW_TOUCHED = 1
export const ROW_REMOVED = 2
/** Of a row that was removed: its chain does not lead to it any more. */
export const ROW_UNLINKED = 4
/** Of a row that is removed when the batch ends, and is among what the batch changed. */
export const ROW_DELETED = 8
/** No run on disk has an older version of the row (see state-runs.ts). */
export const ROW_RESOLVED = 16
/** Behind the mark of a row that can leave the memory, where rows expire: when it does (i64). */
export const ROW_EXPIRES_BYTES = 8
