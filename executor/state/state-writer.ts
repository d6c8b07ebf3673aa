import type { Block } from '../../columnar/blocks/block.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../../connectors/api.js'
import { EMPTY_CHAIN } from '../pipelines/state-chain.js'
import type { OperatorState, StateWriter } from '../pipelines/task.js'
import { threadStateFiles } from '../thread-protection.js'
import { CheckpointState } from './checkpoint-state.js'

/** Writes the rows of a partition as a snapshot of its state, executor side. */
export const stateWriter: WriterProvider = {
  name: 'statestore',
  openWriter: (write: WriteDescription, context: WriteContext): Promise<BlockWriter> =>
    Promise.resolve(new SnapshotWriter(operatorOf(write, context), context.partition)),
}

function operatorOf({ path, options, streaming }: WriteDescription, context: WriteContext): OperatorState {
  const { queryId, batchId, start } = streaming!
  // It comes beside the snapshots that there are: none is to go for it. No batch runs.
  const kept = { minBatchesToRetain: Number.POSITIVE_INFINITY, operators: {} }
  const inputs = { queryId, batchId, timeMs: 0, epoch: start, ...kept }
  const { partition, attempt } = context
  const state = new CheckpointState(
    { ...inputs, checkpointLocation: path! },
    partition,
    attempt,
    threadStateFiles(options['stateKey']),
  )
  return state.operator(Number(options['operatorId']))
}

class SnapshotWriter implements BlockWriter {
  readonly #operator: OperatorState
  readonly #partition: number
  #file: StateWriter | undefined

  constructor(operator: OperatorState, partition: number) {
    this.#operator = operator
    this.#partition = partition
  }

  async write(block: Block): Promise<void> {
    this.#file ??= await this.#operator.write('snapshot', EMPTY_CHAIN, {})
    await this.#file.append([block])
  }

  async prepare(): Promise<Json> {
    const written = await this.#file?.finish()
    const version = written ? { file: written.version.file, digest: written.version.digest } : null
    return { partition: this.#partition, version }
  }

  async abort(): Promise<void> {
    await this.#file?.abort()
  }
}
