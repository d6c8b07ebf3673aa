import test from 'ava'
import { snappyUncompress } from 'hyparquet'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { decompressRecords } from '../../connectors/kafka/reader/decompress.js'
import { fetchResponse } from '../../connectors/kafka/reader/fetch-response.js'
import { compressRecords } from '../../connectors/kafka/sink/compress.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { fetched } from '../support/fuzz/decoders/kafka-fetches.js'
import { drained } from '../support/kafka.js'
import { JAVA_RECORDS, javaBatches, javaRecord, readerOf } from '../support/kafka-batches.js'
import { Random } from '../support/random.js'

const HEAD_BYTES = 61
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const NUMBERS = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 }
const EXPECTED = Array.from({ length: JAVA_RECORDS }, (_, i) => javaRecord(i))

for (const codec of CODECS) {
  test(`batches that Kafka's Java producer compressed with ${codec} are read`, async (t) => {
    const memory = new LinearMemory()
    const before = memory.bytesInUse
    const records = await drained(readerOf(javaBatches(codec), memory), memory)
    t.deepEqual(
      records.map(({ key, value }) => ({ key, value })),
      EXPECTED,
    )
    t.is(records[999]!.timestamp, 1_700_000_000_999_000n)
    t.is(memory.bytesInUse, before)
  })

  test(`batches compressed with ${codec} and then damaged are read as they are or refused as corrupt`, async (t) => {
    const memory = new LinearMemory()
    const guard = memory.allocate(4096)
    memory.bytes.fill(0xa5, guard, guard + 4096)
    const before = memory.bytesInUse
    const whole = javaBatches(codec)
    let refused = 0
    for (let seed = 1; seed <= 250; seed++) {
      const random = new Random(seed)
      const damaged = damage(whole, random, memory)
      try {
        const records = await drained(readerOf(damaged, memory), memory)
        t.true(records.length <= JAVA_RECORDS, `seed ${seed}: ${records.length} records`)
      } catch (error) {
        refused++
        t.true(MillraceError.is(error), `seed ${seed}: ${error}`)
        const { condition } = error as MillraceError
        t.true(['CORRUPT_RECORD', 'UNSUPPORTED_FEATURE'].includes(condition), `seed ${seed}: ${error}`)
      }
      t.is(memory.bytesInUse, before, `seed ${seed}: memory is kept`)
    }
    t.true(refused > 100, `only ${refused} of them were refused`)
    t.true(memory.bytes.subarray(guard, guard + 4096).every((byte) => byte === 0xa5))
  })

  test(`decompressing damaged ${codec} neither depends on bytes behind the input nor writes behind the output`, (t) => {
    const whole = javaBatches(codec).subarray(HEAD_BYTES)
    for (let seed = 1; seed <= 250; seed++) {
      const random = new Random(seed)
      const data = Buffer.from(whole.subarray(0, random.integer(0, random.chance(0.2) ? 40 : whole.length)))
      for (let i = random.integer(0, 4); i > 0 && data.length > 0; i--) {
        data[random.integer(0, Math.min(data.length, random.chance(0.5) ? 64 : data.length) - 1)] = random.integer(
          0,
          255,
        )
      }
      const [zeros, ones] = [decompressed(codec, data, 0), decompressed(codec, data, 255)]
      t.deepEqual(zeros, ones, `seed ${seed}`)
    }
  })
}

/** Flips, cuts and overwrites behind the head, or in the head; length and checksum fit again, so that the damage gets through. */
function damage(whole: Buffer, random: Random, memory: LinearMemory): Buffer {
  let batch = Buffer.from(whole.subarray(0, 12 + whole.readInt32BE(8)))
  if (random.chance(0.3)) batch = batch.subarray(0, random.integer(HEAD_BYTES, batch.length))
  for (let i = random.integer(1, 5); i > 0; i--) {
    const from = random.chance(0.1) ? 21 : HEAD_BYTES
    if (batch.length <= from) break
    const at = random.integer(from, random.chance(0.5) ? Math.min(from + 40, batch.length - 1) : batch.length - 1)
    batch[at] = random.chance(0.5) ? batch[at]! ^ (1 << random.integer(0, 7)) : random.integer(0, 255)
  }
  batch.writeInt32BE(batch.length - 12, 8)
  const { crc32c } = memory.kernels
  const address = memory.allocate(batch.length + 16)
  memory.bytes.set(batch, address)
  batch.writeUInt32BE(crc32c(address + 21, batch.length - 21) >>> 0, 17)
  memory.release(address)
  return batch
}

const SLACK = 64
const GUARD = 256

/** What comes out with the bytes behind input and output filled in a certain way; throws when guards are overwritten. */
function decompressed(codec: (typeof CODECS)[number], data: Buffer, filling: number): Buffer | undefined {
  const memory = new LinearMemory()
  // Guards around everything the decompressor allocates, and known bytes in it.
  const kernels = memory.kernels
  const guards: number[] = []
  const guarded = {
    get bytes() {
      return memory.bytes
    },
    get view() {
      return memory.view
    },
    allocate(bytes: number): number {
      const address = memory.allocate(bytes + GUARD * 2)
      memory.bytes.fill(filling, address, address + bytes + GUARD * 2)
      guards.push(address, address + GUARD + bytes)
      return address + GUARD
    },
    reallocate: (): never => {
      throw new Error('not used')
    },
    release: () => undefined,
    share: memory.share,
    count: (owner: string) => memory.count(owner),
  }
  const address = guarded.allocate(data.length + SLACK)
  memory.bytes.set(data, address)
  const made = decompressRecords(NUMBERS[codec], { address, bytes: data.length }, guarded, kernels)
  for (const guard of guards) {
    if (memory.bytes.subarray(guard, guard + GUARD).some((byte) => byte !== filling)) throw new Error('a guard is hit')
  }
  return made && Buffer.from(memory.bytes.slice(made.address, made.address + made.bytes))
}

/** Data of several kinds: random, repetitive, mixed, all the same. */
function sample(random: Random): Buffer {
  const bytes = Buffer.alloc(random.integer(0, random.chance(0.5) ? 300 : 200_000))
  const kind = random.integer(0, 3)
  for (let at = 0; at < bytes.length; ) {
    const run = Math.min(bytes.length - at, random.integer(1, kind === 3 ? 70_000 : 200))
    if (kind > 0 && at > 0 && random.chance(0.8)) {
      const back = random.integer(1, Math.min(at, random.chance(0.3) ? 8 : 70_000))
      for (let i = 0; i < run; i++) bytes[at + i] = bytes[at + i - back]!
    } else for (let i = 0; i < run; i++) bytes[at + i] = random.integer(0, kind === 2 ? 3 : 255)
    at += run
  }
  return bytes
}

for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`what the sink compresses with ${codec} decompresses to the same`, (t) => {
    const memory = new LinearMemory()
    const writer = memory.kernels
    const before = memory.bytesInUse
    for (let seed = 1; seed <= 120; seed++) {
      const data = sample(new Random(seed))
      const source = memory.allocate(data.length + SLACK)
      memory.bytes.set(data, source)
      const made = compressRecords(codec, source, data.length, HEAD_BYTES, memory, writer)
      if (codec !== 'gzip') t.true(made.bytes <= writer.lzBound(data.length), `seed ${seed}`)
      const place = memory.allocate(made.bytes + SLACK)
      memory.bytes.copyWithin(place, made.address + HEAD_BYTES, made.address + HEAD_BYTES + made.bytes)
      if (codec === 'snappy' && data.length > 0) {
        const block = memory.bytes.slice(place + 20, place + 20 + memory.view.getInt32(place + 16, false))
        const first = new Uint8Array(Math.min(data.length, 65_536))
        snappyUncompress(block, first)
        t.true(Buffer.from(first).equals(data.subarray(0, first.length)), `seed ${seed}: another reader disagrees`)
      }
      const back = decompressRecords(NUMBERS[codec], { address: place, bytes: made.bytes }, memory, memory.kernels)
      if (back === undefined) return t.fail(`seed ${seed}: it is malformed`)
      const got = Buffer.from(memory.bytes.slice(back.address, back.address + back.bytes))
      t.true(got.equals(data), `seed ${seed}: it differs`)
      for (const address of [source, made.address, place, back.address]) memory.release(address)
    }
    t.is(memory.bytesInUse, before)
  })
}

test('a snappy block without a frame, as other clients write it, is read', (t) => {
  const memory = new LinearMemory()
  const address = memory.allocate(6 + SLACK)
  memory.bytes.set(Buffer.from([4, 12, 0x61, 0x62, 0x63, 0x64]), address)
  const made = decompressRecords(2, { address, bytes: 6 }, memory, memory.kernels)!
  t.is(Buffer.from(memory.bytes.slice(made.address, made.address + made.bytes)).toString(), 'abcd')
})

test('a batch that says it is bigger than any may be is refused before memory is taken for it', (t) => {
  const memory = new LinearMemory()
  const before = memory.bytesInUse
  const zstd = Buffer.from([
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0x00,
    0x58,
    ...Array.from({ length: 2000 }, () => [2, 0, 0x10, 0]).flat(),
  ])
  const snappy = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0])
  for (const [codec, data] of [
    [4, zstd],
    [2, snappy],
  ] as const) {
    const address = memory.allocate(data.length + SLACK)
    memory.bytes.set(data, address)
    t.is(decompressRecords(codec, { address, bytes: data.length }, memory, memory.kernels), undefined)
    memory.release(address)
  }
  t.is(memory.bytesInUse, before)
})

for (const form of ['name', 'id'] as const)
  test(`an answer to a Fetch by the ${form} of its topic says what it brings`, async (t) => {
    const response = fetchResponse(form === 'id' ? '0123456789abcdef0123456789abcdef' : undefined, 0)
    const records = javaBatches('lz4')
    const { value } = await response.decode(fetched(form, records, { aborted: [[7n, 3n]] }))
    t.is(value.endOffset, 1000n)
    t.deepEqual(value.aborted, [{ producerId: 7n, firstOffset: 3n }])
    t.true(value.records.equals(records))
    t.is((await response.decode(fetched(form, records, { errorCode: 1 }))).value.errorCode, 1)
  })
