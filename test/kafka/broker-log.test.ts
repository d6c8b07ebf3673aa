import fs, {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { MAX_APPEND_BYTES, PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { TopicStore } from '../../connectors/kafka/broker/log/topic-store.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { FullDisk } from '../support/full-disk.js'
import { openHandles } from '../support/open-handles.js'
import { recordBatch, sealed } from '../support/record-batches.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

async function readAll(log: PartitionLog, offset = 0n): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of (await log.slice(offset, 1 << 30)).read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('a batch with a wrong checksum, number of records or kind is refused and leaves the log as it was', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    const good = (): Buffer => recordBatch({ values: ['a', 'b'] })
    await log.append(good())
    const damaged = good()
    damaged[damaged.length - 2]! ^= 1
    const cases: readonly (readonly [string, Buffer, number])[] = [
      ['a flipped bit', damaged, ERROR.corruptMessage],
      [
        'a length of nothing, of which any checksum is right',
        withInt32(withInt32(good(), 8, -12), 17, 0),
        ERROR.corruptMessage,
      ],
      ['an end before the start', sealed(withInt32(good(), 23, -1000)), ERROR.invalidRecord],
      ['an end far away', sealed(withInt32(good(), 23, 1_000_000)), ERROR.invalidRecord],
      ['no records', sealed(withInt32(withInt32(good(), 23, -1), 57, 0)), ERROR.invalidRecord],
      ['a control batch', recordBatch({ values: ['a'], attributes: 0x20 }), ERROR.invalidRecord],
      [
        'a transactional batch that no coordinator knows',
        recordBatch({ values: ['a'], attributes: 0x10 }),
        ERROR.invalidTxnState,
      ],
      ['an old format', sealed(Buffer.from(good().fill(1, 16, 17))), ERROR.unsupportedForMessageFormat],
      ['a good batch before a bad one', Buffer.concat([good(), damaged]), ERROR.corruptMessage],
    ]
    for (const [name, bytes, error] of cases) {
      t.deepEqual(await log.append(bytes), { error, baseOffset: -1n }, name)
      t.is(log.endOffset, 2n, name)
    }
    t.deepEqual(await log.append(good()), { error: ERROR.none, baseOffset: 2n })
    t.is((await readAll(log)).length, 2 * good().length)
    await log.close()
  }))

test('several batches of one append have the offsets behind one another', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    const sizes = [3, 1, 2]
    const append = () => log.append(Buffer.concat(sizes.map((size) => recordBatch({ values: Array(size).fill('a') }))))
    t.deepEqual(await append(), { error: ERROR.none, baseOffset: 0n })
    t.deepEqual(await append(), { error: ERROR.none, baseOffset: 6n })
    t.is(log.endOffset, 12n)
    const bytes = await readAll(log)
    const bases: bigint[] = []
    for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) bases.push(bytes.readBigInt64BE(at))
    t.deepEqual(bases, [0n, 3n, 4n, 6n, 9n, 10n])
    await log.close()
  }))

test('readers of what is committed are told of nothing behind the first transaction that is open', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    const small = (): Buffer => recordBatch({ values: ['a'] })
    const large = (): Buffer => recordBatch({ values: ['x'.repeat(100_000)] })
    const open = recordBatch({ values: ['a'], attributes: 0x10, producerId: 7n, producerEpoch: 0, baseSequence: 0 })
    await log.append(small())
    await log.append(open, () => ERROR.none)
    // The index knows a place behind the transaction, and none at it.
    for (let i = 0; i < 3; i++) await log.append(large())
    t.is(log.lastStableOffset, 1n)
    const slice = await log.slice(0n, 1 << 30, true)
    t.deepEqual([slice.until, slice.bytes], [1n, small().length])
    t.is((await log.slice(1n, 1 << 30, true)).bytes, 0)
    await log.close()
  }))

test('who waits for an append is woken by a marker when all that it decides may be read', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(2), join(folder, 'events.log'))
    const producer = { producerId: 7n, producerEpoch: 0 }
    for (const [sequence, outcome] of (['abort', 'commit'] as const).entries()) {
      const of = { values: ['a'], attributes: 0x10, ...producer, baseSequence: sequence }
      await log.append(recordBatch(of), () => ERROR.none)
      const seen: bigint[] = []
      log.onAppend(() => seen.push(log.lastStableOffset))
      await log.appendMarker({ ...producer, outcome, timestampMs: 0n })
      t.deepEqual(seen, [log.endOffset], outcome)
    }
    await log.close()
  }))

test('a log that is closed ends with what was to be appended, and leaves nothing open', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-log-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const files = new OpenFiles(2)
  const path = join(folder, 'events.log')
  const log = await PartitionLog.open(files, path)
  const producer = { producerId: 7n, producerEpoch: 0 }
  await log.append(recordBatch({ values: ['a'], attributes: 0x10, ...producer, baseSequence: 0 }), () => ERROR.none)
  await log.appendMarker({ ...producer, outcome: 'abort', timestampMs: 0n })
  t.is(openHandles(folder).length, 2, 'the log, and what was given up in it')
  const appended = Array.from({ length: 50 }, () => log.append(recordBatch({ values: ['a'] })))
  await log.close()
  t.is(log.endOffset, 52n)
  await Promise.all(appended)
  t.deepEqual(openHandles(folder), [])
})

test('an append that fails half way is not there, and the next one takes its place', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'log')
    const disk = new FullDisk(4)
    const log = await PartitionLog.open(disk, path)
    const batch = (value: string): Buffer => recordBatch({ values: [value] })
    await log.append(batch('first'))
    for (const room of [0, 1, 40, batch('lost').length - 1]) {
      disk.room = room
      await t.throwsAsync(log.append(batch('lost')), { message: /no space/ })
      t.is(log.endOffset, 1n)
    }
    // What is left of a long one reaches beyond the next.
    disk.room = 400
    await t.throwsAsync(log.append(batch('lost'.repeat(200))), { message: /no space/ })
    disk.room = Number.POSITIVE_INFINITY
    t.is((await log.append(batch('second'))).baseOffset, 1n)
    const whole = await readAll(log)
    t.is(whole.length, batch('first').length + batch('second').length)
    t.deepEqual(await readAll(log, 1n), whole.subarray(batch('first').length))
    await log.close()
    t.is((await stat(path)).size, whole.length)
    const again = await PartitionLog.open(new OpenFiles(1), path)
    t.is(again.endOffset, 2n)
    await again.close()
  }))

test('what a crash tore is cut off when the log is opened, damage beyond that is refused', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'log')
    const log = await PartitionLog.open(new OpenFiles(1), path)
    const batch = (): Buffer => recordBatch({ values: ['x'.repeat(1000)] })
    for (let i = 0; i < 3; i++) await log.append(batch())
    await log.close()
    const bytes = await readFile(path)
    const open = async (content: Buffer): Promise<bigint> => {
      await writeFile(path, content)
      const opened = await PartitionLog.open(new OpenFiles(1), path)
      await opened.close()
      return opened.endOffset
    }
    t.is(await open(bytes), 3n)
    t.is(await open(bytes.subarray(0, bytes.length - 1)), 2n, 'a batch that is cut')
    t.is((await stat(path)).size, 2 * batch().length)
    t.is(await open(Buffer.concat([bytes, Buffer.alloc(MAX_APPEND_BYTES, 1)])), 3n, 'as much as one append may be')
    const zeroed = Buffer.from(bytes)
    zeroed.fill(0, bytes.length - 500)
    t.is(await open(zeroed), 2n, 'a last batch whose bytes did not all arrive')
    await writeFile(path, bytes)
    await appendFile(path, Buffer.alloc(MAX_APPEND_BYTES + 1, 1))
    await t.throwsAsync(PartitionLog.open(new OpenFiles(1), path), { message: /CORRUPT_RECORD.*byte 32/ })
    t.is((await stat(path)).size, bytes.length + MAX_APPEND_BYTES + 1, 'nothing is cut off')
    t.deepEqual(openHandles(folder), [], 'what was refused is not left open')
  }))

test('an offset commit that fails changes nothing and does not hinder the next one', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const disk = new FullDisk(1)
    const store = await OffsetStore.open(path, disk)
    const line = (offset: string) => ({ group: 'g', topic: 't', partition: 0, offset, metadata: null })
    await store.commit([line('1')])
    disk.room = 10
    await t.throwsAsync(store.commit([line('2')]), { message: /no space/ })
    t.is(store.get('g', 't', 0)?.offset, '1')
    disk.room = Number.POSITIVE_INFINITY
    await store.commit([line('3')])
    await store.close()
    const again = await OffsetStore.open(path)
    t.is(again.get('g', 't', 0)?.offset, '3')
    await again.commit([
      { ...line('4'), topic: 'u' },
      { ...line('5'), group: 'h' },
    ])
    await mkdir(`${path}.tmp`)
    await t.throwsAsync(again.forget('t'), { code: 'EISDIR' })
    t.is(again.get('g', 't', 0)?.offset, '3', 'what could not be forgotten is known as before')
    await rmdir(`${path}.tmp`)
    await again.forget('t')
    const check = (forgotten: OffsetStore): void => {
      t.is(forgotten.get('g', 't', 0), undefined)
      t.is(forgotten.get('g', 'u', 0)?.offset, '4')
      t.deepEqual(forgotten.groups(), ['g'], 'a group without offsets is none')
    }
    check(again)
    await again.close()
    const last = await OffsetStore.open(path)
    check(last)
    await last.close()
  }))

test.serial(
  'a deletion that is cut short leaves the first partitions of the topic, which has its id, and nothing open',
  (t) =>
    withFolder(async (folder) => {
      const store = await TopicStore.open(folder)
      const { id } = await store.create('events', 3)
      const { rename } = fs
      let left = 1
      const cut = (...args: Parameters<typeof rename>): Promise<void> =>
        left-- > 0 ? rename(...args) : Promise.reject(new Error('cut short'))
      Object.assign(fs, { rename: cut })
      syncBuiltinESMExports()
      try {
        await t.throwsAsync(store.delete('events'), { message: 'cut short' })
      } finally {
        Object.assign(fs, { rename })
        syncBuiltinESMExports()
      }
      t.deepEqual(openHandles(folder), [])
      await store.close()
      const again = await TopicStore.open(folder)
      const { id: found, partitions } = again.topics().get('events')!
      t.deepEqual([found, partitions.length], [id, 2])
      await again.close()
    }),
)

test('a topic whose id was not written before a crash gets one that it keeps', (t) =>
  withFolder(async (folder) => {
    const store = await TopicStore.open(folder)
    await store.create('events', 2)
    await store.close()
    await rm(join(folder, 'events-0', 'partition.metadata'))
    const ids: Buffer[] = []
    for (let start = 0; start < 2; start++) {
      const again = await TopicStore.open(folder)
      ids.push(again.topics().get('events')!.id)
      await again.close()
    }
    t.deepEqual(ids[1], ids[0])
  }))

test('a topic that cannot be created whole is not there', (t) =>
  withFolder(async (folder) => {
    const store = await TopicStore.open(folder)
    await writeFile(join(folder, 'events-3'), 'a file where a directory is needed')
    await t.throwsAsync(store.create('events', 5), { code: 'EEXIST' })
    t.false(store.topics().has('events'))
    const { id } = await store.create('other', 2)
    await store.grow('other', 4)
    await store.close()
    const again = await TopicStore.open(folder)
    t.false(again.topics().has('events'))
    t.is(again.topics().get('other')?.partitions.length, 4)
    t.deepEqual(again.topics().get('other')?.id, id)
    await again.delete('other')
    t.notDeepEqual((await again.create('other', 1)).id, id, 'a later topic of the same name is another one')
    await again.close()
  }))

test('a topic that could not be created is created anew in files of its own, and logs that are refused leave no others open', (t) =>
  withFolder(async (folder) => {
    const store = await TopicStore.open(folder)
    await writeFile(join(folder, 'events-2'), 'a file where a directory is needed')
    await t.throwsAsync(store.create('events', 3), { code: 'EEXIST' })
    t.deepEqual(openHandles(folder), [])
    await rm(join(folder, 'events-2'), { force: true })
    const { partitions } = await store.create('events', 3)
    for (const log of partitions) await log.append(recordBatch({ values: ['a'] }))
    await store.close()
    const again = await TopicStore.open(folder)
    t.deepEqual(
      again
        .topics()
        .get('events')
        ?.partitions.map(({ endOffset }) => endOffset),
      [1n, 1n, 1n],
    )
    await again.close()
    await appendFile(join(folder, 'events-2', '00000000000000000000.log'), Buffer.alloc(MAX_APPEND_BYTES + 1, 1))
    await t.throwsAsync(TopicStore.open(folder), { message: /CORRUPT_RECORD/ })
    t.deepEqual(openHandles(folder), [])
  }))

test('more partitions than files may be open are written and read, all at once', (t) =>
  withFolder(async (folder) => {
    const files = new OpenFiles(3)
    const logs = await Promise.all(
      Array.from({ length: 20 }, (_, i) => PartitionLog.open(files, join(folder, `${i}.log`))),
    )
    const batch = (log: number, round: number): Buffer => recordBatch({ values: [`log ${log + 100}, round ${round}`] })
    for (let round = 0; round < 3; round++) await Promise.all(logs.map((log, i) => log.append(batch(i, round))))
    if (process.platform === 'linux') {
      const open = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
      t.true((await Promise.all(open)).filter((path) => path.startsWith(folder)).length <= 3)
    }
    for (const [i, log] of logs.entries()) {
      const values = (await readAll(log)).toString('latin1').match(/log \d+, round \d/g)
      t.deepEqual(
        values,
        [0, 1, 2].map((round) => `log ${i + 100}, round ${round}`),
      )
      await log.close()
    }
  }))

test('a batch that an idempotent producer sends again is there once, one out of order is refused', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    const batch = (baseSequence: number, producerEpoch = 0): Buffer =>
      recordBatch({ values: ['a', 'b'], producerId: 5n, producerEpoch, baseSequence })
    t.deepEqual(await log.append(batch(0)), { error: ERROR.none, baseOffset: 0n })
    t.deepEqual(await log.append(batch(2)), { error: ERROR.none, baseOffset: 2n })
    t.deepEqual(await log.append(batch(0)), { error: ERROR.none, baseOffset: 0n }, 'sent again')
    t.is((await log.append(batch(6))).error, ERROR.outOfOrderSequence)
    t.is(log.endOffset, 4n)
    await log.close()
    const again = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    t.deepEqual(await again.append(batch(2)), { error: ERROR.none, baseOffset: 2n }, 'sent again after a restart')
    t.is((await again.append(batch(0, 1))).baseOffset, 4n, 'a new epoch begins anew')
    t.is((await again.append(batch(4, 0))).error, ERROR.invalidProducerEpoch)
    await again.close()
  }))

function withInt32(batch: Buffer, at: number, value: number): Buffer {
  batch.writeInt32BE(value, at)
  return batch
}
