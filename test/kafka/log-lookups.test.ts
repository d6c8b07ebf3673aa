import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { readBatchHeader } from '../../connectors/kafka/broker/log/record-batch.js'
import { Random } from '../support/random.js'
import { recordBatch } from '../support/record-batches.js'

interface Written {
  readonly offset: bigint
  readonly records: number
  readonly bytes: number
  readonly timestampMs: number
}

/** The first offsets of the batches in a slice, the last of which may be cut, and how many bytes it has. */
async function batchesIn(slice: Awaited<ReturnType<PartitionLog['slice']>>) {
  const pieces: Buffer[] = []
  for await (const piece of slice.read()) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  const offsets: bigint[] = []
  let at = 0
  for (let header = readBatchHeader(bytes, at); header; header = readBatchHeader(bytes, at)) {
    if (at + header.totalBytes > bytes.length) break
    offsets.push(header.baseOffset)
    at += header.totalBytes
  }
  return { offsets, bytes: bytes.length }
}

for (const seed of [31, 32]) {
  test(`offsets and times are found in a log as one finds them batch by batch (seed ${seed})`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-log-'))
    const random = new Random(seed)
    const open = () => PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    let log = await open()
    const written: Written[] = []
    const checkTime = async (timestampMs: number): Promise<void> => {
      const first = written.find((batch) => batch.timestampMs >= timestampMs)
      const found = await log.offsetByTimestamp(BigInt(timestampMs))
      const expected = first && { offset: first.offset, timestampMs: BigInt(first.timestampMs) }
      t.deepEqual(found, expected, `at ${timestampMs}`)
    }
    const checkSlice = async (offset: bigint, maxBytes: number): Promise<void> => {
      const from = written.findIndex((batch) => batch.offset + BigInt(batch.records) > offset)
      const slice = await log.slice(offset, maxBytes)
      const { offsets, bytes } = await batchesIn(slice)
      t.is(bytes, slice.bytes)
      let room = Math.max(maxBytes, written[from]!.bytes)
      const expected: bigint[] = []
      for (const batch of written.slice(from)) {
        room -= batch.bytes
        if (room < 0) break
        expected.push(batch.offset)
      }
      t.deepEqual(offsets, expected)
      t.true(bytes <= Math.max(maxBytes, written[from]!.bytes), 'no more than is wanted, but a whole batch')
      const behind = written.find((batch) => batch.offset > offsets.at(-1)!)
      t.true(slice.until <= log.endOffset && (!behind || slice.until >= behind.offset), `${slice.until}`)
    }
    for (let step = 0; step < 200; step++) {
      if (random.chance(0.02)) {
        await log.close()
        log = await open()
      }
      const records = random.integer(1, 5)
      const size = random.chance(0.1) ? random.integer(20_000, 90_000) : random.integer(0, 3_000)
      // Times go forth and back, and many are the same.
      const timestampMs = 1_000 + 10 * Math.floor(step / 20) + random.integer(-30, 10)
      const bytes = recordBatch({
        values: Array.from({ length: records }, () => 'x'.repeat(size / records)),
        timestampMs,
      })
      const offset = log.endOffset
      await log.append(bytes)
      written.push({ offset, records, bytes: bytes.length, timestampMs })
      const one = random.pick(written)
      for (const near of [one.timestampMs - 1, one.timestampMs, one.timestampMs + 1]) await checkTime(near)
      const at = one.offset + BigInt(random.integer(0, one.records - 1))
      await checkSlice(at, random.pick([1, one.bytes - 1, one.bytes, one.bytes + 1, 50_000, 200_000]))
    }
    const latest = Math.max(...written.map((batch) => batch.timestampMs))
    for (const timestampMs of [0, latest, latest + 1]) await checkTime(timestampMs)
    t.is((await log.slice(log.endOffset, 1000)).bytes, 0)
    await log.close()
    await rm(folder, { recursive: true })
  })
}
