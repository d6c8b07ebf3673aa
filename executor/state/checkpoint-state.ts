import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Block } from '../../columnar/block.js'
import { type CheckpointFiles, isCode, type NewCheckpointFile } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type StateVersion, stateFolder } from '../../common/state-path.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type {
  BatchOfState,
  OperatorState,
  StateChain,
  StateFileKind,
  StatePart,
  StateWriter,
  TaskState,
} from '../pipelines/task.js'
import { StateFileBytes } from './state-file.js'
import { type StateOwner, versionFiles } from './version-files.js'

/**
 * The state of a partition in the checkpoint. Each batch that changes it adds a file to the folder of its operator: what changed, or all of it. A file has a
 * name that no other attempt of any start uses, so a late one harms nothing, and counts when the commit of the batch names it, with its digest; a delta names the file
 * before it in the same way.
 */
export class CheckpointState implements TaskState {
  readonly #inputs: StreamingTaskInputs
  readonly #partition: number
  readonly #attempt: number
  readonly #files: CheckpointFiles

  constructor(inputs: StreamingTaskInputs, partition: number, attempt: number, files: CheckpointFiles) {
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
  readonly files: CheckpointFiles
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
    try {
      const newestFirst = await versionFiles(files, folder, owner, version, held)
      const snapshots = newestFirst.at(-1)!.header.snapshots ?? []
      let chain: StateChain = { snapshots, snapshotBytes: 0, deltas: 0, deltaBytes: 0 }
      for (let file = newestFirst.pop(); file; file = newestFirst.pop()) {
        const { header, blocks, bytes } = file
        chain = extended(chain, header.kind, batchOf(header.file), bytes)
        yield { blocks, expiredMicros: header.expiredMicros, chain }
        held.hold(held.bytes - bytes)
      }
    } finally {
      held.hold(0)
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async write(kind: StateFileKind, chain: StateChain, expiredMicros: bigint | undefined): Promise<StateWriter> {
    const { folder, files, owner, name, batchId, minBatchesToRetain } = this.#of
    const file = `${name}.${kind}`
    const path = join(folder, file)
    const base = kind === 'delta' ? this.before : undefined
    return failing(path, async () => {
      const created = await createIn(files, folder, path)
      const writer = new OperatorWriter(this.#of, path, kind, chain, created)
      const snapshots = keptOf(chain.snapshots, batchId - minBatchesToRetain)
      const given = {
        ...(base ? { base } : {}),
        ...(kind === 'snapshot' && snapshots.length > 0 ? { snapshots } : {}),
        ...(expiredMicros === undefined ? {} : { expiredMicros }),
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
}

class OperatorWriter implements StateWriter {
  readonly #of: OperatorFolder
  readonly #path: string
  readonly #kind: StateFileKind
  readonly #chain: StateChain
  readonly #created: NewCheckpointFile
  readonly #content = new StateFileBytes()

  constructor(of: OperatorFolder, path: string, kind: StateFileKind, chain: StateChain, created: NewCheckpointFile) {
    this.#of = of
    this.#path = path
    this.#kind = kind
    this.#chain = chain
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

  finish(): Promise<{ readonly version: StateVersion; readonly chain: StateChain }> {
    return failing(this.#path, async () => {
      const { piece, digest } = this.#content.end()
      await this.#created.append(piece)
      await this.#created.finish()
      const { name, batchId } = this.#of
      const version = { file: `${name}.${this.#kind}`, digest }
      const chain = extended(this.#chain, this.#kind, batchId, this.#content.bytes)
      return { version, chain: this.#kind === 'snapshot' ? await this.#forget(chain) : chain }
    })
  }

  async abort(): Promise<void> {
    await this.#created.close().catch(() => undefined)
    await this.#of.files.remove(this.#path).catch(() => undefined)
  }

  /** Removes the files that no batch which is to be kept is made of, those that killed, late and fenced attempts left among them. */
  async #forget(chain: StateChain): Promise<StateChain> {
    const { folder, files, batchId, minBatchesToRetain } = this.#of
    const snapshots = keptOf(chain.snapshots, batchId - minBatchesToRetain)
    const oldest = snapshots[0]!
    if (oldest > batchId - minBatchesToRetain) return chain
    for (const name of await files.list(folder)) if (batchOf(name) < oldest) await files.remove(join(folder, name))
    return { ...chain, snapshots }
  }
}

/** Of snapshots, those that a batch and what follows it are made of. */
function keptOf(snapshots: readonly number[], batchId: number): readonly number[] {
  const oldest = snapshots.findLast((snapshot) => snapshot <= batchId)
  return oldest === undefined ? snapshots : snapshots.filter((snapshot) => snapshot >= oldest)
}

const batchOf = (file: string): number => Number.parseInt(file, 10)

function extended(chain: StateChain, kind: StateFileKind, batchId: number, bytes: number): StateChain {
  if (kind === 'delta') return { ...chain, deltas: chain.deltas + 1, deltaBytes: chain.deltaBytes + bytes }
  return { snapshots: [...chain.snapshots, batchId], snapshotBytes: bytes, deltas: 0, deltaBytes: 0 }
}

/** Creates a file, and the folder of its partition. `state` above is the driver's: when it is gone, the checkpoint was removed and is not made again by halves. */
async function createIn(files: CheckpointFiles, folder: string, path: string): Promise<NewCheckpointFile> {
  try {
    return await files.create(path)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
    for (const missing of [dirname(folder), folder]) await files.makeFolder(missing)
    return await files.create(path)
  }
}

async function failing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MillraceError('FAILED_WRITE_FILE', { path, reason }, { cause: error })
  }
}
