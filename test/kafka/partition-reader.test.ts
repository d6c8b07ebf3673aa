import { gzipSync } from 'node:zlib'
import test from 'ava'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import { HEAD_BYTES } from '../../connectors/kafka/reader/record-batch.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { drained, recordsOf } from '../support/kafka.js'
import { scriptedReader } from '../support/kafka-batches.js'
import { recordBatch, sealed } from '../support/record-batches.js'

const OFFSET_OUT_OF_RANGE = 1
const TRANSACTIONAL = 16
const CONTROL = 32
/** Far more than a test takes. */
const FOR_EVER_MS = 600_000

const batchAt = (baseOffset: bigint, ...values: readonly string[]) => ({
  endOffset: 100n,
  records: recordBatch({ baseOffset, values }),
})

test('a gap up to the end of what is to be read is its end: nothing more is asked for', async (t) => {
  const memory = new LinearMemory()
  const { reader, signals } = scriptedReader({ until: 5n, memory, giveUpMs: FOR_EVER_MS }, (fetch) =>
    fetch === 0 ? batchAt(0n, 'a', 'b') : { endOffset: 5n },
  )
  t.deepEqual(
    (await drained(reader, memory)).map(({ value }) => value),
    ['a', 'b'],
  )
  t.is(signals.length, 2)
})

test.serial('what is missing is waited for anew whenever something has come', async (t) => {
  const { now } = Date
  let ms = 1000
  Date.now = () => ms
  try {
    const memory = new LinearMemory()
    // Twice nothing comes for two thirds of the patience.
    const { reader } = scriptedReader({ until: 4n, memory, giveUpMs: 3000 }, (fetch) => {
      ms += fetch % 3 === 1 ? 2000 : 0
      return fetch % 3 < 2 ? {} : batchAt(BigInt(Math.floor(fetch / 3) * 2), `${fetch}a`, `${fetch}b`)
    })
    const values = (await drained(reader, memory)).map(({ value }) => value)
    t.deepEqual(values, ['2a', '2b', '5a', '5b'])

    const { reader: hopeless } = scriptedReader({ until: 4n, memory, giveUpMs: 3000 }, () => {
      ms += 1000
      return { endOffset: 2n }
    })
    const error = await t.throwsAsync(drained(hopeless, memory))
    t.like(error, { condition: 'KAFKA_DATA_LOSS', parameters: { reason: 'it ends at offset 2, before 4' } })
  } finally {
    Date.now = now
  }
})

test('a producer whose transaction was given up before a gap is believed behind it', async (t) => {
  const memory = new LinearMemory()
  const ofProducer = (baseOffset: bigint, value: string): Buffer =>
    recordBatch({ baseOffset, values: [value], producerId: 7n, producerEpoch: 0, attributes: TRANSACTIONAL })
  const lenient = { until: 22n, memory, failOnDataLoss: false, earliest: 20n }
  const { reader } = scriptedReader(lenient, (fetch) => {
    if (fetch === 0)
      return { endOffset: 22n, records: ofProducer(0n, 'given up'), aborted: [{ producerId: 7n, firstOffset: 0n }] }
    if (fetch === 1) return { errorCode: OFFSET_OUT_OF_RANGE }
    return { endOffset: 22n, records: Buffer.concat([ofProducer(20n, 'kept'), ofProducer(21n, 'kept too')]) }
  })
  t.deepEqual(
    (await drained(reader, memory)).map(({ value, offset }) => [value, offset]),
    [
      ['kept', 20n],
      ['kept too', 21n],
    ],
  )
})

test('the records of a compressed batch stay where they are until all of them were read', async (t) => {
  const memory = new LinearMemory()
  const before = memory.bytesInUse
  const count = MAX_BATCH_ROWS + 100
  const plain = recordBatch({ values: Array.from({ length: count }, (_, i) => `value ${i}`), attributes: 1 })
  const packed = Buffer.concat([plain.subarray(0, HEAD_BYTES), gzipSync(plain.subarray(HEAD_BYTES))])
  packed.writeInt32BE(packed.length - 12, 8)
  const records = sealed(packed)
  const until = BigInt(count)
  const { reader } = scriptedReader({ until, memory }, () => ({ endOffset: until, records }))
  t.is((await reader.next())?.rows, MAX_BATCH_ROWS)
  const rest = (await reader.next())!
  // Whatever was freed is used by others now.
  const others = [1, 2].map(() => memory.allocate(plain.length))
  for (const other of others) memory.bytes.fill(255, other, other + plain.length)
  t.deepEqual(
    recordsOf(rest, memory).map(({ value }) => value),
    Array.from({ length: 100 }, (_, i) => `value ${MAX_BATCH_ROWS + i}`),
  )
  t.is(await reader.next(), undefined)
  await reader.close()
  for (const other of others) memory.release(other)
  t.is(memory.bytesInUse, before)
})

test('transactions that were given up may be told in any order, and each ends with its marker', async (t) => {
  const memory = new LinearMemory()
  const one = (baseOffset: bigint, value: string, attributes = TRANSACTIONAL): Buffer =>
    recordBatch({ baseOffset, values: [value], producerId: 7n, producerEpoch: 0, attributes })
  const marker = (baseOffset: bigint): Buffer => one(baseOffset, '', TRANSACTIONAL | CONTROL)
  const records = [one(0n, 'given up'), marker(1n), one(2n, 'kept'), marker(3n), one(4n, 'given up, too'), marker(5n)]
  const { reader } = scriptedReader({ until: 6n, memory }, () => ({
    endOffset: 6n,
    records: Buffer.concat(records),
    aborted: [4n, 0n].map((firstOffset) => ({ producerId: 7n, firstOffset })),
  }))
  t.deepEqual(
    (await drained(reader, memory)).map(({ value }) => value),
    ['kept'],
  )
})

test('where data may be lost a partition that begins no later than what is not there, or behind all of it, is read no further', async (t) => {
  for (const earliest of [0n, 2n, 9n, 12n]) {
    const memory = new LinearMemory()
    const { reader } = scriptedReader({ until: 9n, memory, failOnDataLoss: false, earliest }, (fetch) => {
      if (fetch > 1) throw new Error('it is asked again')
      return fetch === 0 ? { ...batchAt(0n, 'a', 'b') } : { errorCode: OFFSET_OUT_OF_RANGE }
    })
    t.deepEqual(
      (await drained(reader, memory)).map(({ value }) => value),
      ['a', 'b'],
    )
  }
})

test('records from before those that were asked for, cut, without a whole head, or less than none of them, are refused', async (t) => {
  const memory = new LinearMemory()
  const { reader: behind } = scriptedReader({ until: 9n, memory }, (fetch) => batchAt(0n, ...['a', 'b'].slice(fetch)))
  await t.throwsAsync(drained(behind, memory), { message: /CORRUPT_RECORD.*it lies before what was asked for/ })
  const short = recordBatch({ values: ['a'] }).subarray(0, 32)
  short.writeInt32BE(20, 8)
  const { reader: headless } = scriptedReader({ until: 9n, memory }, () => ({ endOffset: 9n, records: short }))
  await t.throwsAsync(drained(headless, memory), { message: /CORRUPT_RECORD.*a length makes no sense/ })
  // It would count as the end of what is to be read.
  const cut = recordBatch({ values: ['a'] }).subarray(0, -1)
  const { reader: ofCut } = scriptedReader({ until: 9n, memory }, () => ({ endOffset: 9n, records: cut }))
  await t.throwsAsync(drained(ofCut, memory), { message: /CORRUPT_RECORD.*a record batch is cut/ })
  const batch = batchAt(0n, 'a')
  batch.records.writeInt32BE(-1, 57)
  const { reader: negative } = scriptedReader({ until: 9n, memory }, () => ({
    ...batch,
    records: sealed(batch.records),
  }))
  await t.throwsAsync(drained(negative, memory), { message: /CORRUPT_RECORD.*its count is negative/ })
})

test('the Fetch that is under way ends when the reader is closed', async (t) => {
  const memory = new LinearMemory()
  const { reader, signals } = scriptedReader({ until: 50n, memory }, () => batchAt(0n, 'a'))
  await reader.next()
  t.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false, false],
  )
  reader.close()
  t.true(signals.every(({ aborted }) => aborted))
})

test('the first Fetch of a partition whose turn has not come brings few bytes, those behind it many', async (t) => {
  const asked = async (isAhead: boolean): Promise<readonly number[]> => {
    const memory = new LinearMemory()
    const { reader, mostBytes } = scriptedReader({ until: 3n, memory, isAhead }, (fetch) => batchAt(BigInt(fetch), 'a'))
    await drained(reader, memory)
    return mostBytes
  }
  const [few, many] = [192 * 1024, 4 * 1024 * 1024]
  t.deepEqual(await asked(true), [few, many, many])
  t.deepEqual(await asked(false), [many, many, many])
})
