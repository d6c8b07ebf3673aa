import test from 'ava'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { MemoryArbiter, type MemoryHolder } from '../../executor/memory/memory-arbiter.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import { memoryOf } from '../support/memory.js'
import { refusal } from '../support/raised.js'

const MIB = 1 << 20
const TASK = { signal: new AbortController().signal, spills: true, trimIdle: async () => {} }

class Holder implements MemoryHolder {
  readonly operator: string
  readonly #memory: LinearMemory
  #address = 0
  bytes = 0
  reserve = 0
  given = 0

  constructor(memory: LinearMemory, operator: string) {
    this.#memory = memory
    this.operator = operator
  }

  take(bytes: number): this {
    this.#address = this.#memory.allocate(bytes)
    this.bytes = bytes
    return this
  }

  giveBack(): void {
    if (this.#address !== 0) this.#memory.release(this.#address)
    this.#address = 0
    this.bytes = 0
    this.given++
  }
}

test('the one that holds most gives back first, and no more than are needed do', async (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  const [small, large] = [new Holder(memory, 'small').take(20 * MIB), new Holder(memory, 'large').take(30 * MIB)]
  arbiter.hold(small)
  arbiter.hold(large)
  t.false(arbiter.isShort())
  small.reserve = 10 * MIB
  t.true(arbiter.isShort(), 'what is reserved counts')
  await arbiter.relieve()
  t.deepEqual([small.given, large.given], [0, 1])
  t.false(arbiter.isShort())
})

test('what idle threads keep is asked for before operators give back anything, once', async (t) => {
  const { pool, handle } = MemoryPool.shared({ bytes: 64 * MIB, slots: 2, storeBytes: 0 })
  pool.begin(0)
  pool.hold(1, 30 * MIB)
  const memory = new LinearMemory()
  memory.use(SlotMemory.of(handle, 0))
  let trimmed = 0
  const arbiter = new MemoryArbiter(memory, {
    ...TASK,
    trimIdle: async () => {
      trimmed++
      pool.hold(1, 0)
    },
  })
  const holder = new Holder(memory, 'sort').take(30 * MIB)
  arbiter.hold(holder)
  await arbiter.relieve()
  t.deepEqual([trimmed, holder.given], [1, 0])
  holder.reserve = 64 * MIB
  await arbiter.relieve()
  t.deepEqual([trimmed, holder.given], [1, 1])
})

test('nobody is asked to give back next to nothing, nor who has released', async (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  const [little, gone] = [new Holder(memory, 'little').take(MIB), new Holder(memory, 'gone').take(60 * MIB)]
  arbiter.hold(little)
  arbiter.hold(gone)
  arbiter.release(gone)
  t.true(arbiter.isShort())
  await arbiter.relieve()
  t.deepEqual([little.given, gone.given], [0, 0])
  arbiter.release(little)
  t.false(arbiter.isShort(), 'without anybody to ask')
})

test('who holds as little as is worth it just so gives it back', async (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  const holder = new Holder(memory, 'least').take(MIB)
  holder.reserve = 64 * MIB
  arbiter.hold(holder)
  t.is(arbiter.leastBytes, 2 * MIB)
  for (const [bytes, given] of [
    [arbiter.leastBytes - 1, 0],
    [arbiter.leastBytes, 1],
  ] as const) {
    holder.bytes = bytes
    await arbiter.relieve()
    t.is(holder.given, given)
  }
})

test('what is taken ahead is what is left beside what operators need', (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  const holder = new Holder(memory, 'sort').take(20 * MIB)
  holder.reserve = 10 * MIB
  arbiter.hold(holder)
  t.is(arbiter.secured(5 * MIB), 5 * MIB)
  const left = 64 * MIB - memory.taskBytes - holder.reserve - 8 * MIB
  t.is(arbiter.secured(60 * MIB), left)
  holder.reserve = 60 * MIB
  t.is(arbiter.secured(1), 0)
})

test('of what was taken ahead others get what they wait for, and no more', (t) => {
  const { pool, handle } = MemoryPool.shared({ bytes: 64 * MIB, slots: 2, storeBytes: 0 })
  pool.begin(0)
  const memory = new LinearMemory()
  memory.use(SlotMemory.of(handle, 0))
  t.true(memory.secure(60 * MIB))
  const granted = pool.heldBy(0)
  pool.begin(1)
  pool.want(1, pool.free + 10 * MIB)
  t.false(new MemoryArbiter(memory, TASK).isShort())
  t.is(pool.heldBy(0), granted - 10 * MIB)
})

test('who has taken nothing ahead that others need gives back what operators hold, and counts what it uses', async (t) => {
  const { pool, handle } = MemoryPool.shared({ bytes: 64 * MIB, slots: 2, storeBytes: 0 })
  pool.begin(0)
  const memory = new LinearMemory()
  memory.use(SlotMemory.of(handle, 0))
  const arbiter = new MemoryArbiter(memory, TASK)
  const holder = new Holder(memory, 'sort').take(40 * MIB)
  arbiter.hold(holder)
  t.true(memory.secure(60 * MIB))
  const needed = memory.taskBytes + 4 * MIB
  pool.begin(1)
  pool.want(1, 64 * MIB)
  // Without an end it would be asked whether it is short.
  const { isShort } = arbiter
  let asked = 0
  arbiter.isShort = () => {
    if (++asked > 10) throw new Error('asked again and again')
    return isShort.call(arbiter)
  }
  holder.giveBack = () => {
    t.is(pool.heldBy(0), needed, 'what it uses stays its own')
    Holder.prototype.giveBack.call(holder)
  }
  await arbiter.relieve()
  t.is(holder.given, 1)
  t.is(pool.excess(0), 0)
})

test('a task whose rows can go to disk goes on though others wait for more than it can give back, and another one ends', async (t) => {
  for (const spills of [true, false]) {
    const { pool, handle } = MemoryPool.shared({ bytes: 64 * MIB, slots: 2, storeBytes: 0 })
    pool.begin(0)
    const memory = new LinearMemory()
    memory.use(SlotMemory.of(handle, 0))
    // Of what is in use nothing can be given back: no operator holds it.
    memory.allocate(50 * MIB)
    pool.begin(1)
    pool.want(1, 30 * MIB)
    const relieved = new MemoryArbiter(memory, { ...TASK, spills }).relieve()
    if (spills) await t.notThrowsAsync(relieved)
    else t.regex(await refusal(t, relieved), /UNABLE_TO_ACQUIRE_MEMORY.*other tasks wait/)
  }
})

test('what a call of generated code is expected to leave is kept free twice over', (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  arbiter.hold(new Holder(memory, 'sort').take(20 * MIB))
  const most = (): number => 64 * MIB - memory.taskBytes - arbiter.secured(64 * MIB)
  // An eighth of what the task may have, unless a call needs more.
  t.is(most(), 8 * MIB)
  arbiter.expect(4 * MIB)
  t.is(most(), 8 * MIB)
  arbiter.expect(10 * MIB)
  t.is(most(), 20 * MIB)
})

test('a task gets no more than the addresses of a thread lead to, however much its executor has', (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(8 * 1024 * MIB))
  t.false(memory.secure(memory.share + 1))
  t.true(memory.secure(memory.share))
  memory.settle()
})

test('memory that runs out is told with who holds it', (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  memory.arbiter = arbiter
  const holder = new Holder(memory, 'sort').take(60 * MIB)
  holder.reserve = 5
  arbiter.hold(holder)
  t.throws(() => memory.allocate(8 * MIB), { message: /, of which sort 62914560 and 5 reserved/ })
  memory.arbiter = undefined
  t.throws(() => memory.allocate(8 * MIB), { message: /of its 67108864\./ })
})

test('memory of JavaScript counts beside the linear one, and is told with who holds it', (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(MIB))
  const rows = memory.count('rows')
  rows.hold(900_000)
  t.throws(() => memory.allocate(500_000), { message: /500000 bytes.*, of which rows 900000\./ })
  t.throws(() => rows.hold(1_200_000), { message: /300000 bytes.*, of which rows 900000, for the rows/ })
  rows.hold(100_000)
  memory.release(memory.allocate(500_000))
  memory.settle()
  t.is(memory.taskBytes, 0)
})

test('a state has room for what can leave it first and for what is free and not reserved; without states there is always room', async (t) => {
  const memory = new LinearMemory()
  const slot = memoryOf(64 * MIB)
  memory.use(slot)
  const arbiter = new MemoryArbiter(memory, TASK)
  const sort = new Holder(memory, 'sort').take(20 * MIB)
  arbiter.hold(sort)
  t.true(arbiter.secureRoomInStates(64 * MIB))
  const state: MemoryHolder = {
    operator: 'state of operator 7',
    stateOperatorId: 7,
    bytes: 10 * MIB,
    reserve: 0,
    giveBack: () => {},
  }
  arbiter.hold(state)
  const granted = slot.granted
  // An eighth of the memory stays free, and the sort has twenty of what is left.
  t.false(arbiter.secureRoomInStates((10 + 37) * MIB))
  sort.reserve = 2 * MIB
  t.false(arbiter.secureRoomInStates((10 + 35) * MIB), 'what sorting takes is not free')
  t.is(slot.granted, granted, 'a no takes nothing')
  sort.reserve = 0
  t.true(arbiter.secureRoomInStates((10 + 35) * MIB))
  t.true(slot.granted >= (20 + 35) * MIB, 'a yes takes it ahead')
})

test('who passes on what it holds is named, and not asked to give back', async (t) => {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const arbiter = new MemoryArbiter(memory, TASK)
  const sort = new Holder(memory, 'sort').take(60 * MIB)
  const state = new Holder(memory, 'state')
  arbiter.hold(sort)
  arbiter.hold(state)
  arbiter.keep(sort)
  await arbiter.relieve()
  t.is(sort.given, 0)
  t.deepEqual(arbiter.reservations(), ['state 0 and 0 reserved', `sort ${60 * MIB}`])
  sort.giveBack()
  t.deepEqual(arbiter.reservations(), ['state 0 and 0 reserved'], 'of which nothing is left')
})
