import test from 'ava'
import { EARLIEST, type Inquiry, LATEST } from '../../connectors/kafka/client/topic-description.js'
import { identify } from '../../connectors/kafka/source/identify.js'
import { startingPosition } from '../../connectors/kafka/source/position-options.js'
import { resolvePosition } from '../../connectors/kafka/source/positions.js'

const PARTITIONS = new Map([['t', [0, 1]]])

/** A topic whose partitions have offsets 3 to 9, of which the second has no record since a time. */
const CLIENT = {
  offsets: async (_: string, timestamps: ReadonlyMap<number, bigint>) =>
    new Map(
      [...timestamps].map(([partition, timestamp]) => {
        if (timestamp === EARLIEST) return [partition, 3n]
        return [partition, timestamp === LATEST ? 9n : partition === 0 ? 0n : -1n]
      }),
    ),
} as unknown as Inquiry

const startOf = async (given: Readonly<Record<string, string>>) =>
  await resolvePosition(CLIENT, startingPosition(new Map(Object.entries(given)))!, PARTITIONS, 0)

test('a stream starts where the options say, partition by partition', async (t) => {
  t.deepEqual(await startOf({ startingoffsets: '{"t":{"0":-2,"1":-1}}' }), { t: { 0: 3n, 1: 9n } })
  t.deepEqual(await startOf({ startingoffsets: '{"t":{"0":0,"1":7}}' }), { t: { 0: 0n, 1: 7n } })
  const times = { startingtimestamp: '5', startingoffsetsbytimestampstrategy: 'latest' }
  t.deepEqual(await startOf(times), { t: { 0: 0n, 1: 9n } }, 'the first record of all is one')
  await t.throwsAsync(startOf({ startingtimestamp: '5' }), { message: /INVALID_OPTION.*no record as young/ })
})

test('a start that does not name just the partitions there are, or a number that no offset is, is refused', async (t) => {
  for (const offsets of ['{"t":{"0":1}}', '{"t":{"0":1,"1":1,"2":1}}', '{"t":{"0":1,"1":9007199254740992}}'])
    await t.throwsAsync(startOf({ startingoffsets: offsets }), { message: /INVALID_OPTION/ }, offsets)
})

test('a topic that was another one, and is gone when it is asked for again, is not taken for the one before', async (t) => {
  const before = { offsets: { t: { 0: 5n } }, identities: { t: { id: 'a' } }, begins: {} }
  const found = new Map([['t', { id: 'b', partitions: new Map([[0, { leader: 1, epoch: 1 }]]) }]])
  const client = { ...CLIENT, describeUntil: async () => new Map() } as unknown as Inquiry
  t.deepEqual([...(await identify(client, before, found, 0)).renewed], ['t'])
})
