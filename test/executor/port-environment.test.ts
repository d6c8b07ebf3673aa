import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import { PortEnvironment } from '../../executor/worker/port-environment.js'
import type { ThreadOrder, ThreadTask } from '../../executor/worker/thread-protocol.js'

const TASK = { inputs: { partition: 0, splits: {} }, attempt: 0, spills: false } as unknown as ThreadTask

test('a task that has ended says nothing more, and takes no word that is for the next one', async (t) => {
  const { port1, port2 } = new MessageChannel()
  const { handle } = MemoryPool.shared({ bytes: 1 << 20, slots: 1, storeBytes: 0 })
  const noConnectors = (): never => t.fail() as never
  const environment = new PortEnvironment(TASK, port2, SlotMemory.of(handle, 0), noConnectors)
  port1.postMessage({ kind: 'tell', message: { kind: 'cancel' } } satisfies ThreadOrder)
  // While it runs it looks for what it is told, also where no event loop does.
  while (!environment.signal.aborted) await new Promise(setImmediate)
  environment.succeed({ rowsRead: 0, rowsWritten: 1, spilledBytes: 0 }, 5)
  environment.post({ kind: 'trimIdle' })
  port2.postMessage({ kind: 'failed' })
  const heard = [port1, port1].map((port) => receiveMessageOnPort(port)?.message.kind)
  t.deepEqual(heard, ['succeeded', 'failed'], 'the words of the next task come right behind its own')
  port1.postMessage('for the next task')
  const over = performance.now() + 25
  // It looks every 20 ms at most.
  while (performance.now() < over) void environment.signal
  t.deepEqual(receiveMessageOnPort(port2), { message: 'for the next task' })
  port1.close()
})
