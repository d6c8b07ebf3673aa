import test from 'ava'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { describeConfigs } from '../../connectors/kafka/broker/requests/admin.js'
import { describeGroups, joinGroup, leaveGroup, listGroups } from '../../connectors/kafka/broker/requests/groups.js'
import { metadata } from '../../connectors/kafka/broker/requests/metadata.js'
import { offsetCommit, offsetFetch } from '../../connectors/kafka/broker/requests/offsets.js'
import { produce } from '../../connectors/kafka/broker/requests/produce.js'
import { createPartitions, createTopics } from '../../connectors/kafka/broker/requests/topics.js'
import { listTransactions } from '../../connectors/kafka/broker/requests/transactions.js'
import { answerOf } from '../support/handled-requests.js'

/* What handlers answer that administer, and what they have done, of a broker of which only that is there which they ask. */

const nameAndError = (answer: RequestReader): readonly [string, number] => {
  const told = [answer.string(), answer.int16()] as const
  answer.nullableString()
  return told
}

interface NewTopic {
  readonly name?: string
  readonly partitions: number
  readonly replication?: number
  readonly assigned?: number
  readonly isOnlyValidated?: boolean
}

test('a topic has from one to ten thousand partitions, as many as are assigned or else as is usual, and one copy', async (t) => {
  const created: (readonly [string, number])[] = []
  const topics = {
    topics: () => new Map([['known', {}]]),
    create: async (name: string, partitions: number) => {
      if (name === 'full') throw new Error('no room')
      created.push([name, partitions])
    },
  }
  const createdAs = async (topic: NewTopic): Promise<readonly [error: number, partitions: number | undefined]> => {
    const { name = 't', partitions, replication = -1, assigned = 0, isOnlyValidated = false } = topic
    created.length = 0
    const answer = await answerOf(createTopics, 4, { topics, defaultPartitions: 4 }, (to) => {
      to.array([name], () => {
        to.string(name).int32(partitions).int16(replication)
        to.array(Array<number>(assigned).fill(1), (node) => to.int32(0).array([node], (each) => to.int32(each)))
        to.array(['retention.ms'], (key) => to.string(key).nullableString(null))
      })
      to.int32(1000).boolean(isOnlyValidated)
    })
    answer.int32()
    const [[told, error]] = answer.array(() => nameAndError(answer)) as [readonly [string, number]]
    t.is(told, name)
    t.true(created.every(([of]) => of === name))
    return [error, created[0]?.[1]]
  }
  const cases: readonly (readonly [NewTopic, error: number, partitions?: number])[] = [
    [{ partitions: 1, replication: 1 }, ERROR.none, 1],
    [{ partitions: 10_000 }, ERROR.none, 10_000],
    [{ partitions: -1 }, ERROR.none, 4],
    [{ partitions: -1, assigned: 2 }, ERROR.none, 2],
    [{ partitions: 0 }, ERROR.invalidPartitions],
    [{ partitions: -2 }, ERROR.invalidPartitions],
    [{ partitions: 10_001 }, ERROR.invalidPartitions],
    [{ partitions: 1, replication: 0 }, ERROR.invalidReplicationFactor],
    [{ partitions: 1, replication: 2 }, ERROR.invalidReplicationFactor],
    [{ name: 'known', partitions: 1 }, ERROR.topicAlreadyExists],
    [{ name: 'a/b', partitions: 1 }, ERROR.invalidTopic],
    [{ name: 'full', partitions: 1 }, ERROR.kafkaStorageError],
    [{ partitions: 1, isOnlyValidated: true }, ERROR.none],
    [{ partitions: 0, isOnlyValidated: true }, ERROR.invalidPartitions],
  ]
  for (const [topic, error, partitions] of cases)
    t.deepEqual(await createdAs(topic), [error, partitions], JSON.stringify(topic))
})

test('partitions that are only validated are not made, nor those of a topic that there is not', async (t) => {
  const grown: string[] = []
  const topics = {
    topics: () => new Map([['t', { partitions: [1] }]]),
    grow: async (name: string, total: number) => void grown.push(`${name} ${total}`),
  }
  for (const [name, isOnlyValidated, error] of [
    ['t', true, ERROR.none],
    ['none', false, ERROR.unknownTopicOrPartition],
    ['t', false, ERROR.none],
  ] as const) {
    const answer = await answerOf(createPartitions, 0, { topics }, (to) => {
      to.array([name], () =>
        to
          .string(name)
          .int32(2)
          .nullableArray(null, () => undefined),
      )
      to.int32(0).boolean(isOnlyValidated)
    })
    answer.int32()
    t.deepEqual(
      answer.array(() => nameAndError(answer)),
      [[name, error]],
    )
  }
  t.deepEqual(grown, ['t 2'])
})

test('settings are those that were asked for, of topics and of the broker, and none of a topic that there is not', async (t) => {
  const context = {
    topics: { topics: () => new Map([['t', {}]]) },
    ...{ maxMessageBytes: 77, defaultPartitions: 5, autoCreateTopics: false },
  }
  const TOPIC = 2
  const BROKER = 4
  const settingsOf = async (type: number, name: string, keys: readonly string[] | null) => {
    const answer = await answerOf(describeConfigs, 0, context, (to) => {
      to.array([name], () =>
        to
          .int8(type)
          .string(name)
          .nullableArray(keys, (key) => to.string(key)),
      )
    })
    answer.int32()
    const [found] = answer.array(() => {
      const error = answer.int16()
      answer.nullableString()
      t.deepEqual([answer.int8(), answer.string()], [type, name])
      const settings = answer.array(() => {
        const setting = [answer.string(), answer.nullableString()] as const
        // Nobody can change it, it is the default, and no secret.
        t.deepEqual([answer.boolean(), answer.boolean(), answer.boolean()], [true, true, false])
        return setting
      })
      return [error, Object.fromEntries(settings)] as const
    })
    return found
  }
  t.deepEqual(await settingsOf(TOPIC, 't', ['max.message.bytes', 'none']), [ERROR.none, { 'max.message.bytes': '77' }])
  t.is(Object.keys((await settingsOf(TOPIC, 't', null))![1]).length, 5)
  t.deepEqual(await settingsOf(TOPIC, 'none', null), [ERROR.unknownTopicOrPartition, {}])
  t.deepEqual(await settingsOf(BROKER, '1', null), [
    ERROR.none,
    { 'num.partitions': '5', 'auto.create.topics.enable': 'false', 'message.max.bytes': '77' },
  ])
})

test('topics are told, and made where that is wanted and nothing hinders it', async (t) => {
  const created: (readonly [string, number])[] = []
  const known = new Map([['a', { partitions: [1, 2] }]])
  const topics = {
    topics: () => known,
    create: async (name: string, partitions: number) => {
      if (name === 'full') throw new Error('no room')
      created.push([name, partitions])
      return { partitions: Array<number>(partitions).fill(0) }
    },
  }
  const told = async (
    version: number,
    names: readonly string[] | null,
    mayCreate = true,
    autoCreateTopics = true,
  ): Promise<readonly (readonly [string | null, error: number, partitions: number])[]> => {
    const context = { topics, autoCreateTopics, defaultPartitions: 3, nodeId: 7, host: 'h', port: 9, clusterId: 'c' }
    const answer = await answerOf(metadata, version, context, (to) => {
      to.nullableArray(names, (name) => to.string(name))
      if (version >= 4) to.boolean(mayCreate)
    })
    if (version >= 3) answer.int32()
    answer.array(() => {
      t.deepEqual([answer.int32(), answer.string(), answer.int32()], [7, 'h', 9])
      if (version >= 1) answer.nullableString()
    })
    if (version >= 2) t.is(answer.nullableString(), 'c')
    if (version >= 1) t.is(answer.int32(), 7)
    return answer.array(() => {
      const error = answer.int16()
      const name = answer.nullableString()
      if (version >= 1) t.false(answer.boolean())
      const leaders = answer.array(() => {
        t.is(answer.int16(), ERROR.none)
        const leader = [answer.int32(), answer.int32()] as const
        for (let list = 0; list < 2; list++)
          t.deepEqual(
            answer.array(() => answer.int32()),
            [7],
          )
        return leader
      })
      t.deepEqual(
        leaders,
        leaders.map((_, i) => [i, 7]),
      )
      return [name, error, leaders.length] as const
    })
  }
  const ofA = ['a', ERROR.none, 2] as const
  t.deepEqual(await told(0, []), [ofA], 'all of them')
  t.deepEqual(await told(1, []), [])
  t.deepEqual(await told(1, null), [ofA])
  t.deepEqual(created, [])
  for (const [version, mayCreate, autoCreateTopics, isCreated] of [
    [3, false, true, true],
    [4, true, true, true],
    [4, false, true, false],
    [4, true, false, false],
  ] as const) {
    created.length = 0
    const expected = isCreated ? ['b', ERROR.none, 3] : ['b', ERROR.unknownTopicOrPartition, 0]
    t.deepEqual(await told(version, ['a', 'b'], mayCreate, autoCreateTopics), [ofA, expected as never])
    t.deepEqual(created, isCreated ? [['b', 3]] : [])
  }
  t.deepEqual(await told(4, ['full', 'a/b']), [
    ['full', ERROR.kafkaStorageError, 0],
    ['a/b', ERROR.invalidTopic, 0],
  ])
})

test('a group is asked for some of its offsets, or for all, and has none where nothing was committed', async (t) => {
  const committed = [
    { topic: 'a', partition: 0, offset: '5', metadata: 'm' },
    { topic: 'b', partition: 1, offset: '7', metadata: null },
    { topic: 'a', partition: 2, offset: '6', metadata: null },
  ]
  const offsets = {
    all: (group: string) => (group === 'g' ? committed : []),
    get: (group: string, topic: string, partition: number) =>
      group === 'g' ? committed.find((one) => one.topic === topic && one.partition === partition) : undefined,
  }
  const told = async (group: string, topics: readonly (readonly [string, readonly number[]])[] | null) => {
    const answer = await answerOf(offsetFetch, 2, { groups: { offsets } }, (to) => {
      to.string(group).nullableArray(topics, ([topic, partitions]) =>
        to.string(topic).array(partitions, (partition) => to.int32(partition)),
      )
    })
    const found = answer.array(() => {
      const topic = answer.string()
      return answer.array(() => {
        const place = `${topic}-${answer.int32()}`
        const at = [place, answer.int64(), answer.nullableString()] as const
        t.is(answer.int16(), ERROR.none)
        return at
      })
    })
    t.is(answer.int16(), ERROR.none)
    return found.flat()
  }
  t.deepEqual(await told('g', null), [
    ['a-0', 5n, 'm'],
    ['a-2', 6n, ''],
    ['b-1', 7n, ''],
  ])
  t.deepEqual(await told('g', [['a', [0, 1]]]), [
    ['a-0', 5n, 'm'],
    ['a-1', -1n, ''],
  ])
  t.deepEqual(await told('h', null), [])
})

test('a commit that cannot be written, and records that cannot be kept, are told so that clients try again', async (t) => {
  const failing = async (): Promise<never> => {
    throw new Error('no room')
  }
  const commit = await answerOf(
    offsetCommit,
    2,
    { groups: { group: () => undefined, offsets: { commit: failing } } },
    (to) => {
      to.string('g').int32(-1).string('').int64(-1n)
      to.array(['t'], (name) => to.string(name).array([0], (one) => to.int32(one).int64(5n).nullableString(null)))
    },
  )
  const [[ofCommit]] = commit.array(() => {
    commit.string()
    return commit.array(() => [commit.int32(), commit.int16()][1])
  }) as [[number]]
  t.is(ofCommit, ERROR.coordinatorNotAvailable)
  const context = {
    topics: { partition: (_: string, partition: number) => (partition === 0 ? { append: failing } : undefined) },
    transactions: { admission: () => () => ERROR.none },
    maxMessageBytes: 10,
  }
  for (const [topic, partition, records, error] of [
    ['t', 0, Buffer.alloc(10), ERROR.kafkaStorageError],
    ['t', 0, Buffer.alloc(11), ERROR.messageTooLarge],
    ['t', 1, Buffer.alloc(10), ERROR.unknownTopicOrPartition],
    ['a/b', 0, Buffer.alloc(10), ERROR.invalidTopic],
    ['t', 0, null, ERROR.invalidRequest],
  ] as const) {
    const answer = await answerOf(produce, 3, context, (to) => {
      to.nullableString(null).int16(-1).int32(0)
      to.array([topic], (name) =>
        to.string(name).array([partition], (number) => {
          to.int32(number)
          if (records) to.bytes(records)
          else to.int32(-1)
        }),
      )
    })
    answer.array(() => {
      t.is(answer.string(), topic)
      answer.array(() => {
        t.deepEqual([answer.int32(), answer.int16(), answer.int64(), answer.int64()], [partition, error, -1n, -1n])
      })
    })
  }
})

test('a group without members is empty where it has offsets, and dead where it has none', async (t) => {
  const live = { phase: 'Stable', protocolType: 'connect', protocol: 'p', describe: () => [] }
  const groups = {
    group: (id: string) => (id === 'live' ? live : undefined),
    groupIds: () => ['live', 'resting'],
  }
  const answer = await answerOf(describeGroups, 0, { groups }, (to) =>
    to.array(['live', 'resting', 'gone'], (id) => to.string(id)),
  )
  t.deepEqual(
    answer.array(() => {
      t.is(answer.int16(), ERROR.none)
      const told = [answer.string(), answer.string(), answer.string(), answer.string()]
      answer.array(() => undefined)
      return told
    }),
    [
      ['live', 'Stable', 'connect', 'p'],
      ['resting', 'Empty', '', ''],
      ['gone', 'Dead', '', ''],
    ],
  )
  const list = await answerOf(listGroups, 0, { groups }, () => undefined)
  t.is(list.int16(), ERROR.none)
  t.deepEqual(
    list.array(() => [list.string(), list.string()]),
    [
      ['live', 'connect'],
      ['resting', 'consumer'],
    ],
  )
})

test('who leaves is told whether it was a member, alone or each of several, and who joins may take its time', async (t) => {
  const joined: unknown[] = []
  const groups = {
    leave: (_: string, memberId: string) => (memberId === 'm' ? ERROR.none : ERROR.unknownMemberId),
    join: async (_: string, { sessionTimeoutMs, rebalanceTimeoutMs, clientId }: Record<string, unknown>) => {
      joined.push([sessionTimeoutMs, rebalanceTimeoutMs, clientId])
      return { error: ERROR.none, generation: 1, protocol: 'p', leader: 'm', memberId: 'm', members: [] }
    },
  }
  for (const [member, error] of [
    ['m', ERROR.none],
    ['n', ERROR.unknownMemberId],
  ] as const) {
    const answer = await answerOf(leaveGroup, 0, { groups }, (to) => to.string('g').string(member))
    t.is(answer.int16(), error)
  }
  const several = await answerOf(leaveGroup, 3, { groups }, (to) =>
    to.string('g').array(['n', 'm'], (id) => to.string(id).nullableString(null)),
  )
  several.int32()
  t.is(several.int16(), ERROR.none)
  t.deepEqual(
    several.array(() => [several.string(), several.nullableString(), several.int16()]),
    [
      ['n', null, ERROR.unknownMemberId],
      ['m', null, ERROR.none],
    ],
  )
  for (const version of [0, 1])
    await answerOf(joinGroup, version, { groups }, (to) => {
      to.string('g').int32(10)
      if (version >= 1) to.int32(20)
      to.string('')
        .string('consumer')
        .array(['p'], (name) => to.string(name).bytes(Buffer.alloc(0)))
    })
  t.deepEqual(joined, [
    [10, 10, 'client'],
    [10, 20, 'client'],
  ])
})

test('transactions are listed by their states and their producers, and states that there are not are named', async (t) => {
  const all = [
    { transactionalId: 'a', producerId: '1', phase: 'Ongoing' },
    { transactionalId: 'b', producerId: '2', phase: 'Empty' },
    { transactionalId: 'c', producerId: '3', phase: 'Ongoing' },
  ]
  const told = async (states: readonly string[], producers: readonly bigint[]) => {
    const answer = await answerOf(listTransactions, 0, { transactions: { all: () => all } }, (to) =>
      to.array(states, (state) => to.string(state)).array(producers, (producer) => to.int64(producer)),
    )
    t.deepEqual([answer.int32(), answer.int16()], [0, ERROR.none])
    const unknown = answer.array(() => answer.string())
    const found = answer.array(() => `${answer.string()} ${answer.int64()} ${answer.string()}`)
    return [found, unknown]
  }
  const [a, b, c] = ['a 1 Ongoing', 'b 2 Empty', 'c 3 Ongoing']
  t.deepEqual(await told([], []), [[a, b, c], []])
  t.deepEqual(await told(['Ongoing'], []), [[a, c], []])
  t.deepEqual(await told([], [2n, 3n]), [[b, c], []])
  t.deepEqual(await told(['Ongoing', 'Dead'], [1n, 2n]), [[a], ['Dead']])
  t.deepEqual(await told(['Dead'], []), [[], ['Dead']], 'not all of them')
})
