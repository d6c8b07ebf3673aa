import type { Block } from '../columnar/blocks/block.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { DriverMessage, DriverPort } from '../proto/protocol.js'
import { Executor } from './executor.js'
import type { BlockClient } from './shuffle/block-sources.js'
import { type ThreadModules, threadDataOnce } from './thread-data.js'

export interface LocalExecutorOptions {
  readonly driver: DriverPort
  readonly slots: number
  readonly memoryBytes: number
  readonly modules: ThreadModules
}

/**
 * The executor of `local[N]`: in the driver's process, with the same messages as any other, handed over as they are. Its blocks are never
 * copied on the way to the driver. Nothing is started before the first task, or `start`.
 */
export function createLocalExecutor({ driver, slots, memoryBytes, modules }: LocalExecutorOptions): Executor {
  const executorId = 'local'
  const executor = new Executor({
    executorId,
    slots,
    memoryBytes,
    threads: threadDataOnce(modules),
    client: localClient(driver),
    send: (message) => driver.receive(executorId, message),
  })
  const connection = {
    address: '',
    send: (message: DriverMessage) => executor.handle(message),
    fetch: (request: Parameters<Executor['fetch']>[0]) => executor.fetch(request),
    close: () => undefined,
  }
  driver.connect(executorId, slots, connection, false)
  return executor
}

/** There are no other executors, and the session's own blocks are at hand. */
function localClient(driver: DriverPort): BlockClient {
  return {
    fetch: () => {
      throw new MillraceError('INTERNAL_ERROR', { message: 'a local executor has no other to fetch from' })
    },
    fetchLocal: async function* ({ id, from, until }): AsyncGenerator<Block> {
      yield* driver.localBlocks.get(id).slice(from, until)
    },
  }
}
