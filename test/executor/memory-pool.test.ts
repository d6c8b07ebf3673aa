import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import type { PoolCounters, PoolSignal } from '../../executor/memory/shared-counters.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'

/** Counters of one thread, at which a test can look on: `onWrite` comes after each change, where another thread might act. */
class Counters implements PoolCounters {
  readonly cells: number[] = []
  changes = 0
  onWrite: (() => void) | undefined

  read(cell: number): number {
    return this.cells[cell] ?? 0
  }

  write(cell: number, value: number): void {
    this.cells[cell] = value
    const { onWrite } = this
    this.onWrite = undefined
    onWrite?.()
  }

  add(cell: number, difference: number): void {
    this.write(cell, this.read(cell) + difference)
  }

  changed(): void {
    this.changes++
  }
}

function poolOf(bytes: number, slots: number, running: readonly number[], storeBytes = 0) {
  const counters = new Counters()
  const pool = new MemoryPool({ bytes, slots, storeBytes }, counters)
  for (const slot of running) pool.begin(slot)
  return { pool, counters }
}

test('a task that runs alone may take all of an executor, a second one half of it', (t) => {
  const { pool } = poolOf(1000, 4, [0])
  t.is(pool.share, 250)
  t.is(pool.reach(0), 1000)
  t.is(pool.take(0, 1000, 1000), 1000)
  t.is(pool.free, 0)
  pool.giveBack(0, 900)
  pool.begin(1)
  t.is(pool.take(0, 401, 500), 0, 'no more than its part')
  t.is(pool.take(0, 10, 500), 400, 'less than wanted, but all there is of its part')
  t.is(pool.take(1, 500, 900), 500)
  t.is(pool.take(0, 1, 1), 0)
})

test('a task gets what is free of its part while others hold more than theirs', (t) => {
  const { pool } = poolOf(1000, 2, [0])
  pool.take(0, 900, 900)
  pool.begin(1)
  t.is(pool.reach(1), 100, 'and can count on no more')
  t.is(pool.take(1, 50, 300), 100)
  t.is(pool.reach(1), 100)
  t.is(pool.free, 0)
})

test('whatever may leave more for others wakes those who wait', (t) => {
  const { pool, counters } = poolOf(1000, 2, [0, 1], 400)
  pool.take(0, 500, 500)
  pool.holdStored(100)
  pool.send(0, 50)
  const woken = (free: () => void): number => {
    const before = counters.changes
    free()
    return counters.changes - before
  }
  t.deepEqual(
    [
      () => pool.giveBack(0, 1),
      () => pool.dropStored(1),
      () => pool.receive(0, 50),
      () => pool.hold(0, 10),
      () => pool.end(0),
      () => pool.vacate(0),
    ].map(woken),
    [1, 1, 1, 1, 1, 1],
  )
  t.is(
    woken(() => {
      pool.giveBack(0, 0)
      pool.dropStored(0)
    }),
    0,
  )
})

test('a task grows when others end, and their memory is free', (t) => {
  const { pool } = poolOf(1000, 2, [0, 1])
  pool.take(0, 500, 500)
  pool.take(1, 500, 500)
  pool.giveBack(1, 500)
  t.is(pool.take(0, 1, 500), 0)
  pool.end(1)
  t.is(pool.take(0, 1, 500), 500)
})

test('a task that ended, or whose thread is gone, waits for nothing any more', (t) => {
  for (const over of ['end', 'vacate'] as const) {
    const { pool } = poolOf(1000, 3, [0])
    pool.take(0, 900, 900)
    pool.begin(1)
    pool.begin(2)
    pool.want(1, 300)
    t.is(pool.excess(0), 200)
    pool[over](1)
    t.is(pool.excess(0), 0, over)
  }
})

test('who holds more than its part is told to give back what others wait for, and no more', (t) => {
  const { pool } = poolOf(1000, 2, [0])
  pool.take(0, 900, 900)
  pool.begin(1)
  t.is(pool.excess(0), 0, 'nobody waits')
  t.is(pool.take(1, 300, 300), 0)
  t.true(pool.isDue(1, 500))
  t.false(pool.isDue(1, 501))
  pool.want(1, 300)
  t.is(pool.excess(0), 200, 'what is free is not asked for')
  t.is(pool.excess(1), 0)
  pool.want(1, 900)
  t.is(pool.excess(0), 400, 'a task keeps its part')
  pool.giveBack(0, 200)
  t.is(pool.take(1, 300, 300), 300)
  pool.want(1, 0)
  t.is(pool.excess(0), 0)
})

test('what idle threads keep, blocks in memory and blocks under way are nobody else`s', (t) => {
  const { pool } = poolOf(1000, 3, [0, 1], 400)
  t.is(pool.share, 200)
  t.true(pool.takeStored(300))
  pool.hold(2, 100)
  t.is(pool.part, 300)
  pool.send(1, 50)
  t.is(pool.heldBy(1), 50)
  t.is(pool.take(1, 251, 300), 0)
  t.is(pool.take(1, 250, 300), 250)
  pool.receive(1, 50)
  t.is(pool.free, 350)
  pool.dropStored(300)
  t.is(pool.part, 450)
})

test('blocks take no more than their share, nor what tasks have', (t) => {
  const { pool } = poolOf(1000, 1, [0], 400)
  t.false(pool.takeStored(401))
  t.true(pool.takeStored(400))
  pool.dropStored(400)
  pool.take(0, 900, 900)
  t.false(pool.takeStored(101))
  t.true(pool.takeStored(100))
  pool.holdStored(500)
  t.is(pool.free, -500, 'blocks that are in memory nevertheless count')
  t.is(pool.take(0, 1, 1), 0)
})

test('blocks for which a thread took the memory at the same moment are not held', (t) => {
  const { pool, counters } = poolOf(1000, 1, [0], 400)
  counters.onWrite = () => pool.hold(0, 900)
  t.false(pool.takeStored(200))
  t.is(pool.storedBytes, 0)
})

test('a slot takes memory in pieces, and is owed half of its part', (t) => {
  const { pool, counters } = poolOf(1 << 20, 2, [0, 1])
  const memory = new SlotMemory(pool, 0, new Signal(counters, () => t.fail()))
  t.true(memory.take(1))
  t.is(memory.granted, 64 << 10)
  t.true(memory.take(100_000))
  t.is(memory.granted, (64 << 10) + 100_000)
  const owed = (1 << 18) - memory.granted
  t.true(memory.isOwed(owed))
  t.false(memory.isOwed(owed + 1))
  memory.giveBack(100_000)
  t.is(memory.granted, 64 << 10, 'what was given back is to be taken again')
  t.is(pool.heldBy(0), 64 << 10)
})

test('what others give back between a try and the wait after it ends the wait', (t) => {
  const { pool, counters } = poolOf(1 << 20, 2, [0])
  pool.take(0, 1 << 20, 1 << 20)
  pool.begin(1)
  const { take } = pool
  pool.take = (...wanted) => {
    pool.take = take
    const granted = take.apply(pool, wanted)
    pool.take = (...again) => {
      pool.take = take
      const none = take.apply(pool, again)
      pool.giveBack(0, 1 << 19)
      return none
    }
    return granted
  }
  let waits = 0
  const signal: PoolSignal = {
    get changes() {
      return counters.changes
    },
    wait: (seen) => {
      waits++
      t.not(seen, counters.changes, 'nobody would wake it')
    },
    waitAsync: () => Promise.reject(new Error('it waits otherwise')),
  }
  t.true(new SlotMemory(pool, 1, signal).takeOrWait(100_000))
  t.is(waits, 1)
})

test('two threads that take at the same moment never get more than there is', (t) => {
  const { pool, counters } = poolOf(1000, 3, [0, 1, 2])
  pool.hold(2, 800)
  let other = 0
  counters.onWrite = () => {
    other = pool.take(1, 100, 150)
  }
  t.is(pool.take(0, 100, 150), 150)
  t.is(other, 0, 'the second one sees what the first one has written')
  pool.giveBack(0, 150)
  counters.onWrite = () => counters.write(1 + 4, 150)
  t.is(pool.take(0, 100, 150), 0, 'both have written before either looked')
  t.is(pool.heldBy(0), 0, 'and nothing stays counted')
  t.is(pool.free, 50)
})

test('the part of a thread that died in the middle of taking returns, whatever it had written', (t) => {
  for (const dies of ['before', 'after'] as const) {
    const { pool, counters } = poolOf(1000, 2, [0, 1])
    pool.take(0, 300, 300)
    pool.want(0, 50)
    const dead = () => {
      throw new Error('dead')
    }
    if (dies === 'after') counters.onWrite = dead
    else counters.read = dead
    t.throws(() => pool.take(0, 100, 100), { message: 'dead' })
    if (dies === 'before') counters.read = Counters.prototype.read
    pool.send(0, 70)
    pool.end(0)
    pool.vacate(0)
    t.is(pool.free, 1000)
    t.is(pool.reach(1), 1000)
    t.is(pool.excess(1), 0)
  }
})

/** A signal whose waits a test answers, on a clock of its own. */
class Signal implements PoolSignal {
  nowMs = 0
  readonly waits: number[] = []
  readonly #counters: Counters
  readonly #onWait: (signal: Signal, milliseconds: number) => void

  constructor(counters: Counters, onWait: (signal: Signal, milliseconds: number) => void) {
    this.#counters = counters
    this.#onWait = onWait
  }

  get changes(): number {
    return this.#counters.changes
  }

  wait(seen: number, milliseconds: number): void {
    if (seen !== this.changes) throw new Error('a wait for a change that was there')
    this.waits.push(milliseconds)
    this.#onWait(this, milliseconds)
  }

  async waitAsync(seen: number, milliseconds: number): Promise<void> {
    this.wait(seen, milliseconds)
  }
}

test('a task waits for its part while others give back what is beyond theirs', async (t) => {
  for (const how of ['takeOrWait', 'wait'] as const) {
    const { pool, counters } = poolOf(1 << 20, 2, [0])
    pool.take(0, 1 << 20, 1 << 20)
    pool.begin(1)
    const asked: number[] = []
    const signal = new Signal(counters, () => {
      asked.push(pool.excess(0))
      pool.giveBack(0, 100_000)
    })
    const memory = new SlotMemory(pool, 1, signal, () => signal.nowMs)
    const never = new AbortController().signal
    t.true(how === 'wait' ? await memory.wait(200_000, never) : memory.takeOrWait(200_000))
    t.deepEqual(asked, [200_000, 100_000])
    t.is(memory.granted, 200_000)
    t.is(pool.excess(0), 0, 'it waits no longer')
  }
})

test('a wait has a bound, and so has what is waited for', async (t) => {
  const { pool, counters } = poolOf(1 << 20, 2, [0])
  pool.take(0, 1 << 20, 1 << 20)
  pool.begin(1)
  const signal = new Signal(counters, (own, milliseconds) => {
    own.nowMs += milliseconds
  })
  const memory = new SlotMemory(pool, 1, signal, () => signal.nowMs)
  t.false(memory.takeOrWait((1 << 19) + 1), 'more than its part does not come by waiting')
  t.is(signal.waits.length, 0)
  t.false(memory.takeOrWait(1 << 19))
  t.is(signal.nowMs, 10_000)
  t.is(pool.excess(0), 0)
  const abort = new AbortController()
  abort.abort(new Error('enough'))
  await t.throwsAsync(memory.wait(1000, abort.signal), { message: 'enough' })
  t.is(pool.excess(0), 0)
  t.is(signal.waits.at(-1), 500, 'so soon it looks whether it is still wanted')
})
