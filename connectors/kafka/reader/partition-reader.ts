import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import {
  RECORDS_APPEND_TIMESTAMP,
  RECORDS_BASE_OFFSET,
  RECORDS_BASE_TIMESTAMP,
  RECORDS_END,
  RECORDS_FROM,
  RECORDS_POSITION,
  RECORDS_REMAINING,
  RECORDS_ROWS,
  RECORDS_TIMESTAMP_TYPE,
  RECORDS_UNTIL,
} from '../../../executor/kernels/interface/kafka-records.js'
import { type Batch, type BatchReader, MAX_BATCH_ROWS, type Memory, type ReadContext } from '../../api.js'
import type { ClientLease } from '../client/client-lease.js'
import { responseBuffers } from '../client/response-buffers.js'
import type { KafkaSplit } from '../split.js'
import { RecordColumns } from './columns.js'
import { decompressRecords } from './decompress.js'
import type { AbortedTransaction, Fetched } from './fetch-response.js'
import { dataLoss, FETCH_AHEAD_BYTES, Fetcher } from './fetcher.js'
import {
  type BatchHead,
  batchesOf,
  CODEC_MASK,
  CONTROL_BIT,
  HEAD_BYTES,
  TIMESTAMP_TYPE_BIT,
  TRANSACTIONAL_BIT,
} from './record-batch.js'

const SLACK_BYTES = 64

export interface PartitionReaderOptions {
  readonly split: KafkaSplit
  readonly columns: readonly string[]
  readonly isolationLevel: 0 | 1
  readonly failOnDataLoss: boolean
}

/** Reads exactly the offsets of a split, the first of which it asks for at once. While the records of one fetch are decoded the next is under way. */
export class PartitionReader implements BatchReader {
  readonly #lease: ClientLease
  readonly #split: KafkaSplit
  readonly #failOnDataLoss: boolean
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #closed = new AbortController()
  readonly #signal: AbortSignal
  readonly #fetcher: Fetcher
  readonly #columns: RecordColumns
  /** Where the next fetch begins. */
  #position = 0n
  /** Records before it are left out. */
  #from = 0n
  /** Since when nothing has come although there should be something. */
  #emptySinceMs: number | undefined
  #underWay: Promise<Fetched> | undefined
  #region = 0
  #regionBytes = 0
  #heads: readonly BatchHead[] = []
  #nextHead = 0
  #remaining = 0
  #aborted: readonly AbortedTransaction[] = []
  readonly #abortedProducers = new Set<bigint>()
  /** Decompressed records: those that the batch just given points to, and the one being decoded. */
  #decompressed: number[] = []

  constructor(options: PartitionReaderOptions, lease: ClientLease, context: ReadContext) {
    this.#lease = lease
    this.#split = options.split
    this.#failOnDataLoss = options.failOnDataLoss
    this.#memory = context.memory
    this.#kernels = context.kernels
    this.#signal = context.signal
    const signal = AbortSignal.any([context.signal, this.#closed.signal])
    this.#fetcher = new Fetcher(lease.client, options.split, options.isolationLevel, signal)
    this.#columns = new RecordColumns(options.columns, options.split.topic, options.split.partition, context.memory)
    this.#startAt(options.split.from)
    this.#askAhead(context.isAhead ? FETCH_AHEAD_BYTES : undefined)
    context.memory.view.setBigInt64(this.#columns.state + RECORDS_UNTIL, options.split.until, true)
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    this.#releaseDecompressed(this.#remaining > 0 ? 1 : 0)
    this.#memory.view.setInt32(this.#columns.state + RECORDS_ROWS, 0, true)
    return this.#decode() ?? this.#fetchAndDecode()
  }

  close(): void {
    // The answer still under way is not wanted; that it may fail is of no interest.
    this.#underWay?.catch(() => undefined)
    this.#underWay = undefined
    this.#closed.abort()
    this.#releaseDecompressed(0)
    if (this.#region !== 0) this.#memory.release(this.#region)
    this.#region = 0
    this.#columns.release()
    this.#lease.release()
  }

  async #fetchAndDecode(): Promise<Batch | undefined> {
    while (this.#position < this.#split.until) {
      if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
      const fetched = await this.#fetched()
      if (fetched === undefined) return undefined
      this.#takeIn(fetched)
      const batch = this.#decode()
      if (batch !== undefined) return batch
    }
    return undefined
  }

  #startAt(offset: bigint): void {
    this.#position = offset
    this.#from = offset
    this.#memory.view.setBigInt64(this.#columns.state + RECORDS_FROM, offset, true)
  }

  /** What comes next; undefined when the rest is lost and may be. */
  async #fetched(): Promise<Fetched | undefined> {
    for (;;) {
      try {
        const fetching = this.#underWay ?? this.#fetcher.fetch(this.#position)
        this.#underWay = undefined
        return await fetching
      } catch (error) {
        const isLoss = MillraceError.is(error) && error.condition === 'KAFKA_DATA_LOSS'
        if (!isLoss || this.#failOnDataLoss) throw error
        const first = await this.#fetcher.earliest()
        if (first === undefined || first <= this.#position || first >= this.#split.until) return undefined
        this.#startAt(first)
      }
    }
  }

  /** Copies what was fetched into linear memory, once, and asks for what follows. */
  #takeIn(fetched: Fetched): void {
    const heads = batchesOf(fetched.records)
    if (heads === undefined) throw this.#corrupt(this.#position, 'a length makes no sense')
    this.#heads = heads
    this.#nextHead = 0
    this.#aborted = [...fetched.aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
    this.#abortedProducers.clear()
    const last = heads.at(-1)
    if (last === undefined) return this.#tookNothing(fetched)
    if (last.lastOffset < this.#position) throw this.#corrupt(last.baseOffset, 'it lies before what was asked for')
    this.#emptySinceMs = undefined
    this.#position = last.lastOffset + 1n
    this.#askAhead()
    this.#ensureRegion(last.end)
    this.#memory.bytes.set(fetched.records.subarray(0, last.end), this.#region)
    responseBuffers.giveBack(fetched.records)
  }

  /**
   * Nothing although the end is not reached: a gap (compaction, transactions) up to the end, or a new leader that does not know yet how
   * far its replicas are, as after a restart of all brokers.
   */
  #tookNothing(fetched: Fetched): void {
    if (fetched.records.length > 0) throw this.#corrupt(this.#position, 'a record batch is cut')
    if (fetched.endOffset >= this.#split.until) {
      this.#position = this.#split.until
      return
    }
    this.#emptySinceMs ??= Date.now()
    if (Date.now() - this.#emptySinceMs < this.#lease.client.giveUpMs) return
    if (this.#failOnDataLoss) {
      const reason = `it ends at offset ${fetched.endOffset}, before ${this.#split.until}`
      throw dataLoss(this.#split, reason)
    }
    this.#position = this.#split.until
  }

  /** Asks for what is decoded next, also before anybody wants it. */
  #askAhead(maxBytes?: number): void {
    if (this.#position >= this.#split.until) return
    const next = this.#fetcher.fetch(this.#position, maxBytes)
    next.catch(() => undefined) // It is awaited when its turn comes, and fails then.
    this.#underWay = next
  }

  #ensureRegion(bytes: number): void {
    if (this.#regionBytes >= bytes) return
    if (this.#region !== 0) this.#memory.release(this.#region)
    this.#region = 0
    this.#regionBytes = 0
    this.#region = this.#memory.allocate(bytes + SLACK_BYTES)
    this.#regionBytes = bytes
  }

  /** Decodes until a batch of rows is full or what was fetched is used up. */
  #decode(): Batch | undefined {
    const { state, columns } = this.#columns
    for (;;) {
      if (this.#remaining === 0 && !this.#beginBatch()) break
      if (this.#kernels.kafkaRecords(state) === 0) {
        throw this.#corrupt(this.#heads[this.#nextHead - 1]!.baseOffset, 'a record is malformed')
      }
      this.#remaining = this.#memory.view.getInt32(state + RECORDS_REMAINING, true)
      if (this.#memory.view.getInt32(state + RECORDS_ROWS, true) === MAX_BATCH_ROWS) break
    }
    const rows = this.#memory.view.getInt32(state + RECORDS_ROWS, true)
    return rows === 0 ? undefined : { rows, columns }
  }

  /** Points the decoder to the next record batch that has records to be read. */
  #beginBatch(): boolean {
    while (this.#nextHead < this.#heads.length) {
      const head = this.#heads[this.#nextHead++]!
      if (head.lastOffset < this.#from) continue
      if (head.baseOffset >= this.#split.until) {
        this.#nextHead = this.#heads.length
        return false
      }
      this.#check(head)
      if (!this.#isSkipped(head)) {
        this.#pointTo(head)
        return true
      }
    }
    return false
  }

  #check(head: BatchHead): void {
    if (head.magic !== 2) {
      const feature = `Kafka's old message format ${head.magic} (topic ${this.#split.topic})`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
    }
    const start = this.#region + head.start
    const crc = this.#kernels.crc32c(start + 21, head.end - head.start - 21) >>> 0
    if (crc !== this.#memory.view.getUint32(start + 17, false)) throw this.#corrupt(head.baseOffset, 'its CRC is wrong')
  }

  /** Control batches hold no records of users; with read_committed, batches of transactions given up are left out. */
  #isSkipped(head: BatchHead): boolean {
    const isControl = (head.attributes & CONTROL_BIT) !== 0
    if ((head.attributes & TRANSACTIONAL_BIT) === 0) return isControl
    const producer = this.#memory.view.getBigInt64(this.#region + head.start + 43, false)
    while (this.#aborted.length > 0 && this.#aborted[0]!.firstOffset <= head.lastOffset) {
      this.#abortedProducers.add(this.#aborted[0]!.producerId)
      this.#aborted = this.#aborted.slice(1)
    }
    if (!isControl) return this.#abortedProducers.has(producer)
    this.#abortedProducers.delete(producer)
    return true
  }

  #pointTo(head: BatchHead): void {
    const start = this.#region + head.start
    const count = this.#memory.view.getInt32(start + 57, false)
    if (count < 0) throw this.#corrupt(head.baseOffset, 'its count is negative')
    let records = { address: start + HEAD_BYTES, bytes: head.end - head.start - HEAD_BYTES }
    const codec = head.attributes & CODEC_MASK
    if (codec !== 0 && count > 0) {
      const made = decompressRecords(codec, records, this.#memory, this.#kernels)
      if (made === undefined) throw this.#corrupt(head.baseOffset, 'its compressed records are malformed')
      this.#decompressed.push(made.address)
      records = made
    }
    const { view } = this.#memory
    const { state } = this.#columns
    view.setUint32(state + RECORDS_POSITION, records.address, true)
    view.setUint32(state + RECORDS_END, records.address + records.bytes, true)
    view.setInt32(state + RECORDS_REMAINING, count, true)
    view.setBigInt64(state + RECORDS_BASE_OFFSET, head.baseOffset, true)
    view.setBigInt64(state + RECORDS_BASE_TIMESTAMP, view.getBigInt64(start + 27, false), true)
    view.setBigInt64(state + RECORDS_APPEND_TIMESTAMP, view.getBigInt64(start + 35, false), true)
    view.setInt32(state + RECORDS_TIMESTAMP_TYPE, (head.attributes & TIMESTAMP_TYPE_BIT) === 0 ? 0 : 1, true)
    this.#remaining = count
  }

  #releaseDecompressed(keep: number): void {
    const kept = keep > 0 ? this.#decompressed.slice(-keep) : []
    for (const address of this.#decompressed) if (!kept.includes(address)) this.#memory.release(address)
    this.#decompressed = kept
  }

  #corrupt(offset: bigint, reason: string): MillraceError {
    const { topic, partition } = this.#split
    const position = `offset ${offset} of partition ${partition} of the topic ${topic}`
    return new MillraceError('CORRUPT_RECORD', { provider: 'kafka', position, reason })
  }
}
