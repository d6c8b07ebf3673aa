import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { ERROR } from '../protocol/error-codes.js'
import { AppendFile } from './append-file.js'
import type { OpenFiles } from './open-files.js'
import { ProducerSequences } from './producer-sequences.js'
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  batchFault,
  hasRightCrc,
  placeBatch,
  readBatchHeader,
} from './record-batch.js'

interface IndexEntry {
  readonly baseOffset: bigint
  readonly position: number
  readonly maxTimestampMs: bigint
}

/** A batch is indexed at least every so many bytes, so that a look-up reads at most as many too much. */
const INDEX_INTERVAL_BYTES = 64 * 1024
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
  read(): AsyncIterable<Buffer>
}

export const EMPTY_SLICE: LogSlice = { bytes: 0, read: async function* () {} }

/**
 * The log of one partition: record batches one after another in one file, exactly as producers sent them but for their offsets.
 * What was torn by a crash is cut off when the log is opened. Appends of one partition run one after another.
 */
export class PartitionLog {
  readonly #file: AppendFile
  readonly #index: IndexEntry[] = []
  readonly #producers = new ProducerSequences()
  readonly #waiters = new Set<() => void>()
  #bytes = 0
  #endOffset = 0n
  #maxTimestampMs = -1n
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(file: AppendFile) {
    this.#file = file
  }

  /** @throws CORRUPT_RECORD when more is damaged than a crash can have torn */
  static async open(files: OpenFiles, path: string): Promise<PartitionLog> {
    const log = new PartitionLog(await AppendFile.open(files, path))
    await log.#recover()
    return log
  }

  /** The offset the next record will get. */
  get endOffset(): bigint {
    return this.#endOffset
  }

  /** Appends the batches of a produce request; all of them or none. The bytes are written to in place (offsets). */
  append(records: Buffer): Promise<AppendResult> {
    const done = this.#tail.then(() => this.#append(records))
    this.#tail = done.catch(() => undefined)
    return done
  }

  /** Batches from the one that holds `offset` on, at most `maxBytes` but at least one whole one. */
  async slice(offset: bigint, maxBytes: number): Promise<LogSlice> {
    if (offset >= this.#endOffset) return EMPTY_SLICE
    const start = await this.#positionOf(offset)
    const first = readBatchHeader(await this.#file.readAt(start, BATCH_HEADER_BYTES), 0)
    const bytes = Math.min(Math.max(maxBytes, first?.totalBytes ?? 0), this.#bytes - start)
    return { bytes, read: () => this.#pieces(start, start + bytes) }
  }

  /** The first offset whose batch has a timestamp of at least `timestampMs`, or undefined. */
  async offsetByTimestamp(timestampMs: bigint): Promise<{ offset: bigint; timestampMs: bigint } | undefined> {
    if (timestampMs > this.#maxTimestampMs) return undefined
    // An entry's timestamp is the greatest up to it: what is wanted begins at the last entry that is still before.
    const from = this.#index.findLast((entry) => entry.maxTimestampMs < timestampMs)
    for await (const { header } of this.#headers(from?.position ?? 0, SCAN_BYTES)) {
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
    await this.#file.close()
  }

  async #append(records: Buffer): Promise<AppendResult> {
    const headers: { readonly header: BatchHeader; readonly at: number }[] = []
    for (let at = 0; at < records.length; ) {
      const header = readBatchHeader(records, at)
      if (header === undefined || at + header.totalBytes > records.length) return refused(ERROR.corruptMessage)
      const fault = batchFault(records, at, header)
      if (fault !== ERROR.none) return refused(fault)
      headers.push({ header, at })
      at += header.totalBytes
    }
    if (headers.length === 0) return refused(ERROR.invalidRequest)
    const known = this.#producers.check(headers.map(({ header }) => header))
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
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const wake of waiters) wake()
    return { error: ERROR.none, baseOffset }
  }

  #note(header: BatchHeader, position: number): void {
    this.#endOffset = header.baseOffset + BigInt(header.lastOffsetDelta) + 1n
    if (header.maxTimestampMs > this.#maxTimestampMs) this.#maxTimestampMs = header.maxTimestampMs
    this.#producers.note(header)
    const last = this.#index.at(-1)
    if (last === undefined || position - last.position >= INDEX_INTERVAL_BYTES) {
      this.#index.push({ baseOffset: header.baseOffset, position, maxTimestampMs: this.#maxTimestampMs })
    }
  }

  /** The position of the batch that holds the offset, or of the one after a gap. */
  async #positionOf(offset: bigint): Promise<number> {
    let low = 0
    let high = this.#index.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#index[middle]!.baseOffset <= offset) low = middle
      else high = middle - 1
    }
    for await (const { header, position } of this.#headers(this.#index[low]!.position, INDEX_INTERVAL_BYTES)) {
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
      if (mayBeTorn && !hasRightCrc(await this.#file.readAt(position, header.totalBytes), 0)) break
      this.#note(header, position)
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
