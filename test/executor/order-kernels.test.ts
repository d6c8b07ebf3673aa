import test from 'ava'
import {
  MERGE_CURSOR_BYTES,
  MERGE_HEADER_BYTES,
  MERGE_HEAP_BYTES,
  MERGE_STALLED,
  SORT_BY_STRING,
  SORT_BY_STRING_BACKWARDS,
  SORT_BY_WORD,
  SORT_DESCRIPTOR_BYTE,
  SORT_DESCRIPTOR_HEADER_BYTES,
  SORT_DESCRIPTOR_PART,
  SORT_ENTRY_BYTES,
  SORT_ENTRY_ROW,
  STORE_SIZE,
} from '../../executor/kernels/interface/rows.js'
import {
  SORT_COUNT,
  SORT_ENTRIES,
  TABLE_BYTES,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
  TOP_THRESHOLD,
} from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'

/* A row: the prefix of its first key, a word, an address and a length, another word, and its number. */
const WORD = 8
const REF = 16
const LAST = 24
const NUMBER = 32
const WIDTH = 40

interface Row {
  readonly word: bigint
  readonly text: Buffer
  readonly last: bigint
  readonly number: number
}

type Part = readonly [offset: number, how: number]

function fixture() {
  const memory = new LinearMemory()
  memory.use(memoryOf(256 << 20))
  const table = memory.allocate(TABLE_BYTES)
  memory.bytes.fill(0, table, table + TABLE_BYTES)
  return { memory, kernels: memory.kernels, table }
}

type Fixture = ReturnType<typeof fixture>

/** What is told of rows whose prefixes are made of the first of their keys. */
function descriptorOf({ memory }: Fixture, parts: readonly Part[]): number {
  const at = memory.allocate(SORT_DESCRIPTOR_HEADER_BYTES + 8 * parts.length + 8)
  const { view } = memory
  const isText = parts[0]![1] !== SORT_BY_WORD
  view.setUint32(at, parts.length, true)
  view.setUint32(at + SORT_DESCRIPTOR_PART, isText ? 0 : 1, true)
  view.setUint32(at + SORT_DESCRIPTOR_BYTE, isText ? 7 : 0, true)
  for (const [i, part] of parts.entries()) {
    view.setUint32(at + SORT_DESCRIPTOR_HEADER_BYTES + 8 * i, part[0], true)
    view.setUint32(at + SORT_DESCRIPTOR_HEADER_BYTES + 8 * i + 4, part[1], true)
  }
  const refs = at + SORT_DESCRIPTOR_HEADER_BYTES + 8 * parts.length
  view.setUint32(refs, 1, true)
  view.setUint32(refs + 4, REF, true)
  return at
}

const prefixOfText = (text: Buffer): bigint => Buffer.concat([text, Buffer.alloc(8)]).readBigUInt64BE()

function prefixOf({ word, text }: Row, parts: readonly Part[]): bigint {
  const [, how] = parts[0]!
  if (how === SORT_BY_WORD) return word
  return how === SORT_BY_STRING ? prefixOfText(text) : BigInt.asUintN(64, ~prefixOfText(text))
}

function putRow({ memory, kernels, table }: Fixture, at: number, row: Row, parts: readonly Part[]): void {
  const bytes = memory.allocate(Math.max(1, row.text.length))
  memory.bytes.set(row.text, bytes)
  const kept = kernels.storeBytes(table + TABLE_STRING_STORE, bytes, row.text.length)
  memory.release(bytes)
  const { view } = memory
  view.setBigUint64(at, prefixOf(row, parts), true)
  view.setBigUint64(at + WORD, row.word, true)
  view.setUint32(at + REF, kept, true)
  view.setUint32(at + REF + 4, row.text.length, true)
  view.setBigUint64(at + LAST, row.last, true)
  view.setUint32(at + NUMBER, row.number, true)
}

const compareWords = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

function compareRows(a: Row, b: Row, parts: readonly Part[]): number {
  for (const [offset, how] of parts) {
    const order =
      offset === WORD
        ? compareWords(a.word, b.word)
        : offset === LAST
          ? compareWords(a.last, b.last)
          : Buffer.compare(a.text, b.text) * (how === SORT_BY_STRING ? 1 : -1)
    if (order !== 0) return order
  }
  return 0
}

const KEYS: Readonly<Record<string, readonly Part[]>> = {
  'a word, a text, a word': [
    [WORD, SORT_BY_WORD],
    [REF, SORT_BY_STRING],
    [LAST, SORT_BY_WORD],
  ],
  'a text, a word': [
    [REF, SORT_BY_STRING],
    [WORD, SORT_BY_WORD],
  ],
  'a text backwards, a word': [
    [REF, SORT_BY_STRING_BACKWARDS],
    [LAST, SORT_BY_WORD],
  ],
  'a word, a text backwards': [
    [WORD, SORT_BY_WORD],
    [REF, SORT_BY_STRING_BACKWARDS],
  ],
}

const WORDS = [0n, 1n, 0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn, 0x100000000n]

/** Texts that are prefixes of others, or differ in one byte, or in zeros at their end. */
function textOf(random: Random): Buffer {
  const text = Buffer.alloc(random.pick([0, 1, 6, 7, 8, 9, 13, 14, 15, 16, 21, 30]), 0x61)
  if (text.length > 0 && random.chance(0.6))
    text[random.integer(0, text.length - 1)] = random.pick([0, 0x7f, 0x80, 0xff])
  if (text.length > 0 && random.chance(0.3)) text[text.length - 1] = 0
  return text
}

const rowsOf = (random: Random, count: number): readonly Row[] =>
  Array.from({ length: count }, (_, number) => ({
    word: random.pick(WORDS),
    text: textOf(random),
    last: random.pick(WORDS),
    number,
  }))

/** The numbers of the rows in the order of the entries. */
function numbersIn({ memory }: Fixture, entries: number, count: number): readonly number[] {
  const { view } = memory
  const rowAt = (i: number): number => view.getUint32(entries + i * SORT_ENTRY_BYTES + SORT_ENTRY_ROW, true)
  return Array.from({ length: count }, (_, i) => view.getUint32(rowAt(i) + NUMBER, true))
}

const entriesOf = ({ memory, table }: Fixture): number => memory.view.getUint32(table + SORT_ENTRIES, true)

function sorted(of: Fixture, rows: readonly Row[], parts: readonly Part[]): number {
  for (const row of rows) putRow(of, of.kernels.storeAllocate(of.table + TABLE_ROW_STORE, WIDTH) >>> 0, row, parts)
  const descriptor = descriptorOf(of, parts)
  of.kernels.sortFinish(of.table, WIDTH, descriptor)
  return descriptor
}

test('byte strings compare by their unsigned bytes, then by their lengths, whatever lies behind them', (t) => {
  const { memory, kernels } = fixture()
  const random = new Random(3)
  const [a, b] = [memory.allocate(64), memory.allocate(64)]
  const texts = [...Array.from({ length: 150 }, () => textOf(random)), Buffer.alloc(0), Buffer.alloc(8, 0x61)]
  for (const x of texts) {
    memory.bytes.fill(0xff, a, a + 64)
    memory.bytes.set(x, a)
    t.is(BigInt.asUintN(64, kernels.stringPrefix(a, x.length)), prefixOfText(x))
    for (const y of texts) {
      memory.bytes.fill(0, b, b + 64)
      memory.bytes.set(y, b)
      const order = Math.sign(kernels.bytesCompare(a, x.length, b, y.length))
      if (order !== Buffer.compare(x, y)) t.fail(`${x.toString('hex')} and ${y.toString('hex')}: ${order}`)
    }
  }
})

for (const [name, parts] of Object.entries(KEYS))
  test(`rows are sorted by ${name}, those that are equal in their order, however many there are`, (t) => {
    const random = new Random(5)
    for (const count of [0, 1, 2, 3, 23, 24, 25, 26, 49, 300, 3000]) {
      const of = fixture()
      const rows = rowsOf(random, count)
      const descriptor = sorted(of, rows, parts)
      const expected = rows.toSorted((x, y) => compareRows(x, y, parts))
      t.is(of.memory.view.getUint32(of.table + SORT_COUNT, true), count)
      t.deepEqual(
        numbersIn(of, entriesOf(of), count),
        expected.map(({ number }) => number),
        `${count} rows`,
      )
      // How many come before a row, of those that are there and of others.
      const probe = of.memory.allocate(WIDTH)
      for (const row of rowsOf(random, count === 3000 ? 100 : 10)) {
        putRow(of, probe, row, parts)
        const before = rows.filter((other) => compareRows(other, row, parts) < 0).length
        t.is(of.kernels.entriesBefore(of.table, probe, descriptor), before)
      }
    }
  })

for (const [name, parts] of Object.entries(KEYS))
  test(`the first rows by ${name} are kept with their texts, however many are tied or dropped`, (t) => {
    const random = new Random(8)
    for (const keep of [0, 1, 5, 1023, 1024, 1025]) {
      const of = fixture()
      const { memory, kernels, table } = of
      const descriptor = descriptorOf(of, parts)
      // Their texts are more than are kept of rows that were dropped.
      const rows = rowsOf(random, 4500).map((row) => ({
        ...row,
        text: Buffer.concat([row.text, Buffer.alloc(600, 1)]),
      }))
      kernels.topInit(table, keep)
      for (const row of rows) {
        if (prefixOf(row, parts) > memory.view.getBigUint64(table + TOP_THRESHOLD, true)) continue
        putRow(of, kernels.topAllocate(table, WIDTH, descriptor, keep) >>> 0, row, parts)
      }
      // The room of rows that were dropped is taken again.
      t.true(
        memory.view.getUint32(table + TABLE_ROW_STORE + STORE_SIZE, true) < (keep + Math.max(keep, 1024)) * WIDTH * 1.2,
      )
      t.is(kernels.topFinish(table, descriptor, keep), Math.min(keep, rows.length))
      const expected = rows.toSorted((x, y) => compareRows(x, y, parts)).slice(0, keep)
      const found = numbersIn(of, entriesOf(of), keep)
      t.is(new Set(found).size, keep)
      for (const [i, number] of found.entries()) {
        if (compareRows(rows[number]!, expected[i]!, parts) !== 0) t.fail(`row ${i} of ${keep}`)
        const at = memory.view.getUint32(entriesOf(of) + i * SORT_ENTRY_BYTES + SORT_ENTRY_ROW, true)
        const text = memory.view.getUint32(at + REF, true)
        if (!rows[number]!.text.equals(memory.bytes.subarray(text, text + rows[number]!.text.length)))
          t.fail(`the text of row ${i} of ${keep}`)
      }
    }
  })

test('texts of one length that differ in their last byte alone are sorted by it, wherever parts of keys end', (t) => {
  for (const length of [1, 7, 8, 9, 14, 15, 16, 22, 23])
    for (const name of ['a text, a word', 'a text backwards, a word']) {
      const of = fixture()
      const rows = Array.from({ length: 200 }, (_, number): Row => {
        const text = Buffer.alloc(length, 0x61)
        text[length - 1] = (number * 37) % 200
        return { word: 0n, text, last: 0n, number }
      })
      sorted(of, rows, KEYS[name]!)
      const expected = rows.toSorted((x, y) => compareRows(x, y, KEYS[name]!))
      t.deepEqual(
        numbersIn(of, entriesOf(of), rows.length),
        expected.map(({ number }) => number),
        `${length} bytes`,
      )
    }
})

test('runs are merged in the order of their rows, equal ones of the earlier run first, wherever their pages end', (t) => {
  const random = new Random(13)
  const parts = KEYS['a word, a text, a word']!
  for (const runs of [1, 2, 3, 4, 5, 8, 9]) {
    const of = fixture()
    const { memory, kernels } = of
    const descriptor = descriptorOf(of, parts)
    let number = 0
    const sources = Array.from({ length: runs }, () =>
      rowsOf(random, random.integer(1, 40))
        .map((row) => ({ ...row, text: row.text.subarray(0, 1), number: number++ }))
        .toSorted((x, y) => compareRows(x, y, parts)),
    )
    const expected = sources.flat().toSorted((x, y) => compareRows(x, y, parts))
    const merge = memory.allocate(MERGE_HEADER_BYTES + runs * (MERGE_CURSOR_BYTES + MERGE_HEAP_BYTES))
    const left = sources.map((rows) => [...rows])
    const refill = (run: number): void => {
      const rows = left[run]!.splice(0, random.integer(1, 7))
      const page = memory.allocate(rows.length * WIDTH)
      for (const [i, row] of rows.entries()) putRow(of, page + i * WIDTH, row, parts)
      kernels.mergeRefill(merge, run, page, page + rows.length * WIDTH)
    }
    for (let run = 0; run < runs; run++) refill(run)
    kernels.mergeStart(merge, runs, descriptor)
    const [most, merged] = [5, [] as number[]]
    const out = memory.allocate(most * SORT_ENTRY_BYTES)
    for (let turns = 0; merged.length < expected.length && turns < 4 * expected.length; turns++) {
      const count = kernels.mergeNext(merge, runs, WIDTH, descriptor, out, most)
      t.true(count <= most)
      merged.push(...numbersIn(of, out, count))
      const stalled = memory.view.getUint32(merge + MERGE_STALLED, true)
      if (stalled === 0) continue
      const hasEnded = left[stalled - 1]!.length === 0
      if (!hasEnded) refill(stalled - 1)
      kernels.mergeResume(merge, runs, descriptor, Number(hasEnded))
    }
    t.deepEqual(
      merged,
      expected.map((row) => row.number),
      `${runs} runs`,
    )
    t.is(kernels.mergeNext(merge, runs, WIDTH, descriptor, out, most), 0)
  }
})
