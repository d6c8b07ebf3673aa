import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type Answer, GroupCore, type JoinAnswer } from '../../connectors/kafka/broker/groups/group-core.js'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { AbortedIndex } from '../../connectors/kafka/broker/log/aborted-index.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { ProducerSequences } from '../../connectors/kafka/broker/log/producer-sequences.js'
import { INDEX_INTERVAL_BYTES, SparseIndex } from '../../connectors/kafka/broker/log/sparse-index.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { Transaction } from '../../connectors/kafka/broker/transactions/transaction.js'
import {
  addGroup,
  addOffsets,
  addPartitions,
  completed,
  end,
  fence,
  initProducer,
  isOverdue,
  MAX_TIMEOUT_MS,
  type Step,
  withoutTopic,
} from '../../connectors/kafka/broker/transactions/transaction-core.js'
import { recordBatch } from '../support/record-batches.js'

const withFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-cores-'))
  await body(folder).finally(() => rm(folder, { recursive: true, force: true }))
}

const joining = (memberId: string, protocols: readonly string[]) => ({
  ...{ memberId, clientId: 'c', clientHost: 'h', sessionTimeoutMs: 1_000, rebalanceTimeoutMs: 3_000 },
  ...{ protocolType: 'consumer', protocols: protocols.map((name) => ({ name, metadata: Buffer.from(name) })) },
})
const joined = (answers: readonly Answer[], ticket: number): JoinAnswer =>
  answers.find((answer): answer is { ticket: number } & JoinAnswer => answer.ticket === ticket)!

test('most votes count only among protocols that every member knows', (t) => {
  const core = new GroupCore()
  core.join(1, joining('', ['fast', 'old']), 'a', 0)
  core.join(2, joining('', ['fast', 'old']), 'b', 0)
  core.join(3, joining('', ['old']), 'c', 0)
  const answers = core.join(4, joining('a', ['fast', 'old']), '', 0)
  for (const ticket of [2, 3, 4]) t.like(joined(answers, ticket), { error: ERROR.none, protocol: 'old' })
})

test('what a member knew before is no hindrance for what it knows now', (t) => {
  const core = new GroupCore()
  core.join(1, joining('', ['old']), 'a', 0)
  t.like(joined(core.join(2, joining('a', ['new']), '', 0), 2), { error: ERROR.none, protocol: 'new', generation: 2 })
})

const BEGUN: Transaction = {
  ...{ transactionalId: 'w', producerId: '7', epoch: 3, previous: null, timeoutMs: 1_000, phase: 'Empty' },
  ...{ startedMs: -1, topics: [], groups: [], offsets: [] },
}
const OFFSET = { group: 'g', topic: 't', partition: 0, offset: '5', metadata: null }
const OPEN: Transaction = {
  ...BEGUN,
  ...{ phase: 'Ongoing', startedMs: 100, topics: [{ topic: 't', partitions: [0] }], groups: ['g'], offsets: [OFFSET] },
}
const saying = (step: Step): string =>
  'error' in step ? `error ${step.error}` : `${step.next.phase} ${step.next.epoch}`

test('each request in each phase of a transaction has the answer of the protocol', (t) => {
  const phases = ['Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort'] as const
  const name = { producerId: '7', epoch: 3 }
  const [late, other] = [
    { producerId: '7', epoch: 2 },
    { producerId: '8', epoch: 3 },
  ]
  const told = (known: Transaction) =>
    [
      initProducer(known, { transactionalId: 'w', timeoutMs: 1_000, current: null }, undefined),
      addPartitions(known, name, [{ topic: 'u', partitions: [1] }], 200),
      addGroup(known, name, 'h', 200),
      addOffsets(known, name, 'g', [OFFSET]),
      end(known, name, 'commit'),
      end(known, name, 'abort'),
    ].map(saying)
  const [busy, state] = [`error ${ERROR.concurrentTransactions}`, `error ${ERROR.invalidTxnState}`]
  const answers: Readonly<Record<(typeof phases)[number], readonly string[]>> = {
    Empty: ['Empty 4', 'Ongoing 3', 'Ongoing 3', state, state, state],
    Ongoing: ['PrepareAbort 4', 'Ongoing 3', 'Ongoing 3', 'Ongoing 3', 'PrepareCommit 3', 'PrepareAbort 3'],
    PrepareCommit: [busy, busy, busy, state, busy, state],
    PrepareAbort: [busy, busy, busy, state, state, busy],
    CompleteCommit: ['Empty 4', 'Ongoing 3', 'Ongoing 3', state, 'CompleteCommit 3', state],
    CompleteAbort: ['Empty 4', 'Ongoing 3', 'Ongoing 3', state, state, 'CompleteAbort 3'],
  }
  // Groups are left in it, so that only the phase can refuse.
  for (const phase of phases) t.deepEqual(told({ ...OPEN, phase }), answers[phase], phase)
  for (const [producer, error] of [
    [late, ERROR.producerFenced],
    [other, ERROR.invalidProducerIdMapping],
  ] as const)
    for (const step of [
      addPartitions(OPEN, producer, [], 0),
      addGroup(OPEN, producer, 'g', 0),
      addOffsets(OPEN, producer, 'g', []),
      end(OPEN, producer, 'commit'),
    ])
      t.is(saying(step), `error ${error}`)
  t.is(saying(addOffsets(OPEN, name, 'another', [])), state)
})

test('a transaction begins with what is added first, keeps its time, and leaves nothing behind', (t) => {
  const begun = addPartitions(BEGUN, BEGUN, [{ topic: 't', partitions: [0, 1] }], 500)
  t.like(begun, { next: { phase: 'Ongoing', startedMs: 500 } })
  const more = addPartitions('next' in begun ? begun.next : BEGUN, BEGUN, [{ topic: 't', partitions: [1, 2] }], 900)
  t.like(more, { next: { startedMs: 500, topics: [{ topic: 't', partitions: [0, 1, 2] }] } })
  const newer = addOffsets(OPEN, OPEN, 'g', [{ ...OFFSET, offset: '9' }])
  t.deepEqual('next' in newer && newer.next.offsets, [{ ...OFFSET, offset: '9' }])
  t.like(completed(OPEN, 'commit'), { phase: 'CompleteCommit', startedMs: -1, topics: [], groups: [], offsets: [] })
  t.like(completed(OPEN, 'abort'), { phase: 'CompleteAbort', offsets: [] })
  t.like(fence(OPEN).next, { epoch: 4, phase: 'PrepareAbort', topics: OPEN.topics })
  t.deepEqual(
    [1_099, 1_100, 1_101].map((nowMs) => isOverdue(OPEN, nowMs)),
    [false, false, true],
  )
  t.false(isOverdue({ ...OPEN, phase: 'PrepareCommit' }, 10_000))
  t.is(withoutTopic(OPEN, 'u'), OPEN)
  t.like(withoutTopic(OPEN, 't'), { topics: [], offsets: [], groups: ['g'] })
  for (const [timeoutMs, isTaken] of [
    [0, false],
    [1, true],
    [MAX_TIMEOUT_MS, true],
    [MAX_TIMEOUT_MS + 1, false],
  ] as const)
    t.is('next' in initProducer(undefined, { transactionalId: 'w', timeoutMs, current: null }, '9'), isTaken)
})

test('a look-up begins at the last known place before what is looked for, by offset, place and time', (t) => {
  const index = new SparseIndex()
  t.deepEqual([index.positionBefore(5n), index.positionBeforeTime(5n), index.offsetFrom(0)], [0, 0, undefined])
  for (const [i, maxTimestampMs] of [100n, 200n, 200n, 300n].entries())
    index.note({ baseOffset: BigInt(i * 10), position: i * INDEX_INTERVAL_BYTES, maxTimestampMs })
  index.note({ baseOffset: 35n, position: 4 * INDEX_INTERVAL_BYTES - 1, maxTimestampMs: 400n })
  const at = (position: number): number => position / INDEX_INTERVAL_BYTES
  t.deepEqual(
    [0n, 9n, 10n, 11n, 30n, 99n].map((offset) => at(index.positionBefore(offset))),
    [0, 0, 1, 1, 3, 3],
  )
  t.deepEqual(
    [50n, 100n, 101n, 200n, 201n, 300n, 301n].map((ms) => at(index.positionBeforeTime(ms))),
    [...[0, 0, 0, 0, 2, 2, 3]],
  )
  const [first, second] = [INDEX_INTERVAL_BYTES, INDEX_INTERVAL_BYTES + 1]
  t.deepEqual(
    [0, 1, first, second, 3 * first + 1].map((place) => index.offsetFrom(place)),
    [...[0n, 10n, 10n, 20n, undefined]],
  )
})

test('transactions that were given up are found by the offsets between which they lie', (t) =>
  withFolder(async (folder) => {
    const index = await AbortedIndex.begin(new OpenFiles(2), join(folder, 'aborted'))
    t.deepEqual(await index.between(0n, 100n), [])
    // The second one began before the first, and ended after it.
    await index.add({ producerId: 1n, firstOffset: 5n, markerOffset: 9n, stableOffset: 2n })
    await index.add({ producerId: 2n, firstOffset: 2n, markerOffset: 12n, stableOffset: 2n })
    await index.add({ producerId: 3n, firstOffset: 20n, markerOffset: 25n, stableOffset: 20n })
    const found = async (from: bigint, until: bigint): Promise<readonly bigint[]> =>
      (await index.between(from, until)).map(({ producerId }) => producerId)
    const cases: readonly (readonly [from: bigint, until: bigint, readonly bigint[]])[] = [
      [0n, 100n, [2n, 1n, 3n]],
      [0n, 2n, []],
      [0n, 3n, [2n]],
      [0n, 5n, [2n]],
      [0n, 6n, [2n, 1n]],
      [9n, 20n, [2n, 1n]],
      [10n, 20n, [2n]],
      [13n, 20n, []],
      [13n, 21n, [3n]],
      [25n, 100n, [3n]],
      [26n, 100n, []],
    ]
    for (const [from, until, expected] of cases) t.deepEqual(await found(from, until), expected, `${from} ${until}`)
    await index.close()
  }))

test('a batch that is cut short anywhere is refused, and nothing of it is written', (t) =>
  withFolder(async (folder) => {
    const log = await PartitionLog.open(new OpenFiles(1), join(folder, 'log'))
    const batch = recordBatch({ values: ['a', 'b', 'c'] })
    for (const length of [0, 1, 16, 60, 61, batch.length - 1]) {
      const { error } = await log.append(Buffer.from(batch.subarray(0, length)))
      t.not(error, ERROR.none, `${length} bytes`)
      t.is(log.endOffset, 0n)
    }
    const second = Buffer.concat([batch, batch.subarray(0, batch.length - 1)])
    t.not((await log.append(second)).error, ERROR.none)
    t.is((await log.append(recordBatch({ values: ['a'] }))).baseOffset, 0n)
    await log.close()
    t.is((await readFile(join(folder, 'log'))).length, recordBatch({ values: ['a'] }).length)
  }))

test('committed offsets hold over restarts by group, topic and partition, the last ones of each', (t) =>
  withFolder(async (folder) => {
    const path = join(folder, 'offsets')
    const line = (group: string, topic: string, partition: number, offset: string) => ({
      ...{ group, topic, partition, offset, metadata: null },
    })
    let store = await OffsetStore.open(path)
    await store.commit([
      line('g', 'a', 1, '1'),
      line('g', 'a', 11, '2'),
      line('h', 'a', 1, '3'),
      line('h', 'b', 1, '4'),
    ])
    await store.commit([line('g', 'a', 1, '5')])
    const offsets = () =>
      (['g', 'h'] as const).map((group) =>
        store.all(group).map(({ topic, partition }) => [topic, partition, store.get(group, topic, partition)!.offset]),
      )
    const before = [
      [
        ['a', 1, '5'],
        ['a', 11, '2'],
      ],
      [
        ['a', 1, '3'],
        ['b', 1, '4'],
      ],
    ]
    t.deepEqual(offsets(), before)
    await store.close()
    store = await OffsetStore.open(path)
    t.deepEqual(offsets(), before)
    t.is((await readFile(path, 'utf8')).trim().split('\n').length, 4, 'older lines are gone')
    await store.forget('a')
    for (let i = 0; i < 2; i++) {
      t.deepEqual(offsets(), [[], [['b', 1, '4']]])
      t.deepEqual(store.groups(), ['h'])
      await store.close()
      store = await OffsetStore.open(path)
    }
    await store.close()
  }))

test('sequence numbers begin anew behind the greatest, and a new epoch begins with the first one', (t) => {
  const batch = (producerEpoch: number, baseSequence: number, lastOffsetDelta: number, baseOffset = 0n) =>
    ({ producerId: 5n, producerEpoch, baseSequence, lastOffsetDelta, baseOffset, isControl: false }) as Parameters<
      ProducerSequences['note']
    >[0]
  const sequences = new ProducerSequences()
  const verdict = (epoch: number, sequence: number): string => {
    const told = sequences.check(batch(epoch, sequence, 0))
    return told.kind === 'refused' ? String(told.error) : told.kind
  }
  const order = String(ERROR.outOfOrderSequence)
  sequences.note(batch(1, 2 ** 31 - 3, 2, 40n))
  t.deepEqual([verdict(1, 0), verdict(1, 1), verdict(1, 2 ** 31 - 1)], ['new', order, order])
  t.deepEqual(sequences.check(batch(1, 2 ** 31 - 3, 2)), { kind: 'duplicate', baseOffset: 40n })
  sequences.note(batch(1, 0, 4, 43n))
  t.deepEqual([verdict(1, 5), verdict(1, 4), verdict(1, 6)], ['new', order, order])
  t.deepEqual([verdict(2, 0), verdict(2, 5), verdict(0, 5)], ['new', order, String(ERROR.invalidProducerEpoch)])
})
