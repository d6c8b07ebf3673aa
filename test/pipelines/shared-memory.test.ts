import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { bound, join, order, type RunOptions, run, sort, table, tableOfBlocks } from '../support/stages.js'

const MIB = 1 << 20
const ROWS = 60_000
const FIELDS = [field('k', BIGINT, false), field('s', STRING)]
const rows = Array.from({ length: ROWS }, (_, i) => ({
  k: BigInt((i * 7919) % ROWS),
  s: `the text of row ${i}, which is so long that it takes some of the memory, and that all of them take several MiB`,
}))
const blockOf = (from: number, to: number): Block => blockFromRows({ fields: FIELDS }, rows.slice(from, to))
/** The last one has so little that it needs no more memory than the others took. */
const blocks = [
  ...Array.from({ length: ROWS / 2000 }, (_, i) => blockOf(i * 2000, Math.min((i + 1) * 2000, ROWS - 1))),
  blockOf(ROWS - 1, ROWS),
]
const source = tableOfBlocks(FIELDS, blocks)
const sorted = sort(source, [order(bound(source, 'k'), 'asc')])

/** The memory of an executor with four slots, the first of which runs the task of a test. */
function executorOf(bytes: number) {
  const { pool, handle } = MemoryPool.shared({ bytes, slots: 4, storeBytes: 0 })
  pool.begin(0)
  return { pool, memory: SlotMemory.of(handle, 0) }
}

/** The blocks of the source; before the last one something happens. */
const interrupted = (happens: () => void | Promise<void>): Pick<RunOptions, 'localBlocks'> => ({
  localBlocks: async function* () {
    for (const [i, block] of blocks.entries()) {
      if (i === blocks.length - 1) await happens()
      yield block
    }
  },
})

test('a sort that needs more than its share stays in memory while no other task runs', async (t) => {
  const alone = executorOf(56 * MIB)
  const { rows: found, result } = await run(sorted, { memory: alone.memory })
  t.is(result.spilledBytes, 0)
  t.deepEqual(
    found.map(([k]) => k),
    rows.map((_, i) => BigInt(i)),
  )
  t.true(alone.pool.heldBy(0) < MIB, 'what it took is back')
  const busy = executorOf(56 * MIB)
  for (const slot of [1, 2, 3]) busy.pool.begin(slot)
  t.true((await run(sorted, { memory: busy.memory })).result.spilledBytes > 0)
})

test('a task that holds more than its part puts rows on disk when others begin and wait', async (t) => {
  const { pool, memory } = executorOf(24 * MIB)
  let before = 0
  const others = () => {
    before = pool.heldBy(0)
    for (const slot of [1, 2, 3]) pool.begin(slot)
    pool.hold(1, pool.free)
    pool.want(2, MIB)
  }
  const { rows: found, result } = await run(sorted, { memory, ...interrupted(others) })
  t.true(before > 6 * MIB)
  t.true(result.spilledBytes > 0)
  t.true(pool.free >= MIB, 'what was waited for is free')
  t.is(found.length, ROWS)
})

test('a task gives back what others wait for, also while it waits for its source itself', async (t) => {
  const { pool, memory } = executorOf(24 * MIB)
  const isGivenBack = async () => {
    for (const slot of [1, 2, 3]) pool.begin(slot)
    pool.hold(1, pool.free)
    pool.want(2, MIB)
    while (pool.free < MIB) await setImmediate()
  }
  const { rows: found, result } = await run(sorted, { memory, ...interrupted(isGivenBack) })
  t.true(result.spilledBytes > 0)
  t.is(found.length, ROWS)
})

test('a task that can give nothing back fails when others wait for their part, to be run again in a way in which it can', async (t) => {
  const small = table([field('k2', BIGINT, false)], [{ k2: 1n }])
  const joined = join('inner', small, source, [['k2', 'k']])
  const { pool, memory } = executorOf(24 * MIB)
  const others = () => {
    for (const slot of [1, 2, 3]) pool.begin(slot)
    pool.hold(1, pool.free)
    pool.want(2, MIB)
  }
  await t.throwsAsync(run(joined, { memory, ...both(small, interrupted(others)) }), {
    message: /UNABLE_TO_ACQUIRE_MEMORY.*1048576.*other tasks wait for their part/,
  })
  const again = executorOf(48 * MIB)
  const { rows: found } = await run(joined, { memory: again.memory, ...both(small, interrupted(others)) })
  t.is(found.length, 1)
})

test('blocks that are full count until they are handed on', async (t) => {
  const memory = threadMemory()
  const own = memory.bytesInUse - memory.taskBytes
  const counted: number[] = []
  const sizes: number[] = []
  const emit: RunOptions['emit'] = (_, { bytes }) => {
    counted.push(memory.taskBytes - memory.bytesInUse + own)
    sizes.push(bytes.length)
  }
  await run(source, { emit })
  t.true(sizes.length > 2)
  t.true(counted[0]! >= sizes[0]!)
  t.is(counted.at(-1), 0, 'and no longer')
  t.is(memory.taskBytes, memory.bytesInUse - own, 'nothing stays counted')
  const failing = (): never => {
    throw new Error('no further')
  }
  await t.throwsAsync(run(source, { emit: failing }))
  t.is(memory.taskBytes, memory.bytesInUse - own, 'nor when the task failed')
})

/** The blocks of a small table, and of the source. */
function both(small: PhysicalPlan, { localBlocks }: Pick<RunOptions, 'localBlocks'>): Pick<RunOptions, 'localBlocks'> {
  return {
    localBlocks: (id) => (small.kind === 'local' && id === small.id ? oneRow() : localBlocks!(id)),
  }
}

async function* oneRow(): AsyncGenerator<Block> {
  yield blockFromRows({ fields: [field('k2', BIGINT, false)] }, [{ k2: 1n }])
}
