import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { BIGINT, DOUBLE, field, STRING } from '../../columnar/types.js'
import { GroupState } from '../../executor/user-code/state/group-state.js'
import type { ProcessorHandle } from '../../executor/user-code/state/processor-handle.js'
import { StatefulGroups } from '../../executor/user-code/state/stateful-groups.js'

const GIVEN = { fields: [field('v', BIGINT), field('k', STRING), field('d', DOUBLE)] }
const block = (...rows: readonly (readonly [v: bigint, k: string | null, d: number])[]) =>
  blockFromRows(
    GIVEN,
    rows.map(([v, k, d]) => ({ v, k, d })),
  )

/** Groups of rows whose sums a processor gives; what is held and how often memory may be given back is noted. */
function summed() {
  const held = {
    bytes: 0,
    hold: (bytes: number) => {
      held.bytes = bytes
    },
  }
  const noted = { relieved: 0, heldThen: [] as number[], keys: [] as (readonly unknown[])[] }
  const handle = { group: { bytes: undefined }, expire: () => [] } as unknown as ProcessorHandle
  const groups = new StatefulGroups({
    processor: {
      handleInputRows(key, rows) {
        noted.keys.push(key)
        noted.heldThen.push(held.bytes)
        let sum = 0n
        for (const { v } of rows as Iterable<{ readonly v: bigint }>) sum += v
        return [sum]
      },
    },
    handle,
    timerValues: { getCurrentProcessingTimeInMs: () => 0, getCurrentWatermarkInMs: () => 0 },
    signature: { name: 'f', arguments: [], result: BIGINT },
    ...{ given: GIVEN, keys: 2, hasInitial: false, isCalledWithoutRows: false, held },
    relieve: async () => void noted.relieved++,
  })
  const all = async (given: AsyncIterable<readonly unknown[]>) => {
    const rows: unknown[] = []
    for await (const some of given) rows.push(...some)
    return rows
  }
  return { groups, held, noted, all }
}

test('of the rows that wait those of the group that is not whole yet count, and none at the end', async (t) => {
  const { groups, held, noted, all } = summed()
  const blocks = [block([1n, 'a', 0]), block([2n, 'a', 0]), block([3n, 'a', 0], [4n, 'b', 0]), block([5n, 'c', 0])]
  const sizes = blocks.map(({ bytes }) => bytes.length)
  t.deepEqual(await all(groups.take(blocks.slice(0, 2))), [])
  t.is(held.bytes, sizes[0]! + sizes[1]!)
  t.deepEqual(await all(groups.take(blocks.slice(2, 3))), [6n])
  t.is(held.bytes, sizes[2]!)
  t.deepEqual(await all(groups.take(blocks.slice(3))), [4n])
  t.is(held.bytes, sizes[3]!)
  t.is(noted.relieved, 2, 'between two groups memory may be given back')
  t.deepEqual(await all(groups.end(0n)), [5n])
  t.is(held.bytes, 0)
  t.deepEqual(noted.heldThen, [sizes[0]! + sizes[1]! + sizes[2]!, sizes[2]! + sizes[3]!, sizes[3]!])
})

test('NULL, both zeros, NaN and the empty text are keys of groups, of which both zeros are one', async (t) => {
  const { groups, noted, all } = summed()
  const rows = [
    ...[[1n, null, 0] as const, [2n, null, -0] as const],
    ...[[3n, '', -0] as const, [4n, '', 0] as const, [5n, '', Number.NaN] as const, [6n, '', Number.NaN] as const],
  ]
  const given = [...(await all(groups.take(rows.map((row) => block(row))))), ...(await all(groups.end(0n)))]
  t.deepEqual(given, [3n, 7n, 11n])
  t.deepEqual(noted.keys, [
    [null, 0],
    ['', 0],
    ['', Number.NaN],
  ])
})

test('a time-out is ahead: durations are positive, and times are not before the watermark', (t) => {
  const set: number[] = []
  const row = { exists: () => false, get: () => undefined, update: () => {}, clear: () => {} }
  const state = (timeMode: 'processingTime' | 'eventTime') =>
    new GroupState(row, { timeMode, hasTimedOut: false, processingMs: 500, watermarkMs: 1000 }, (ms) => set.push(ms))
  state('processingTime').setTimeoutDuration(1)
  state('processingTime').setTimeoutDuration('2 seconds')
  for (const duration of [0, -1, Number.NaN, '0 seconds'])
    t.throws(() => state('processingTime').setTimeoutDuration(duration), { message: /INVALID_API_USE.*positive/ })
  state('eventTime').setTimeoutTimestamp(1000)
  state('eventTime').setTimeoutTimestamp(new Date(900), '200 milliseconds')
  t.throws(() => state('eventTime').setTimeoutTimestamp(999), { message: /INVALID_API_USE.*999.*watermark, 1000/ })
  t.throws(() => state('eventTime').setTimeoutTimestamp(0), { message: /INVALID_API_USE.*after 1970/ })
  t.deepEqual(set, [501, 2500, 1000, 1100])
})
