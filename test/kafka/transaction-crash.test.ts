import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { TransactionCoordinator } from '../../connectors/kafka/broker/transactions/transaction-coordinator.js'
import { FullDisk } from '../support/full-disk.js'
import { recordBatch } from '../support/record-batches.js'
import { appendIn, committedValues, openTransactions, type TransactionParts } from '../support/transaction-parts.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const ID = 'writer'
const BOTH = [{ topic: 'events', partitions: [0, 1] }]
const offsetLine = (offset: string) => ({ group: 'g', topic: 'in', partition: 0, offset, metadata: null })
const init = (parts: TransactionParts) =>
  parts.coordinator.init({ transactionalId: ID, timeoutMs: 1000, current: null })

/** What the program was told before it was killed. */
interface Told {
  committed: boolean
  ended: number
}

/** One transaction that is committed with offsets, one that is given up, one that the next producer finds open. */
async function work(parts: TransactionParts, told: Told): Promise<void> {
  const { coordinator } = parts
  const must = async (answer: Promise<number>): Promise<void> => {
    const error = await answer
    if (error !== ERROR.none) throw new Error(`refused with ${error}`)
  }
  const { name } = await init(parts)
  const write = async (value: string, sequence: number): Promise<void> => {
    await must(coordinator.addPartitions(ID, name, BOTH))
    for (const partition of [0, 1]) await must(appendIn(parts, ID, name, partition, `<${value}>`, sequence))
    await must(coordinator.addGroup(ID, name, 'g'))
    await must(coordinator.addOffsets(ID, name, 'g', [offsetLine(value)]))
  }
  await write('1', 0)
  await must(coordinator.end(ID, name, 'commit'))
  told.committed = true
  await write('2', 1)
  await must(coordinator.end(ID, name, 'abort'))
  told.ended++
  await write('3', 2)
  if ((await init(parts)).error !== ERROR.concurrentTransactions) throw new Error('not given up')
  told.ended++
}

/** Prepares a folder, works in it until so many bytes are written, and then as long as a dead process works: not at all. */
async function workUntil(folder: string, room: number): Promise<{ readonly told: Told; readonly disk: FullDisk }> {
  const disk = new FullDisk(20)
  const parts = await openTransactions(folder, { files: disk })
  await parts.topics.create('events', 2)
  disk.room = room
  disk.isGoneWhenFull = true
  const told = { committed: false, ended: 0 }
  await work(parts, told).catch(() => undefined)
  await parts.close().catch(() => undefined)
  return { told, disk }
}

test('killed at any write, whole or half, a broker has afterwards what it said, and each transaction whole or not at all', async (t) => {
  t.timeout(120_000)
  let ends: readonly number[] = []
  await withFolder(async (folder) => {
    const { told, disk } = await workUntil(folder, Number.POSITIVE_INFINITY)
    t.deepEqual(told, { committed: true, ended: 2 })
    ends = disk.writes
  })
  t.true(ends.length > 25)
  const rooms = [0, ...ends].flatMap((end, i, all) => [end, end + Math.ceil(((all[i + 1] ?? end) - end) / 2)])
  for (const room of rooms) {
    await withFolder(async (folder) => {
      const { told } = await workUntil(folder, room)
      const parts = await openTransactions(folder)
      const logs = [0, 1].map((partition) => parts.topics.partition('events', partition)!)
      const known = parts.store.get(ID)
      const isOpen = known?.phase === 'Ongoing'
      const name = `after ${room} bytes, ${known?.phase}`
      t.true(known === undefined || isOpen || known.phase === 'Empty' || known.phase.startsWith('Complete'), name)
      for (const log of logs) t.true(isOpen || log.lastStableOffset === log.endOffset, name)
      const [one, other] = await Promise.all(logs.map(committedValues))
      t.deepEqual(one, other, name)
      t.true(one!.length === 0 || (one!.length === 1 && one![0] === '1'), name)
      if (told.committed) t.is(one!.length, 1, name)
      t.is(parts.offsets.get('g', 'in', 0)?.offset, one![0], name)
      if (isOpen && told.ended === 0 && !told.committed) {
        // The producer goes on as if nothing had been.
        t.is(await parts.coordinator.addGroup(ID, known, 'g'), ERROR.none, name)
        t.is(await parts.coordinator.end(ID, known, 'commit'), ERROR.none, name)
      }
      const next = await init(parts)
      if (next.error !== ERROR.none) t.is((await init(parts)).error, ERROR.none, name)
      for (const log of logs) t.is(log.lastStableOffset, log.endOffset, `${name}: a transaction is left`)
      for (const log of logs)
        t.true(
          (await committedValues(log)).every((value) => value === '1'),
          name,
        )
      await parts.close()
    })
  }
})

test('what could not be written on a full disk is done later, and nothing is read before', (t) =>
  withFolder(async (folder) => {
    const disk = new FullDisk(20)
    let nowMs = 0
    const parts = await openTransactions(folder, { files: disk, now: () => nowMs })
    await parts.topics.create('events', 2)
    const { name } = await init(parts)
    const log = parts.topics.partition('events', 0)!
    const { coordinator } = parts
    await coordinator.addPartitions(ID, name, BOTH)
    for (const partition of [0, 1]) await appendIn(parts, ID, name, partition, '<lost>', 0)
    disk.room = 10
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.coordinatorNotAvailable, 'not decided')
    t.is(
      await coordinator.addPartitions(ID, name, [{ topic: 'events', partitions: [7] }]),
      ERROR.coordinatorNotAvailable,
    )
    t.is(await coordinator.addGroup(ID, name, 'g'), ERROR.coordinatorNotAvailable)
    t.is(parts.store.get(ID)?.phase, 'Ongoing')
    nowMs = 2000
    const decision = JSON.stringify({ ...parts.store.get(ID), phase: 'PrepareAbort' })
    disk.room = decision.length + 20 // The decision fits, no marker does.
    await coordinator.tick()
    t.is(parts.store.get(ID)?.phase, 'PrepareAbort')
    t.true(log.lastStableOffset < log.endOffset)
    t.is((await init(parts)).error, ERROR.concurrentTransactions)
    disk.room = Number.POSITIVE_INFINITY
    await coordinator.tick()
    t.is(parts.store.get(ID)?.phase, 'CompleteAbort')
    t.is(log.lastStableOffset, log.endOffset)
    t.deepEqual(await committedValues(log), [])
    t.is((await init(parts)).error, ERROR.none)
    await parts.close()
  }))

test('from the decision on a transaction takes nothing more, also while its markers cannot be written', (t) =>
  withFolder(async (folder) => {
    const disk = new FullDisk(20)
    const parts = await openTransactions(folder, { files: disk })
    const { coordinator, offsets } = parts
    await parts.topics.create('events', 2)
    const { name } = await init(parts)
    await coordinator.addPartitions(ID, name, BOTH)
    await coordinator.addGroup(ID, name, 'g')
    await coordinator.addOffsets(ID, name, 'g', [offsetLine('1')])
    for (const partition of [0, 1]) await appendIn(parts, ID, name, partition, '<1>', 0)
    const decision = JSON.stringify({ ...parts.store.get(ID), phase: 'PrepareCommit' })
    disk.room = decision.length + 20
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.none, 'it is decided')
    t.is(await appendIn(parts, ID, name, 0, '<late>', 1), ERROR.invalidTxnState)
    t.is(await coordinator.addPartitions(ID, name, BOTH), ERROR.concurrentTransactions)
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.concurrentTransactions)
    t.is(await coordinator.end(ID, name, 'abort'), ERROR.invalidTxnState)
    t.deepEqual(await committedValues(parts.topics.partition('events', 0)!), [])
    t.is(offsets.get('g', 'in', 0), undefined)
    disk.room = Number.POSITIVE_INFINITY
    await coordinator.tick()
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.none)
    for (const partition of [0, 1])
      t.deepEqual(await committedValues(parts.topics.partition('events', partition)!), ['1'])
    t.is(offsets.get('g', 'in', 0)?.offset, '1')
    await parts.close()
  }))

test('a marker of a transaction given up counts only when readers can be told of it', (t) =>
  withFolder(async (folder) => {
    const disk = new FullDisk(20)
    const parts = await openTransactions(folder, { files: disk })
    await parts.topics.create('events', 1)
    const { name } = await init(parts)
    const log = parts.topics.partition('events', 0)!
    await parts.coordinator.addPartitions(ID, name, [{ topic: 'events', partitions: [0] }])
    await appendIn(parts, ID, name, 0, '<lost>', 0)
    const marker = { producerId: BigInt(name.producerId), producerEpoch: 0, outcome: 'abort', timestampMs: 0n } as const
    disk.room = 78 // The marker fits, the note of it does not.
    await t.throwsAsync(log.appendMarker(marker), { message: /no space/ })
    t.is(log.endOffset, 2n)
    t.is(log.lastStableOffset, 0n)
    disk.room = Number.POSITIVE_INFINITY
    await log.appendMarker(marker)
    t.is(log.lastStableOffset, 3n)
    t.deepEqual(await committedValues(log), [])
    await parts.close()
  }))

test('a transaction of which nothing is known any more is given up at the start', (t) =>
  withFolder(async (folder) => {
    const parts = await openTransactions(folder)
    await parts.topics.create('events', 2)
    const { name } = await init(parts)
    await parts.coordinator.addPartitions(ID, name, BOTH)
    await appendIn(parts, ID, name, 0, '<lost>', 0)
    const other = await parts.coordinator.init({ transactionalId: 'other', timeoutMs: 1000, current: null })
    await parts.coordinator.addPartitions('other', other.name, BOTH)
    await appendIn(parts, 'other', other.name, 1, '<open>', 0)
    await parts.store.put({ ...parts.store.get(ID)!, phase: 'Empty', topics: [] })
    await parts.close()
    const again = await openTransactions(folder)
    const [one, two] = [0, 1].map((partition) => again.topics.partition('events', partition)!)
    t.is(one!.lastStableOffset, one!.endOffset)
    t.deepEqual(await committedValues(one!), [])
    t.is(two!.lastStableOffset, 0n, 'one that is known stays open')
    t.is(await again.coordinator.end('other', other.name, 'commit'), ERROR.none)
    t.deepEqual(await committedValues(two!), ['open'])
    await again.close()
  }))

test('a topic that is deleted is in no transaction any more, and a later one of its name in none before', (t) =>
  withFolder(async (folder) => {
    const parts = await openTransactions(folder)
    const { coordinator, topics, offsets } = parts
    await topics.create('events', 2)
    await topics.create('kept', 1)
    const { name } = await init(parts)
    await coordinator.addPartitions(ID, name, [...BOTH, { topic: 'kept', partitions: [0] }])
    await coordinator.addGroup(ID, name, 'g')
    const lines = ['events', 'kept'].map((topic) => ({ ...offsetLine('4'), topic }))
    await coordinator.addOffsets(ID, name, 'g', lines)
    await coordinator.forget('events')
    await coordinator.forget('read')
    await topics.delete('events')
    await topics.create('events', 2)
    t.is(await appendIn(parts, ID, name, 0, '<late>', 0), ERROR.invalidTxnState)
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.none)
    t.is(topics.partition('events', 0)!.endOffset, 0n)
    t.is(topics.partition('kept', 0)!.endOffset, 1n)
    t.is(offsets.get('g', 'events', 0), undefined)
    t.is(offsets.get('g', 'kept', 0)?.offset, '4')
    await parts.close()
  }))

test('what is open in a log and in no transaction that is known is given up at the start, and nothing else', (t) =>
  withFolder(async (folder) => {
    const parts = await openTransactions(folder)
    await parts.topics.create('events', 2)
    const { name } = await init(parts)
    const own = BigInt(name.producerId)
    await parts.coordinator.addPartitions(ID, name, [{ topic: 'events', partitions: [0] }])
    t.is(await appendIn(parts, ID, name, 0, '<own>', 0), ERROR.none)
    for (const [partition, producerId] of [
      [0, own + 1000n],
      [1, own],
    ] as const) {
      const of = { values: ['<lost>'], producerId, producerEpoch: 0, baseSequence: 0, attributes: 0x10 }
      await parts.topics.partition('events', partition)!.append(recordBatch(of), () => ERROR.none)
    }
    await parts.close()
    const again = await openTransactions(folder)
    t.deepEqual(
      [0, 1].map((partition) => again.topics.partition('events', partition)!.openProducers()),
      [[{ producerId: own, producerEpoch: name.epoch }], []],
    )
    await again.close()
  }))

test('a transaction that is decided and not done yet says nothing of a topic that is deleted', (t) =>
  withFolder(async (folder) => {
    const disk = new FullDisk(20)
    const parts = await openTransactions(folder, { files: disk })
    const { coordinator, store, offsets, topics } = parts
    await topics.create('events', 2)
    const { name } = await init(parts)
    await coordinator.addPartitions(ID, name, BOTH)
    for (const partition of [0, 1]) await appendIn(parts, ID, name, partition, '<1>', 0)
    await coordinator.addGroup(ID, name, 'g')
    await coordinator.addOffsets(ID, name, 'g', [
      { ...offsetLine('7'), topic: 'events' },
      offsetLine('8'),
      { ...offsetLine('9'), topic: 'read' },
    ])
    // The decision fits, no marker does.
    disk.room = JSON.stringify({ ...store.get(ID), phase: 'PrepareCommit' }).length + 20
    t.is(await coordinator.end(ID, name, 'commit'), ERROR.none)
    t.is(store.get(ID)?.phase, 'PrepareCommit')
    disk.room = Number.POSITIVE_INFINITY
    await coordinator.forget('events')
    await coordinator.forget('read')
    await topics.delete('events')
    await coordinator.tick()
    t.is(store.get(ID)?.phase, 'CompleteCommit')
    t.deepEqual(
      ['events', 'in', 'read'].map((topic) => offsets.get('g', topic, 0)?.offset),
      [undefined, '8', undefined],
    )
    await parts.close()
  }))

test('a producer for whom no id can be noted is told to come again', (t) =>
  withFolder(async (folder) => {
    const parts = await openTransactions(folder)
    const nextProducerId = (): Promise<bigint> => Promise.reject(new Error('no room'))
    const coordinator = await TransactionCoordinator.open({ ...parts, nextProducerId, now: () => 0 })
    const { error } = await coordinator.init({ transactionalId: ID, timeoutMs: 1000, current: null })
    t.is(error, ERROR.coordinatorNotAvailable)
    await coordinator.close()
    await parts.close()
  }))
