import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { BIGINT, BOOLEAN, DATE, DOUBLE, decimal, field, INT, STRING, TIMESTAMP } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { call } from '../../planner/plan/expression/build.js'
import type { SortOrder } from '../../planner/plan/expression/expression.js'
import type { Partitioning, RowNumbering } from '../../planner/plan/physical/partitioning.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { cellText, oracleRows, randomTable } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { attribute, bound, named, order, project, run, schemaOf, table } from '../support/stages.js'

const FIELDS = [
  field('i', INT),
  field('b', BIGINT),
  field('s', STRING),
  field('d', DOUBLE),
  field('m', decimal(12, 2)),
  field('w', decimal(38, 4)),
  field('t', TIMESTAMP),
  field('y', DATE),
  field('f', BOOLEAN),
  field('r', STRING, false),
  field('n', INT, false),
]

type Rows = readonly (readonly Value[])[]

/** The orders over rows that are the keys alone. */
const overKeys = (keys: PhysicalPlan, orders: readonly SortOrder[]): readonly SortOrder[] =>
  orders.map((one, i) => ({ ...one, expression: bound(keys, `key${i}`) }))

const keysOf = (input: PhysicalPlan, orders: readonly SortOrder[]): PhysicalPlan =>
  project(
    input,
    orders.map(({ expression }, i) => named(`key${i}`, expression)),
  )

/** The bounds of ranges, taken from all rows of a sample. */
async function boundsOf(sample: PhysicalPlan, orders: readonly SortOrder[], partitions: number) {
  const keys = keysOf(sample, orders)
  const done = await run({
    kind: 'rangeBounds',
    inputs: [keys],
    orders: overKeys(keys, orders),
    partitions,
    attributes: keys.attributes,
  })
  return { keys, blocks: done.emitted.map(({ block }) => block), rows: done.rows }
}

/** The rows of each partition. */
async function divided(
  input: PhysicalPlan,
  root: PhysicalPlan,
  partitioning: Exclude<Partitioning, { kind: 'single' }>,
  options: Parameters<typeof run>[1] = {},
): Promise<readonly Rows[]> {
  const columns = input.attributes.length
  const { emitted } = await run(root, { sink: { kind: 'shuffle', partitioning }, columns, ...options })
  return Array.from({ length: partitioning.partitions }, (_, partition) =>
    emitted.filter((x) => x.partition === partition).flatMap(({ block }) => tuplesFromBlock(schemaOf(input), block)),
  )
}

async function inRanges(
  input: PhysicalPlan,
  orders: readonly SortOrder[],
  partitions: number,
  sample = input,
): Promise<readonly Rows[]> {
  const { keys, blocks } = await boundsOf(sample, orders, partitions)
  const number = attribute('number', INT, false)
  const root: PhysicalPlan = {
    kind: 'ranged',
    inputs: [input, { kind: 'broadcastRead', stageId: 1, attributes: keys.attributes }],
    orders,
    boundOrders: overKeys(keys, orders),
    attributes: [...input.attributes, number],
  }
  const broadcastBlocks = async function* (): AsyncGenerator<Block> {
    yield* blocks
  }
  return divided(input, root, { kind: 'range', orders, partitions }, { broadcastBlocks })
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
  test(`ranges by random orders come one after the other as DuckDB sorts, equal keys in one (seed ${seed})`, async (t) => {
    const random = new Random(seed * 31)
    const connection = await connect()
    const rows = random.pick([1, 13, 700, 5000])
    const { plan } = await randomTable(connection, random, 't', FIELDS, rows, random.pick([3, 100, 5000]))
    const { plan: sample } = await randomTable(connection, random, 'u', FIELDS, random.pick([0, 5, 900]), 100)
    const names = FIELDS.map((x) => x.name).filter(() => random.chance(0.3))
    if (names.length === 0) names.push('s')
    names.sort(() => random.next() - 0.5)
    const orders = names.map((name) =>
      order(bound(plan, name), random.pick(['asc', 'desc'] as const), random.pick(['first', 'last'] as const)),
    )
    const by = orders.map((x) => `${(x.expression as { name: string }).name} ${x.direction} NULLS ${x.nulls}`).join()
    const columns = names.map((sql, i) => ({ sql, type: orders[i]!.expression.type }))
    const sorted = await oracleRows(connection, columns, `FROM t ORDER BY ${by}`)
    const ranks = new Map<string, number>()
    sorted.forEach((key, i) => {
      if (!ranks.has(key)) ranks.set(key, i)
    })
    const rankOf = (row: readonly Value[]): number => {
      const cells = orders.map(({ expression }) =>
        cellText(expression.type, row[(expression as { ordinal: number }).ordinal]!),
      )
      return ranks.get(cells.join(' | '))!
    }
    const partitions = random.pick([1, 2, 7, 40])
    for (const bySample of [plan, sample]) {
      const ranges = await inRanges(plan, orders, partitions, bySample)
      t.is(ranges.flat().length, rows)
      let last = -1
      for (const range of ranges) {
        const inRange = range.map(rankOf)
        for (const rank of inRange) t.true(rank > last)
        last = inRange.reduce((a, b) => Math.max(a, b), last)
      }
    }
  })
}

const numbers = (values: readonly (number | null)[]): PhysicalPlan =>
  table(
    [field('n', INT)],
    values.map((n) => ({ n })),
    100,
  )
const sizes = (ranges: readonly Rows[]): readonly number[] => ranges.map((range) => range.length)

test('ranges are about as large as each other, and however skewed, no larger than the most frequent key makes them', async (t) => {
  const even = numbers(Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000))
  t.deepEqual(sizes(await inRanges(even, [order(bound(even, 'n'), 'asc')], 4)), [250, 250, 250, 250])
  const backwards = await inRanges(even, [order(bound(even, 'n'), 'desc')], 4)
  t.deepEqual(sizes(backwards), [250, 250, 250, 250])
  t.true(backwards[0]!.every(([n]) => (n as number) >= 750))
  // Half of the rows have one key.
  const skewed = numbers(Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 300 : i)))
  const found = sizes(await inRanges(skewed, [order(bound(skewed, 'n'), 'asc')], 4))
  t.is(
    found.reduce((a, b) => a + b),
    1000,
  )
  t.true(Math.max(...found) < 500 + 250)
  t.true(found.filter((size) => size > 0).length >= 3)
})

test('fewer keys than ranges, one key, only NULL and no rows leave ranges empty', async (t) => {
  const few = numbers(Array.from({ length: 90 }, (_, i) => i % 3))
  const byKey = await inRanges(few, [order(bound(few, 'n'), 'asc')], 10)
  t.deepEqual(
    byKey.filter((range) => range.length > 0).map((range) => [range.length, range[0]![0]]),
    [
      [30, 0],
      [30, 1],
      [30, 2],
    ],
  )
  for (const value of [5, null]) {
    const same = numbers(Array.from({ length: 50 }, () => value))
    t.deepEqual(sizes(await inRanges(same, [order(bound(same, 'n'), 'asc')], 3)), [50, 0, 0])
  }
  const none = numbers([])
  t.deepEqual(sizes(await inRanges(none, [order(bound(none, 'n'), 'asc')], 3)), [0, 0, 0])
  t.deepEqual((await boundsOf(none, [order(bound(none, 'n'), 'asc')], 3)).rows, [])
})

test('rows that no sample had go to the first and the last range', async (t) => {
  const all = numbers([-5, 0, 1, 2, 3, 4, 99, null])
  const sample = numbers([0, 1, 2, 3])
  const ranges = await inRanges(all, [order(bound(all, 'n'), 'asc', 'last')], 2, sample)
  t.deepEqual(
    ranges.map((range) => range.map(([n]) => n)),
    [
      [-5, 0, 1],
      [2, 3, 4, 99, null],
    ],
  )
})

test('NULLs fall into one range, whatever bytes a text that is NULL was to be made of', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ r: 'x'.repeat(i), s: i < 40 ? null : 'y' }))
  const input = table([field('r', STRING, false), field('s', STRING)], rows)
  const text = call('concat', STRING, [bound(input, 'r'), bound(input, 's')])
  const ranges = await inRanges(input, [order(text, 'asc')], 3)
  t.deepEqual(sizes(ranges), [40, 0, 20])
})

const numbered = (input: PhysicalPlan, by: RowNumbering): PhysicalPlan => ({
  kind: 'numbered',
  inputs: [input],
  by,
  attributes: [...input.attributes, attribute('number', by.kind === 'drawn' ? BIGINT : INT, false)],
})

test('rows are dealt out in turn, each task beginning with another partition, or all of a task go to one', async (t) => {
  const input = numbers(Array.from({ length: 1000 }, (_, i) => i))
  const dealt = (kind: 'inTurn' | 'byTask', partition: number) =>
    divided(input, numbered(input, { kind, count: 3 }), { kind, partitions: 3 }, { partition })
  t.deepEqual(sizes(await dealt('inTurn', 0)), [334, 333, 333])
  const second = await dealt('inTurn', 4)
  t.deepEqual(sizes(second), [333, 334, 333])
  t.deepEqual(
    second[1]!.slice(0, 3).map(([n]) => n),
    [0, 3, 6],
  )
  t.deepEqual(sizes(await dealt('byTask', 4)), [0, 1000, 0])
})

test('drawn numbers are spread evenly, the same each time, and others in each task', async (t) => {
  const input = numbers(Array.from({ length: 4000 }, (_, i) => i))
  const draw = async (partition: number) =>
    (await run(numbered(input, { kind: 'drawn' }), { partition })).rows.map(([, number]) => number as bigint)
  const first = await draw(0)
  t.deepEqual(await draw(0), first)
  t.is(new Set([...first, ...(await draw(1))]).size, 8000)
  const eighths = [0, 0, 0, 0, 0, 0, 0, 0]
  for (const number of first) eighths[Number((number >> 61n) + 4n)]!++
  for (const count of eighths) t.true(Math.abs(count - 500) < 100, String(eighths))
})
