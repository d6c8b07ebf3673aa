import test from 'ava'
import { SMALLEST_DIRECTORY } from '../../executor/kernels/interface/rows.js'
import { TABLE_BYTES } from '../../executor/kernels/interface/table.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'

const MULTIPLIER = 0x9e3779b97f4a7c15n
const LONGEST = 40
const WIDTH = 40

function fixture() {
  const memory = new LinearMemory()
  memory.use(memoryOf(64 << 20))
  return { memory, kernels: memory.kernels }
}

/** The hash of a text as it was in every version: partitions of checkpoints are divided by it. */
function hashOf(text: readonly number[]): bigint {
  let hash = BigInt(text.length)
  for (let at = 0; at < text.length; at += 8) {
    const word = text.slice(at, at + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    hash = BigInt.asUintN(64, (hash ^ word) * MULTIPLIER)
    hash ^= hash >> 32n
  }
  return hash
}

function wordOf(text: readonly number[]): bigint {
  if (text.length > 7) return (hashOf(text) >> 8n) | (255n << 56n)
  return text.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) | (BigInt(text.length) << 56n)
}

test('texts of any length have one hash and one word, and are equal when their bytes are, whatever lies behind them', (t) => {
  const { memory, kernels } = fixture()
  const random = new Random(7)
  const [a, b] = [memory.allocate(LONGEST + 16), memory.allocate(LONGEST + 16)]
  for (let length = 0; length <= LONGEST; length++) {
    const text = Array.from({ length }, () => random.integer(0, 256))
    for (const [at, behind] of [
      [a, 0xff],
      [b, 0],
    ] as const) {
      memory.bytes.fill(behind, at, at + LONGEST + 16)
      memory.bytes.set(text, at)
      t.is(BigInt.asUintN(64, kernels.stringWord(at, length)), wordOf(text), `the word of ${length} bytes`)
    }
    t.is(kernels.bytesEqual(a, b, length), 1, `${length} bytes`)
    for (let i = 0; i < length; i++) {
      memory.bytes[b + i]! ^= 0x80
      t.is(kernels.bytesEqual(a, b, length), 0, `byte ${i} of ${length}`)
      memory.bytes[b + i]! ^= 0x80
    }
  }
})

test('the row of a new group is zero to its end, also where other rows were, and what comes next is not touched', (t) => {
  const { memory, kernels } = fixture()
  const table = memory.allocate(TABLE_BYTES)
  const none = new Uint8Array(WIDTH)
  for (let round = 0; round < 2; round++) {
    memory.bytes.fill(0, table, table + TABLE_BYTES)
    kernels.groupTableInit(table)
    let last = 0
    for (let hash = 0; hash < SMALLEST_DIRECTORY; hash++) {
      const row = kernels.groupInsert(table, hash, WIDTH) >>> 0
      t.deepEqual(memory.bytes.slice(row, row + WIDTH), none)
      if (last > 0) t.true(memory.bytes.subarray(last, last + WIDTH).every((byte) => byte === 0xa5))
      memory.bytes.fill(0xa5, row, row + WIDTH)
      last = row
    }
    kernels.tableRelease(table)
  }
})
