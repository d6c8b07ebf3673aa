import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { ERROR } from '../protocol/error-codes.js'
import { AbortedIndex, type AbortedTransaction } from './aborted-index.js'
import { AppendFile } from './append-file.js'
import { controlBatch, type Marker, outcomeOf } from './control-batch.js'
import type { OpenFiles } from './open-files.js'
import { type LogPlace, type OpenProducer, PartitionTransactions } from './partition-transactions.js'
import { ProducerSequences } from './producer-sequences.js'
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  batchFault,
  hasRightCrc,
  placeBatch,
  readBatchHeader,
} from './record-batch.js'
import { INDEX_INTERVAL_BYTES, SparseIndex } from './sparse-index.js'

const SCAN_BYTES = 1024 * 1024
/** The most that one append may be, and so the most that a crash can have torn. */
export const MAX_APPEND_BYTES = 16 * 1024 * 1024

export interface AppendResult {
  readonly error: number
  readonly baseOffset: bigint
}

/** Whole batches of a log (the last may be cut), not read yet: they go out in pieces, as fast as the client takes them. */
export interface LogSlice {
  readonly bytes: number
  /** No batch of the slice begins here or behind. */
  readonly until: bigint
  read(): AsyncIterable<Buffer>
}

export const EMPTY_SLICE: LogSlice = { bytes: 0, until: 0n, read: async function* () {} }

/** Whether a batch is taken, as an error code; asked when its turn has come, so that no marker comes in between. */
export type Admission = (batch: BatchHeader) => number

/** A transaction is open as long as its coordinator says so, and here is none. */
const withoutTransactions: Admission = ({ isTransactional }) => (isTransactional ? ERROR.invalidTxnState : ERROR.none)

/**
 * The log of one partition: record batches one after another in one file, exactly as producers sent them but for their offsets.
 * What was torn by a crash is cut off when the log is opened. Appends of one partition run one after another.
 */
export class PartitionLog {
  readonly #file: AppendFile
  readonly #transactions: PartitionTransactions
  readonly #index = new SparseIndex()
  readonly #producers = new ProducerSequences()
  readonly #waiters = new Set<() => void>()
  #bytes = 0
  #endOffset = 0n
  #maxTimestampMs = -1n
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(file: AppendFile, transactions: PartitionTransactions) {
    this.#file = file
    this.#transactions = transactions
  }

  /** @throws CORRUPT_RECORD when more is damaged than a crash can have torn */
  static async open(files: OpenFiles, path: string): Promise<PartitionLog> {
    const aborted = await AbortedIndex.begin(files, `${path.replace(/\.log$/, '')}.txnindex`)
    const log = new PartitionLog(await AppendFile.open(files, path), new PartitionTransactions(aborted))
    try {
      await log.#recover()
    } catch (error) {
      await log.close()
      throw error
    }
    return log
  }

  /** The offset the next record will get. */
  get endOffset(): bigint {
    return this.#endOffset
  }

  /** Where the first transaction begins that is neither committed nor given up; without one the end. */
  get lastStableOffset(): bigint {
    return this.#end(true).offset
  }

  /** The producers whose transactions have no marker yet. */
  openProducers(): readonly OpenProducer[] {
    return this.#transactions.producers()
  }

  /** Appends the batches of a produce request; all of them or none. The bytes are written to in place (offsets). */
  append(records: Buffer, admit: Admission = withoutTransactions): Promise<AppendResult> {
    return this.#inTurn(() => this.#append(records, admit))
  }

  /** Ends a transaction here. When that fails it may be done again: a second marker says nothing new. */
  appendMarker(marker: Marker): Promise<void> {
    return this.#inTurn(() => this.#appendMarker(marker))
  }

  /**
   * Batches from the one that holds `offset` on, at most `maxBytes` but at least one whole one; `isCommitted` ends before the first
   * transaction that is open.
   */
  async slice(offset: bigint, maxBytes: number, isCommitted = false): Promise<LogSlice> {
    const end = this.#end(isCommitted)
    if (offset >= end.offset) return EMPTY_SLICE
    const start = await this.#positionOf(offset)
    const first = readBatchHeader(await this.#file.readAt(start, BATCH_HEADER_BYTES), 0)
    const bytes = Math.min(Math.max(maxBytes, first?.totalBytes ?? 0), end.position - start)
    const behind = this.#index.offsetFrom(start + bytes) ?? end.offset
    const until = behind < end.offset ? behind : end.offset
    return { bytes, until, read: () => this.#pieces(start, start + bytes) }
  }

  /** Transactions that were given up, of which readers of the offsets from `from` to `until` see something. */
  aborted(from: bigint, until: bigint): Promise<readonly AbortedTransaction[]> {
    return this.#transactions.aborted(from, until)
  }

  /** The first offset whose batch has a timestamp of at least `timestampMs`, or undefined. */
  async offsetByTimestamp(timestampMs: bigint): Promise<{ offset: bigint; timestampMs: bigint } | undefined> {
    if (timestampMs > this.#maxTimestampMs) return undefined
    for await (const { header } of this.#headers(this.#index.positionBeforeTime(timestampMs), SCAN_BYTES)) {
      if (header.maxTimestampMs >= timestampMs) return { offset: header.baseOffset, timestampMs: header.maxTimestampMs }
    }
    return undefined
  }

  /** Calls back once, at the next append. @returns how to take the request back */
  onAppend(callback: () => void): () => void {
    this.#waiters.add(callback)
    return () => this.#waiters.delete(callback)
  }

  async close(): Promise<void> {
    await this.#tail
    await this.#transactions.close()
    await this.#file.close()
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(body)
    this.#tail = done.catch(() => undefined)
    return done
  }

  #end(isCommitted: boolean): LogPlace {
    const stable = isCommitted ? this.#transactions.stable : undefined
    return stable ?? { offset: this.#endOffset, position: this.#bytes }
  }

  async #append(records: Buffer, admit: Admission): Promise<AppendResult> {
    const headers: { readonly header: BatchHeader; readonly at: number }[] = []
    for (let at = 0; at < records.length; ) {
      const header = readBatchHeader(records, at)
      if (header === undefined || at + header.totalBytes > records.length) return refused(ERROR.corruptMessage)
      const fault = batchFault(records, at, header)
      if (fault !== ERROR.none) return refused(fault)
      headers.push({ header, at })
      at += header.totalBytes
    }
    const first = headers[0]?.header
    if (first === undefined) return refused(ERROR.invalidRequest)
    const refusal = this.#refusal(
      headers.map(({ header }) => header),
      admit,
    )
    if (refusal !== ERROR.none) return refused(refusal)
    const known = this.#producers.check(first)
    if (known.kind === 'refused') return refused(known.error)
    if (known.kind === 'duplicate') return { error: ERROR.none, baseOffset: known.baseOffset }
    const baseOffset = this.#endOffset
    const placed = headers.map(({ header, at }) => ({ header, at, offset: 0n }))
    let next = baseOffset
    for (const batch of placed) {
      batch.offset = next
      placeBatch(records, batch.at, next)
      next += BigInt(batch.header.lastOffsetDelta) + 1n
    }
    await this.#file.append(records)
    for (const { header, at, offset } of placed) this.#note({ ...header, baseOffset: offset }, this.#bytes + at)
    this.#bytes += records.length
    this.#wake()
    return { error: ERROR.none, baseOffset }
  }

  /** Why batches are not taken at all, as an error code. */
  #refusal(headers: readonly BatchHeader[], admit: Admission): number {
    const [first] = headers as readonly [BatchHeader]
    // As many as one request may have for a partition; others are taken together, but a transaction is asked for one.
    if (headers.length > 1 && headers.some(({ isTransactional }) => isTransactional)) return ERROR.invalidRecord
    const refusal = admit(first)
    if (refusal !== ERROR.none) return refusal
    // A producer writes in its transaction or not at all.
    return !first.isTransactional && this.#transactions.has(first.producerId) ? ERROR.invalidTxnState : ERROR.none
  }

  async #appendMarker(marker: Marker): Promise<void> {
    const batch = controlBatch(marker)
    placeBatch(batch, 0, this.#endOffset)
    const header = readBatchHeader(batch, 0)!
    await this.#file.append(batch)
    this.#note(header, this.#bytes)
    this.#bytes += batch.length
    await this.#transactions.noteMarker(header, marker.outcome)
    this.#wake()
  }

  #wake(): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const wake of waiters) wake()
  }

  #note(header: BatchHeader, position: number): void {
    this.#endOffset = header.baseOffset + BigInt(header.lastOffsetDelta) + 1n
    if (header.maxTimestampMs > this.#maxTimestampMs) this.#maxTimestampMs = header.maxTimestampMs
    this.#producers.note(header)
    if (!header.isControl) this.#transactions.noteRecords(header, position)
    this.#index.note({ baseOffset: header.baseOffset, position, maxTimestampMs: this.#maxTimestampMs })
  }

  /** The position of the batch that holds the offset, or of the one after a gap. */
  async #positionOf(offset: bigint): Promise<number> {
    const from = this.#index.positionBefore(offset)
    for await (const { header, position } of this.#headers(from, INDEX_INTERVAL_BYTES)) {
      if (header.baseOffset + BigInt(header.lastOffsetDelta) >= offset) return position
    }
    return this.#bytes
  }

  async *#headers(
    from: number,
    chunkBytes: number,
    until = this.#bytes,
  ): AsyncGenerator<{ readonly header: BatchHeader; readonly position: number }> {
    for (let position = from; position < until; ) {
      const chunk = await this.#file.readAt(position, Math.min(chunkBytes, until - position))
      let at = 0
      for (let header = readBatchHeader(chunk, at); header !== undefined; header = readBatchHeader(chunk, at)) {
        if (position + at + header.totalBytes > until) return
        yield { header, position: position + at }
        at += header.totalBytes
      }
      if (at === 0) return
      position += at
    }
  }

  async *#pieces(from: number, until: number): AsyncGenerator<Buffer> {
    for (let position = from; position < until; ) {
      const piece = await this.#file.readAt(position, Math.min(SCAN_BYTES, until - position))
      if (piece.length === 0) throw damaged(this.#file.path, position, 'the file ends before its last batch')
      yield piece
      position += piece.length
    }
  }

  /** Finds the last whole batch. The checksum is looked at where a crash can have torn the log: in its last append. */
  async #recover(): Promise<void> {
    const size = this.#file.bytes
    for await (const { header, position } of this.#headers(0, SCAN_BYTES, size)) {
      if (header.magic !== 2 || header.lastOffsetDelta < 0 || header.baseOffset !== this.#endOffset) break
      const mayBeTorn = position >= size - MAX_APPEND_BYTES
      const batch = mayBeTorn || header.isControl ? await this.#file.readAt(position, header.totalBytes) : undefined
      if (mayBeTorn && !hasRightCrc(batch!, 0)) break
      this.#note(header, position)
      if (header.isControl) await this.#transactions.noteMarker(header, outcomeOf(batch!))
      this.#bytes = position + header.totalBytes
    }
    if (size - this.#bytes > MAX_APPEND_BYTES)
      throw damaged(this.#file.path, this.#bytes, 'no whole batch begins there')
    if (this.#bytes < size) await this.#file.truncate(this.#bytes)
  }
}

const damaged = (path: string, position: number, reason: string): MillraceError =>
  new MillraceError('CORRUPT_RECORD', { provider: 'kafka broker', position: `${path}, byte ${position}`, reason })

const refused = (error: number): AppendResult => ({ error, baseOffset: -1n })
