import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { ProducerName, Transaction } from '../../connectors/kafka/broker/transactions/transaction.js'
import {
  addGroup,
  addOffsets,
  addPartitions,
  end,
  fence,
  initProducer,
  MAX_GROUPS,
  MAX_OFFSETS,
  MAX_PARTITIONS,
  MAX_TIMEOUT_MS,
  needsNewId,
  type Step,
} from '../../connectors/kafka/broker/transactions/transaction-core.js'
import { appendIn, committedValues, openTransactions } from '../support/transaction-parts.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-transactions-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const next = (step: Step): Transaction => {
  if ('error' in step) throw new Error(`refused with ${step.error}`)
  return step.next
}
const errorOf = (step: Step): number => ('error' in step ? step.error : ERROR.none)
const request = (current: ProducerName | null = null, timeoutMs = 1000) => ({
  transactionalId: 'writer',
  timeoutMs,
  current,
})
const numbers = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, i) => from + i)

test('a transaction has so many partitions, groups and offsets and no more', (t) => {
  const begun = next(initProducer(undefined, request(), '7'))
  const most = next(addPartitions(begun, begun, [{ topic: 'a', partitions: numbers(MAX_PARTITIONS) }], 0))
  t.is(errorOf(addPartitions(most, most, [{ topic: 'b', partitions: [0] }], 0)), ERROR.invalidRequest)
  t.is(next(addPartitions(most, most, [{ topic: 'a', partitions: [5] }], 0)), most, 'what it has is not added again')
  let grouped = begun
  for (const i of numbers(MAX_GROUPS)) grouped = next(addGroup(grouped, grouped, `g${i}`, 0))
  t.is(errorOf(addGroup(grouped, grouped, 'one more', 0)), ERROR.invalidRequest)
  t.is(next(addGroup(grouped, grouped, 'g5', 0)), grouped)
  const line = (partition: number) => ({ group: 'g1', topic: 'a', partition, offset: '1', metadata: null })
  const full = next(addOffsets(grouped, grouped, 'g1', numbers(MAX_OFFSETS).map(line)))
  t.is(errorOf(addOffsets(full, full, 'g1', [line(MAX_OFFSETS)])), ERROR.invalidRequest)
  t.is(next(addOffsets(full, full, 'g1', [{ ...line(3), offset: '2' }])).offsets.length, MAX_OFFSETS)
})

test('a producer whose epochs are used up gets a new id, once', (t) => {
  const last = { ...next(initProducer(undefined, request(), '7')), epoch: 32_766 }
  t.true(needsNewId(last, request()))
  t.false(needsNewId({ ...last, epoch: 32_765 }, request()))
  t.like(next(initProducer(last, request(), '8')), { producerId: '8', epoch: 0, previous: null })
  t.is(errorOf(initProducer(last, request(), undefined)), ERROR.concurrentTransactions, 'there is none at hand')
  const begun = next(initProducer(undefined, request(), '7'))
  t.like(next(initProducer(begun, request(), '8')), { producerId: '7', epoch: 1 }, 'another one was quicker')
  const renewed = next(initProducer(last, request(last), '8'))
  t.like(renewed, { producerId: '8', epoch: 0 })
  t.false(needsNewId(renewed, request(last)))
  t.like(next(initProducer(renewed, request(last), undefined)), { producerId: '8', epoch: 0 }, 'the answer was lost')
  t.is(errorOf(initProducer(renewed, request({ producerId: '7', epoch: 3 }), undefined)), ERROR.producerFenced)
  const open = next(addPartitions(last, last, [{ topic: 'a', partitions: [0] }], 0))
  t.like(fence(open).next, { producerId: '7', epoch: 32_767, phase: 'PrepareAbort' }, 'the last is for giving up')
})

test('while a transaction is being ended its producer is to come again, and who is late does not give up another one', (t) => {
  const begun = next(initProducer(undefined, request(), '7'))
  const open = next(addPartitions(begun, begun, [{ topic: 'a', partitions: [0] }], 5))
  const ending = next(end(open, open, 'commit'))
  t.is(ending.phase, 'PrepareCommit')
  const again = [
    initProducer(ending, request(), undefined),
    addPartitions(ending, ending, [{ topic: 'a', partitions: [0] }], 6),
    addGroup(ending, ending, 'g', 6),
    end(ending, ending, 'commit'),
  ]
  t.deepEqual(
    again.map(errorOf),
    again.map(() => ERROR.concurrentTransactions),
  )
  t.is(errorOf(end(ending, ending, 'abort')), ERROR.invalidTxnState)
  t.is(errorOf(addOffsets(ending, ending, 'g', [])), ERROR.invalidTxnState)
  t.is(errorOf(initProducer(open, request({ producerId: '7', epoch: -1 }), undefined)), ERROR.producerFenced)
  t.is(errorOf(initProducer(undefined, request(null, MAX_TIMEOUT_MS + 1), '7')), ERROR.invalidTransactionTimeout)
  t.is(errorOf(initProducer(undefined, request(null, MAX_TIMEOUT_MS), '7')), ERROR.none)
  t.is(next(addPartitions(open, open, [{ topic: 'b', partitions: [0] }], 9)).startedMs, 5, 'it has begun before')
})

test('a transaction is given up when its time is over, counted from its first partition, also over a restart', (t) =>
  withFolder(async (folder) => {
    let nowMs = 1000
    const now = (): number => nowMs
    let parts = await openTransactions(folder, { now })
    await parts.topics.create('events', 1)
    const id = 'writer'
    const { name } = await parts.coordinator.init({ transactionalId: id, timeoutMs: 500, current: null })
    const other = await parts.coordinator.init({ transactionalId: 'other', timeoutMs: 900_000, current: null })
    nowMs = 50_000 // A producer may wait before it begins.
    await parts.coordinator.tick()
    const added = [{ topic: 'events', partitions: [0] }]
    t.is(await parts.coordinator.addPartitions(id, name, added), ERROR.none)
    t.is(await parts.coordinator.addPartitions('other', other.name, added), ERROR.none)
    t.is(await appendIn(parts, id, name, 0, '<lost>', 0), ERROR.none)
    nowMs = 50_400
    t.is(await parts.coordinator.addGroup(id, name, 'g'), ERROR.none)
    t.is(await appendIn(parts, 'other', other.name, 0, '<kept>', 0), ERROR.none)
    nowMs = 50_500
    await parts.coordinator.tick()
    t.is(parts.store.get(id)?.phase, 'Ongoing', 'not yet over')
    await parts.close()
    parts = await openTransactions(folder, { now })
    t.is(parts.store.get(id)?.phase, 'Ongoing')
    nowMs = 50_501
    await parts.coordinator.tick()
    t.is(parts.store.get(id)?.phase, 'CompleteAbort')
    t.is(await appendIn(parts, id, name, 0, '<late>', 1), ERROR.invalidProducerEpoch)
    t.is(await parts.coordinator.end(id, name, 'commit'), ERROR.producerFenced)
    t.is(parts.store.get('other')?.phase, 'Ongoing')
    t.is(await parts.coordinator.end('other', other.name, 'commit'), ERROR.none)
    t.deepEqual(await committedValues(parts.topics.partition('events', 0)!), ['kept'])
    await parts.close()
  }))

test('of too many transactional ids the one that rested longest is forgotten, never an open one, also over a restart', (t) =>
  withFolder(async (folder) => {
    let parts = await openTransactions(folder, { limit: 3 })
    await parts.topics.create('events', 1)
    const init = (transactionalId: string) =>
      parts.coordinator.init({ transactionalId, timeoutMs: 1000, current: null })
    const open = async (id: string): Promise<void> => {
      const { name } = await init(id)
      t.is(await parts.coordinator.addPartitions(id, name, [{ topic: 'events', partitions: [0] }]), ERROR.none)
    }
    await open('a')
    const { name } = await init('b')
    await init('c')
    await init('d')
    const ids = (): readonly string[] => parts.store.all().map(({ transactionalId }) => transactionalId)
    t.deepEqual(ids(), ['a', 'c', 'd'])
    await parts.close()
    parts = await openTransactions(folder, { limit: 3 })
    t.deepEqual(ids(), ['a', 'c', 'd'])
    t.is(await parts.coordinator.addGroup('b', name, 'g'), ERROR.invalidProducerIdMapping)
    t.not((await init('b')).name.producerId, name.producerId, 'it begins anew')
    t.deepEqual(ids(), ['a', 'd', 'b'])
    await open('b')
    await open('d')
    t.is((await init('e')).error, ERROR.coordinatorNotAvailable)
    t.deepEqual(ids(), ['a', 'b', 'd'])
    await parts.close()
  }))

test('of requests of a transactional id that come at once, those that are answered well have done what they say', (t) =>
  withFolder(async (folder) => {
    const parts = await openTransactions(folder)
    const { coordinator } = parts
    await parts.topics.create('events', 10)
    const init = () => coordinator.init({ transactionalId: 'one', timeoutMs: 1000, current: null })
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(numbers(5).map(init))
      const given = answers.filter(({ error }) => error === ERROR.none)
      t.true(given.length > 0)
      t.is(new Set(given.map(({ name }) => `${name.producerId} ${name.epoch}`)).size, given.length)
      t.true(answers.every(({ error }) => error === ERROR.none || error === ERROR.concurrentTransactions))
    }
    const { name } = await init()
    const add = (partition: number): Promise<number> =>
      coordinator.addPartitions('one', name, [{ topic: 'events', partitions: [partition] }])
    const added = await Promise.all(numbers(10).map(add))
    const taken = numbers(10).filter((partition) => added[partition] === ERROR.none)
    t.true(taken.length > 0)
    t.deepEqual(parts.store.get('one')?.topics, [{ topic: 'events', partitions: taken }])
    await parts.close()
    t.is((await init()).error, ERROR.coordinatorNotAvailable)
  }))
