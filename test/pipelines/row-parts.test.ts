import test from 'ava'
import { JOIN_ROW_HASH } from '../../executor/kernels/interface/rows.js'
import { PARTS, TABLE_BYTES, TABLE_ROW_STORE } from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { MemoryArbiter } from '../../executor/memory/memory-arbiter.js'
import { FINISHING_BYTES, JoinOfParts, sidesOf } from '../../executor/pipelines/operators/join-of-parts.js'
import { partedGroups, partedRows, RowParts } from '../../executor/pipelines/operators/row-parts.js'
import { PARTS_BYTES, partTables } from '../../executor/pipelines/part-tables.js'
import type { Pipeline, RowRange, TaskRun } from '../../executor/pipelines/step.js'
import { ScratchFile } from '../../executor/spill/scratch-file.js'
import { memoryOf } from '../support/memory.js'

const MIB = 1 << 20
const WIDTH = 1024
/** Offsets: of tables of parts, of others, of the table of a join, of a list of no refs. */
const OTHER_PARTS = PARTS_BYTES
const JOIN_TABLE = 2 * PARTS_BYTES
const NO_REFS = JOIN_TABLE + TABLE_BYTES
const DATA_BYTES = NO_REFS + 16
/** The hash that a row of a part begins with, and whatever follows. */
const hashOf = (part: number, low = 0): number => ((part << 28) | low) >>> 0

/** Tables of rows in a memory of 64 MiB, of which the least that is worth giving back is 2 MiB. */
function fixture(isEarly?: (part: number) => boolean) {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 * MIB))
  const spills = { signal: new AbortController().signal, spills: true, trimIdle: async () => {} }
  const arbiter = new MemoryArbiter(memory, spills)
  const base = memory.allocate(DATA_BYTES)
  memory.bytes.fill(0, base, base + DATA_BYTES)
  const scratch = new ScratchFile()
  const addressOf = (offset: number): number => base + offset
  const slot = (offset: number): number => memory.view.getUint32(base + offset, true)
  const task = { memory, arbiter, scratch, addressOf, slot } as unknown as TaskRun
  const table = partedRows({ parts: 0, width: WIDTH, refs: NO_REFS }, FINISHING_BYTES)
  const parts = new RowParts(task, table, 0, isEarly)
  /** Adds rows to a part, so many MiB. */
  const add = (part: number, mib: number, low = 0, to = 0): void => {
    for (let i = 0; i < mib * 1024; i++) {
      const row = memory.kernels.storeAllocate(addressOf(partTables(to)[part]! + TABLE_ROW_STORE), WIDTH)
      memory.view.setUint32(row + JOIN_ROW_HASH, hashOf(part, low), true)
    }
  }
  return { memory, task, table, parts, add, scratch }
}

const onDisk = (parts: RowParts): number[] => [...Array(PARTS).keys()].filter((part) => parts.isOnDisk(part))

test('the largest parts go to disk until an eighth has gone', (t) => {
  const { parts, add, scratch } = fixture()
  for (let part = 0; part < PARTS; part++) add(part, part === 5 || part === 9 ? 2 : 1)
  const before = parts.bytes
  parts.giveBack()
  t.deepEqual(onDisk(parts), [5, 9])
  t.true(parts.bytes < (before * 7) / 8 + MIB && parts.bytes > before * 0.7)
  t.is(scratch.size, 4 * MIB)
})

test('the directory that an empty table of groups keeps is nothing that can be given back', (t) => {
  const { memory, task } = fixture()
  const groups = new RowParts(task, partedGroups({ parts: OTHER_PARTS, width: 32, refs: NO_REFS }))
  const inUse = memory.bytesInUse
  for (const table of partTables(OTHER_PARTS)) memory.kernels.groupInsert(task.addressOf(table), 7, 32)
  const rowBytes = memory.bytesInUse - inUse
  t.true(groups.bytes > 0 && groups.bytes <= rowBytes, `${groups.bytes} of ${rowBytes}`)
  groups.giveBack()
  t.true(memory.bytesInUse < inUse + rowBytes)
})

test('of little there is, no less goes to disk than is worth it', (t) => {
  const { parts, add } = fixture()
  for (let part = 0; part < 4; part++) add(part, 0.7)
  parts.giveBack()
  t.is(onDisk(parts).length, 3)
})

test('rows that come later for parts on disk go there first, then those of parts that are early', (t) => {
  const { parts, add } = fixture((part) => part === 7 || part === 8)
  for (const [part, mib] of [
    [3, 3],
    [6, 2],
    [7, 1],
    [8, 1.5],
  ] as const)
    add(part, mib)
  parts.giveBack()
  t.deepEqual(onDisk(parts), [7, 8])
  add(7, 1)
  add(8, 1.5)
  parts.giveBack()
  t.deepEqual(onDisk(parts), [7, 8])
  t.is(parts.mostRows(7) + parts.mostRows(8), 0)
  parts.giveBack()
  t.deepEqual(onDisk(parts), [3, 7, 8])
})

test('the rows of a part that is worked on stay, and all of them are worked on, those on disk first', async (t) => {
  const { memory, parts, add } = fixture()
  add(2, 3, 1)
  parts.giveBack()
  add(2, 2, 2)
  add(4, 1)
  const counts: number[] = []
  const hashes = new Set<number>()
  await parts.drain(2, async (first, rows) => {
    counts.push(rows)
    hashes.add(memory.view.getUint32(first + JOIN_ROW_HASH, true))
    parts.giveBack()
    t.true(parts.mostRows(2) >= 2 * 1024)
  })
  t.is(
    counts.reduce((sum, rows) => sum + rows, 0),
    5 * 1024,
  )
  t.deepEqual([...hashes], [hashOf(2, 1), hashOf(2, 2)])
  t.deepEqual(onDisk(parts), [4])
  t.true(parts.isEmpty(2))
})

test('left rows go to disk first whose right rows are there', (t) => {
  const { task, table, add } = fixture()
  const { left, right } = sidesOf({ ...table, parts: OTHER_PARTS }, table)(task)
  add(6, 3)
  right.giveBack()
  add(6, 2.1, 0, OTHER_PARTS)
  add(7, 4, 0, OTHER_PARTS)
  left.giveBack()
  t.deepEqual(onDisk(left), [6])
})

test('what finishing the largest part takes is reserved until no more rows come', (t) => {
  const { parts, add } = fixture()
  const before = parts.reserve
  add(1, 2)
  add(2, 1)
  t.true(parts.reserve - before >= 2048 * FINISHING_BYTES)
  parts.complete()
  t.true(parts.reserve - before < 2048 * FINISHING_BYTES)
})

test('what is handed over at the end are all rows, each part for itself', async (t) => {
  const { memory, parts, add, task, table } = fixture()
  for (const part of [0, 15]) add(part, 1, 0x7000000)
  parts.giveBack()
  add(15, 2, 0x3000000)
  const pages = parts.take()
  t.deepEqual(
    pages.map((of) => of.reduce((sum, { rows }) => sum + rows, 0)).filter((rows) => rows > 0),
    [1024, 3072],
  )
  t.deepEqual([parts.bytes, onDisk(parts)], [0, []])
  // Divided once more, by the next bits.
  const deeper = new RowParts(task, table, 1)
  await deeper.divide(pages[15]!)
  const rows = deeper.take().map((of) => of.reduce((sum, page) => sum + page.rows, 0))
  t.deepEqual([rows[3], rows[7]], [2048, 1024])
  t.is(
    rows.reduce((sum, count) => sum + count, 0),
    3072,
  )
  t.true(memory.taskBytes < MIB)
})

test('rows that have all bits of their hashes in common stay in memory', (t) => {
  const { task, table, add } = fixture()
  const [last, beyond] = [new RowParts(task, table, 7), new RowParts(task, table, 8)]
  add(0, 1)
  t.true(last.bytes > MIB)
  t.is(beyond.bytes, 0)
})

test('right rows for which there is no room in a directory go to disk before they are joined', async (t) => {
  for (const room of [0, Number.MAX_SAFE_INTEGER]) {
    const { task, table, add, parts: right, scratch, memory } = fixture()
    add(3, 1)
    const left = new RowParts(task, { ...table, parts: OTHER_PARTS })
    const arbiter = { secured: () => room, release: () => {}, hold: () => {}, relieve: async () => {} }
    const runs: string[] = []
    const runOverRows = async (pipeline: Pipeline, ranges: Iterable<RowRange>) => {
      for (const [, rows] of ranges) runs.push(`${pipeline.name} ${rows}`)
    }
    const pipeline = (name: string): Pipeline => ({ name, stop: 0, copies: 1, stride: 1 })
    const join = new JoinOfParts({ ...task, arbiter, runOverRows } as unknown as TaskRun, {
      table: JOIN_TABLE,
      width: WIDTH,
      probe: pipeline('probe'),
      unmatched: pipeline('unmatched'),
      left: { ...table, parts: OTHER_PARTS },
      right: { ...table, parts: OTHER_PARTS },
      follows: undefined,
      isNullAware: false,
    })
    await join.run({ left, right })
    // In pieces, once more when they are divided in vain.
    t.is(scratch.size, room === 0 ? 2 * MIB : 0)
    t.is(
      runs.reduce((sum, text) => sum + Number(text.split(' ')[1]), 0),
      1024,
    )
    t.true(runs.every((text) => text.startsWith('unmatched')))
    t.true(memory.taskBytes < MIB)
  }
})
