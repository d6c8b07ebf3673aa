/*
 * What is in memory of a run: rows of a state on disk, in the order of the hashes of their keys, in pages. Rows with the same hash are in one page.
 */
export const RUN_BYTES = 32
/** How many of its rows are still of the state: a row that was loaded, or has expired, is not. */
export const RUN_LIVE = 0
export const RUN_PAGES = 4
/** The address of an entry for each page, then of one for the end. */
export const RUN_INDEX = 8
/** The address of a filter of the hashes, and how many words (u64) it has. */
export const RUN_FILTER = 12
export const RUN_FILTER_WORDS = 16
/** The address of a bit for each row that is not of the state any more. */
export const RUN_DEAD = 20
/** The page that has the next hash that is looked for. */
export const RUN_PAGE = 24
/** How many rows of a page were found. */
export const RUN_FOUND = 28

/**
 * An entry of the index: the hash of the page's first row, and the number of that row in the run; the least time at which one of its rows expires (i64); where the page is in the file (f64), how
 * many bytes it has there, their checksum, and how many it has in memory.
 */
export const RUN_INDEX_BYTES = 40
export const RUN_INDEX_ROW = 4
export const RUN_INDEX_EXPIRES = 8
export const RUN_INDEX_OFFSET = 16
export const RUN_INDEX_LENGTH = 24
export const RUN_INDEX_CHECKSUM = 28
export const RUN_INDEX_PAGE_BYTES = 32

/** The list of the runs of a state: how many there are, then the address of each. */
export const RUN_LIST_FIRST = 4
/** An entry of the list. */
export const RUN_LIST_ENTRY_BYTES = 4

/** An entry of a list that is sorted by hashes is one of a directory: the address of a row, 0 when it is done, and its hash. */
export const HASH_ENTRY_BYTES = 8
export const HASH_ENTRY_HASH = 4
