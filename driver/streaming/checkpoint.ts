import { randomUUID } from 'node:crypto'
import { mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { syncFolder } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { stateFolder } from '../../common/state-path.js'
import type { Json } from '../../connectors/api.js'
import {
  type CheckpointChain,
  FIRST_POSITIONS,
  type KnownQuery,
  LOGS,
  METADATA,
  readChain,
  readQuery,
} from './checkpoint-chain.js'
import {
  type BatchCommit,
  type BatchOffsets,
  commitLines,
  offsetsLines,
  preparedEntry,
  type QuerySignature,
  signatureLines,
} from './checkpoint-entries.js'
import { CheckpointOwner } from './checkpoint-owner.js'
import { failedWrite, unlessMissing } from './durable-files.js'
import { corrupt, decodeEntry, encodeEntry } from './log-entry.js'
import { operatorText } from './operator-text.js'
import type { WatermarkPolicy } from './watermarks.js'

export type { BatchCommit, BatchOffsets, QuerySignature } from './checkpoint-entries.js'

export interface CheckpointOptions {
  readonly location: string
  readonly signature: QuerySignature
  /** Into how many partitions the state of a new query is divided. */
  readonly partitions: number
  /** Batches kept in the logs, so that earlier ones can be looked at. */
  readonly minBatchesToRetain: number
}

/**
 * The checkpoint of a streaming query: `metadata/0` (what the query is), `sources/0` (where it began to read), `offsets/N` written before batch
 * N runs, `prepared/N.A` before what its tasks prepared is committed for the A-th time, `commits/N` after that. Together they are one chain (checkpoint-chain.ts), and only the latest start of the query adds
 * to it (checkpoint-owner.ts). State lies beside it in `state/`, written by the tasks.
 */
export class Checkpoint {
  readonly location: string
  readonly queryId: string
  readonly #owner: CheckpointOwner
  readonly #partitions: number
  readonly #watermarkPolicy: WatermarkPolicy
  readonly #minBatchesToRetain: number
  #head: string | null
  #firstPositions: readonly Json[] | undefined
  readonly #lastOffsets: BatchOffsets | undefined
  readonly #lastCommit: BatchCommit | undefined
  /** Of the batch that was begun and not finished when the checkpoint was opened, then of the one that runs. */
  #prepared: { readonly batchId: number; readonly attempts: readonly (readonly Json[])[] }
  #oldestBatch: number

  private constructor(
    options: CheckpointOptions,
    owner: CheckpointOwner,
    chain: CheckpointChain | undefined,
    queryId: string,
  ) {
    this.location = options.location
    this.queryId = queryId
    this.#owner = owner
    this.#partitions = options.partitions
    this.#minBatchesToRetain = options.minBatchesToRetain
    this.#watermarkPolicy = (chain ?? options).signature.watermarkPolicy
    this.#head = chain?.head ?? null
    this.#firstPositions = chain?.firstPositions
    this.#lastOffsets = chain?.lastOffsets
    this.#lastCommit = chain?.lastCommit
    this.#prepared = { batchId: chain?.lastOffsets?.batchId ?? 0, attempts: chain?.prepared ?? [] }
    this.#oldestBatch = chain?.lastCommit?.oldestBatch ?? 0
  }

  /**
   * Opens or creates it, and takes it from an earlier start of the query that may still run. Whatever is wrong with it is found before.
   * @throws STREAMING_CHECKPOINT_MISMATCH when another query made it, CONCURRENT_STREAM_LOG_UPDATE, STREAMING_CHECKPOINT_CORRUPT,
   *   STREAMING_CHECKPOINT_MISSING_METADATA_FILE, FAILED_READ_FILE, FAILED_WRITE_FILE
   */
  static async open(given: CheckpointOptions): Promise<Checkpoint> {
    const options = { ...given, location: resolve(given.location) }
    const known = await readQuery(options.location)
    verifyQuery(options, known)
    // Without them the epochs would begin anew, and name the state of other starts.
    if (known && !(await CheckpointOwner.isKnown(options.location)))
      throw corrupt(join(options.location, 'owners'), 'it does not say which starts there were')
    const owner = await CheckpointOwner.claim(options.location)
    // An earlier start may have added to it until now, and cannot any more.
    const chain = await readChain(options.location)
    verifyQuery(options, chain)
    await verifyState(options, chain)
    await verifyHeads(options.location, owner, chain)
    await owner.forgetEarlier(METADATA)
    await makeFolders(options)
    const checkpoint = new Checkpoint(options, owner, chain, chain?.queryId ?? randomUUID())
    if (chain === undefined) await checkpoint.#add(METADATA, signatureLines(options.signature))
    else for (const log of ['offsets', 'prepared', 'commits']) await checkpoint.#removeOlder(log)
    return checkpoint
  }

  /** Into how many partitions a query that was here before divides its state; undefined for a new one. @throws as `open` */
  static async partitions(location: string): Promise<number | undefined> {
    return (await readQuery(resolve(location)))?.partitions
  }

  /** The number of this start among those of the query. */
  get epoch(): number {
    return this.#owner.epoch
  }

  get runId(): string {
    return this.#owner.runId
  }

  get watermarkPolicy(): WatermarkPolicy {
    return this.#watermarkPolicy
  }

  /** Where the query began to read, once it is known. */
  get firstPositions(): readonly Json[] | undefined {
    return this.#firstPositions
  }

  /** The newest batch that was begun when the checkpoint was opened. */
  get lastOffsets(): BatchOffsets | undefined {
    return this.#lastOffsets
  }

  /** The newest batch that was finished when the checkpoint was opened. */
  get lastCommit(): BatchCommit | undefined {
    return this.#lastCommit
  }

  /** @throws CONCURRENT_STREAM_LOG_UPDATE when a later start of the query took the checkpoint, STREAMING_CHECKPOINT_REMOVED */
  assertOwned(batchId: number): Promise<void> {
    return this.#owner.assertOwned(`commits/${batchId}`)
  }

  /** Where a source keeps what it has read of files, beside the first positions. */
  sourceFolder(source: number): string {
    return join(this.location, 'sources', `${source}.read`)
  }

  /** Each write of the log. @throws CONCURRENT_STREAM_LOG_UPDATE, STREAMING_CHECKPOINT_REMOVED, FAILED_WRITE_FILE */
  async writeFirstPositions(positions: readonly Json[]): Promise<void> {
    await this.#add(FIRST_POSITIONS, positions)
    this.#firstPositions = positions
  }

  async writeOffsets(batch: BatchOffsets): Promise<void> {
    await this.#add(`offsets/${batch.batchId}`, offsetsLines(batch))
  }

  /** What tasks of earlier attempts at a batch prepared, a list of messages each. */
  prepared(batchId: number): readonly (readonly Json[])[] {
    return this.#prepared.batchId === batchId ? this.#prepared.attempts : []
  }

  async writePrepared(batchId: number, messages: readonly Json[]): Promise<void> {
    const attempts = this.prepared(batchId)
    await this.#add(preparedEntry(batchId, attempts.length), messages)
    this.#prepared = { batchId, attempts: [...attempts, messages] }
  }

  async writeCommit({ batchId, ...commit }: Pick<BatchCommit, 'batchId' | 'nextWatermarks' | 'states'>): Promise<void> {
    const oldestBatch = Math.max(this.#oldestBatch, batchId - this.#minBatchesToRetain)
    await this.#add(`commits/${batchId}`, commitLines({ ...commit, oldestBatch }))
    const isShorter = this.#oldestBatch < oldestBatch
    for (; this.#oldestBatch < oldestBatch; this.#oldestBatch++) {
      for (const log of ['offsets', 'commits']) await this.#remove(`${log}/${this.#oldestBatch}`)
    }
    if (isShorter) await this.#removeOlder('prepared')
  }

  async #add(entry: string, lines: readonly unknown[]): Promise<void> {
    const { queryId, epoch } = this
    const header = { entry, queryId, partitions: this.#partitions, epoch, previous: this.#head }
    const { text, digest } = encodeEntry(header, lines)
    await this.#owner.add(entry, text)
    this.#head = digest
  }

  /** Removes entries of batches that are kept no more, also what a killed start was about to remove. */
  async #removeOlder(log: string): Promise<void> {
    for (const name of await readdir(join(this.location, log))) {
      if (/^\d+(\.\d+)?$/.test(name) && Number.parseInt(name, 10) < this.#oldestBatch)
        await this.#remove(`${log}/${name}`)
    }
  }

  #remove(entry: string): Promise<void> {
    const path = join(this.location, entry)
    return unlink(path)
      .catch(unlessMissing)
      .catch((error: unknown) => Promise.reject(failedWrite(path, error)))
  }
}

function verifyQuery(options: CheckpointOptions, known: KnownQuery | undefined): void {
  if (known === undefined) return
  const { location, signature } = options
  const mismatch = (part: string, expected: string, actual: string): MillraceError =>
    new MillraceError('STREAMING_CHECKPOINT_MISMATCH', { location, part, expected, actual })
  for (const part of ['sources', 'operators'] as const) {
    const [expected, actual] = [known.signature, signature].map((one) => partTexts(one, part).join('; '))
    if (expected !== actual) throw mismatch(part, expected || 'none', actual || 'none')
  }
  if (known.partitions !== options.partitions)
    throw mismatch('partitions of the state', String(known.partitions), String(options.partitions))
}

const partTexts = (signature: QuerySignature, part: 'sources' | 'operators'): readonly string[] =>
  part === 'sources' ? signature.sources : signature.operators.map(operatorText)

/** The state that the next batch goes on from is there; what is in it is verified by those who read it. */
async function verifyState(
  { location, signature: { operators } }: CheckpointOptions,
  chain: CheckpointChain | undefined,
): Promise<void> {
  if (chain?.lastCommit === undefined) return
  const { batchId, states } = chain.lastCommit
  for (const { operatorId, partitions } of operators) {
    for (let partition = 0; partition < partitions; partition++) {
      const version = states[operatorId]?.[partition]
      if (version === null) continue
      const path = join(stateFolder(location, operatorId, partition), version?.file ?? '')
      if (version === undefined) throw corrupt(path, `commits/${batchId} does not say which state it is`)
      await stat(path).catch((cause: unknown) => {
        throw corrupt(path, `it is missing, although batch ${batchId} was committed`, cause)
      })
    }
  }
}

/** What earlier starts wrote last is still there: else the end of the logs was removed. */
async function verifyHeads(
  location: string,
  owner: CheckpointOwner,
  chain: CheckpointChain | undefined,
): Promise<void> {
  for (const { path, text } of await owner.earlierHeads()) {
    const { header, digest } = decodeEntry(path, text)
    if (chain?.digests.get(header.entry) !== digest)
      throw corrupt(join(location, header.entry), 'it was written and is missing now, or was replaced')
  }
}

async function makeFolders({ location, signature: { operators } }: CheckpointOptions): Promise<void> {
  try {
    for (const log of LOGS) await mkdir(join(location, log), { recursive: true })
    if (operators.length > 0) await mkdir(join(location, 'state'), { recursive: true })
    await syncFolder(location)
  } catch (error) {
    throw failedWrite(location, error)
  }
}
