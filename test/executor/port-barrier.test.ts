import test from 'ava'
import type { BarrierCall } from '../../common/barrier.js'
import { barrierContext } from '../../executor/user-code/barrier-context.js'
import { PortBarrier } from '../../executor/worker/port-barrier.js'
import { raised } from '../support/raised.js'

function opened(tasks = 2) {
  const calls: BarrierCall[] = []
  const abort = new AbortController()
  const addresses = Array.from({ length: tasks }, (_, i) => `h${i}:1`)
  const barrier = new PortBarrier(addresses, (call) => void calls.push(call), abort.signal)
  return { calls, abort, barrier, context: barrierContext(barrier, 1, 3) }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('calls that a function does not await come one after the other', async (t) => {
  const { calls, barrier, context } = opened()
  const first = context.allGather('a')
  const second = context.barrier()
  await turn()
  t.deepEqual(calls, [{ sequence: 0, method: 'allGather', message: 'a' }])
  barrier.passed(1, [])
  await turn()
  t.is(calls.length, 1, 'another barrier was passed')
  barrier.passed(0, ['x', 'a'])
  t.deepEqual(await first, ['x', 'a'])
  await turn()
  t.deepEqual(calls[1], { sequence: 1, method: 'barrier', message: '' })
  barrier.passed(1, [])
  t.is(await second, undefined)
})

test('whoever waits is told when the task is cancelled, and so is who comes later', async (t) => {
  const { calls, abort, context } = opened()
  const waiting = context.barrier()
  await turn()
  abort.abort()
  await raised(t, waiting, 'OPERATION_CANCELED')
  await raised(t, context.barrier(), 'OPERATION_CANCELED')
  t.is(calls.length, 1)
})

test('a function is told of its task and the others, and what it hands to these is bounded', async (t) => {
  const { context, calls } = opened(4)
  t.deepEqual([context.partitionId(), context.numPartitions(), context.attemptNumber()], [1, 4, 3])
  t.deepEqual(context.getTaskInfos()[3], { address: 'h3:1' })
  const error = await raised(t, context.allGather('ä'.repeat(1024 ** 2 + 1)), 'CONTROL_MESSAGE_TOO_LARGE')
  t.like(error.parameters, { bytes: String(2 * 1024 ** 2 + 2), limit: String(2 * 1024 ** 2) })
  await raised(t, context.allGather(7 as unknown as string), 'INVALID_API_USE')
  t.is(calls.length, 0)
  void context.allGather('ä'.repeat(1024 ** 2))
  await turn()
  t.is(calls.length, 1)
})
