import { type FileHandle, open } from 'node:fs/promises'
import { ERROR } from '../protocol/error-codes.js'
import { ProducerSequences } from './producer-sequences.js'
import { BATCH_HEADER_BYTES, type BatchHeader, placeBatch, readBatchHeader } from './record-batch.js'

interface IndexEntry {
  readonly baseOffset: bigint
  readonly position: number
  readonly maxTimestampMs: bigint
}

/** A batch is indexed at least every so many bytes, so that a look-up reads at most as many too much. */
const INDEX_INTERVAL_BYTES = 64 * 1024
const SCAN_BYTES = 1024 * 1024

export interface AppendResult {
  readonly error: number
  readonly baseOffset: bigint
}

/**
 * The log of one partition: record batches one after another in one file, exactly as producers sent them but for their offsets.
 * What was torn by a crash is cut off when the log is opened. Appends of one partition run one after another.
 */
export class PartitionLog {
  readonly #file: FileHandle
  readonly #index: IndexEntry[] = []
  readonly #producers = new ProducerSequences()
  readonly #waiters = new Set<() => void>()
  #bytes = 0
  #endOffset = 0n
  #maxTimestampMs = -1n
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(path: string): Promise<PartitionLog> {
    const log = new PartitionLog(await open(path, 'a+'))
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

  /** Batches from the one that holds `offset` on, whole ones, at most `maxBytes` but at least one. */
  async read(offset: bigint, maxBytes: number): Promise<Buffer> {
    if (offset >= this.#endOffset) return Buffer.alloc(0)
    const start = await this.#positionOf(offset)
    let buffer = await this.#readAt(start, Math.min(maxBytes, this.#bytes - start))
    const first = readBatchHeader(buffer, 0)
    if (first === undefined || first.totalBytes > buffer.length) {
      const wanted = first?.totalBytes ?? (await this.#headerAt(start))?.totalBytes ?? 0
      buffer = await this.#readAt(start, wanted)
    }
    return buffer
  }

  /** The first offset whose batch has a timestamp of at least `timestampMs`, or undefined. */
  async offsetByTimestamp(timestampMs: bigint): Promise<{ offset: bigint; timestampMs: bigint } | undefined> {
    if (timestampMs > this.#maxTimestampMs) return undefined
    // An entry's timestamp is the greatest up to it: what is wanted begins at the last entry that is still before.
    const from = this.#index.findLast((entry) => entry.maxTimestampMs < timestampMs)
    for await (const { header } of this.#headers(from?.position ?? 0)) {
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
      if (header.magic !== 2) return refused(ERROR.unsupportedForMessageFormat)
      headers.push({ header, at })
      at += header.totalBytes
    }
    if (headers.length === 0) return refused(ERROR.invalidRequest)
    const known = this.#producers.check(headers.map(({ header }) => header))
    if (known.kind === 'refused') return refused(known.error)
    if (known.kind === 'duplicate') return { error: ERROR.none, baseOffset: known.baseOffset }
    const baseOffset = this.#endOffset
    let next = baseOffset
    for (const { header, at } of headers) {
      placeBatch(records, at, next)
      next += BigInt(header.lastOffsetDelta) + 1n
    }
    await this.#file.appendFile(records)
    next = baseOffset
    for (const { header, at } of headers) {
      this.#note({ ...header, baseOffset: next }, this.#bytes + at)
      next += BigInt(header.lastOffsetDelta) + 1n
    }
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
    for await (const { header, position } of this.#headers(this.#index[low]!.position)) {
      if (header.baseOffset + BigInt(header.lastOffsetDelta) >= offset) return position
    }
    return this.#bytes
  }

  async *#headers(from: number, until = this.#bytes): AsyncGenerator<{ header: BatchHeader; position: number }> {
    for (let position = from; position < until; ) {
      const chunk = await this.#readAt(position, Math.min(SCAN_BYTES, until - position))
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

  #headerAt = async (position: number): Promise<BatchHeader | undefined> =>
    readBatchHeader(await this.#readAt(position, BATCH_HEADER_BYTES), 0)

  async #readAt(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await this.#file.read(buffer, 0, length, position)
    return buffer.subarray(0, bytesRead)
  }

  async #recover(): Promise<void> {
    const { size } = await this.#file.stat()
    for await (const { header, position } of this.#headers(0, size)) {
      if (header.magic !== 2 || header.baseOffset < this.#endOffset) break
      this.#note(header, position)
      this.#bytes = position + header.totalBytes
    }
    if (this.#bytes < size) await this.#file.truncate(this.#bytes)
  }
}

const refused = (error: number): AppendResult => ({ error, baseOffset: -1n })
