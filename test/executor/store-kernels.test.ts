import test from 'ava'
import {
  CHUNK_HEADER_BYTES,
  DIRECTORY_ENTRY_SHIFT,
  JOIN_ROW_HASH,
  JOIN_ROW_NEXT,
  JOIN_TAG_SHIFT,
  LONG_TEXT,
  REF,
  REF_IF_LONG,
  REF_IN_CELLS,
  SMALLEST_DIRECTORY,
  STORE_SIZE,
} from '../../executor/kernels/interface/rows.js'
import {
  JOIN_FILTER,
  JOIN_FILTER_LAST,
  PARTS,
  PARTS_HEADER_BYTES,
  PARTS_SHIFT,
  TABLE_BYTES,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROW_STORE,
  TABLE_ROWS,
  TABLE_STRING_STORE,
} from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'

function fixture() {
  const memory = new LinearMemory()
  memory.use(memoryOf(256 << 20))
  const table = memory.allocate(TABLE_BYTES)
  memory.bytes.fill(0, table, table + TABLE_BYTES)
  return { memory, kernels: memory.kernels, table, rows: table + TABLE_ROW_STORE, strings: table + TABLE_STRING_STORE }
}

type Fixture = ReturnType<typeof fixture>

/** The chunks of a store, each with the bytes that it uses. */
function chunksOf({ kernels }: Fixture, store: number): readonly (readonly [chunk: number, bytes: number])[] {
  const chunks: (readonly [number, number])[] = []
  for (let chunk = kernels.storeFirst(store) >>> 0; chunk !== 0; chunk = kernels.storeNext(chunk) >>> 0)
    chunks.push([chunk, kernels.storeChunkBytes(store, chunk) >>> 0])
  return chunks
}

test('what a store has given stays where it is until the store is freed, of whatever sizes, and is counted', (t) => {
  const of = fixture()
  const { memory, kernels, table, rows } = of
  const random = new Random(23)
  const before = memory.bytesInUse
  // Of chunks that are just full, and of more than the largest chunk.
  const sizes = [4096 - CHUNK_HEADER_BYTES, 8, 4096 - CHUNK_HEADER_BYTES - 8, 4096, (1 << 20) + 8]
  for (let i = 0; i < 3000; i++) sizes.push(8 * random.integer(1, random.pick([4, 40, 400])))
  const given = sizes.map((size, i) => {
    const at = kernels.storeAllocate(rows, size) >>> 0
    memory.bytes.fill(i & 255, at, at + size)
    return at
  })
  for (const [i, at] of given.entries())
    if (!memory.bytes.subarray(at, at + sizes[i]!).every((byte) => byte === (i & 255))) t.fail(`piece ${i}`)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.is(
    chunksOf(of, rows).reduce((sum, [, bytes]) => sum + bytes, 0),
    total,
  )
  const inChunks = chunksOf(of, rows)
  t.true(given.every((at) => inChunks.some(([chunk, bytes]) => at > chunk && at < chunk + CHUNK_HEADER_BYTES + bytes)))
  const held = memory.bytesInUse - before
  const counted = memory.view.getUint32(rows + STORE_SIZE, true)
  t.true(counted >= total && counted <= held, `${counted} of ${held}`)
  // Of many chunks little is empty.
  t.true(held < total * 1.2)
  kernels.tableRelease(table)
  t.is(memory.bytesInUse, before)
})

test('bytes that are replaced and grow are those of the last time, beside others, and take no more than a few times as much', (t) => {
  const of = fixture()
  const { memory, kernels, strings, table } = of
  const random = new Random(29)
  const [from, before] = [memory.allocate(1 << 16), memory.bytesInUse]
  const kept = Array.from({ length: 40 }, () => ({ at: 0, bytes: Buffer.alloc(0), grows: random.chance(0.5) }))
  for (let step = 0; step < 4000; step++) {
    const one = random.pick(kept)
    const piece = Buffer.alloc(random.pick([0, 1, 7, 8, 31, 32, 33, 40, 100, 150]), random.integer(1, 255))
    memory.bytes.set(piece, from)
    if (one.grows) {
      one.at = kernels.storeGrown(strings, one.at, one.bytes.length, piece.length) >>> 0
      memory.bytes.set(piece, one.at + one.bytes.length)
      one.bytes = Buffer.concat([one.bytes, piece])
    } else {
      one.at = kernels.storeReplaced(strings, one.at, from, piece.length) >>> 0
      if (piece.length > 0) one.bytes = piece
    }
    if (step % 100 === 0 || step > 3950)
      for (const { at, bytes } of kept)
        if (!bytes.equals(memory.bytes.subarray(at, at + bytes.length))) t.fail(`after ${step} steps`)
  }
  // What has room is not moved, nor is what is replaced by itself.
  const last = kept.find(({ grows, bytes }) => !grows && bytes.length > 0)!
  t.is(kernels.storeReplaced(strings, last.at, last.at, last.bytes.length) >>> 0, last.at)
  t.is(kernels.storeReplaced(strings, last.at, from, last.bytes.length) >>> 0, last.at)
  const most = kept.reduce((sum, { bytes, grows }) => sum + (grows ? bytes.length : 150), 0)
  t.true(memory.bytesInUse - before < 5 * most, `${memory.bytesInUse - before} for ${most}`)
  kernels.tableRelease(table)
  t.is(memory.bytesInUse, before)
})

test('texts of every length are copied into a store whole, one behind the other', (t) => {
  const { memory, kernels, strings } = fixture()
  const random = new Random(29)
  const from = memory.allocate(80)
  const kept = Array.from({ length: 75 }, (_, length) => {
    for (let i = 0; i < 80; i++) memory.bytes[from + i] = random.integer(0, 255)
    return {
      text: memory.bytes.slice(from + 1, from + 1 + length),
      at: kernels.storeBytes(strings, from + 1, length) >>> 0,
    }
  })
  for (const { text, at } of kept) t.deepEqual(memory.bytes.slice(at, at + text.length), text)
})

test('a table of groups finds each row by its hash, however often its directory grew', (t) => {
  const { memory, kernels, table } = fixture()
  const random = new Random(31)
  kernels.groupTableInit(table)
  const directory = memory.view.getUint32(table + TABLE_DIRECTORY, true)
  kernels.groupTableInit(table)
  t.is(memory.view.getUint32(table + TABLE_DIRECTORY, true), directory)
  const hashes = Array.from({ length: 5000 }, () => random.pick([0, 1, 0xffffffff, random.integer(0, 0xffffffff)]))
  const placed = hashes.map((hash) => kernels.groupInsert(table, hash | 0, 16) >>> 0)
  const word = (offset: number): number => memory.view.getUint32(table + offset, true)
  t.is(word(TABLE_ROWS), hashes.length)
  const [size, at] = [word(TABLE_MASK) + 1, word(TABLE_DIRECTORY)]
  // Never more than five eighths are taken, and not grown before.
  t.true(hashes.length <= (size * 5) / 8 && hashes.length > (size * 5) / 16)
  t.is(size % SMALLEST_DIRECTORY, 0)
  const entryAt = (slot: number): bigint => memory.view.getBigUint64(at + (slot << DIRECTORY_ENTRY_SHIFT), true)
  for (const [i, hash] of hashes.entries()) {
    let slot = hash & (size - 1)
    const wanted = (BigInt(hash) << 32n) | BigInt(placed[i]!)
    while (entryAt(slot) !== wanted && entryAt(slot) !== 0n) slot = (slot + 1) & (size - 1)
    if (entryAt(slot) !== wanted) t.fail(`row ${i} of hash ${hash}`)
  }
})

test('a join finds each of its rows in the chain of its hash, and its tags and its filter have the hashes of all and of few others', (t) => {
  const random = new Random(37)
  for (const count of [0, 1, 10, 11, 16, 17, 2000]) {
    const { memory, kernels, table, rows } = fixture()
    const before = memory.bytesInUse
    const hashes = Array.from({ length: count }, () => random.integer(0, 0xffffffff))
    // Some have the hash of another.
    for (let i = 1; i < count; i += 5) hashes[i] = hashes[i - 1]!
    const placed = hashes.map((hash) => {
      const row = kernels.storeAllocate(rows, 24) >>> 0
      memory.view.setUint32(row + JOIN_ROW_HASH, hash, true)
      return row
    })
    t.is(kernels.joinFinish(table, 24), count)
    const word = (at: number): number => memory.view.getUint32(at, true)
    const [size, last] = [word(table + TABLE_MASK) + 1, word(table + JOIN_FILTER_LAST)]
    t.true(size >= 16 && size >= count + (count >> 1) && (size === 16 || size < 3 * count), `${size} for ${count}`)
    t.true(last + 1 >= 128 && last + 1 >= 8 * count && (last === 127 || last + 1 < 16 * count), `${last} for ${count}`)
    const slotOf = (hash: number): number =>
      word(table + TABLE_DIRECTORY) + (((hash & (size - 1)) >>> 0) << DIRECTORY_ENTRY_SHIFT)
    const inFilter = (hash: number): boolean => {
      const bit = (hash & last) >>> 0
      return ((memory.bytes[word(table + JOIN_FILTER) + (bit >>> 3)]! >> (bit & 7)) & 1) === 1
    }
    for (const [i, hash] of hashes.entries()) {
      const chain: number[] = []
      for (let row = word(slotOf(hash)); row !== 0; row = word(row + JOIN_ROW_NEXT)) chain.push(row)
      t.true(chain.includes(placed[i]!), `row ${i} of ${count}`)
      t.true(inFilter(hash))
      const tags = chain.reduce((bits, row) => bits | (1 << (word(row + JOIN_ROW_HASH) >>> JOIN_TAG_SHIFT)), 0)
      t.is(word(slotOf(hash) + 4), tags >>> 0)
    }
    const others = Array.from({ length: 2000 }, () => random.integer(0, 0xffffffff))
    t.true(others.filter(inFilter).length < 400)
    kernels.tableRelease(table)
    t.is(memory.bytesInUse, before)
  }
})

/** A ref of each kind: at 8, at 24 with a bit of the length that says whether it is one, and in cells at 32. */
const REFS = [
  [8, REF],
  [24, REF_IF_LONG],
  [32, REF_IN_CELLS],
] as const
const LENGTH_AT = [12, 28, 40]
const WIDTH = 48

test('rows go into pages, out of them at another address and into parts with all bytes that their refs lead to', (t) => {
  const random = new Random(41)
  const of = fixture()
  const { memory, kernels, rows, strings } = of
  const { view } = memory
  const refs = memory.allocate(4 + 8 * REFS.length)
  view.setUint32(refs, REFS.length, true)
  for (const [i, [offset, kind]] of REFS.entries()) {
    view.setUint32(refs + 4 + 8 * i, offset, true)
    view.setUint32(refs + 8 + 8 * i, kind, true)
  }
  const count = 400
  const texts = Array.from({ length: count }, () =>
    REFS.map(() => Buffer.alloc(random.pick([0, 0, 1, 8, 31, 200]), random.integer(1, 255))),
  )
  const from = memory.allocate(256)
  for (const [number, three] of texts.entries()) {
    const row = kernels.storeAllocate(rows, WIDTH) >>> 0
    memory.bytes.fill(0, row, row + WIDTH)
    memory.view.setUint32(row, number, true)
    memory.view.setUint32(row + JOIN_ROW_HASH, (number * 0x9e3779b1) >>> 0, true)
    for (const [i, text] of three.entries()) {
      memory.bytes.set(text, from)
      memory.view.setUint32(row + REFS[i]![0], kernels.storeBytes(strings, from, text.length), true)
      const isKey = REFS[i]![1] === REF_IF_LONG
      memory.view.setUint32(row + LENGTH_AT[i]!, isKey ? (text.length | LONG_TEXT) >>> 0 : text.length, true)
    }
    // Where a short key lies there is no ref.
    if (three[1]!.length === 0) memory.bytes.fill(0x61, row + 24, row + 32)
  }
  const check = (row: number, what: string): number => {
    const number = memory.view.getUint32(row, true)
    for (const [i, text] of texts[number]!.entries()) {
      const at = memory.view.getUint32(row + REFS[i]![0], true)
      if (text.length === 0) t.is(at, REFS[i]![1] === REF_IF_LONG ? 0x61616161 : 0)
      else if (!text.equals(memory.bytes.subarray(at, at + text.length))) t.fail(`${what} ${number}, ${i}`)
    }
    return number
  }
  const list = memory.allocate(4 * count)
  t.is(kernels.rowsList(rows, WIDTH, list), count)
  const sizeOf = (i: number): number => kernels.pageBytes(memory.view.getUint32(list + 4 * i, true), WIDTH, refs)
  for (const [i, three] of texts.entries()) t.is(sizeOf(i), WIDTH + Buffer.concat(three).length)
  // Room for three rows to the byte, for one byte less, and for more.
  const three = sizeOf(0) + sizeOf(1) + sizeOf(2)
  for (const [room, fitting] of [
    [three, 3],
    [three - 1, 2],
    [WIDTH - 1, 0],
    [50_000, undefined],
  ] as const) {
    const page = memory.allocate(room)
    const packed = kernels.pagePack(list, 4, count, WIDTH, refs, page, room)
    const [packedRows, bytes] = [Number(packed & 0xffffffffn), Number(packed >> 32n)]
    if (fitting !== undefined) t.is(packedRows, fitting)
    t.is(bytes, Buffer.concat(texts.slice(0, packedRows).flat()).length)
    const moved = memory.allocate(room + 64) + 48
    memory.bytes.copyWithin(moved, page, page + room)
    kernels.pageTurnRefs(moved, packedRows, WIDTH, refs, moved + room)
    for (let i = 0; i < packedRows; i++) t.is(check(moved + i * WIDTH, 'of a page'), i)
    kernels.pageTurnRefs(moved, packedRows, WIDTH, refs, moved + room)
    t.deepEqual(memory.bytes.slice(moved, moved + room), memory.bytes.slice(page, page + room))
  }
  const parts = memory.allocate(PARTS_HEADER_BYTES + PARTS * TABLE_BYTES)
  memory.bytes.fill(0, parts, parts + PARTS_HEADER_BYTES + PARTS * TABLE_BYTES)
  memory.view.setUint32(parts + PARTS_SHIFT, 28, true)
  for (const [chunk, bytes] of chunksOf(of, rows))
    kernels.rowsDivide(chunk + CHUNK_HEADER_BYTES, bytes / WIDTH, WIDTH, refs, parts)
  // The parts have copies: what they were made of can go.
  for (const [chunk, bytes] of chunksOf(of, strings)) memory.bytes.fill(0, chunk + 16, chunk + 16 + bytes)
  const seen: number[] = []
  for (let part = 0; part < PARTS; part++) {
    const store = parts + PARTS_HEADER_BYTES + part * TABLE_BYTES + TABLE_ROW_STORE
    for (const [chunk, bytes] of chunksOf(of, store))
      for (let row = chunk + CHUNK_HEADER_BYTES; row < chunk + CHUNK_HEADER_BYTES + bytes; row += WIDTH) {
        const number = check(row, 'of a part')
        t.is(((number * 0x9e3779b1) >>> 0) >>> 28, part)
        seen.push(number)
      }
  }
  t.deepEqual(
    seen.toSorted((a, b) => a - b),
    texts.map((_, i) => i),
  )
})

test('a chunk is filled to its last byte and no further, by rows, by bytes that grow in place and by bytes that are replaced', (t) => {
  const first = 4096 - CHUNK_HEADER_BYTES
  const fresh = () => {
    const of = fixture()
    const sizes = () => chunksOf(of, of.rows).map(([, bytes]) => bytes)
    return { ...of, sizes, size: () => of.memory.view.getUint32(of.rows + STORE_SIZE, true) }
  }
  const filled = fresh()
  for (const [size, chunks] of [
    [first - 8, [first - 8]],
    [8, [first]],
    [8, [first, 8]],
  ] as const) {
    filled.kernels.storeAllocate(filled.rows, size)
    t.deepEqual(filled.sizes(), chunks)
  }
  const large = fresh()
  large.kernels.storeAllocate(large.rows, 5000)
  t.is(large.size(), 5000 + CHUNK_HEADER_BYTES)
  // Before what grows lies a word with its capacity.
  for (const [length, chunks] of [
    [first - 4, 1],
    [first - 3, 2],
  ] as const) {
    const grown = fresh()
    const at = grown.kernels.storeGrown(grown.rows, 0, 0, 100) >>> 0
    const then = grown.kernels.storeGrown(grown.rows, at, 100, length - 100) >>> 0
    t.is(then === at, chunks === 1)
    t.is(grown.sizes().length, chunks)
  }
  const replaced = fresh()
  const from = replaced.memory.allocate(256)
  const at = replaced.kernels.storeReplaced(replaced.rows, 0, from, 100) >>> 0
  for (const [length, isMoved] of [
    [100, false],
    [93, false],
    [0, false],
    [101, true],
  ] as const)
    t.is(replaced.kernels.storeReplaced(replaced.rows, at, from, length) >>> 0 !== at, isMoved, `${length}`)
})
