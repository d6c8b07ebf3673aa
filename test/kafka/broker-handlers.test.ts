import test from 'ava'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { listOffsets } from '../../connectors/kafka/broker/requests/list-offsets.js'
import { offsetCommit, txnOffsetCommit } from '../../connectors/kafka/broker/requests/offsets.js'
import { createPartitions, deleteTopics } from '../../connectors/kafka/broker/requests/topics.js'
import { answerOf } from '../support/handled-requests.js'

/* What handlers of requests decide themselves, of a broker of which only that is there which they ask. */

/** Topics with their partitions and the error of each. */
const partitionErrors = (answer: RequestReader): readonly (readonly number[])[] =>
  answer.array(() => {
    answer.string()
    return answer.array(() => {
      answer.int32()
      return answer.int16()
    })
  })

test('a commit for a group without members is taken from whoever is in none, and from nobody else', async (t) => {
  const committed: unknown[] = []
  const offsets = {
    commit: async (lines: readonly unknown[]) => {
      committed.push(...lines)
    },
  }
  const context = { groups: { group: () => undefined, offsets } }
  for (const [generation, memberId, error] of [
    [3, 'm', ERROR.unknownMemberId],
    [0, 'm', ERROR.unknownMemberId],
    [-1, '', ERROR.none],
  ] as const) {
    const answer = await answerOf(offsetCommit, 2, context, (to) => {
      to.string('g').int32(generation).string(memberId).int64(-1n)
      to.array(['t'], (name) => to.string(name).array([0], (one) => to.int32(one).int64(5n).nullableString(null)))
    })
    t.deepEqual(partitionErrors(answer), [[error]], `${generation} ${memberId}`)
  }
  t.is(committed.length, 1)
})

test('offsets of a transaction are those of a member as soon as it says anything of one', async (t) => {
  const added: unknown[] = []
  const transactions = {
    addOffsets: async (...of: readonly unknown[]) => {
      added.push(of)
      return ERROR.none
    },
  }
  const context = { groups: { group: () => undefined }, transactions }
  for (const [generation, memberId, error] of [
    [-1, 'm', ERROR.illegalGeneration],
    [0, '', ERROR.illegalGeneration],
    [-1, '', ERROR.none],
  ] as const) {
    const answer = await answerOf(txnOffsetCommit, 3, context, (to) => {
      to.string('id').string('g').int64(1n).int16(0).int32(generation).string(memberId).nullableString(null)
      to.array(['t'], (name) =>
        to.string(name).array([0], (one) => to.int32(one).int64(5n).int32(-1).nullableString(null)),
      )
    })
    answer.int32()
    t.deepEqual(partitionErrors(answer), [[error]], `${generation} ${memberId}`)
  }
  t.is(added.length, 1)
})

test('a time that is reached where the first open transaction begins is not reached for who reads what is committed', async (t) => {
  const log = {
    lastStableOffset: 5n,
    endOffset: 9n,
    offsetByTimestamp: async (timestampMs: bigint) => ({ offset: timestampMs, timestampMs }),
  }
  const context = { topics: { partition: () => log } }
  const offsets: bigint[] = []
  for (const [isolation, timestampMs] of [
    [1, 4n],
    [1, 5n],
    [0, 5n],
  ] as const) {
    const answer = await answerOf(listOffsets, 2, context, (to) => {
      to.int32(-1).int8(isolation)
      to.array(['t'], (name) => to.string(name).array([0], (one) => to.int32(one).int64(timestampMs)))
    })
    answer.int32()
    answer.array(() => {
      answer.string()
      return answer.array(() => {
        t.deepEqual([answer.int32(), answer.int16()], [0, ERROR.none])
        answer.int64()
        offsets.push(answer.int64())
      })
    })
  }
  t.deepEqual(offsets, [4n, -1n, 5n])
})

test('a topic goes when nothing is left that would hold for a later one of its name', async (t) => {
  for (const failing of [undefined, 'transactions', 'offsets'] as const) {
    const done: string[] = []
    const step = (name: string) => async (): Promise<void> => {
      if (name === failing) throw new Error('no room')
      done.push(name)
    }
    const context = {
      topics: { topics: () => new Map([['t', {}]]), delete: step('topic') },
      groups: { offsets: { forget: step('offsets') } },
      transactions: { forget: step('transactions') },
    }
    const answer = await answerOf(deleteTopics, 1, context, (to) => to.array(['t'], (name) => to.string(name)).int32(0))
    answer.int32()
    const [error] = answer.array(() => {
      answer.string()
      return answer.int16()
    })
    t.is(error, failing === undefined ? ERROR.none : ERROR.kafkaStorageError)
    const all = ['transactions', 'offsets', 'topic']
    t.deepEqual(done, failing === undefined ? all : all.slice(0, all.indexOf(failing)))
  }
})

test('a topic gets more partitions than it has, and ten thousand at most', async (t) => {
  const grown: number[] = []
  const topics = {
    topics: () => new Map([['t', { partitions: [1, 2] }]]),
    grow: async (_: string, total: number) => {
      grown.push(total)
    },
  }
  for (const [total, error] of [
    [2, ERROR.invalidPartitions],
    [3, ERROR.none],
    [10_000, ERROR.none],
    [10_001, ERROR.invalidPartitions],
  ] as const) {
    const answer = await answerOf(createPartitions, 0, { topics }, (to) => {
      to.array(['t'], (name) =>
        to
          .string(name)
          .int32(total)
          .nullableArray(null, () => undefined),
      )
      to.int32(0).boolean(false)
    })
    answer.int32()
    const [got] = answer.array(() => {
      answer.string()
      const code = answer.int16()
      answer.nullableString()
      return code
    })
    t.is(got, error, `${total}`)
  }
  t.deepEqual(grown, [3, 10_000])
})
