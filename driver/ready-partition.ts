import type { Block } from '../columnar/blocks/block.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { ExecutorConnection } from '../proto/protocol.js'
import type { ReadyPartition } from './result-stream.js'

/** Where the driver takes a partition of a result from: what came along with the report, or else the executor that holds it. */
export function readyPartition(
  attemptId: number,
  executorId: string,
  inlined: readonly Block[] | undefined,
  connection: ExecutorConnection | undefined,
): ReadyPartition {
  return {
    attemptId,
    fetch: (signal) => {
      if (inlined) return fromArray(inlined)
      if (!connection) throw new MillraceError('EXECUTOR_LOST', { executor: executorId, reason: 'it is gone' })
      return connection.fetch({ kind: 'attempts', attemptIds: [attemptId], partition: 'all' }, signal)
    },
  }
}

async function* fromArray(blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks
}
