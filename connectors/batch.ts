/** Batches of rows in the linear memory of a thread, as readers give them and writers take them. */
import type { FilePlace } from '../common/errors/condition.js'
import type { Kernels } from '../executor/kernels/interface/generated.js'

/** The thread's linear memory, as connectors see it. Views go stale after any allocation: take them afresh. */
export interface Memory {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** 16-byte aligned, uninitialised. Raises the memory-budget condition when over. */
  allocate(bytes: number): number
  reallocate(address: number, bytes: number): number
  release(address: number): void
  /** What the task can count on, for buffers that are sized by it. */
  readonly share: number
  /** Counts memory of JavaScript that grows with the data. `owner` is whom conditions name as its holder. */
  count(owner: string): CountedMemory
}

/** Memory beside the linear one that is the task's as well; what is left of it when the task ends is counted no more. */
export interface CountedMemory {
  readonly bytes: number
  /** Tells how much it is now. Raises the memory-budget condition when it grows beyond what there is. */
  hold(bytes: number): void
}

/**
 * A column of a batch in linear memory, in pipeline layout:
 * - booleans one byte a row; fixed-width values as in Arrow;
 * - strings and binary one u64 a row: the address of the bytes (low 32 bits) and their length (high 32), "refs";
 * - `validity` is one byte a row, 1 for a value and 0 for NULL, or 0 (no address) when no value is NULL.
 * What lies under a NULL is arbitrary but readable (a ref there has length 0).
 */
export interface BatchColumn {
  readonly data: number
  readonly validity: number
  /** Present when `data` has the values of a dictionary in place of those of rows. Only leaves come so that `ReadContext.coded` names. */
  readonly codes?: Codes
}

/** Which entry of a dictionary is the value of a row. What a NULL has is an entry, too. */
export interface Codes {
  /** The address of a u32 a row. */
  readonly address: number
  /** The number of the dictionary, which no other has had that the thread read; never 0. */
  readonly dictionary: number
  readonly entries: number
}

/** A batch that a reader produced: `columns` are the leaves (see columnar/leaves.ts) of the requested columns in order. */
export interface Batch {
  readonly rows: number
  readonly columns: readonly BatchColumn[]
  /**
   * Present when leaves were deferred: gives the columns again, some of these leaves now with the values of the rows selected; what they
   * hold in other rows is arbitrary. Each leaf is asked for once at most, of ever fewer rows.
   */
  fill?(leaves: ReadonlySet<number>, selected: RowSelection): readonly BatchColumn[]
  /** Present when the source tells rows itself: writes the numbers of those in all of the ranges to a list and returns how many there are. */
  select?(ranges: readonly LeafRange[], list: number): number
  /** Whether `select` takes ranges of a leaf. */
  canSelect?(leaf: number): boolean
}

/** Values of a leaf of integers, both bounds included, which are of 64 bits. NULL is not among them, and nothing is where the least is above the greatest. */
export interface LeafRange {
  readonly leaf: number
  readonly least: bigint
  readonly greatest: bigint
}

/** Rows of a batch: their numbers, ascending, u32 each in linear memory. There is at least one. */
export interface RowSelection {
  readonly address: number
  readonly count: number
}

/** The most rows of a batch. */
export const MAX_BATCH_ROWS = 8192

export interface ReadContext {
  /** Leaves that few rows of a batch may be wanted of: a reader may leave them out until `Batch.fill`. */
  readonly deferred?: ReadonlySet<number>
  /** Leaves whose values may be told by codes of a dictionary. */
  readonly coded?: ReadonlySet<number>
  readonly memory: Memory
  readonly kernels: Kernels
  readonly signal: AbortSignal
  /** Whether the split is opened before its turn comes: until then its reader takes no more than `OpensAhead.bytes`. */
  readonly isAhead?: boolean
}

/**
 * Reads one split. A batch and everything it points to is valid until the next call of `next`. Memory is released by
 * `close`, which is always called, also after an error.
 */
export interface BatchReader {
  next(): Batch | undefined | Promise<Batch | undefined>
  close(): void | Promise<void>
  /** The place in a file of the row of the last batch whose text lies at an address; of sources whose rows are texts. */
  placeOf?(address: number): Promise<FilePlace | undefined>
}
