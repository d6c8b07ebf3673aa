import test from 'ava'
import { REF_IF_LONG, REF_IN_CELLS } from '../../executor/kernels/interface/rows.js'
import {
  LIST_ADDRESS,
  LIST_COUNT,
  ROW_MARK_BYTES,
  ROW_MARK_HASH,
  ROW_REMOVED,
  STATE_BYTES,
  STATE_TOUCHED,
  TABLE_ROWS,
  TABLE_STRING_STORE,
} from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { StateDisk } from '../../executor/pipelines/state-disk.js'
import { MOST_RUNS } from '../../executor/spill/state-runs.js'
import { memoryOf } from '../support/memory.js'

/** Offsets in a row: its key (u64), a text in two cells, a number (i64), its mark, when it expires. */
const [TEXT, NUMBER, MARK] = [8, 24, 32]
const EXPIRES = MARK + ROW_MARK_BYTES
const WIDTH = EXPIRES + 8
const NEVER = (1n << 63n) - 1n

interface Row {
  readonly key: number
  readonly number: number
  readonly text: string
}

/** A table of state whose rows are made by hand, with hashes as a test wants them. */
class HandMade {
  readonly memory = new LinearMemory()
  readonly disk: StateDisk
  readonly state: number
  readonly #hashOf: (key: number) => number

  constructor(hashOf: (key: number) => number) {
    this.#hashOf = hashOf
    this.state = this.memory.allocate(STATE_BYTES)
    this.memory.bytes.fill(0, this.state, this.state + STATE_BYTES)
    this.memory.kernels.groupTableInit(this.state)
    const refList = new Uint8Array(Uint32Array.of(1, TEXT, REF_IN_CELLS).buffer)
    this.disk = new StateDisk(this.memory, {
      width: WIDTH,
      mark: MARK,
      keyBytes: 8,
      expires: EXPIRES,
      isChained: false,
      refList,
    })
  }

  get rows(): number {
    return this.memory.view.getUint32(this.state + TABLE_ROWS, true)
  }

  /** Adds a row, as one that the batch touches or not. */
  add({ key, number, text }: Row, isTouched: boolean, expires = NEVER): void {
    const { kernels } = this.memory
    const hash = this.#hashOf(key) >>> 0
    const row = kernels.groupInsert(this.state, hash, WIDTH) >>> 0
    const bytes = Buffer.from(text)
    const from = this.memory.allocate(bytes.length)
    this.memory.bytes.set(bytes, from)
    const at = kernels.storeReplaced(this.state + TABLE_STRING_STORE, 0, from, bytes.length)
    this.memory.release(from)
    const { view } = this.memory
    view.setBigUint64(row, BigInt(key), true)
    view.setUint32(row + TEXT, at, true)
    view.setUint32(row + TEXT + 8, bytes.length, true)
    view.setBigInt64(row + NUMBER, BigInt(number), true)
    view.setUint32(row + MARK + ROW_MARK_HASH, hash, true)
    view.setBigInt64(row + EXPIRES, expires, true)
    if (expires !== NEVER) kernels.stateExpires(this.state, row, expires)
    if (isTouched) kernels.stateTouch(this.state, row, MARK)
  }

  at(row: number): Row {
    const { view, bytes } = this.memory
    const [from, length] = [view.getUint32(row + TEXT, true), view.getUint32(row + TEXT + 8, true)]
    return {
      key: Number(view.getBigUint64(row, true)),
      number: Number(view.getBigInt64(row + NUMBER, true)),
      text: Buffer.from(bytes.slice(from, from + length)).toString(),
    }
  }

  touched(): readonly Row[] {
    const { view } = this.memory
    const list = view.getUint32(this.state + STATE_TOUCHED + LIST_ADDRESS, true)
    const count = view.getUint32(this.state + STATE_TOUCHED + LIST_COUNT, true)
    return Array.from({ length: count }, (_, i) => this.at(view.getUint32(list + i * 4, true)))
  }

  /** Looks for the touched rows on disk; returns what they were before. */
  async resolve(): Promise<readonly Row[]> {
    const apart: Row[] = []
    await this.disk.resolve(this.state, false, async (first, rows) => {
      for (let i = 0; i < rows; i++) apart.push(this.at(first + i * WIDTH))
    })
    return apart
  }

  async onDisk(): Promise<readonly Row[]> {
    const rows: Row[] = []
    await this.disk.forEachPage(async (first, count) => {
      for (let at = first; at < first + count * WIDTH; at += WIDTH)
        if ((this.memory.view.getUint32(at + MARK, true) & ROW_REMOVED) === 0) rows.push(this.at(at))
    })
    return rows.toSorted((a, b) => a.key - b.key)
  }

  /** Ends a batch. */
  settle(): void {
    const refs = this.memory.allocate(12)
    this.memory.view.setUint32(refs, 1, true)
    this.memory.view.setUint32(refs + 4, TEXT, true)
    this.memory.view.setUint32(refs + 8, REF_IN_CELLS, true)
    const { kernels } = this.memory
    if (kernels.stateSettle(this.state, MARK, 1) !== 0) kernels.stateCompact(this.state, WIDTH, refs, MARK, 0)
    this.memory.release(refs)
  }
}

/** Frees a table, and tells what is in use then: as much as of any other one. */
function free(table: HandMade): number {
  table.disk.close()
  table.memory.kernels.stateRelease(table.state)
  table.memory.release(table.state)
  return table.memory.bytesInUse
}

const rowOf = (key: number, number = key): Row => ({ key, number, text: `text ${key} ${number}`.repeat(1 + (key % 3)) })
const spread = (key: number): number => Math.imul(key, 0x9e3779b1)
const few = (key: number): number => Math.imul(key % 50, 0x05000001)
const same = (): number => 0x12345678
const greatest = (key: number): number => 0xffffffff - (key % 3)

for (const [name, hashOf] of [
  ['spread', spread],
  ['few', few],
  ['the same', same],
  ['the greatest there are', greatest],
] as const) {
  test(`rows whose hashes are ${name} are found on disk by their keys, once`, async (t) => {
    const table = new HandMade(hashOf)
    const before = table.memory.bytesInUse
    for (let key = 0; key < 3000; key++) table.add(rowOf(key), false)
    table.disk.leave(table.state)
    t.is(table.rows, 0)
    t.is(table.disk.rows, 3000)
    t.deepEqual(
      await table.onDisk(),
      Array.from({ length: 3000 }, (_, key) => rowOf(key)),
    )
    // Every third one is known, and as many are not.
    const keys = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? i * 3 : 5000 + i))
    for (const key of keys) table.add(rowOf(key, -1 - key), true)
    const apart = await table.resolve()
    const known = keys.filter((key) => key < 5000)
    t.deepEqual(
      apart.toSorted((a, b) => a.key - b.key),
      known.map((key) => rowOf(key, -1 - key)),
    )
    t.deepEqual(
      table.touched(),
      keys.map((key) => (key < 5000 ? rowOf(key) : rowOf(key, -1 - key))),
    )
    t.is(table.disk.rows, 3000 - known.length)
    // They are looked for no more.
    t.deepEqual(await table.resolve(), [])
    table.settle()
    table.disk.leave(table.state)
    t.is(table.disk.rows, 3500)
    const all = [...Array(3000).keys(), ...keys.filter((key) => key >= 5000)]
    t.deepEqual(
      (await table.onDisk()).map(({ key }) => key),
      all,
    )
    table.disk.close()
    table.memory.kernels.stateRelease(table.state)
    t.true(table.memory.bytesInUse <= before, 'what is on disk leaves nothing in memory')
  })
}

test('short texts among keys that begin alike are different keys on disk', async (t) => {
  const [mark, expires, width, hash] = [16, 24, 32, 7]
  const memory = new LinearMemory()
  const { kernels } = memory
  const state = memory.allocate(STATE_BYTES)
  memory.bytes.fill(0, state, state + STATE_BYTES)
  kernels.groupTableInit(state)
  const refList = new Uint8Array(Uint32Array.of(1, 8, REF_IF_LONG).buffer)
  const disk = new StateDisk(memory, { width, mark, keyBytes: 16, expires, isChained: false, refList })
  const add = (end: string, isTouched: boolean): void => {
    const row = kernels.groupInsert(state, hash, width) >>> 0
    const text = Buffer.from(`the same${end}`)
    memory.bytes.set(text, row)
    memory.bytes[row + 15] = text.length
    memory.view.setUint32(row + mark + ROW_MARK_HASH, hash, true)
    memory.view.setBigInt64(row + expires, NEVER, true)
    if (isTouched) kernels.stateTouch(state, row, mark)
  }
  for (const end of ['one', 'two', 'three']) add(end, false)
  disk.leave(state)
  for (const end of ['two', 'six']) add(end, true)
  const known: string[] = []
  await disk.resolve(state, false, async (first, rows) => {
    for (let i = 0; i < rows; i++)
      known.push(Buffer.from(memory.bytes.slice(first + i * width, first + i * width + 11)).toString())
  })
  t.deepEqual(known, ['the sametwo'])
  t.is(disk.rows, 2)
  disk.close()
})

test('rows that the batch touched stay, wherever they move, and those that expire are found where they are', async (t) => {
  const table = new HandMade(spread)
  for (let key = 0; key < 2000; key++) table.add(rowOf(key), key % 10 === 0, BigInt(key))
  table.disk.leave(table.state)
  t.is(table.rows, 200)
  t.deepEqual(
    table.touched(),
    Array.from({ length: 200 }, (_, i) => rowOf(i * 10)),
  )
  t.is(await table.disk.expire(0n), 0)
  t.is(await table.disk.expire(1n), 1)
  const seen: number[] = []
  const removed = await table.disk.expire(100n, async (list, count) => {
    for (let i = 0; i < count; i++) seen.push(table.at(table.memory.view.getUint32(list + i * 4, true)).key)
  })
  const due = Array.from({ length: 101 }, (_, key) => key).filter((key) => key % 10 !== 0 && key !== 1)
  t.is(removed, due.length)
  t.deepEqual(
    seen.toSorted((a, b) => a - b),
    due,
  )
  t.is(table.disk.leastExpiry, 101n, 'the next one is known')
  t.is(table.memory.kernels.stateExpire(table.state, 100n, MARK), 11)
  t.is(await table.disk.expire(100n), 0)
  t.is(await table.disk.expire(5000n), 1799 - due.length)
  t.is(table.disk.runs, 0)
  table.disk.close()
})

test('many rows leave part by part, and there are never many runs', async (t) => {
  const table = new HandMade(spread)
  let total = 0
  for (let round = 0; round < 40; round++) {
    const rows = round === 20 ? 40_000 : 700
    for (let i = 0; i < rows; i++) table.add(rowOf(total + i), false)
    total += rows
    table.disk.leave(table.state)
    t.true(table.disk.runs <= MOST_RUNS, `${table.disk.runs} runs`)
    t.is(table.disk.rows, total)
  }
  t.deepEqual(
    (await table.onDisk()).map(({ key }) => key),
    [...Array(total).keys()],
  )
  for (let key = 0; key < total; key += 2) table.add(rowOf(key, -1), true)
  t.is((await table.resolve()).length, total / 2)
  t.is(table.disk.rows, total / 2)
  table.disk.close()
})

for (const [name, hashOf] of [
  ['spread', spread],
  ['the greatest there are', greatest],
] as const) {
  test(`runs are merged in less memory than their rows take, where hashes are ${name}, and lose none`, async (t) => {
    const table = new HandMade(hashOf)
    const each = hashOf === spread ? 9000 : 900
    for (let run = 0; run <= MOST_RUNS; run++) {
      for (let i = 0; i < each; i++) table.add(rowOf(run * each + i), false)
      if (run === MOST_RUNS && hashOf === spread) table.memory.use(memoryOf(table.memory.taskBytes + 1_500_000))
      table.disk.leave(table.state)
    }
    t.is(table.disk.runs, MOST_RUNS - 2)
    t.deepEqual(
      (await table.onDisk()).map(({ key }) => key),
      [...Array(each * (MOST_RUNS + 1)).keys()],
    )
    table.disk.close()
  })
}

test('runs of which most rows count no more are written anew without these', async (t) => {
  const table = new HandMade(spread)
  for (let key = 0; key < 20_000; key++) table.add(rowOf(key), false)
  table.disk.leave(table.state)
  const { bytes } = table.disk
  for (let round = 0; round < 5; round++) {
    for (let key = 0; key < 19_000; key++) table.add(rowOf(key), true)
    t.is((await table.resolve()).length, 19_000)
    table.settle()
    table.disk.leave(table.state)
    t.is(table.disk.rows, 20_000)
    t.true(table.disk.bytes < bytes * 2.3, `${table.disk.bytes} of ${bytes}`)
  }
  t.is((await table.onDisk()).length, 20_000)
  table.disk.close()
})

test('rows that are held stay as they were while those of the state come back, are written anew and expire, and are given back once', async (t) => {
  const table = new HandMade(spread)
  const { memory } = table
  const expiryOf = (key: number) => BigInt(key % 2 === 0 ? 10 : 20)
  for (let key = 0; key < 3000; key++) table.add(rowOf(key), false, expiryOf(key))
  table.disk.leave(table.state)
  const again = table.disk.heldRows()
  again.release()
  again.release()
  t.is((await table.onDisk()).length, 3000, 'the state has them still')
  const held = table.disk.heldRows()
  const inHeld = async (): Promise<readonly Row[]> => {
    const rows: Row[] = []
    for (const { visit } of held.pieces)
      await visit(async (first, count) => {
        for (let at = first; at < first + count * WIDTH; at += WIDTH)
          if ((memory.view.getUint32(at + MARK, true) & ROW_REMOVED) === 0) rows.push(table.at(at))
      })
    return rows.toSorted((a, b) => a.key - b.key)
  }
  const all = Array.from({ length: 3000 }, (_, key) => rowOf(key))
  t.is(
    held.pieces.reduce((sum, { rows }) => sum + rows, 0),
    3000,
  )
  const alone = table.disk.bytes
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 2500; key++) table.add(rowOf(key, -1), true, expiryOf(key))
    t.is((await table.resolve()).length, 2500)
    t.deepEqual(await inHeld(), all)
    table.settle()
    table.disk.leave(table.state)
  }
  t.is(table.disk.runs, 2, 'what is left of the first runs was written anew')
  t.true(table.disk.bytes > alone, 'it takes memory as long as its rows are held')
  t.deepEqual(await inHeld(), all)
  t.is(await table.disk.expire(10n), 1500)
  t.deepEqual(await inHeld(), all)
  held.release()
  t.true(table.disk.bytes < 1.5 * alone)
  t.is(await table.disk.expire(20n), 1500)
  t.deepEqual([table.disk.runs, table.disk.rows, table.disk.bytes], [0, 0, 0])
  t.is(free(table), free(new HandMade(spread)), 'nothing is left of them')
})

test('a row larger than a page has one of its own, and those behind it are as many as without it', async (t) => {
  const pagesOf = async (large: number): Promise<number> => {
    const table = new HandMade((key) => key)
    for (let key = 0; key < 3000; key++)
      table.add({ ...rowOf(key), ...(key === large ? { text: 'x'.repeat(1 << 20) } : {}) }, false)
    table.disk.leave(table.state)
    let pages = 0
    await table.disk.forEachPage(async () => void pages++)
    table.disk.close()
    return pages
  }
  const without = await pagesOf(-1)
  t.true(without > 10)
  const pages = await pagesOf(100)
  t.true(pages >= without && pages <= without + 3, `${pages} pages, without the large row ${without}`)
})

test('a table whose rows cannot move together for want of memory is freed whole', (t) => {
  const nothing = free(new HandMade(spread))
  let refused = 0
  for (let room = 0; room < 400_000; room += 20_000) {
    const table = new HandMade(spread)
    for (let key = 0; key < 3000; key++) table.add(rowOf(key), key % 2 === 0)
    // Those that the batch touched are copied.
    table.memory.use(memoryOf(table.memory.taskBytes + room))
    try {
      table.disk.leave(table.state)
    } catch {
      refused++
    }
    t.is(free(table), nothing, `room for ${room} bytes`)
  }
  t.true(refused > 2, `${refused} were refused`)
})
