import test from 'ava'
import { BIGINT, field, STRING } from '../../columnar/types.js'
import { JOIN_NAMES, type JoinKind } from '../../planner/plan/join-kind.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { aggregate, aggregateCall, bound, join, named, run, table } from '../support/stages.js'

const MIB = 1 << 20
const FIELDS = [field('k', BIGINT, false), field('s', STRING, false)]
/** With it a row of the tables below takes about 150 bytes. */
const LONG_TEXT = 'so long that it does not lie in its row but somewhere else in the memory, of which it takes much'

/** Rows of keys in another order, with a text for each key that does not come sooner than in the other one's. */
const rowsOf = (count: number, step = 1): PhysicalPlan =>
  table(
    FIELDS,
    Array.from({ length: count }, (_, i) => {
      const k = ((i * 7919) % count) * step
      return { k: BigInt(k), s: `${k} ${LONG_TEXT}` }
    }),
    4000,
  )

const groupsOf = (input: PhysicalPlan): PhysicalPlan =>
  aggregate(
    'complete',
    input,
    [named('k', bound(input, 'k'))],
    [
      aggregateCall('n', 'count', BIGINT, []),
      aggregateCall('first', 'first', STRING, [bound(input, 's')]),
      aggregateCall('least', 'min', STRING, [bound(input, 's')]),
    ],
  )

const texts = (rows: readonly (readonly unknown[])[]): readonly string[] => rows.map((row) => row.join('|')).sort()

/** What the plan gives with so much memory, as texts, and how many bytes it puts on disk for it. */
async function within(plan: PhysicalPlan, mib: number) {
  const { rows, result } = await run(plan, { memory: memoryOf(mib * MIB), spills: true })
  return { rows: texts(rows), bytes: result.spilledBytes }
}

test('groups that fit into memory leave it as little as rows of joins do, wherever a stage could put them on disk', async (t) => {
  const rows = rowsOf(40_000)
  for (const plan of [groupsOf(rows), join('full', rows, rowsOf(20_000, 2), [['k', 'k']])]) {
    const { rows: found, bytes } = await within(plan, 64)
    t.is(bytes, 0)
    t.deepEqual(found, texts((await run(plan)).rows))
  }
})

test('of groups that are slightly larger than the memory most stay there', async (t) => {
  const plan = groupsOf(rowsOf(120_000))
  const whole = texts((await run(plan)).rows)
  const [much, little] = [await within(plan, 38), await within(plan, 10)]
  t.true(much.bytes > 0 && much.bytes < little.bytes / 2, `${much.bytes} of ${little.bytes}`)
  t.deepEqual(much.rows, whole)
  t.deepEqual(little.rows, whole)
})

for (const kind of Object.keys(JOIN_NAMES) as JoinKind[]) {
  test(`of the right rows of a ${kind} join that are slightly larger than the memory most stay there`, async (t) => {
    const plan = join(kind, rowsOf(6000, 3), rowsOf(120_000), [['k', 'k']])
    const whole = texts((await run(plan)).rows)
    const [much, little] = [await within(plan, 22), await within(plan, 7)]
    t.true(much.bytes > 0 && much.bytes < little.bytes / 2, `${much.bytes} of ${little.bytes}`)
    t.deepEqual(much.rows, whole)
    t.deepEqual(little.rows, whole)
  })
}

test('left rows that are larger than the memory are joined with right rows that stay in it', async (t) => {
  for (const kind of Object.keys(JOIN_NAMES) as JoinKind[]) {
    const plan = join(kind, rowsOf(120_000), rowsOf(3000, 5), [['k', 'k']])
    const whole = texts((await run(plan)).rows)
    const { rows, bytes } = await within(plan, 16)
    t.true(bytes > MIB, `${bytes}`)
    t.deepEqual(rows, whole)
  }
})
