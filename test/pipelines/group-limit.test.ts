import test from 'ava'
import { Decimal } from '../../columnar/decimal.js'
import { BIGINT, BOOLEAN, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { LimitBenefit } from '../../executor/pipelines/operators/limit-benefit.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { Expression, SortOrder } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { type GroupRanking, RANKINGS } from '../../planner/plan/physical/window.js'
import { memoryOf } from '../support/memory.js'
import { Random } from '../support/random.js'
import { bound, named, numbersBelow, project, run, table } from '../support/stages.js'

/** Rows that pass on unseen before places are looked for again. */
const UNSEEN_ROWS = 1 << 20

interface Limit {
  readonly ranking: GroupRanking
  readonly limit: number
  readonly keys: readonly string[]
  readonly by: string
  readonly direction?: SortOrder['direction']
  readonly nulls?: SortOrder['nulls']
}

const limited = (
  input: PhysicalPlan,
  { ranking, limit, keys, by, direction = 'asc', nulls = 'first' }: Limit,
): PhysicalPlan => ({
  kind: 'groupLimit',
  mode: 'partial',
  inputs: [input],
  partitionBy: keys.map((name) => bound(input, name)),
  orderBy: [{ expression: bound(input, by), direction, nulls }],
  ranking,
  limit,
  attributes: input.attributes,
})

const FIELDS = [
  field('g', STRING),
  field('x', INT, false),
  field('d', DOUBLE),
  field('s', STRING),
  field('id', INT, false),
]

interface Row {
  readonly g: string | null
  readonly x: number
  readonly d: number | null
  readonly s: string | null
  readonly id: number
}

/** Partitions with short, long and no keys; few values to order by, so that many rows tie. */
function rowsOf(random: Random, count: number): readonly Row[] {
  const keys = [null, '', 'a', 'é🚀', 'a key that is too long to lie in its row', 'a key that is too long to lie in it']
  return Array.from({ length: count }, (_, id) => ({
    g: random.pick(keys),
    x: random.integer(-9, 9),
    d: random.pick([null, Number.NaN, 0, -0, 1.5, -Infinity, id % 7]),
    s: random.pick([null, '', 'é', 'the same first eight', 'the same first eight or more', `${id % 30}`]),
    id,
  }))
}

const compared = (a: unknown, b: unknown): number => {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  const [p, q] = [a as number, b as number]
  if (Number.isNaN(p) || Number.isNaN(q)) return Number(Number.isNaN(p)) - Number(Number.isNaN(q))
  return p === q ? 0 : p < q ? -1 : 1
}

/** The least number that a row can get in its partition. */
function numbers(rows: readonly Row[], { ranking, by, direction = 'asc', nulls = 'first' }: Limit): readonly number[] {
  const value = (row: Row): unknown => row[by as keyof Row]
  const comes = (a: Row, b: Row): number => {
    const [p, q] = [value(a), value(b)]
    if (p === null || q === null) {
      const isFirst = nulls === 'first' ? -1 : 1
      return p === q ? 0 : p === null ? isFirst : -isFirst
    }
    return direction === 'asc' ? compared(p, q) : compared(q, p)
  }
  return rows.map((row) => {
    const before = rows.filter((other) => other.g === row.g && comes(other, row) < 0)
    if (ranking !== 'dense_rank') return before.length + 1
    return before.filter((a, i) => before.findIndex((b) => comes(a, b) === 0) === i).length + 1
  })
}

const LIMITS = [1, 2, 5, 40]
const ORDERS = [
  { by: 'x' },
  { by: 'x', direction: 'desc' },
  { by: 'd' },
  { by: 'd', direction: 'desc', nulls: 'last' },
  { by: 's', nulls: 'last' },
  { by: 's', direction: 'desc' },
] as const

for (const ranking of RANKINGS) {
  test(`no row is left out that ${ranking} numbers within the limit`, async (t) => {
    const rows = rowsOf(new Random(5), 900)
    const input = table(FIELDS, rows, 97)
    for (const limit of LIMITS) {
      for (const order of ORDERS) {
        const of = { ranking, limit, keys: ['g'], ...order }
        const { rows: found } = await run(limited(input, of))
        const passed = new Set(found.map((row) => row[4] as number))
        const least = numbers(rows, of)
        const within = rows.filter((_, i) => least[i]! <= limit)
        if (ranking !== 'row_number') {
          const lost = within.filter(({ id }) => !passed.has(id))
          t.deepEqual(lost, [], JSON.stringify(of))
          continue
        }
        // Of rows that tie any may be the last ones.
        for (const g of new Set(rows.map((row) => row.g))) {
          const all = within.filter((row) => row.g === g)
          const beyond = all.filter(({ id }) => !passed.has(id))
          const most = Math.max(...all.map(({ id }) => least[id]!))
          t.true(
            beyond.every(({ id }) => least[id] === most),
            JSON.stringify(of),
          )
          t.true(all.length - beyond.length >= Math.min(limit, all.length), JSON.stringify(of))
        }
      }
    }
  })

  test(`of rows that come in their order only those pass that ${ranking} numbers within the limit`, async (t) => {
    const rows = rowsOf(new Random(6), 900)
      .toSorted((a, b) => a.x - b.x)
      .map((row, id) => ({ ...row, id }))
    const input = table(FIELDS, rows, 97)
    for (const limit of LIMITS) {
      const of = { ranking, limit, keys: ['g'], by: 'x' }
      const { rows: found } = await run(limited(input, of))
      const least = numbers(rows, of)
      const places = new Map<string | null, number>()
      const expected = rows.filter(({ g }, i) => {
        places.set(g, (places.get(g) ?? 0) + 1)
        return (ranking === 'row_number' ? places.get(g)! : least[i]!) <= limit
      })
      t.deepEqual(
        found.map((row) => row[4]),
        expected.map(({ id }) => id),
        String(limit),
      )
    }
  })
}

test('without partition keys all rows are one partition', async (t) => {
  const input = numbersBelow(50_000)
  const id = bound(input, 'id')
  const plan = project(input, [named('id', id)])
  const { rows } = await run(limited(plan, { ranking: 'row_number', limit: 3, keys: [], by: 'id' }))
  t.deepEqual(rows, [[0n], [1n], [2n]])
})

test('a sum of few digits in 38 is told apart from others, and from what takes more than 64 bits', async (t) => {
  const fields = [field('m', decimal(38, 2), false), field('id', INT, false)]
  for (const direction of ['asc', 'desc'] as const) {
    const sign = direction === 'asc' ? 1n : -1n
    const rows = [-(2n ** 80n), -3n, 0n, 4n, 2n ** 80n].map((n, id) => ({ m: new Decimal(sign * n, 2), id }))
    const of: Limit = { ranking: 'rank', limit: 3, keys: [], by: 'm', direction }
    const { rows: found } = await run(limited(table(fields, rows), of))
    t.deepEqual(
      found.map(([, id]) => id),
      [0, 1, 2],
    )
  }
})

test('what differs beyond its first 64 bits is not taken as equal', async (t) => {
  const pairs = [
    ['s', 'the same first eight or more', 'the same first eight'],
    ['d', 1 + Number.EPSILON, 1],
  ] as const
  for (const [by, ...values] of pairs) {
    const rows = values.map((value, id) => ({ g: 'a', x: 0, d: null, s: null, id, [by]: value }))
    const of: Limit = { ranking: 'row_number', limit: 1, keys: ['g'], by }
    const { rows: found } = await run(limited(table(FIELDS, rows), of))
    t.is(found.length, 2, by)
  }
})

test('of partitions with hardly more rows than places all rows pass, many of them unseen, and places are looked for again later', async (t) => {
  const [rows, unlike] = [3 * UNSEEN_ROWS, UNSEEN_ROWS]
  const input = numbersBelow(rows)
  const id = bound(input, 'id')
  const key = (after: Expression): Expression => ({
    kind: 'case',
    branches: [{ when: call('lt', BOOLEAN, [id, literal(BIGINT, BigInt(unlike))]), value: id }],
    otherwise: after,
    type: BIGINT,
    nullable: false,
  })
  const passed = async (after: Expression): Promise<number> => {
    const plan = project(input, [named('id', id), named('k', key(after))])
    const { result } = await run(limited(plan, { ranking: 'row_number', limit: 2, keys: ['k'], by: 'id' }))
    return result.rowsWritten
  }
  t.is(await passed(id), rows)
  const found = await passed(literal(BIGINT, -1n))
  t.true(found > unlike + 2)
  t.true(found < rows - UNSEEN_ROWS / 4)
})

test('places are forgotten when memory is short', async (t) => {
  const input = numbersBelow(400_000)
  const plan = project(input, [named('id', bound(input, 'id')), named('k', bound(input, 'id'))])
  const of: Limit = { ranking: 'rank', limit: 40, keys: ['k'], by: 'id' }
  const { result } = await run(limited(plan, of), { memory: memoryOf(8 << 20) })
  t.is(result.rowsWritten, 400_000)
})

test('it is worth looking for places where rows are left out, or partitions are only beginning', (t) => {
  const benefit = new LimitBenefit(2, 'final')
  t.deepEqual(benefit.after({ rows: 1000, passed: 1000, groups: 500, isFull: false }), { kind: 'looking' })
  t.deepEqual(benefit.after({ rows: 1000, passed: 800, groups: 500, isFull: false }), { kind: 'looking' })
  t.deepEqual(benefit.after({ rows: 9000, passed: 100, groups: 500, isFull: true }), { kind: 'afresh' })
})

test('it is not worth looking for places where rows pass that come again, or go on beginning partitions', (t) => {
  const unseen = { kind: 'unseen', rows: UNSEEN_ROWS } as const
  const all = { rows: 1000, passed: 1000, isFull: false }
  t.deepEqual(new LimitBenefit(1, 'final').after({ ...all, groups: 500 }), unseen)
  const steady = new LimitBenefit(4, 'final')
  t.deepEqual(steady.after({ ...all, groups: 250 }), { kind: 'looking' })
  t.deepEqual(steady.after({ ...all, groups: 500 }), unseen)
  const scattered = new LimitBenefit(1, 'partial')
  t.deepEqual(scattered.after({ ...all, groups: 500, passed: 800 }), { kind: 'looking' })
  t.deepEqual(new LimitBenefit(1, 'partial').after({ ...all, groups: 900 }), unseen)
  t.deepEqual(new LimitBenefit(1, 'final').after({ ...all, groups: 900 }), { kind: 'looking' })
  const declining = new LimitBenefit(4, 'final')
  t.deepEqual(declining.after({ ...all, groups: 400 }), { kind: 'looking' })
  t.deepEqual(declining.after({ ...all, groups: 700 }), { kind: 'looking' })
  t.deepEqual(declining.after({ ...all, groups: 800 }), { kind: 'looking' })
})

test('rows pass unseen where places are of no use, each time twice as many, until they are of use', (t) => {
  const benefit = new LimitBenefit(2, 'final')
  const useless = { rows: 8000, passed: 7900, groups: 900, isFull: false }
  t.deepEqual(benefit.after(useless), { kind: 'unseen', rows: UNSEEN_ROWS })
  t.deepEqual(benefit.after({ ...useless, groups: 7000, isFull: true }), { kind: 'unseen', rows: 2 * UNSEEN_ROWS })
  t.deepEqual(benefit.after(useless), { kind: 'unseen', rows: 4 * UNSEEN_ROWS })
  t.deepEqual(benefit.after({ ...useless, passed: 10 }), { kind: 'looking' })
  t.deepEqual(benefit.after(useless), { kind: 'unseen', rows: UNSEEN_ROWS })
  for (let i = 0; i < 20; i++) benefit.after(useless)
  t.deepEqual(benefit.after(useless), { kind: 'unseen', rows: 64 * UNSEEN_ROWS })
})
