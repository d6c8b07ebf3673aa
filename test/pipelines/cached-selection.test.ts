import test from 'ava'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { BIGINT, BOOLEAN, type DataType, decimal, field, INT, STRING } from '../../columnar/types.js'
import { MAX_BATCH_ROWS } from '../../connectors/batch.js'
import { dropCache } from '../../executor/pipelines/run-task.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { readCached } from '../support/cached.js'
import { Random } from '../support/random.js'
import { attribute, bound, filter } from '../support/stages.js'

/** Columns that are kept in one, two and four bytes, and in full. */
const SPREADS: readonly (readonly [name: string, type: DataType, spread: number])[] = [
  ['int1', INT, 200],
  ['few', BIGINT, 4],
  ['int2', INT, 60_000],
  ['int4', INT, 2_000_000_000],
  ['long1', BIGINT, 250],
  ['long2', BIGINT, 65_000],
  ['long4', BIGINT, 4_000_000_000],
  ['long8', BIGINT, Number.MAX_SAFE_INTEGER],
]
const FIELDS = [
  ...SPREADS.map(([name, type], i) => field(name, type, i % 2 === 1)),
  field('text', STRING),
  field('wide', decimal(30, 2)),
]
const relation = FIELDS.map((x) => attribute(x.name, x.type, x.nullable))

function randomValue(random: Random, type: DataType, spread: number): number | bigint {
  const value = Math.floor(random.next() * spread) - Math.floor(spread / 2)
  return type.kind === 'int' ? value : BigInt(value)
}

function rowsOf(random: Random, count: number): readonly Record<string, unknown>[] {
  const orNull = <T>(isNullable: boolean, value: T): T | null => (isNullable && random.chance(0.2) ? null : value)
  return Array.from({ length: count }, (_, row) => ({
    ...Object.fromEntries(
      SPREADS.map(([name, type, spread], i) => [name, orNull(i % 2 === 1, randomValue(random, type, spread))]),
    ),
    text: orNull(true, `text of row ${row}`),
    wide: orNull(true, `${row * 7}.25`),
  }))
}

type Order = 'lt' | 'le' | 'gt' | 'ge' | 'eq'
const HOLDS: Readonly<Record<Order, (a: number | bigint, b: number | bigint) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
}

/** A comparison with a constant, either way round, that is at this share of the column's values. */
function comparison(random: Random, scan: PhysicalPlan, column: (typeof SPREADS)[number], share: number) {
  const [name, type, spread] = column
  const place = Math.floor(spread * share) - Math.floor(spread / 2)
  const value = type.kind === 'int' ? place : BigInt(place)
  const fn = random.pick(['lt', 'lt', 'le', 'gt', 'ge', 'eq'] as const)
  const sides = [bound(scan, name), literal(type, value)]
  const isMirrored = random.chance(0.3)
  return {
    expression: call(fn, BOOLEAN, isMirrored ? sides.toReversed() : sides),
    holds: (row: Record<string, unknown>) => {
      if (row[name] === null) return false
      const own = row[name] as number | bigint
      return isMirrored ? HOLDS[fn](value, own) : HOLDS[fn](own, value)
    },
  }
}

const SIZES = [7, 31, 63, 9000, 17_000]

for (const [seed, size] of SIZES.entries()) {
  test(`filters of cached columns give their rows, whatever is left out until few or many are selected (${size} rows)`, async (t) => {
    const random = new Random(seed)
    const rows = rowsOf(random, size)
    const block = blockFromRows({ fields: FIELDS }, rows)
    const cacheId = `selection ${seed}`
    const positions = FIELDS.map((_, i) => i)
    const scan: PhysicalPlan = { kind: 'cachedScan', cacheId, columns: positions, relation, attributes: relation }
    const all = (await readCached(scan, () => [block], 'v')).rows
    t.is(all.length, rows.length)
    for (let i = 0; i < (size > 1000 ? 12 : 100); i++) {
      const tests = Array.from({ length: random.integer(1, 4) }, () =>
        comparison(random, scan, random.pick(SPREADS), random.pick([0, 0.001, 0.05, 0.2, 0.25, 0.5, 0.75, 0.9, 1])),
      )
      const [first, ...rest] = tests.map(({ expression }) => expression)
      const condition = rest.length === 0 ? first! : call('and', BOOLEAN, [first!, ...rest])
      const read = await readCached(filter(scan, condition), () => [block], 'v')
      t.is(read.reads, 0, 'the columns are kept')
      const expected = all.filter((_, row) => tests.every(({ holds }) => holds(rows[row]!)))
      t.deepEqual(read.rows.map(String), expected.map(String), `seed ${seed}, filter ${i}`)
    }
    dropCache(cacheId)
  })
}

test('a column that is kept in few bytes in some batches and in full in others is filtered in all of them', async (t) => {
  const random = new Random(17)
  const [narrow, wide] = [250, Number.MAX_SAFE_INTEGER]
  const rows = rowsOf(random, 4 * MAX_BATCH_ROWS).map((row, i) => {
    const isWide = Math.floor(i / MAX_BATCH_ROWS) % 2 === 1
    return { ...row, long1: randomValue(random, BIGINT, isWide ? wide : narrow) }
  })
  const block = blockFromRows({ fields: FIELDS }, rows)
  const cacheId = 'mixed'
  const positions = FIELDS.map((_, i) => i)
  const scan: PhysicalPlan = { kind: 'cachedScan', cacheId, columns: positions, relation, attributes: relation }
  const all = (await readCached(scan, () => [block], 'v')).rows
  const long = call('lt', BOOLEAN, [bound(scan, 'long1'), literal(BIGINT, -100n)])
  const int = call('lt', BOOLEAN, [bound(scan, 'int1'), literal(INT, 0)])
  for (const condition of [long, call('and', BOOLEAN, [long, int]), call('and', BOOLEAN, [int, long])]) {
    const read = await readCached(filter(scan, condition), () => [block], 'v')
    const holds = (row: Record<string, unknown>): boolean =>
      (row['long1'] as bigint) < -100n && (condition === long || (row['int1'] as number) < 0)
    t.deepEqual(read.rows.map(String), all.filter((_, i) => holds(rows[i]!)).map(String))
  }
  dropCache(cacheId)
})

test('comparisons with the least and the greatest value of 64 bits hold for what they hold for', async (t) => {
  const [least, greatest] = [-(1n << 63n), (1n << 63n) - 1n]
  const fields = [field('value', BIGINT, false)]
  const columns = fields.map((x) => attribute(x.name, x.type, x.nullable))
  const scan: PhysicalPlan = {
    kind: 'cachedScan',
    cacheId: 'ends',
    columns: [0],
    relation: columns,
    attributes: columns,
  }
  for (const first of [least, greatest - 19n]) {
    const values = Array.from({ length: 20 }, (_, i) => first + BigInt(i))
    const block = blockFromRows(
      { fields },
      values.map((value) => ({ value })),
    )
    for (const fn of ['lt', 'le', 'gt', 'ge', 'eq'] as const)
      for (const limit of [least, greatest, first + 3n]) {
        const condition = call(fn, BOOLEAN, [bound(scan, 'value'), literal(BIGINT, limit)])
        const read = () => readCached(filter(scan, condition), () => [block], String(first))
        await read()
        const kept = await read()
        t.is(kept.reads, 0, 'the column is kept')
        const expected = values.filter((value) => HOLDS[fn](value, limit))
        t.deepEqual(kept.rows.map(String), expected.map(String), `${first} ${fn} ${limit}`)
      }
  }
  dropCache('ends')
})
