import { randomBytes, randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Block } from '../../columnar/blocks/block.js'
import type { NewCheckpointFile } from '../../common/checkpoint-files.js'
import type { StateFiles } from '../../common/encryption/state-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type StateVersion, stateFolder } from '../../common/state-path.js'
import { hasCode } from '../../common/system-errors.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import {
  EMPTY_CHAIN,
  type KnownSnapshot,
  keptSnapshots,
  type StateChain,
  type StateFileKind,
  withDelta,
  withSnapshot,
} from '../pipelines/state-chain.js'
import type { BatchOfState, DeltaParts, OperatorState, StatePart, StateWriter, TaskState } from '../pipelines/task.js'
import { type StateFile, StateFileBytes } from './state-file.js'
import { type StateOwner, versionFiles } from './version-files.js'

/** So that the digest of a file that is encrypted, which the commit tells, is not that of any content that could be tried. */
const SALT_BYTES = 16
/** Of the files that no batch to be kept is made of, which may be thousands, each batch removes so many. */
const MOST_REMOVED = 256

/**
 * The state of a partition in the checkpoint. Each batch that changes it adds a file to the folder of its operator: what changed, or all of it. A file has a
 * name that no other attempt of any start uses, so a late one harms nothing, and counts when the commit of the batch names it, with its digest; a delta names the file
 * before it in the same way. A delta may name a snapshot, too, which is read in place of a version before (`GrowingSnapshot`).
 */
export class CheckpointState implements TaskState {
  readonly #inputs: StreamingTaskInputs
  readonly #partition: number
  readonly #attempt: number
  readonly #files: StateFiles

  constructor(inputs: StreamingTaskInputs, partition: number, attempt: number, files: StateFiles) {
    this.#inputs = inputs
    this.#partition = partition
    this.#attempt = attempt
    this.#files = files
  }

  operator(operatorId: number): OperatorState {
    const { queryId, batchId, timeMs, epoch, checkpointLocation, operators, minBatchesToRetain } = this.#inputs
    const partition = this.#partition
    return new OperatorFiles({
      folder: stateFolder(checkpointLocation, operatorId, partition),
      files: this.#files,
      owner: { queryId, operatorId, partition },
      before: operators[operatorId]?.version,
      batchId,
      timeMs,
      // A task that ran out of memory is run again as the same attempt.
      name: `${batchId}.${epoch}.${this.#attempt}-${randomUUID().slice(0, 8)}`,
      minBatchesToRetain,
    })
  }
}

interface OperatorFolder {
  readonly folder: string
  readonly files: StateFiles
  readonly owner: StateOwner
  readonly before: StateVersion | undefined
  readonly batchId: number
  readonly timeMs: number
  /** Of the file that the batch may write, but for its kind. */
  readonly name: string
  readonly minBatchesToRetain: number
}

class OperatorFiles implements OperatorState {
  readonly id: string
  readonly batch: BatchOfState
  readonly before: StateVersion | undefined
  readonly #of: OperatorFolder

  constructor(of: OperatorFolder) {
    const { queryId, operatorId, partition } = of.owner
    this.id = `${queryId}/${operatorId}/${partition}`
    this.batch = { queryId, batchId: of.batchId, timeMs: of.timeMs }
    this.before = of.before
    this.#of = of
  }

  /** @throws STREAMING_CHECKPOINT_CORRUPT when a file is missing or damaged, UNABLE_TO_ACQUIRE_MEMORY */
  async *restore(version: StateVersion, held: CountedMemory): AsyncGenerator<StatePart> {
    const { folder, files, owner } = this.#of
    const newestFirst = await versionFiles(files, folder, owner, version, held)
    const snapshot = snapshotOf(newestFirst)
    let chain: StateChain = { ...EMPTY_CHAIN, snapshots: newestFirst.at(-1)!.header.snapshots ?? [] }
    for (const file of newestFirst.toReversed()) {
      const { header, bytes } = file
      chain = header.kind === 'delta' ? withDelta(chain, bytes) : withSnapshot(chain, snapshot, bytes)
      yield { blocks: file.blocks(), expiredMicros: header.expiredMicros, chain }
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async write(kind: StateFileKind, chain: StateChain, delta: DeltaParts): Promise<StateWriter> {
    const { folder, files, owner, name } = this.#of
    const file = `${name}.${kind}`
    const path = join(folder, file)
    const base = kind === 'delta' ? this.before : undefined
    return failing(path, async () => {
      const created = await createIn(files, folder, path)
      const writer = new OperatorWriter(files, path, file, created)
      const snapshots = this.#kept(chain)
      const given = {
        ...(base ? { base } : {}),
        ...(files.encrypts ? { salt: randomBytes(SALT_BYTES).toString('hex') } : {}),
        ...(kind === 'snapshot' && snapshots.length > 0 ? { snapshots } : {}),
        ...delta,
      }
      try {
        await writer.begin({ ...owner, file, kind, ...given })
      } catch (error) {
        await writer.abort()
        throw error
      }
      return writer
    })
  }

  forget(chain: StateChain): Promise<StateChain> {
    const { folder, files, batchId, minBatchesToRetain } = this.#of
    return failing(folder, async () => {
      const snapshots = this.#kept(chain)
      const { from, oldest } = snapshots[0]!
      const areAllKept = snapshots.length > 1 && snapshots.length === chain.snapshots.length
      if (areAllKept || from > batchId - minBatchesToRetain) return chain
      const older = (await files.list(folder)).filter((name) => batchOf(name) < oldest)
      for (const name of older.slice(0, MOST_REMOVED)) await files.remove(join(folder, name))
      return older.length > MOST_REMOVED ? chain : { ...chain, snapshots }
    })
  }

  #kept({ snapshots }: StateChain): readonly KnownSnapshot[] {
    const { batchId, minBatchesToRetain } = this.#of
    return keptSnapshots(snapshots, batchId - minBatchesToRetain)
  }
}

/** The snapshot that a version is made of. */
function snapshotOf(newestFirst: readonly StateFile[]): KnownSnapshot {
  const [whole, rebased] = [newestFirst.at(-1)!, newestFirst.find(({ header }) => header.rebase !== undefined)]
  const oldest = batchOf(whole.header.file)
  return { from: rebased ? batchOf(rebased.header.file) : oldest, oldest }
}

class OperatorWriter implements StateWriter {
  readonly #files: StateFiles
  readonly #path: string
  readonly #file: string
  readonly #created: NewCheckpointFile
  readonly #content = new StateFileBytes()

  constructor(files: StateFiles, path: string, file: string, created: NewCheckpointFile) {
    this.#files = files
    this.#path = path
    this.#file = file
    this.#created = created
  }

  begin(header: Parameters<StateFileBytes['begin']>[0]): Promise<void> {
    return this.#created.append(this.#content.begin(header))
  }

  append(blocks: readonly Block[]): Promise<void> {
    return failing(this.#path, async () => {
      for (const block of blocks) await this.#created.append(this.#content.block(block))
    })
  }

  finish(): Promise<{ readonly version: StateVersion; readonly bytes: number }> {
    return failing(this.#path, async () => {
      const { piece, digest } = this.#content.end()
      await this.#created.append(piece)
      await this.#created.finish()
      return { version: { file: this.#file, digest }, bytes: this.#content.bytes }
    })
  }

  async abort(): Promise<void> {
    await this.#created.close().catch(() => undefined)
    await this.#files.remove(this.#path).catch(() => undefined)
  }
}

const batchOf = (file: string): number => Number.parseInt(file, 10)

/** Creates a file, and the folder of its partition. `state` above is the driver's: when it is gone, the checkpoint was removed and is not made again by halves. */
async function createIn(files: StateFiles, folder: string, path: string): Promise<NewCheckpointFile> {
  try {
    return await files.create(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    for (const missing of [dirname(folder), folder]) await files.makeFolder(missing)
    return await files.create(path)
  }
}

/** Conditions are told as they are. @throws FAILED_WRITE_FILE for other errors */
async function failing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (MillraceError.is(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new MillraceError('FAILED_WRITE_FILE', { path, reason }, { cause: error })
  }
}
