import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Block } from '../../columnar/block.js'
import { messageBytes, parseBlock } from '../../columnar/block-parser.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/plan.js'
import type { TaskState } from '../pipelines/task.js'

/** A batch begins when the one before it is committed, so only that one's state and its own can be asked for again. */
const VERSIONS_KEPT = 2
const DIGEST = 'sha256'
const DIGEST_BYTES = 32

/**
 * The state of a partition in the checkpoint: a file of blocks for each operator and batch, `state/<operator>/<partition>/<batch>.blocks`,
 * whole. A file is written aside and renamed, so that what is there is complete; a batch that is run again replaces its own. It ends with a
 * digest of the blocks: state that was damaged later would give wrong answers for ever.
 */
export class CheckpointState implements TaskState {
  readonly #folder: string
  readonly #partition: number
  readonly #batchId: number
  readonly #attempt: number

  constructor({ checkpointLocation, batchId }: StreamingTaskInputs, partition: number, attempt: number) {
    this.#folder = join(checkpointLocation, 'state')
    this.#partition = partition
    this.#batchId = batchId
    this.#attempt = attempt
  }

  #path(operatorId: number, batchId: number): string {
    return join(this.#folder, String(operatorId), String(this.#partition), `${batchId}.blocks`)
  }

  /** @throws STREAMING_CHECKPOINT_CORRUPT when the state of the batch before is missing or damaged */
  async *blocks(operatorId: number): AsyncGenerator<Block> {
    if (this.#batchId === 0) return
    const path = this.#path(operatorId, this.#batchId - 1)
    const file = await readFile(path).catch((error: unknown) => {
      throw corrupt(path, error instanceof Error ? error.message : String(error), error)
    })
    const bytes = file.subarray(0, Math.max(0, file.length - DIGEST_BYTES))
    if (!createHash(DIGEST).update(bytes).digest().equals(file.subarray(bytes.length))) {
      throw corrupt(path, 'its content does not belong to its digest')
    }
    for (let at = 0; at < bytes.length; ) {
      const end = at + messageBytes(bytes.subarray(at))
      const block = bytes.subarray(at, end)
      yield { rows: parseBlock(block).rows, bytes: block }
      at = end
    }
  }

  /** @throws FAILED_WRITE_FILE */
  async save(operatorId: number, blocks: readonly Block[]): Promise<void> {
    const path = this.#path(operatorId, this.#batchId)
    const aside = `${path}.${this.#attempt}.tmp`
    try {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(aside, 'w')
      try {
        const digest = createHash(DIGEST)
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
      await rm(this.#path(operatorId, this.#batchId - VERSIONS_KEPT), { force: true })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MillraceError('FAILED_WRITE_FILE', { path, reason }, { cause: error })
    }
  }
}

const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
