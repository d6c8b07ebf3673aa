/** Takes and gives back memory of a pool at random; see test/executor/pool-threads.test.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import type { PoolHandle } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import { Random } from '../support/random.js'

export interface PoolThread {
  readonly handle: PoolHandle
  readonly slot: number
  readonly rounds: number
  /** Bytes that all threads together own: counted after they are taken, and before they are given back. */
  readonly owned: SharedArrayBuffer
}

const { handle, slot, rounds, owned } = workerData as PoolThread
const memory = SlotMemory.of(handle, slot)
const total = new Int32Array(owned)
const random = new Random(slot)
let mine = 0
let most = 0
let refused = 0

for (let round = 0; round < rounds; round++) {
  const bytes = random.integer(1, handle.size.bytes / 4)
  const isTaken = random.chance(0.01) ? memory.takeOrWait(bytes) : memory.take(bytes)
  if (isTaken) {
    const grant = memory.granted - mine
    mine = memory.granted
    most = Math.max(most, Atomics.add(total, 0, grant) + grant)
  } else refused++
  if (!isTaken || memory.excess > 0 || random.chance(0.5)) {
    const part = memory.excess > 0 ? mine : random.integer(0, mine)
    Atomics.sub(total, 0, part)
    mine -= part
    memory.giveBack(part)
  }
}
Atomics.sub(total, 0, mine)
memory.giveBack(mine)
parentPort!.postMessage({ most, refused })
