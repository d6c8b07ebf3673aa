import test from 'ava'
import { SharedEngine } from '../../api/engine/shared-engine.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { createLogger } from '../../common/log.js'
import { Driver } from '../../driver/index.js'
import { fakeConnectors } from '../support/fake-plans.js'

test('what sessions have in common is closed though a stream does not end', async (t) => {
  const driver = new Driver({
    connectors: fakeConnectors(),
    expectedSlots: 1,
    maxFailures: 1,
    executorTimeoutMs: 10_000,
    logger: createLogger('driver', 'silent'),
  })
  const calls: string[] = []
  const close = async (): Promise<void> => void calls.push('closed')
  const shared = new SharedEngine({ driver, close, streamsPatienceMs: 1 })
  const stop = (): Promise<void> => {
    calls.push('stream')
    return new Promise(() => undefined)
  }
  shared.streams.add({ stop } as StreamingQuery)
  await shared.stop()
  t.deepEqual(calls, ['stream', 'closed'])
})
