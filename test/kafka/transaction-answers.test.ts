import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { onBothBrokers } from '../support/both-brokers.js'
import { settled, TransactionRequests } from '../support/transaction-requests.js'

const PLAIN = 1
const COMPACT = 4

for (const [version, form] of [
  [PLAIN, 'an old client in plain form'],
  [COMPACT, 'a new client in compact form'],
] as const) {
  /** How a producer that was replaced is told so. */
  const fenced = version === PLAIN ? ERROR.invalidProducerEpoch : ERROR.producerFenced

  onBothBrokers(`a transaction takes what was added to it until it ends, asked by ${form}`, async (t, broker) => {
    const topic = await broker.newTopic(2)
    const group = `${topic}-group`
    const asks = new TransactionRequests(broker.servers, version)
    const producer = await asks.begin(topic)
    t.is(producer.epoch, 0)
    t.is(await asks.end(producer, true), ERROR.invalidTxnState, 'nothing to commit')
    t.is(await settled(() => asks.produce(producer, topic, ['x'], 0)), ERROR.invalidTxnState, 'not added')
    t.is(
      await asks.produce(producer, topic, ['x'], 0, { transactionalId: null }),
      ERROR.transactionalIdAuthorizationFailed,
    )
    t.deepEqual(await asks.add(producer, topic, [0, 9]), [ERROR.operationNotAttempted, ERROR.unknownTopicOrPartition])
    t.deepEqual(await asks.add(producer, topic, [0]), [ERROR.none])
    t.deepEqual(await asks.add(producer, topic, [0]), [ERROR.none], 'again')
    t.is(await settled(() => asks.produce(producer, topic, ['a', 'b'], 0)), ERROR.none)
    t.is(await asks.produce(producer, topic, ['a', 'b'], 0), ERROR.none, 'sent again')
    t.is(await asks.produce(producer, topic, ['c'], 7), ERROR.outOfOrderSequence)
    t.is(await asks.produce(producer, topic, ['n'], 2, { isTransactional: false }), ERROR.invalidTxnState)
    t.is(await asks.produce(producer, topic, ['n'], 0, { partition: 1 }), ERROR.invalidTxnState, 'another partition')
    t.is(await settled(() => asks.commitOffset(producer, group, topic, 5n)), ERROR.invalidTxnState, 'no group added')
    t.is(await asks.addGroup(producer, group), ERROR.none)
    t.is(await settled(() => asks.commitOffset(producer, group, topic, 5n)), ERROR.none)
    t.deepEqual(await asks.ends(topic), { stable: 0n, all: 2n })
    t.is(await asks.end(producer, true), ERROR.none)
    t.is(await settled(() => asks.end(producer, true)), ERROR.none, 'again')
    t.is(await settled(() => asks.end(producer, false)), ERROR.invalidTxnState, 'the other way')
    t.deepEqual(await asks.ends(topic), { stable: 3n, all: 3n })
    t.is(await asks.produce(producer, topic, ['c'], 2), ERROR.invalidTxnState, 'after the commit')
    t.is(await asks.commitOffset(producer, group, topic, 6n), ERROR.invalidTxnState)
    t.deepEqual(await asks.add(producer, topic, [0, 1]), [ERROR.none, ERROR.none])
    t.is(await settled(() => asks.produce(producer, topic, ['d'], 2)), ERROR.none, 'the next transaction')
    t.is(await settled(() => asks.produce(producer, topic, ['e'], 0, { partition: 1 })), ERROR.none)
    t.is(await asks.end(producer, false), ERROR.none)
    t.is(await settled(() => asks.end(producer, false)), ERROR.none, 'again')
    t.is(await asks.end(producer, true), ERROR.invalidTxnState)
    t.deepEqual(await asks.ends(topic), { stable: 5n, all: 5n })
  })

  onBothBrokers(`who is not the producer of a transactional id is refused, asked by ${form}`, async (t, broker) => {
    const topic = await broker.newTopic()
    const asks = new TransactionRequests(broker.servers, version)
    const producer = await asks.begin(topic)
    const refusals = async (asked: typeof producer): Promise<readonly number[]> => [
      ...(await asks.add(asked, topic, [0])),
      await asks.addGroup(asked, `${topic}-group`),
      await asks.end(asked, true),
      await asks.commitOffset(asked, `${topic}-group`, topic, 1n),
      await asks.produce(asked, topic, ['z'], 0),
    ]
    const wrongEpoch = [fenced, fenced, fenced, ERROR.invalidProducerEpoch, ERROR.invalidProducerEpoch]
    const wrongId = [1, 2, 3, 4, 5].map(() => ERROR.invalidProducerIdMapping)
    for (const isOpen of [false, true]) {
      if (isOpen) t.deepEqual(await asks.add(producer, topic, [0]), [ERROR.none])
      t.deepEqual(await refusals({ ...producer, epoch: producer.epoch + 1 }), wrongEpoch, 'a newer one')
      t.deepEqual(await refusals({ ...producer, epoch: producer.epoch - 1 }), wrongEpoch, 'an older one')
      t.deepEqual(await refusals({ ...producer, producerId: producer.producerId + 1_000_000n }), wrongId)
      t.deepEqual(await refusals({ ...producer, transactionalId: `${topic}-nobody` }), wrongId)
    }
    t.is((await asks.init(topic, 0)).error, ERROR.invalidTransactionTimeout)
    t.is((await asks.init(topic, 900_001)).error, ERROR.invalidTransactionTimeout)
    t.is((await asks.init('')).error, ERROR.invalidRequest)
    t.is(await asks.findCoordinator(7, topic), ERROR.invalidRequest, 'nothing of that kind is coordinated')
  })

  onBothBrokers(
    `a new producer gives up what the one before left open, who is refused then, asked by ${form}`,
    async (t, broker) => {
      const topic = await broker.newTopic()
      const asks = new TransactionRequests(broker.servers, version)
      const first = await asks.begin(topic)
      await asks.add(first, topic, [0])
      t.is(await settled(() => asks.produce(first, topic, ['lost'], 0)), ERROR.none)
      t.is((await asks.init(topic)).error, ERROR.concurrentTransactions)
      const second = await asks.begin(topic)
      t.deepEqual(second, { ...first, epoch: first.epoch + 2 }, 'one epoch to give up, one of its own')
      t.deepEqual(await asks.ends(topic), { stable: 2n, all: 2n })
      const { aborted } = await asks.fetch(topic, 0n, 1)
      t.deepEqual(aborted, [{ producerId: first.producerId, firstOffset: 0n }])
      t.deepEqual(await asks.add(first, topic, [0]), [fenced])
      t.is(await asks.end(first, true), fenced)
      t.is(await asks.produce(first, topic, ['late'], 1), ERROR.invalidProducerEpoch)
      t.deepEqual(await asks.add(second, topic, [0]), [ERROR.none])
      t.is(await settled(() => asks.produce(second, topic, ['kept'], 0)), ERROR.none, 'it counts anew')
      t.is(await asks.produce(first, topic, ['late'], 1), ERROR.invalidProducerEpoch)
      t.is(await asks.end(second, true), ERROR.none)
    },
  )
}

onBothBrokers(
  'a producer that goes on by itself gets its next epoch once, however often it asks',
  async (t, broker) => {
    const topic = await broker.newTopic()
    const asks = new TransactionRequests(broker.servers)
    const first = await asks.begin(topic)
    const second = await asks.begin(topic, 60_000, first)
    t.is(second.epoch, 1)
    t.is((await asks.begin(topic, 60_000, first)).epoch, 1, 'the answer was lost')
    const third = await asks.begin(topic, 60_000, second)
    t.is(third.epoch, 2)
    t.is((await asks.init(topic, 60_000, first)).error, ERROR.producerFenced)
    t.is((await asks.init(topic, 60_000, { ...third, producerId: 1_000_000n })).error, ERROR.producerFenced)
    t.is((await asks.init(topic, 60_000, { ...third, epoch: -1 })).error, ERROR.invalidRequest, 'half a name')
  },
)

onBothBrokers('offsets of a group are there with the commit, and not stable before', async (t, broker) => {
  const topic = await broker.newTopic()
  const group = `${topic}-group`
  const asks = new TransactionRequests(broker.servers)
  const producer = await asks.begin(topic)
  const none = { error: ERROR.none, offset: -1n }
  const unstable = { error: ERROR.unstableOffsetCommit, offset: -1n }
  t.is(await asks.addGroup(producer, group), ERROR.none)
  t.deepEqual(await asks.committed(group, topic, true), none)
  t.is(await settled(() => asks.commitOffset(producer, group, topic, 5n)), ERROR.none)
  t.is(await settled(() => asks.commitOffset(producer, group, topic, 7n)), ERROR.none)
  t.deepEqual(await asks.committed(group, topic, true), unstable)
  t.deepEqual(await asks.committed(group, topic, false), none)
  t.deepEqual(await asks.committed(`${group}-other`, topic, true), none)
  t.is(await asks.end(producer, true), ERROR.none)
  const stable = async (): Promise<bigint> => {
    await settled(async () => ((await asks.committed(group, topic, true)).error === ERROR.none ? ERROR.none : 51))
    return (await asks.committed(group, topic, true)).offset
  }
  t.is(await stable(), 7n)
  t.is(await settled(() => asks.addGroup(producer, group)), ERROR.none)
  t.is(await settled(() => asks.commitOffset(producer, group, topic, 9n)), ERROR.none)
  t.deepEqual(await asks.committed(group, topic, false), { error: ERROR.none, offset: 7n })
  t.is(await asks.end(producer, false), ERROR.none)
  t.is(await stable(), 7n, 'given up')
  t.is(await settled(() => asks.addGroup(producer, group)), ERROR.none)
  const stranger = { generation: 3, id: 'nobody' }
  const refusal = await settled(() => asks.commitOffset(producer, group, topic, 9n, stranger))
  t.true(
    [ERROR.illegalGeneration, ERROR.unknownMemberId].some((each) => each === refusal),
    String(refusal),
  )
})

onBothBrokers('a transaction that takes too long is given up, and its producer refused', async (t, broker) => {
  const topic = await broker.newTopic()
  const asks = new TransactionRequests(broker.servers)
  const other = await asks.begin(`${topic}-other`, 900_000)
  t.deepEqual(await asks.add(other, topic, [0]), [ERROR.none])
  // Its time begins when its partition is added, and nothing is asked within it. How records are given up is tested with a clock in transaction-core.test.ts.
  const slow = await asks.begin(topic, 100)
  t.deepEqual(await asks.add(slow, topic, [0]), [ERROR.none])
  const isGivenUp = async (): Promise<number> => ((await asks.ends(topic)).stable > 0n ? ERROR.none : 51)
  t.is(await settled(isGivenUp), ERROR.none)
  // Readers are told of the marker before the coordinator notes that all are written.
  t.is(await settled(() => asks.end(slow, true)), ERROR.producerFenced)
  t.is(await settled(() => asks.produce(other, topic, ['kept'], 0)), ERROR.none)
  const { stable, all } = await asks.ends(topic)
  t.true(stable < all, 'the other one is open')
  t.is(await asks.end(other, true), ERROR.none)
})
