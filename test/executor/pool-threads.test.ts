import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import type { PoolThread } from '../support/pool-thread.js'

const BYTES = 1 << 24
const THREADS = 4
const THREAD_MODULE = new URL('../support/pool-thread.js', import.meta.url)

function started(rounds: number) {
  const { pool, handle } = MemoryPool.shared({ bytes: BYTES, slots: THREADS, storeBytes: 0 })
  const owned = new SharedArrayBuffer(4)
  const threads = Array.from({ length: THREADS }, (_, slot) => {
    pool.begin(slot)
    return new Worker(THREAD_MODULE, { workerData: { handle, slot, rounds, owned } satisfies PoolThread })
  })
  return { pool, owned: new Int32Array(owned), threads }
}

test('threads that take and give back at random never have more than there is, and leave nothing taken', async (t) => {
  const { pool, threads } = started(20_000)
  const reports = await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0]))
  for (const { most, refused } of reports) {
    t.true(most <= BYTES, `${most}`)
    t.true(refused > 0, 'they got in each other`s way')
  }
  t.is(pool.free, BYTES)
})

test('what threads held that were ended in the middle of it returns to the pool', async (t) => {
  const { pool, threads, owned } = started(100_000_000)
  while (Atomics.load(owned, 0) === 0) await new Promise((resolve) => setImmediate(resolve))
  for (const [slot, thread] of threads.entries()) {
    await thread.terminate()
    pool.end(slot)
    pool.vacate(slot)
  }
  t.is(pool.free, BYTES)
})
