import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'

/** How long the end of a thread waits for it to load its modules: one that takes longer does not load but hang. */
const MOST_LOADING_MS = 30_000

/**
 * What tells when no thread of a pool, which is new and has one at a time, loads its modules. Node.js ends the whole process when a thread is terminated
 * while it does.
 */
export function untilLoaded<T, R>(pool: Piscina<T, R>): () => Promise<void> {
  const loaded = new WeakSet<Worker>()
  const [first] = pool.threads
  // The first message of a thread is that its modules are there.
  first?.once('message', () => loaded.add(first))
  // Of the first thread this is said when it is made, of one in its place when it is ready.
  pool.on('workerCreate', () => {
    for (const thread of pool.threads) if (thread !== first) loaded.add(thread)
  })
  return async () => {
    for (const thread of pool.threads) if (!loaded.has(thread)) await messageOrEnd(thread)
  }
}

async function messageOrEnd(thread: Worker): Promise<void> {
  const done = new AbortController()
  const timer = setTimeout(() => done.abort(), MOST_LOADING_MS)
  const either = ['message', 'exit'].map((event) => once(thread, event, { signal: done.signal }))
  await Promise.race(either).catch(() => undefined)
  clearTimeout(timer)
  done.abort()
  await Promise.allSettled(either)
}
