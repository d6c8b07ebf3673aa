import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { stateFolder } from '../../common/state-path.js'
import { unlessMissing } from '../../common/system-errors.js'
import type { Json } from '../../connectors/api.js'
import type { StateMove } from '../../planner/streaming/moved-state.js'
import {
  type CheckpointChain,
  committedBatches,
  FIRST_POSITIONS,
  LOGS,
  METADATA,
  readChain,
  readQuery,
  versionEntry,
} from './checkpoint-chain.js'
import {
  type BatchCommit,
  type BatchEnd,
  type BatchOffsets,
  commitLines,
  offsetsLines,
  preparedEntry,
  type QuerySignature,
  type QueryVersion,
  type StateVersions,
  versionLines,
} from './checkpoint-entries.js'
import { CheckpointOwner } from './checkpoint-owner.js'
import { changesFor, refuseLoss, verifyHeads, verifyState } from './checkpoint-verification.js'
import { failedWrite } from './file-failures.js'
import { corrupt, encodeEntry } from './log-entry.js'
import { olderEntries, removeEntries } from './old-entries.js'
import { type StateChange, stateChanges } from './state-changes.js'
import type { WatermarkPolicy } from './watermarks.js'

export type { BatchCommit, BatchOffsets, QuerySignature } from './checkpoint-entries.js'

export interface CheckpointOptions {
  readonly place: CheckpointPlace
  readonly signature: QuerySignature
  /** Into how many partitions state is divided that is divided by keys. */
  readonly partitions: number
  /** Batches kept in the logs, so that earlier ones can be looked at. */
  readonly minBatchesToRetain: number
  readonly moveStates: MoveStates
}

/** The state of a query after a batch, and the start that goes on from it. */
export interface StateOrigin {
  readonly location: string
  readonly queryId: string
  readonly batchId: number
  readonly epoch: number
}

/** Writes states as they are to be, beside those that there are, and tells their versions. */
export type MoveStates = (from: StateOrigin, moves: readonly StateMove[]) => Promise<StateVersions>

/** A batch that is about to run, and how the one before it ended, unless that was written. */
export type BegunBatch = Omit<BatchOffsets, 'ended'> & { readonly ended?: BatchEnd }

/**
 * The checkpoint of a streaming query: `metadata/0` (what the query is; `metadata/1` and so on what it became when it was changed), `sources/0` (where it began to read), `offsets/N` written before batch
 * N runs, `prepared/N.A` before what its tasks prepared is committed for the A-th time, `commits/N` after that, unless `offsets/N+1` says it. Together they are one chain (checkpoint-chain.ts), and only the latest start of the query adds
 * to it (checkpoint-owner.ts). State lies beside it in `state/`, written by the tasks.
 */
export class Checkpoint {
  readonly location: string
  readonly queryId: string
  readonly #place: CheckpointPlace
  readonly #owner: CheckpointOwner
  readonly #watermarkPolicy: WatermarkPolicy
  readonly #minBatchesToRetain: number
  #head: string | null
  #firstPositions: readonly Json[] | undefined
  readonly #lastOffsets: BatchOffsets | undefined
  readonly #lastCommit: BatchCommit | undefined
  #states: StateVersions
  /** Which version of the query this is. */
  #version: number
  /** Of the batch that was begun and not finished when the checkpoint was opened, then of the one that runs. */
  #prepared: { readonly batchId: number; readonly attempts: readonly (readonly Json[])[] }
  #oldestBatch: number

  private constructor(
    options: CheckpointOptions,
    owner: CheckpointOwner,
    chain: CheckpointChain | undefined,
    queryId: string,
  ) {
    this.location = options.place.location
    this.#place = options.place
    this.queryId = queryId
    this.#owner = owner
    this.#minBatchesToRetain = options.minBatchesToRetain
    this.#watermarkPolicy = (chain?.versions[0] ?? options).signature.watermarkPolicy
    this.#states = chain ? statesOf(chain) : {}
    this.#version = Math.max(0, (chain?.versions.length ?? 0) - 1)
    this.#head = chain?.head ?? null
    this.#firstPositions = chain?.firstPositions
    this.#lastOffsets = chain?.lastOffsets
    this.#lastCommit = chain?.lastCommit
    this.#prepared = { batchId: chain?.lastOffsets?.batchId ?? 0, attempts: chain?.prepared ?? [] }
    this.#oldestBatch = chain?.lastCommit?.oldestBatch ?? 0
  }

  /**
   * Opens or creates it, and takes it from an earlier start of the query that may still run. Whatever is wrong with it is found before.
   * @throws STREAMING_CHECKPOINT_MISMATCH, STREAMING_STATE_MISMATCH when another query made it, CONCURRENT_STREAM_LOG_UPDATE, STREAMING_CHECKPOINT_CORRUPT,
   *   STREAMING_CHECKPOINT_MISSING_METADATA_FILE, FAILED_READ_FILE, FAILED_WRITE_FILE, what the moving of states raises
   */
  static async open(options: CheckpointOptions): Promise<Checkpoint> {
    const { place, signature } = options
    const { location } = place
    const changes = await Checkpoint.changes(place, signature)
    if (changes) refuseLoss(location, changes)
    // Without them the epochs would begin anew, and name the state of other starts.
    if (changes && !(await CheckpointOwner.isKnown(place)))
      throw corrupt(join(location, 'owners'), 'it does not say which starts there were')
    const owner = await CheckpointOwner.claim(place)
    // An earlier start may have added to it until now, and cannot any more.
    const chain = await readChain(place)
    const last = chain?.lastCommit?.batchId
    const changesNow = chain ? changesFor(location, signature, chain, last) : []
    refuseLoss(location, changesNow)
    if (chain && last !== undefined)
      await verifyState(place, chain.versions.at(-1)!, statesOf(chain), last, stateEntry(chain))
    await verifyHeads(location, owner, chain)
    await owner.forgetEarlier(METADATA)
    await makeFolders(options)
    const checkpoint = new Checkpoint(options, owner, chain, chain?.queryId ?? randomUUID())
    if (chain === undefined) await checkpoint.#begin(options)
    else await checkpoint.#goOn(options, chain, changesNow)
    return checkpoint
  }

  /** Into how many partitions a query that was here before divides its state; undefined for a new one. @throws as `open` */
  static async partitions(place: CheckpointPlace): Promise<number | undefined> {
    return (await readQuery(place))?.versions.at(-1)?.partitions
  }

  /** What would become of the state that is here, operator by operator; undefined when there is no checkpoint yet. @throws as `open` */
  static async changes(place: CheckpointPlace, signature: QuerySignature): Promise<readonly StateChange[] | undefined> {
    const known = await readQuery(place)
    if (known === undefined) return undefined
    return changesFor(place.location, signature, known, (await committedBatches(place)).at(-1))
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

  /** The state that the query goes on from. */
  get states(): StateVersions {
    return this.#states
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

  async writeOffsets({ ended, ...batch }: BegunBatch): Promise<void> {
    const entry = `offsets/${batch.batchId}`
    const commit = ended && { ...ended, entry, oldestBatch: this.#oldestAfter(ended) }
    await this.#add(entry, offsetsLines({ ...batch, ...(commit ? { ended: commit } : {}) }))
    if (commit) await this.#removeBefore(commit.oldestBatch)
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

  async writeCommit(end: BatchEnd): Promise<void> {
    const oldestBatch = this.#oldestAfter(end)
    await this.#add(`commits/${end.batchId}`, commitLines({ ...end, oldestBatch }))
    await this.#removeBefore(oldestBatch)
  }

  #oldestAfter({ batchId }: BatchEnd): number {
    return Math.max(this.#oldestBatch, batchId - this.#minBatchesToRetain)
  }

  async #removeBefore(batchId: number): Promise<void> {
    if (this.#oldestBatch >= batchId) return
    const older = await olderEntries(this.#place, 'prepared', batchId)
    for (; this.#oldestBatch < batchId; this.#oldestBatch++)
      older.push(`offsets/${this.#oldestBatch}`, `commits/${this.#oldestBatch}`)
    await removeEntries(this.#place, older)
  }

  async #begin({ signature, partitions }: CheckpointOptions): Promise<void> {
    await this.#add(METADATA, versionLines({ signature, partitions, since: 0, after: null, states: {} }))
  }

  /** Goes on as the newest version of the query, or as one that is new: its state is written first, and counts with the entry. */
  async #goOn(options: CheckpointOptions, chain: CheckpointChain, changes: readonly StateChange[]): Promise<void> {
    const { signature, partitions } = options
    const newest = chain.versions.at(-1)!
    if (stateChanges(newest.signature.operators, signature.operators).some(({ fate }) => fate !== 'kept')) {
      const { lastCommit, last } = chain
      const moves = changes.flatMap(({ move }) => move ?? [])
      const batchId = lastCommit?.batchId
      const { location, queryId, epoch } = this
      const moved = batchId === undefined ? {} : await options.moveStates({ location, queryId, batchId, epoch }, moves)
      const states = { ...lastCommit?.states, ...moved }
      const known = { ...signature, watermarkPolicy: this.#watermarkPolicy }
      const version = { signature: known, partitions, since: (batchId ?? -1) + 1, after: last, states }
      this.#version = chain.versions.length
      await this.#add(versionEntry(this.#version), versionLines(version))
      this.#states = states
    } else await this.#removePartitions(newest)
    for (const log of ['offsets', 'prepared', 'commits'])
      await removeEntries(this.#place, await olderEntries(this.#place, log, this.#oldestBatch))
  }

  /** Removes the state of partitions that there were before the query was changed, when no batch is kept that had them. */
  async #removePartitions({ since, signature: { operators } }: QueryVersion): Promise<void> {
    if (since === 0 || since > this.#oldestBatch) return
    const { files } = this.#place
    for (const { operatorId, partitions } of operators) {
      const folder = dirname(stateFolder(this.location, operatorId, 0))
      for (const name of (await files.list(folder).catch(unlessMissing)) ?? [])
        if (Number(name) >= partitions) await files.removeFolder(join(folder, name))
    }
  }

  async #add(entry: string, lines: readonly unknown[]): Promise<void> {
    const { queryId, epoch } = this
    const header = { entry, queryId, version: this.#version, epoch, previous: this.#head }
    const { text, digest } = encodeEntry(header, lines)
    await this.#owner.add(entry, text)
    this.#head = digest
  }
}

/** The state that the next batch goes on from: a version of the query that has not finished one yet has its own. */
const statesOf = (chain: CheckpointChain): StateVersions =>
  isAhead(chain) ? chain.versions.at(-1)!.states : (chain.lastCommit?.states ?? {})

const stateEntry = (chain: CheckpointChain): string =>
  isAhead(chain) ? versionEntry(chain.versions.length - 1) : chain.lastCommit!.entry

const isAhead = ({ versions, lastCommit }: CheckpointChain): boolean =>
  versions.at(-1)!.since > (lastCommit?.batchId ?? -1)

async function makeFolders({ place: { files, location }, signature: { operators } }: CheckpointOptions): Promise<void> {
  try {
    for (const folder of operators.length > 0 ? [...LOGS, 'state'] : LOGS)
      await files.makeFolder(join(location, folder))
    await files.syncFolder(location)
  } catch (error) {
    throw failedWrite(location, error)
  }
}
