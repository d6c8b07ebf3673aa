import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json } from '../../connectors/api.js'
import type { ClientLease } from '../../connectors/kafka/client/client-lease.js'
import {
  asCondition,
  isFenced,
  isTransient,
  isUnknownTopic,
  notCommitted,
} from '../../connectors/kafka/client/failure.js'
import { described, EARLIEST, type Inquiry, leaderOf } from '../../connectors/kafka/client/topic-description.js'
import { limited, splitsBetween, toOffsets } from '../../connectors/kafka/source/offsets.js'
import {
  checkBatch,
  checkStream,
  sourceOptions,
  subscriptionText,
} from '../../connectors/kafka/source/source-options.js'
import { KafkaStream } from '../../connectors/kafka/source/stream.js'
import { streamOffsetFromJson } from '../../connectors/kafka/source/stream-offset.js'
import { renewedTopics } from '../../connectors/kafka/source/topic-identity.js'
import { splitFromJson } from '../../connectors/kafka/split.js'

type Ends = Readonly<Record<number, readonly [earliest: bigint, latest: bigint]>>

/** What a cluster says of topics, as a test has it. */
class FakeCluster implements Inquiry {
  readonly topicsThere = new Map<string, { id?: string; epoch?: number; ends: Ends }>()
  readonly committed: unknown[] = []
  refusesCommits = false

  async describe(topics: readonly string[]) {
    const missing = topics.find((topic) => !this.topicsThere.has(topic))
    if (missing !== undefined) throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: missing })
    return this.#found(topics)
  }

  async describeUntil(topics: readonly string[]) {
    return this.#found(topics)
  }

  async topics() {
    return [...this.topicsThere.keys()]
  }

  async offsets(topic: string, timestamps: ReadonlyMap<number, bigint>) {
    const { ends } = this.topicsThere.get(topic)!
    return new Map([...timestamps].map(([partition, of]) => [partition, ends[partition]![of === EARLIEST ? 0 : 1]]))
  }

  #found(topics: readonly string[]) {
    return new Map(
      topics.flatMap((topic) => {
        const there = this.topicsThere.get(topic)
        if (!there) return []
        const leader = { leader: 0, epoch: there.epoch ?? 0 }
        const partitions = new Map(Object.keys(there.ends).map((partition) => [Number(partition), leader]))
        return [[topic, { id: there.id, partitions }] as const]
      }),
    )
  }

  open(more: Record<string, string> = {}): KafkaStream {
    const base = { 'kafka.bootstrap.servers': 'h:1', subscribe: 't', startingOffsets: 'earliest' }
    const { pattern, ...rest } = more
    const { subscribe: _, ...others } = base
    const options = pattern === undefined ? { ...base, ...rest } : { ...others, subscribePattern: pattern, ...rest }
    const client = {
      until: () => this,
      commitOffsets: async (_signal: unknown, ...told: unknown[]) => {
        if (this.refusesCommits) throw new Error('refused')
        this.committed.push(told)
      },
    }
    return new KafkaStream(sourceOptions(options), { client, release: () => undefined } as unknown as ClientLease)
  }
}

const clusterOf = (ends: Ends, rest: { id?: string; epoch?: number } = { id: 'a' }): FakeCluster => {
  const cluster = new FakeCluster()
  cluster.topicsThere.set('t', { ...rest, ends })
  return cluster
}
const offsetsIn = (json: Json): unknown => streamOffsetFromJson(json).offsets
const rangesOf = async (stream: KafkaStream, from: Json, until: Json): Promise<readonly string[]> =>
  (await stream.planSplits(from, until)).map(({ data }) => {
    const { topic, partition, from: begin, until: end } = splitFromJson(data)
    return `${topic}-${partition} ${begin} ${end}`
  })
const LOSS = { message: /KAFKA_DATA_LOSS/ }

test('a stream reads from where it is to what is there, less than a limit, and no further than a goal', async (t) => {
  const cluster = clusterOf({ 0: [0n, 10n], 1: [3n, 5n], 2: [0n, 0n] })
  const stream = cluster.open({ maxOffsetsPerTrigger: '6' })
  const from = await stream.initialOffset()
  t.deepEqual(offsetsIn(from), { t: { 0: 0n, 1: 3n, 2: 0n } })
  const all = await stream.latestOffset(from, false)
  t.deepEqual(offsetsIn(all), { t: { 0: 10n, 1: 5n, 2: 0n } })
  const some = await stream.latestOffset(from, true)
  t.deepEqual(offsetsIn(some), { t: { 0: 5n, 1: 4n, 2: 0n } })
  t.deepEqual(await rangesOf(stream, from, some), ['t-0 0 5', 't-1 3 4'])
  cluster.topicsThere.set('t', { id: 'a', ends: { 0: [0n, 90n], 1: [3n, 5n], 2: [0n, 9n], 3: [2n, 4n] } })
  t.deepEqual(offsetsIn(await stream.latestOffset(some, false, all)), { t: { 0: 10n, 1: 5n, 2: 0n } })
  const newer = await stream.latestOffset(some, false)
  t.deepEqual(offsetsIn(newer), { t: { 0: 90n, 1: 5n, 2: 9n, 3: 4n } })
  t.deepEqual(await rangesOf(stream, some, newer), ['t-0 5 90', 't-1 4 5', 't-2 0 9', 't-3 2 4'])
  t.deepEqual(await rangesOf(stream, newer, newer), [])
  t.deepEqual(await stream.lag(some), {
    latestOffset: { t: { 0: 90n, 1: 5n, 2: 9n, 3: 4n } },
    behind: { 't-0': 85n, 't-1': 1n, 't-2': 9n, 't-3': 4n },
  })
  cluster.topicsThere.set('t', { id: 'a', ends: { 0: [0n, 50n], 1: [3n, 5n], 2: [0n, 9n], 3: [2n, 4n] } })
  t.deepEqual(
    offsetsIn(await stream.latestOffset(some, false, newer)),
    { t: { 0: 50n, 1: 5n, 2: 9n, 3: 4n } },
    'what a goal had is not there any more',
  )
})

test('what is lost fails a stream, unless it may be: then it goes on with what there is', async (t) => {
  type Change = (cluster: FakeCluster) => void
  const losses: readonly (readonly [string, Change, Json, readonly string[]])[] = [
    [
      'records are gone',
      ({ topicsThere }) => topicsThere.set('t', { id: 'a', ends: { 0: [7n, 10n], 1: [0n, 5n] } }),
      { 0: 10n, 1: 5n },
      ['t-0 7 10', 't-1 2 5'],
    ],
    [
      'the end is before',
      ({ topicsThere }) => topicsThere.set('t', { id: 'a', ends: { 0: [0n, 3n], 1: [0n, 5n] } }),
      { 0: 4n, 1: 5n },
      ['t-1 2 5'],
    ],
    [
      'a partition is gone',
      ({ topicsThere }) => topicsThere.set('t', { id: 'a', ends: { 0: [0n, 10n] } }),
      { 0: 10n },
      ['t-0 4 10'],
    ],
    [
      'another topic has the name',
      ({ topicsThere }) => topicsThere.set('t', { id: 'b', ends: { 0: [0n, 2n], 1: [1n, 3n] } }),
      { 0: 2n, 1: 3n },
      ['t-0 0 2', 't-1 1 3'],
    ],
    ['the topic is gone', ({ topicsThere }) => topicsThere.delete('t'), undefined as unknown as Json, []],
  ]
  for (const [what, change, expected, ranges] of losses) {
    const begun = () => clusterOf({ 0: [0n, 4n], 1: [0n, 2n] })
    const strict = begun()
    const careful = strict.open()
    const from = await careful.latestOffset(await careful.initialOffset(), false)
    change(strict)
    const told = async (): Promise<unknown> => rangesOf(careful, from, await careful.latestOffset(from, false))
    await t.throwsAsync(told, { message: /KAFKA_DATA_LOSS|UNKNOWN_TOPIC/ }, what)
    const lenient = begun()
    const stream = lenient.open({ failOnDataLoss: 'false' })
    const at = await stream.latestOffset(await stream.initialOffset(), false)
    change(lenient)
    const until = await stream.latestOffset(at, false)
    t.deepEqual(offsetsIn(until), expected === undefined ? {} : { t: expected }, what)
    t.deepEqual(await rangesOf(stream, at, until), ranges, what)
  }
  const ofNobody = new FakeCluster().open({ failOnDataLoss: 'false' })
  await t.throwsAsync(ofNobody.initialOffset(), { message: /UNKNOWN_TOPIC/ }, 'it never was there')
})

test('a batch that was logged is read as it was, and what of it is gone since is lost', async (t) => {
  const cluster = clusterOf({ 0: [0n, 10n] })
  const first = cluster.open()
  const from = await first.initialOffset()
  cluster.topicsThere.set('t', { id: 'a', ends: { 0: [0n, 10n], 1: [4n, 8n] } })
  const until = await first.latestOffset(from, false)
  cluster.topicsThere.set('t', { id: 'a', ends: { 0: [0n, 99n], 1: [4n, 99n] } })
  t.deepEqual(await rangesOf(cluster.open(), from, until), ['t-0 0 10', 't-1 4 8'])
  // Of the partition that was new it is known where it began.
  cluster.topicsThere.set('t', { id: 'a', ends: { 0: [0n, 99n], 1: [6n, 99n] } })
  await t.throwsAsync(rangesOf(cluster.open(), from, until), LOSS)
  t.deepEqual(await rangesOf(cluster.open({ failOnDataLoss: 'false' }), from, until), ['t-0 0 10', 't-1 6 8'])
  for (const there of [
    { id: 'b', ends: { 0: [0n, 99n], 1: [0n, 99n] } as Ends },
    { id: 'a', ends: { 1: [4n, 99n] } as Ends },
  ]) {
    cluster.topicsThere.set('t', there)
    const why = there.id === 'b' ? /KAFKA_DATA_LOSS.*created again/ : /KAFKA_DATA_LOSS.*partition is gone/
    await t.throwsAsync(rangesOf(cluster.open(), from, until), { message: why })
    const ranges = await rangesOf(cluster.open({ failOnDataLoss: 'false' }), from, until)
    t.deepEqual(ranges, there.id === 'b' ? [] : ['t-1 4 8'])
  }
})

test('a stream over a pattern reads topics that come, each from its beginning, and remembers those that are not listed', async (t) => {
  const cluster = clusterOf({ 0: [0n, 4n] })
  cluster.topicsThere.set('other', { id: 'o', ends: { 0: [0n, 9n] } })
  const stream = cluster.open({ pattern: 't.*' })
  const from = await stream.latestOffset(await stream.initialOffset(), false)
  t.deepEqual(offsetsIn(from), { t: { 0: 4n } })
  cluster.topicsThere.set('t2', { id: 'x', ends: { 0: [2n, 6n] } })
  const until = await stream.latestOffset(from, false)
  t.deepEqual(await rangesOf(stream, from, until), ['t2-0 2 6'])
})

test('offsets are committed for display in the group that was named, and after a refusal not for a while', async (t) => {
  const cluster = clusterOf({ 0: [0n, 4n] })
  const silent = cluster.open()
  const at = await silent.latestOffset(await silent.initialOffset(), false)
  await silent.committed(at)
  t.deepEqual(cluster.committed, [])
  const named = cluster.open({ 'kafka.group.id': 'g' })
  await named.committed(at)
  t.deepEqual(cluster.committed, [['g', [{ topic: 't', partitions: [{ partition: 0, offset: '4' }] }]]])
  cluster.refusesCommits = true
  await t.throwsAsync(named.committed(at), { message: 'refused' })
  cluster.refusesCommits = false
  await named.committed(at)
  t.is(cluster.committed.length, 1)
})

test('a topic without an id is another one when its leaders or logs went back', (t) => {
  const noted = { t: { partitions: { 0: { epoch: 3, start: 5n }, 1: { epoch: 2, start: 0n } } } }
  const is = (now: object): boolean => renewedTopics(noted, { t: now } as never).length > 0
  const now = (epoch: number, start: bigint) => ({ partitions: { 0: { epoch, start } } })
  t.deepEqual(
    [now(3, 5n), now(4, 9n), now(2, 5n), now(3, 4n), now(-1, 5n), now(-1, 4n), { partitions: {} }, { id: 'x' }].map(is),
    [false, false, true, true, false, true, false, false],
  )
  t.deepEqual(renewedTopics({ t: { id: 'a' }, u: { id: 'b' } }, { t: { id: 'a' }, u: { id: 'c' } }), ['u'])
})

test('tasks are as many as are wanted at least, of so many records at most, and never empty', (t) => {
  const offsets = (...numbers: readonly bigint[]) =>
    toOffsets(numbers.map((offset, partition) => ({ topic: 't', partition, offset })))
  const cut = (sizes: readonly bigint[], minPartitions: number, most?: bigint): readonly string[] =>
    splitsBetween(
      offsets(...sizes.map(() => 100n)),
      offsets(...sizes.map((size) => 100n + size)),
      {
        minPartitions,
        maxRecordsPerPartition: most,
      },
      () => undefined,
    ).map(({ from, until }) => `${from - 100n} ${until - 100n}`)
  t.deepEqual(cut([10n, 0n], 0), ['0 10'])
  t.deepEqual(cut([10n, 10n], 2), ['0 10', '0 10'])
  t.deepEqual(cut([9n, 1n], 2), ['0 9', '0 1'], 'as many as are wanted, however large')
  t.deepEqual(cut([10n], 3), ['0 3', '3 6', '6 10'])
  t.deepEqual(cut([2n], 5), ['0 1', '1 2'])
  t.deepEqual(cut([10n], 0, 5n), ['0 5', '5 10'])
  t.deepEqual(cut([10n], 0, 4n), ['0 3', '3 6', '6 10'])
  t.deepEqual(cut([10n], 4, 5n), ['0 2', '2 5', '5 7', '7 10'])
  const some = limited(offsets(0n, 0n), offsets(10n, 10n), 20n)
  t.deepEqual(some, offsets(10n, 10n), 'all of it is just the limit')
  t.deepEqual(limited(offsets(0n, 0n), offsets(10n, 10n), 19n), offsets(9n, 9n))
  t.deepEqual(limited(offsets(5n, 0n), offsets(3n, 10n), 4n), offsets(5n, 4n), 'none goes back')
  t.deepEqual(limited(offsets(0n, 5n), offsets(1_000n, 6n), 10n), offsets(9n, 6n))
})

test('options of reading are what they say, within their bounds', (t) => {
  const read = (more: Record<string, string>) =>
    sourceOptions({ 'kafka.bootstrap.servers': 'h:1', subscribe: 't', ...more })
  const refused = (message: RegExp, more: Record<string, string>): void =>
    void t.throws(() => read(more), { message }, JSON.stringify(more))
  t.like(read({}), { maxOffsetsPerTrigger: undefined, minPartitions: 0, failOnDataLoss: true, groupId: undefined })
  t.like(read({ MaxOffsetsPerTrigger: '1', minPartitions: '7', failondataloss: 'FALSE' }), {
    ...{ maxOffsetsPerTrigger: 1n, minPartitions: 7, failOnDataLoss: false },
  })
  for (const option of ['maxOffsetsPerTrigger', 'minPartitions', 'maxRecordsPerPartition'])
    for (const value of ['0', '-1', '1.5', '', '1'.repeat(19)]) refused(/positive integer/, { [option]: value })
  for (const value of ['', 'a,,b', ' ']) refused(/list of topics/, { subscribe: value })
  refused(/exactly one of/, { subscribePattern: 't.*' })
  refused(/true or false/, { failOnDataLoss: 'yes' })
  refused(/minOffsetsPerTrigger/, { minOffsetsPerTrigger: '1' })
  refused(/includeHeaders/, { includeHeaders: 'true' })
  refused(/nonsense/, { nonsense: '1' })
  refused(/error or latest/, { startingOffsetsByTimestampStrategy: 'no' })
  refused(/before the earliest/, { endingOffsets: 'earliest' })
  refused(/before the earliest/, { endingOffsets: '{"t":{"0":-2}}' })
  for (const value of ['[]', 'null', '7', '"x"', '{"t":{"0":-3}}', '{"t":[1]}', '{'])
    refused(/INVALID_OPTION/, { startingOffsets: value })
  refused(/milliseconds/, { startingTimestamp: 'x' })
  t.like(read({ startingOffsets: ' LATEST ' }).starting, { position: { kind: 'latest' } })
  t.deepEqual(read({ startingOffsets: '{"t":{"0":-2,"1":7}}' }).starting?.position, {
    ...{ kind: 'offsets', offsets: { t: { 0: -2n, 1: 7n } } },
  })
  // A time for all goes before times for each, and these before offsets.
  const each = { startingOffsetsByTimestamp: '{"t":{"0":5}}', startingOffsets: 'latest' }
  t.like(read({ ...each, startingTimestamp: '9' }).starting, {
    position: { kind: 'times', times: 9n, otherwise: 'error' },
  })
  t.like(read(each).starting, { option: 'startingOffsetsByTimestamp' })
  for (const startingOffsets of ['latest', '{"t":{"0":-1}}'])
    t.throws(() => checkBatch(read({ startingOffsets })), { message: /would read nothing/ })
  t.notThrows(() => checkBatch(read({ startingOffsets: '{"t":{"0":-2}}', endingOffsets: 'latest' })))
  t.throws(() => checkBatch(read({ maxOffsetsPerTrigger: '5' })), { message: /no triggers/ })
  t.throws(() => checkBatch(read({ 'kafka.group.id': 'g' })), { message: /for streams only/ })
  t.throws(() => checkStream(read({ endingOffsets: 'latest' })), { message: /has no end/ })
  t.notThrows(() => checkStream(read({})))
  const text = (more: Record<string, string>) => subscriptionText(read(more))
  t.is(text({ subscribe: 'b, a ,b' }), 'a, b')
  const assign = (value: string) => sourceOptions({ 'kafka.bootstrap.servers': 'h:1', assign: value })
  t.is(subscriptionText(assign('{"b":[10,9],"a":[0]}')), 'a: 0, b: 9 10')
  for (const wrong of ['{"a":[-1]}', '{"a":[0.5]}', '{"a":0}', '[0]'])
    t.throws(() => assign(wrong), { message: /assign/ })
})

test('offsets of a log are taken as they are, and what is none is refused', (t) => {
  t.deepEqual(streamOffsetFromJson({ t: { 0: 5 } } as Json), { offsets: { t: { 0: 5n } }, identities: {}, begins: {} })
  const note = (epoch: unknown, start: unknown): Json =>
    ({ t: { 0: 5n }, '#topics': { t: { partitions: { 0: { epoch, start } } } } }) as Json
  t.deepEqual(streamOffsetFromJson(note('-1', '7')).identities, { t: { partitions: { 0: { epoch: -1, start: 7n } } } })
  for (const wrong of [
    note('x', 7),
    note(7, 'x'),
    note(undefined, 7),
    [],
    null,
    { t: 5 },
    { t: { x: 5 } },
    { t: { 0: -1 } },
  ])
    t.throws(() => streamOffsetFromJson(wrong as Json), { message: /CORRUPT_RECORD/ }, String(wrong))
})

test('what a broker refuses is tried again, given up, or told by name', (t) => {
  const kafkajs = (name: string, rest: object = {}) => Object.assign(new Error('why'), { name, ...rest })
  const protocol = (type: string, code?: number) => kafkajs('KafkaJSProtocolError', { type, code })
  const wrapped = (cause: unknown) => kafkajs('KafkaJSNumberOfRetriesExceeded', { cause })
  for (const error of [protocol('NOT_LEADER_FOR_PARTITION'), kafkajs('KafkaJSConnectionError')])
    for (const one of [error, wrapped(error), wrapped(wrapped(error))]) t.true(isTransient(one))
  for (const error of [
    protocol('TOPIC_AUTHORIZATION_FAILED'),
    kafkajs('KafkaJSConnectionError', { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }),
    kafkajs('KafkaJSConnectionError', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    new MillraceError('KAFKA_UNAVAILABLE', { servers: 's', reason: 'r' }),
  ])
    t.false(isTransient(error))
  const conditions: readonly (readonly [unknown, string])[] = [
    [protocol('UNKNOWN_TOPIC_OR_PARTITION'), 'UNKNOWN_TOPIC_OR_PARTITION'],
    [protocol('INVALID_TOPIC_EXCEPTION'), 'UNKNOWN_TOPIC_OR_PARTITION'],
    [protocol('INVALID_PRODUCER_EPOCH'), 'KAFKA_PRODUCER_FENCED'],
    [protocol('', 90), 'KAFKA_PRODUCER_FENCED'],
    [protocol('MESSAGE_TOO_LARGE'), 'KAFKA_MESSAGE_TOO_LARGE'],
    [protocol('RECORD_LIST_TOO_LARGE'), 'KAFKA_MESSAGE_TOO_LARGE'],
    [protocol('GROUP_AUTHORIZATION_FAILED'), 'KAFKA_AUTHENTICATION_FAILED'],
    [kafkajs('KafkaJSSASLAuthenticationError'), 'KAFKA_AUTHENTICATION_FAILED'],
    [kafkajs('Error', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'KAFKA_CERTIFICATE_NOT_TRUSTED'],
    [kafkajs('KafkaJSConnectionError'), 'KAFKA_UNAVAILABLE'],
    [new RangeError('out'), 'KAFKA_UNAVAILABLE'],
  ]
  for (const [error, condition] of conditions) t.is(asCondition(wrapped(error), 's', 't').condition, condition as never)
  t.regex(asCondition(new RangeError('out'), 's', 't').message, /an answer cannot be understood/)
  t.true(isUnknownTopic(new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: 't' })))
  t.true(isFenced(new MillraceError('KAFKA_PRODUCER_FENCED', { servers: 's', reason: 'r' })))
  t.deepEqual([isUnknownTopic(protocol('X')), isFenced(protocol('X'))], [false, false])
  t.regex(notCommitted(protocol('GROUP_ID_NOT_FOUND'), 'g').message, /GROUP_ID_NOT_FOUND, why/)
  t.notRegex(notCommitted(new Error('why'), 'g').message, /undefined/)
  const canceled = new MillraceError('OPERATION_CANCELED')
  t.is(notCommitted(canceled, 'g'), canceled)
})

test('of what brokers tell of topics only those that were asked for and exist are taken', (t) => {
  const part = (partitionId: number, leader: number) => ({ partitionId, leader, leaderEpoch: 1 })
  const about = (
    topic: string | null,
    topicErrorCode: number,
    partitionMetadata: unknown[] = [part(1, 4), part(0, -1)],
  ) => ({
    ...{ topic, topicErrorCode, id: undefined, partitionMetadata },
  })
  const read = (...topicMetadata: readonly unknown[]) => described({ topicMetadata } as never, ['t', 'u'])
  const found = read(about('t', 0), about('u', 3), about('x', 0), about(null, 0))
  t.deepEqual([...found.keys()], ['t'])
  t.deepEqual([...found.get('t')!.partitions.keys()], [0, 1])
  t.deepEqual([...read(about('t', 17)).keys()], [])
  t.throws(() => read(about('t', 29)))
  t.throws(() => read(about('t', 0, [])))
  t.is(described(null, ['t']).size, 0)
  t.is(leaderOf(found.get('t')!, 't', 1), 4)
  t.throws(() => leaderOf(found.get('t')!, 't', 0), { message: /leader/i })
  t.throws(() => leaderOf(found.get('t')!, 't', 2), { message: /t-2/ })
})
