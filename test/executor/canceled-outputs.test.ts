import test from 'ava'
import { Executor } from '../../executor/executor.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import type { ExecutorMessage } from '../../proto/protocol.js'
import { FAKE_MODULES } from '../support/fake-cluster.js'
import { scan } from '../support/fake-plans.js'

const nothing = (): never => {
  throw new Error('nothing is fetched')
}

test('a task that ended before the driver could cancel it leaves no output of a cache behind', async (t) => {
  let tell!: (message: ExecutorMessage) => void
  const ended = new Promise<ExecutorMessage>((resolve) => {
    tell = resolve
  })
  const executor = new Executor({
    executorId: 'one',
    slots: 1,
    memoryBytes: 1 << 28,
    threads: threadDataOnce(FAKE_MODULES),
    client: { fetch: nothing, fetchLocal: nothing },
    send: (message) => tell(message),
  })
  try {
    executor.handle({
      kind: 'launchTask',
      launch: {
        ...{ attemptId: 7, jobId: 1, stageKey: 0, attempt: 0, sources: [], inlineBytes: 0 },
        stage: scan(0, 10, 1, { kind: 'cache', cacheId: 'c' }),
        inputs: { partition: 0, splits: { 0: [{ from: 0, until: 10 }] } },
        owner: { kind: 'cache', cacheId: 'c' },
      },
    })
    t.like(await ended, { kind: 'taskSucceeded', attemptId: 7 })
    t.true(executor.memoryUsage.storedBytes > 0)
    executor.handle({ kind: 'cancelTask', attemptId: 7 })
    t.is(executor.memoryUsage.storedBytes, 0)
  } finally {
    await executor.close()
  }
})
