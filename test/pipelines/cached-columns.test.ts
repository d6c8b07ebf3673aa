import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, BOOLEAN, decimal, field, INT, STRING } from '../../columnar/types.js'
import type { DetachedMemory } from '../../executor/memory/block-batches.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { CachedColumns } from '../../executor/pipelines/cached-columns.js'
import { dropCache } from '../../executor/pipelines/run-task.js'
import type { TaskEnvironment } from '../../executor/pipelines/task.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { type CachedRead, readCached } from '../support/cached.js'
import { memoryOf } from '../support/memory.js'
import { attribute } from '../support/stages.js'

const FIELDS = [
  field('id', BIGINT, false),
  field('name', STRING),
  field('flag', BOOLEAN),
  field('amount', decimal(38, 2)),
  field('part', INT),
]
type Column = 'id' | 'name' | 'flag' | 'amount' | 'part'
const relation = FIELDS.map((x) => attribute(x.name, x.type, x.nullable))
const rowsOf = (seed: number) =>
  Array.from({ length: 20_000 }, (_, i) => ({
    id: BigInt(i * seed),
    name: i % 5 === 0 ? null : `${seed} is the seed of row ${i}`,
    flag: i % 7 === 0 ? null : i % 2 === 0,
    amount: i % 11 === 0 ? null : `${i * seed}.25`,
    part: i % 3 === 0 ? null : i,
  }))
const blocksOf = (seed: number) => {
  const rows = rowsOf(seed)
  return [
    blockFromRows({ fields: FIELDS }, rows.slice(0, 12_000)),
    blockFromRows({ fields: FIELDS }, rows.slice(12_000)),
  ]
}
const memory = threadMemory()

function scan(cacheId: string, columns: readonly Column[]): PhysicalPlan {
  const positions = columns.map((name) => FIELDS.findIndex((x) => x.name === name))
  return { kind: 'cachedScan', cacheId, columns: positions, relation, attributes: positions.map((i) => relation[i]!) }
}

const read = (plan: PhysicalPlan, seed: number, overrides: Partial<TaskEnvironment> = {}): Promise<CachedRead> =>
  readCached(plan, () => blocksOf(seed), String(seed), overrides)

const ALL: readonly Column[] = ['amount', 'flag', 'name', 'id', 'part']
const expected = (seed: number, columns: readonly Column[]) =>
  blocksOf(seed).flatMap((block) =>
    tuplesFromBlock({ fields: FIELDS }, block).map((row) =>
      columns.map((name) => row[FIELDS.findIndex((x) => x.name === name)]),
    ),
  )

test.serial(
  'columns of a cached relation are read from its blocks once, and further ones when they are wanted',
  async (t) => {
    const before = memory.bytesInUse
    t.deepEqual(await read(scan('a', ['name', 'part']), 1), { reads: 1, rows: expected(1, ['name', 'part']) })
    t.deepEqual(await read(scan('a', ['part', 'name']), 1), { reads: 0, rows: expected(1, ['part', 'name']) })
    t.deepEqual(await read(scan('a', ALL), 1), { reads: 1, rows: expected(1, ALL) })
    t.deepEqual(await read(scan('a', ALL), 1), { reads: 0, rows: expected(1, ALL) })
    dropCache('a')
    t.true(memory.bytesInUse - before < 300_000, 'only the arena keeps a chunk')
  },
)

test.serial('rows are counted without any column, and columns may come later', async (t) => {
  t.is((await read(scan('n', []), 2)).rows.length, 20_000)
  t.deepEqual(await read(scan('n', []), 2), { reads: 0, rows: expected(2, []) })
  t.deepEqual(await read(scan('n', ['flag']), 2), { reads: 1, rows: expected(2, ['flag']) })
  dropCache('n')
})

test.serial('blocks that were made anew replace what was kept of the old ones', async (t) => {
  await read(scan('v', ['id']), 1)
  t.deepEqual(await read(scan('v', ['id', 'part']), 3), { reads: 1, rows: expected(3, ['id', 'part']) })
  t.is((await read(scan('v', ['id']), 3)).reads, 0)
  dropCache('v')
})

test.serial('what finds no room is read from the blocks each time, and nothing of it stays', async (t) => {
  const before = memory.bytesInUse
  const short = { memory: memoryOf(4 * 1_000_000) }
  for (let i = 0; i < 2; i++) {
    t.deepEqual(await read(scan('large', ALL), 1, short), { reads: 1, rows: expected(1, ALL) })
    t.true(memory.bytesInUse - before < 300_000)
  }
  t.is((await read(scan('large', ['part']), 1, short)).reads, 1)
  t.is((await read(scan('large', ['part']), 1, short)).reads, 0, 'one column has room')
  dropCache('large')
})

test.serial('another relation gives way to the one in use', async (t) => {
  const short = { memory: memoryOf(4 * 900_000) }
  await read(scan('old', ['name']), 1, short)
  t.is((await read(scan('old', ['name']), 1, short)).reads, 0)
  await read(scan('new', ['name']), 2, short)
  t.is((await read(scan('new', ['name']), 2, short)).reads, 0)
  t.is((await read(scan('old', ['name']), 1, short)).reads, 1)
  dropCache('old')
  dropCache('new')
})

test.serial('columns that were not read for a while give way to others of their relation', async (t) => {
  const before = memory.bytesInUse
  const short = { memory: memoryOf(4 * 900_000) }
  const readsOf = async (column: Column) => {
    const { reads, rows } = await read(scan('turns', [column]), 1, short)
    t.is(rows.length, 20_000)
    return reads
  }
  await readsOf('name')
  for (let i = 0; i < 3; i++) {
    t.is(await readsOf('amount'), 1, 'the other one is in use')
    t.is(await readsOf('name'), 0)
  }
  for (let i = 0; i < 4; i++) t.is(await readsOf('amount'), 1, 'the other one was read not long ago')
  t.deepEqual(await read(scan('turns', ['amount']), 1, short), { reads: 0, rows: expected(1, ['amount']) })
  t.is(await readsOf('name'), 1)
  dropCache('turns')
  t.true(memory.bytesInUse - before < 300_000)
})

const plainLeaf = (bytes: number) => ({
  leaf: { kind: 'plain', column: { data: 0, validity: 0 } } as const,
  memory: { addresses: [memory.allocate(bytes)], bytes },
})

test.serial('columns stay while they are read, however often others are', (t) => {
  const columns = new CachedColumns(memory)
  const partition = columns.partition('long', 0, '1')
  const isKept = (leaf: number): boolean => {
    partition.beginRead(new Set([leaf]))
    const load = columns.load(partition, [leaf], 1000)
    load.keep(10, 600, () => plainLeaf(600))
    load.finish([])
    partition.endRead()
    return partition.has(leaf)
  }
  t.true(isKept(1))
  partition.beginRead(new Set([1]))
  for (let i = 0; i < 6; i++) t.false(isKept(2))
  t.true(partition.batches.every(({ leaves }) => leaves.has(1)))
  partition.endRead()
  t.true(isKept(2))
  t.false(partition.has(1))
  t.deepEqual(
    partition.batches.map(({ leaves }) => [...leaves.keys()]),
    [[2]],
  )
  columns.clear()
})

test.serial(
  'what is kept of a batch may take more than the batch, and is given up where there is no room for that',
  (t) => {
    const before = memory.bytesInUse
    const columns = new CachedColumns(memory)
    const partition = columns.partition('small', 0, '1')
    const load = columns.load(partition, [0, 1], 250)
    load.keep(2, 20, () => plainLeaf(60))
    t.is(columns.bytes, 120)
    load.keep(2, 20, () => plainLeaf(70))
    t.is(columns.bytes, 0)
    t.is(memory.bytesInUse, before)
    load.finish([])
    load.close()
    t.false(partition.has(0))
    t.is(columns.bytes, 0)
  },
)

test.serial('a read that lacks memory for what all batches share gives back what it had of that', (t) => {
  const before = memory.bytesInUse
  const columns = new CachedColumns(memory)
  const failure = new Error('no memory')
  const isKept = (limitBytes: number, last: () => readonly DetachedMemory[]): boolean => {
    const partition = columns.partition('shared', 0, '1')
    const load = columns.load(partition, [0], limitBytes)
    try {
      load.keep(10, 600, () => plainLeaf(600))
      load.finish([() => [plainLeaf(300).memory], last])
    } finally {
      load.close()
    }
    return partition.has(0)
  }
  const failing = () => {
    throw failure
  }
  t.is(
    t.throws(() => isKept(10_000, failing)),
    failure,
  )
  t.is(columns.bytes, 0)
  t.is(memory.bytesInUse, before)
  t.false(isKept(1000, () => [plainLeaf(200).memory]))
  t.is(columns.bytes, 0)
  t.is(memory.bytesInUse, before)
  t.true(isKept(1100, () => [plainLeaf(200).memory]))
  t.is(columns.bytes, 1100)
  columns.clear()
  t.is(columns.bytes, 0)
  t.is(memory.bytesInUse, before)
})

test.serial('a batch of which a leaf finds no memory leaves nothing counted', (t) => {
  const columns = new CachedColumns(memory)
  const before = memory.bytesInUse
  const load = columns.load(columns.partition('failing', 0, '1'), [0, 1], 10_000)
  t.throws(() =>
    load.keep(2, 20, (i) => {
      if (i === 1) throw new Error('no memory')
      return plainLeaf(60)
    }),
  )
  load.close()
  t.is(columns.bytes, 0)
  t.is(memory.bytesInUse, before)
})

test.serial('a read that ends early keeps nothing', async (t) => {
  const before = memory.bytesInUse
  const input = scan('part', ['name'])
  const limited: PhysicalPlan = {
    kind: 'limit',
    isGlobal: true,
    inputs: [input],
    limit: 10,
    offset: 0,
    attributes: input.attributes,
  }
  t.is((await read(limited, 1)).rows.length, 10)
  t.true(memory.bytesInUse - before < 300_000)
  const failure = new Error('no further')
  await t.throwsAsync(
    read(input, 1, {
      emit: () => {
        throw failure
      },
    }),
  )
  t.true(memory.bytesInUse - before < 300_000)
  t.deepEqual(await read(input, 1), { reads: 1, rows: expected(1, ['name']) })
  dropCache('part')
})

test.serial('a task that lacks memory takes it from the columns kept', async (t) => {
  await read(scan('kept', ALL), 1)
  const held = memory.bytesInUse
  await t.throwsAsync(read(scan('other', ALL), 1, { memory: memoryOf(2000) }), {
    message: /UNABLE_TO_ACQUIRE_MEMORY.*of which columns of cached tables \d{7}\D/,
  })
  t.true(memory.bytesInUse < held - 1_000_000)
  t.is((await read(scan('kept', ALL), 1)).reads, 1)
  dropCache('kept')
})
