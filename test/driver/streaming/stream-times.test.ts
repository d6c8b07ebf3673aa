import test from 'ava'
import { field, type Schema, TIMESTAMP } from '../../../columnar/types.js'
import { StreamTimes, type WatermarkRules } from '../../../driver/streaming/stream-times.js'
import { keptOf, table, watermarkOf } from '../../support/stages.js'

const { fields }: Schema = { fields: [field('at', TIMESTAMP)] }
const SECOND = 1_000_000n

/** The times of a query with watermarks 0 and 1, whose clock the test sets. */
function timesOf(rules: Partial<WatermarkRules>) {
  const clock = { now: 0, nowMs: () => clock.now }
  const inner = watermarkOf(table(fields, []), 0)
  const root = { ...watermarkOf(inner, 0), watermarkId: 1 } as Parameters<typeof watermarkOf>[0]
  const times = new StreamTimes(root, { policy: 'min', idleTimeoutMs: 0, maxAdvanceMs: 0, ...rules }, clock)
  const seen = (watermarkId: number, maxMicros: bigint) =>
    new Map([[watermarkId, { watermarkId, rows: 1, minMicros: maxMicros, maxMicros, sumMicros: Number(maxMicros) }]])
  const NEW = { watermarks: {}, earlierWatermarks: {} }
  return { clock, times, seen, NEW }
}

test('a watermark that sees no row for a while goes on with the others, and what it sees then counts again', (t) => {
  const { clock, times, seen, NEW } = timesOf({ idleTimeoutMs: 1000 })
  clock.now = 400
  let position = { ...NEW, watermarks: times.after(NEW, seen(0, 9n * SECOND)) }
  clock.now = 999
  t.is(times.withoutIdle(position), position, 'the other one may have rows yet')
  clock.now = 1000
  position = times.withoutIdle(position)
  t.deepEqual(position.watermarks, { 0: 9n * SECOND, 1: 9n * SECOND })
  clock.now = 5000
  t.is(times.withoutIdle(position).watermarks[0], 9n * SECOND, 'the last that saw rows waits for itself')
  position = { ...position, watermarks: times.after(position, seen(1, 30n * SECOND)) }
  t.deepEqual(times.withoutIdle(position).watermarks, { 0: 30n * SECOND, 1: 30n * SECOND })
  position = { ...position, watermarks: times.after(position, seen(0, 12n * SECOND)) }
  t.deepEqual(position.watermarks, { 0: 12n * SECOND, 1: 30n * SECOND }, 'nothing was logged of that')
})

test('the watermark that saw rows last is never idle, so that one which saw none goes on with it, however late that is noticed', (t) => {
  const { clock, times, seen, NEW } = timesOf({ idleTimeoutMs: 1000 })
  clock.now = 400
  const position = { ...NEW, watermarks: times.after(NEW, seen(0, 9n * SECOND)) }
  clock.now = 1e9
  t.deepEqual(times.withoutIdle(position).watermarks, { 0: 9n * SECOND, 1: 9n * SECOND })
})

test('without a time-out, and where the greatest counts, no watermark is idle', (t) => {
  for (const rules of [{}, { policy: 'max', idleTimeoutMs: 1000 } as const]) {
    const { clock, times, seen, NEW } = timesOf(rules)
    clock.now = 400
    const position = { ...NEW, watermarks: times.after(NEW, seen(0, SECOND)) }
    clock.now = 1e12
    t.is(times.withoutIdle(position), position)
  }
})

test('times far ahead of the clock move a watermark up to the bound and no further, others as they are', (t) => {
  const { clock, times, seen, NEW } = timesOf({ maxAdvanceMs: 60_000 })
  clock.now = 1_000_000
  t.deepEqual(times.after(NEW, seen(0, 1_060n * SECOND)), { 0: 1_060n * SECOND })
  t.deepEqual(times.after(NEW, seen(0, 1_060n * SECOND + 1n)), { 0: 1_060n * SECOND })
  t.deepEqual(times.after(NEW, seen(0, 9_999_999n * SECOND)), { 0: 1_060n * SECOND })
  t.deepEqual(times.after(NEW, seen(0, 5n * SECOND)), { 0: 5n * SECOND })
  const unbounded = timesOf({})
  t.deepEqual(unbounded.times.after(NEW, seen(0, 9_999_999n * SECOND)), { 0: 9_999_999n * SECOND })
})

test('an operator takes rows by the watermark of the batch before, gives out by that of its own, and both behind by what is said', (t) => {
  const input = watermarkOf(watermarkOf(table(fields, []), 0), 0)
  const deduplicate = (operatorId: number, state: { readonly watermarks: readonly number[]; behindMicros?: bigint }) =>
    ({
      kind: 'deduplicate',
      attributes: input.attributes,
      inputs: [input],
      state: { ...keptOf([], []), operatorId, ...state },
      keys: [],
    }) as const
  const clock = { nowMs: () => 0 }
  const given = { watermarks: { 0: 9n * SECOND, 1: 7n * SECOND }, earlierWatermarks: { 0: 5n * SECOND } }
  for (const [state, expected] of [
    [{ watermarks: [0] }, { lateMicros: 5n * SECOND, finalMicros: 9n * SECOND }],
    [
      { watermarks: [0], behindMicros: 2n * SECOND },
      { lateMicros: 3n * SECOND, finalMicros: 7n * SECOND },
    ],
    // One of them had seen nothing in the batch before.
    [{ watermarks: [0, 1] }, { finalMicros: 7n * SECOND }],
    [{ watermarks: [] }, {}],
  ] as const) {
    const rules = { policy: 'min', idleTimeoutMs: 0, maxAdvanceMs: 0 } as const
    t.deepEqual(new StreamTimes(deduplicate(4, state), rules, clock).ofOperators(given), { 4: expected })
  }
})
