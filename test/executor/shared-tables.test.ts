import { mock } from 'node:test'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SharedTables } from '../../executor/pool/shared-tables.js'

const KEY = { jobId: 1, stageKey: 2, source: 1 }
const copy = { header: new Uint8Array(96), bytes: new Uint8Array(new SharedArrayBuffer(1000)) }
const MAKE = { kind: 'make', isShared: true } as const
const MAKE_OWN = { kind: 'make', isShared: false } as const

function tablesOf(slots: number) {
  const { pool } = MemoryPool.shared({ bytes: 1 << 20, slots, storeBytes: 1 << 19 })
  return { pool, tables: new SharedTables(pool) }
}

test('the first task makes a table, the others wait for it, and its copy counts until all threads have it', async (t) => {
  const { pool, tables } = tablesOf(4)
  t.deepEqual(await tables.claim(KEY, 0), MAKE)
  t.deepEqual(await tables.claim({ ...KEY, source: 2 }, 1), MAKE, 'another table is nobody`s yet')
  const waiting = [tables.claim(KEY, 1), tables.claim(KEY, 2)]
  tables.made(KEY, 0, copy)
  t.deepEqual(await Promise.all(waiting), [
    { kind: 'copy', copy },
    { kind: 'copy', copy },
  ])
  t.is(pool.storedBytes, 1000)
  t.deepEqual(await tables.claim(KEY, 3), { kind: 'copy', copy })
  t.is(pool.storedBytes, 0)
  t.deepEqual(await tables.claim(KEY, 3), MAKE_OWN, 'a thread that lost its table')
})

test('a copy that all threads wait for is not kept at all', async (t) => {
  const { pool, tables } = tablesOf(2)
  await tables.claim(KEY, 0)
  const waiting = tables.claim(KEY, 1)
  tables.made(KEY, 0, copy)
  t.deepEqual(await waiting, { kind: 'copy', copy })
  t.is(pool.storedBytes, 0)
})

test('where there is one thread, which made the table, no copy is kept', async (t) => {
  const { pool, tables } = tablesOf(1)
  await tables.claim(KEY, 0)
  tables.made(KEY, 0, copy)
  t.is(pool.storedBytes, 0)
})

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

test.serial('a copy is dropped with its job, and what comes later for it is not kept', async (t) => {
  const { pool, tables } = tablesOf(4)
  const before = timers()
  await tables.claim(KEY, 0)
  tables.made(KEY, 0, copy)
  t.is(pool.storedBytes, 1000)
  tables.releaseJob(2)
  t.is(pool.storedBytes, 1000)
  await tables.claim({ ...KEY, stageKey: 3 }, 1)
  const waiting = tables.claim({ ...KEY, stageKey: 3 }, 2)
  t.is(timers(), before + 1, 'it waits for a bounded time')
  tables.releaseJob(1)
  t.is(pool.storedBytes, 0)
  t.is(timers(), before, 'and is told at once')
  t.deepEqual(await waiting, MAKE_OWN)
  tables.made({ ...KEY, stageKey: 3 }, 1, copy)
  t.is(pool.storedBytes, 0)
})

test('when a task ends without the table it was to make, one of those that wait makes it', async (t) => {
  const { pool, tables } = tablesOf(4)
  await tables.claim(KEY, 0)
  const [first, second] = [tables.claim(KEY, 1), tables.claim(KEY, 2)]
  tables.ended(3)
  tables.ended(0)
  t.deepEqual(await first, MAKE)
  tables.made(KEY, 0, copy)
  t.is(pool.storedBytes, 0, 'it makes it no longer')
  tables.ended(2)
  t.deepEqual(await second, MAKE_OWN, 'its own task ended')
  tables.made(KEY, 1, copy)
  t.deepEqual(await tables.claim(KEY, 3), { kind: 'copy', copy })
})

test('without memory for a copy each thread makes its own', async (t) => {
  const { tables } = tablesOf(4)
  await tables.claim(KEY, 0)
  const waiting = tables.claim(KEY, 1)
  tables.made(KEY, 0, undefined)
  t.deepEqual(await waiting, MAKE_OWN)
})

test.serial('a wait for a table has a bound', async (t) => {
  const { pool, tables } = tablesOf(4)
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    await tables.claim(KEY, 0)
    const waiting = tables.claim(KEY, 1)
    mock.timers.tick(30_000)
    t.deepEqual(await waiting, MAKE_OWN)
    tables.made(KEY, 0, copy)
    t.is(pool.storedBytes, 1000)
    for (const slot of [2, 3]) t.deepEqual(await tables.claim(KEY, slot), { kind: 'copy', copy })
    t.is(pool.storedBytes, 1000, 'who waits no longer has not got it')
    t.deepEqual(await tables.claim(KEY, 1), { kind: 'copy', copy })
    t.is(pool.storedBytes, 0)
  } finally {
    mock.timers.reset()
  }
})
