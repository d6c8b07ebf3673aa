/* Rows that outlive a batch: the stores they lie in, and how they begin. */

/** A store: where the next row goes and where its chunk ends, the first chunk and the last, the bytes of all. */
export const STORE_BYTES = 32
export const STORE_NEXT = 0
export const STORE_END = 4
export const STORE_FIRST = 8
export const STORE_LAST = 12
export const STORE_SIZE = 16

/** A chunk begins with the next chunk and the bytes it uses, which follow the header. */
export const CHUNK_HEADER_BYTES = 16
export const CHUNK_NEXT = 0
export const CHUNK_USED = 4

/** An entry of a directory has 8 bytes (u64): the address of a row, 0 for none, and from a bit on what tells hashes apart. */
export const DIRECTORY_ENTRY_SHIFT = 3
/** Entries of the directory of a table of groups that is empty. */
export const SMALLEST_DIRECTORY = 1024
export const DIRECTORY_HASH_SHIFT = 32

/** A row of a join begins with the next row of its chain and its hash. */
export const JOIN_ROW_NEXT = 0
export const JOIN_ROW_HASH = 4
export const JOIN_ROW_HEADER_BYTES = 8
/** An entry of a join's directory has a bit for each value that the hashes of its chain have above this bit. */
export const JOIN_TAG_SHIFT = 27

/** A row of a chain of state begins as that of a join; then when it expires (i64). */
export const CHAINED_ROW_EXPIRES = JOIN_ROW_HEADER_BYTES
export const CHAINED_ROW_HEADER_BYTES = CHAINED_ROW_EXPIRES + 8

/** A row of a sort begins with the prefix of its keys (u64). */
export const SORT_ROW_PREFIX = 0
/** An entry of a sort: the prefix, then the address of the row. */
export const SORT_ENTRY_BYTES = 16
export const SORT_ENTRY_ROW = 8
/**
 * What is compared when prefixes are equal: how many parts there are; from which part, and which byte of it where it is a text, rows may differ
 * that have the same prefix; then pairs of an offset in the row and one of the codes below. The offsets of all strings in a row follow, their count first.
 */
export const SORT_DESCRIPTOR_PART = 4
export const SORT_DESCRIPTOR_BYTE = 8
export const SORT_DESCRIPTOR_HEADER_BYTES = 12
export const SORT_BY_WORD = 0
export const SORT_BY_STRING = 1
export const SORT_BY_STRING_BACKWARDS = 2

/** A merge of sorted runs: the runs in its heap, the run that needs its next page (its number and 1, or 0), then a cursor for each run. */
export const MERGE_HEADER_BYTES = 16
export const MERGE_HEAP_SIZE = 0
export const MERGE_STALLED = 4
/** A cursor: the prefix of the next row (u64), where that row is, and where its page ends. */
export const MERGE_CURSOR_BYTES = 16
export const MERGE_CURSOR_PREFIX = 0
export const MERGE_CURSOR_ROW = 8
export const MERGE_CURSOR_END = 12
/** Behind the cursors is the heap: the numbers of runs (u32 each), the one with the first row on top. */
export const MERGE_HEAP_BYTES = 4

/**
 * How strings lie in rows: a count, then pairs of an offset in the row and one of these. An address with the length behind it; the same,
 * but only when the length has the bit of long texts, as among keys; address and length in cells of their own.
 */
export const REF = 0
export const REF_IF_LONG = 1
export const REF_IN_CELLS = 2
/** A key that is a text of up to so many bytes lies in its sixteen bytes, the length in the last one. */
export const INLINE_TEXT_BYTES = 15
/** The bit that the length of a longer one has. */
export const LONG_TEXT = 1 << 31
