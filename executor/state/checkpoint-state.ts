import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Block } from '../../columnar/block.js'
import { messageBytes, parseBlock } from '../../columnar/block-parser.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { type StateVersion, stateFolder, statePath } from '../../common/state-path.js'
import type { CountedMemory } from '../../connectors/api.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { TaskState } from '../pipelines/task.js'

/** A batch begins when the one before it is committed, so only that one's state and its own can be asked for again. */
const VERSIONS_KEPT = 2
const DIGEST = 'sha256'
const DIGEST_BYTES = 32

/**
 * The state of a partition in the checkpoint: a file of blocks for each operator, batch and start of the query (common/state-path.ts),
 * whole. A file is written aside and renamed, so that what is there is complete. It ends with a digest of the blocks and of whose they are:
 * state that was damaged or exchanged later would give wrong answers for ever.
 */
export class CheckpointState implements TaskState {
  readonly #inputs: StreamingTaskInputs
  readonly #partition: number
  readonly #attempt: number

  constructor(inputs: StreamingTaskInputs, partition: number, attempt: number) {
    this.#inputs = inputs
    this.#partition = partition
    this.#attempt = attempt
  }

  /** @throws STREAMING_CHECKPOINT_CORRUPT when the state of the batch before is missing or damaged, UNABLE_TO_ACQUIRE_MEMORY */
  async *blocks(operatorId: number, held: CountedMemory): AsyncGenerator<Block> {
    const { batchId, checkpointLocation, stateEpoch } = this.#inputs
    if (stateEpoch === undefined) return
    const version = { operatorId, partition: this.#partition, batchId: batchId - 1, epoch: stateEpoch }
    const path = statePath(checkpointLocation, version)
    const unreadable = (error: unknown): never => {
      throw corrupt(path, error instanceof Error ? error.message : String(error), error)
    }
    held.hold((await stat(path).catch(unreadable)).size)
    try {
      const file = await readFile(path).catch(unreadable)
      const bytes = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES))
      if (!this.#digest(version).update(bytes).digest().equals(file.subarray(bytes.length))) {
        throw corrupt(path, 'its content does not belong to its digest')
      }
      for (let at = 0; at < bytes.length; ) {
        const block = blockAt(path, bytes, at)
        yield block
        at += block.bytes.length
      }
    } finally {
      held.hold(0)
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async save(operatorId: number, blocks: readonly Block[]): Promise<void> {
    const { batchId, checkpointLocation, epoch } = this.#inputs
    const version = { operatorId, partition: this.#partition, batchId, epoch }
    const path = statePath(checkpointLocation, version)
    const aside = `${path}.${this.#attempt}.tmp`
    try {
      await makeFolder(stateFolder(checkpointLocation, version))
      const file = await open(aside, 'w')
      try {
        const digest = this.#digest(version)
        for (const { bytes } of blocks) {
          digest.update(bytes)
          await file.writeFile(bytes)
        }
        await file.writeFile(digest.digest())
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(aside, path)
      await removeBefore(dirname(path), batchId - VERSIONS_KEPT + 1)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MillraceError('FAILED_WRITE_FILE', { path, reason }, { cause: error })
    }
  }

  #digest({ operatorId, partition, batchId, epoch }: StateVersion): Hash {
    const owner = [this.#inputs.queryId, operatorId, partition, batchId, epoch].join('/')
    return createHash(DIGEST).update(`${owner}\n`)
  }
}

/** A digest says who wrote the file, not that it makes sense. @throws STREAMING_CHECKPOINT_CORRUPT */
function blockAt(path: string, file: Uint8Array, at: number): Block {
  try {
    const bytes = file.subarray(at, at + messageBytes(file.subarray(at)))
    return { rows: parseBlock(bytes).rows, bytes }
  } catch (error) {
    if (!MillraceError.is(error) || error.condition !== 'BLOCK_CORRUPT') throw error
    throw corrupt(path, String(error.parameters['reason']), error)
  }
}

/** Makes the folder of a partition. `state` above it is the driver's: when it is gone, the checkpoint was removed and is not made again by halves. */
async function makeFolder(folder: string): Promise<void> {
  for (const path of [dirname(folder), folder]) {
    await mkdir(path).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
  }
}

/** Removes the versions of batches before one, those that killed or fenced starts left, whole or not, among them. */
async function removeBefore(folder: string, batchId: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (Number.parseInt(name, 10) < batchId) await rm(join(folder, name), { force: true })
  }
}

const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
