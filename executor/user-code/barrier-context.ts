import type { BarrierTaskContext } from '../../common/barrier.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { MAX_REQUEST_BYTES } from '../../proto/rpc/limits.js'
import type { TaskBarrier } from '../pipelines/task.js'

/** What a function of the user gets of the task that it runs in. */
export function barrierContext(barrier: TaskBarrier, partition: number, attempt: number): BarrierTaskContext {
  const { addresses } = barrier
  // What all tasks hand to each is one message.
  const limit = Math.floor(MAX_REQUEST_BYTES / 2 / addresses.length)
  return {
    partitionId: () => partition,
    numPartitions: () => addresses.length,
    attemptNumber: () => attempt,
    getTaskInfos: () => addresses.map((address) => ({ address })),
    async barrier() {
      await barrier.call('barrier', '')
    },
    async allGather(message) {
      if (typeof message !== 'string')
        throw new MillraceError('INVALID_API_USE', { reason: 'allGather() wants a text' })
      const bytes = Buffer.byteLength(message)
      const what = `a message to the ${addresses.length} tasks of a stage`
      if (bytes > limit) throw new MillraceError('CONTROL_MESSAGE_TOO_LARGE', { bytes, limit, what })
      return await barrier.call('allGather', message)
    },
  }
}
