import test from 'ava'
import { Decimal } from '../../columnar/decimal.js'
import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  STRING,
  TIMESTAMP,
  typeName,
} from '../../columnar/types.js'
import type { SortOrder } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { cellText, oracleRows, randomTable, rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { bound, order, run, sort, table } from '../support/stages.js'

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

const topK = (input: PhysicalPlan, orders: readonly SortOrder[], limit: number, offset: number): PhysicalPlan => ({
  kind: 'topK',
  isGlobal: true,
  inputs: [input],
  orders,
  limit,
  offset,
  attributes: input.attributes,
})

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
  test(`rows in random orders are DuckDB's, all and the first (seed ${seed})`, async (t) => {
    const random = new Random(seed * 7)
    const connection = await connect()
    const rows = random.pick([0, 1, 13, 700, 6000])
    const { plan } = await randomTable(connection, random, 't', FIELDS, rows, random.pick([5, 100, 5000]))
    const names = FIELDS.map((x) => x.name).filter(() => random.chance(0.3))
    if (names.length === 0) names.push('s')
    names.sort(() => random.next() - 0.5)
    const orders = names.map((name) => {
      const nulls = random.pick(['first', 'last'] as const)
      return order(bound(plan, name), random.pick(['asc', 'desc'] as const), nulls)
    })
    const by = orders.map((x) => `${(x.expression as { name: string }).name} ${x.direction} NULLS ${x.nulls}`).join()
    // Only the sort keys are determined where rows are equal by them.
    const keys = orders.map((x) => x.expression)
    const columns = names.map((sql, i) => ({ sql, type: keys[i]!.type }))
    const expected = await oracleRows(connection, columns, `FROM t ORDER BY ${by}`)
    const keysOf = (found: readonly (readonly unknown[])[]) =>
      found.map((row) =>
        keys.map((key) => cellText(key.type, row[(key as { ordinal: number }).ordinal] as never)).join(' | '),
      )
    const sorted = await run(sort(plan, orders))
    t.deepEqual(keysOf(sorted.rows), expected)
    const types = FIELDS.map((x) => x.type)
    const whole = await oracleRows(
      connection,
      FIELDS.map((x) => ({ sql: x.name, type: x.type })),
      'FROM t',
    )
    t.deepEqual(rowTexts(types, sorted.rows).sort(), whole.toSorted())
    const limit = random.pick([0, 1, 10, 1500])
    const offset = random.pick([0, 0, 5])
    const first = await run(topK(plan, orders, limit, offset))
    t.deepEqual(keysOf(first.rows), expected.slice(offset, offset + limit))
  })
}

/** Values of a key in their order. Those of a group are equal, or alike in what is compared first. */
const TIES: readonly (readonly [type: DataType, groups: readonly (readonly unknown[])[]])[] = [
  [DOUBLE, [[-1.5], [0, -0], [1.5], [Number.NaN]]],
  [FLOAT, [[-1.5], [0, -0], [1.5], [Number.NaN]]],
  [STRING, [['with a head'], ['with a head!'], ['with a heal'], ['with a heap']]],
  [BINARY, ['with a head', 'with a head!', 'with a heal'].map((text) => [Buffer.from(text)])],
  [decimal(38, 0), [-(2n ** 64n) - 1n, -(2n ** 64n), 2n ** 64n, 2n ** 64n + 1n].map((n) => [new Decimal(n, 0)])],
  [INT, [[-5], [0], [5]]],
]

for (const [type, groups] of TIES)
  for (const direction of ['asc', 'desc'] as const) {
    test(`rows that tie in ${typeName(type)} are in the order of what comes next, all and the first, ${direction}`, async (t) => {
      const random = new Random(direction.length)
      const ranked = [[null], ...groups]
      // Nearly all rows tie where the first ones end.
      const rows = Array.from({ length: 6000 }, (_, n) => {
        const rank = random.chance(0.1) ? random.integer(0, groups.length) : 2
        return { key: random.pick<unknown>(ranked[rank]!), n: (n * 4001) % 6000, rank }
      })
      const plan = table([field('key', type), field('n', INT, false)], rows, 500)
      const orders = [
        order(bound(plan, 'key'), direction, direction === 'asc' ? 'first' : 'last'),
        order(bound(plan, 'n'), 'desc'),
      ]
      const sign = direction === 'asc' ? 1 : -1
      const expected = rows.toSorted((a, b) => sign * (a.rank - b.rank) || b.n - a.n).map(({ n }) => n)
      const numbers = async (sorting: PhysicalPlan): Promise<readonly unknown[]> =>
        (await run(sorting)).rows.map(([, n]) => n)
      t.deepEqual(await numbers(sort(plan, orders)), expected)
      for (const [limit, offset] of [
        [1, 0],
        [1000, 0],
        [1200, 300],
      ] as const)
        t.deepEqual(await numbers(topK(plan, orders, limit, offset)), expected.slice(offset, offset + limit))
    })
  }

for (const nullable of [true, false])
  for (const direction of ['asc', 'desc'] as const) {
    test(`long decimals within 64 bits and beyond are in order, ${nullable ? 'some NULL' : 'none NULL'}, ${direction}`, async (t) => {
      const random = new Random(13)
      const ends = [2n ** 62n, 2n ** 63n, 2n ** 64n, 10n ** 37n].flatMap((n) => [n - 1n, n, n + 1n])
      const values = [...ends.map((n) => -n), -1n, 0n, 1n, ...ends]
      const rows = Array.from({ length: 5000 }, (_, n) => {
        const key = nullable && random.chance(0.1) ? null : new Decimal(random.pick(values), 0)
        return { key, n: (n * 4001) % 5000 }
      })
      const plan = table([field('key', decimal(38, 0), nullable), field('n', INT, false)], rows, 500)
      const sign = direction === 'asc' ? 1 : -1
      const compared = (a: bigint | undefined, b: bigint | undefined): number =>
        a === b ? 0 : a === undefined ? -1 : b === undefined ? 1 : a < b ? -sign : sign
      const expected = rows
        .toSorted((a, b) => compared(a.key?.unscaled, b.key?.unscaled) || a.n - b.n)
        .map(({ n }) => n)
      const orders = [order(bound(plan, 'key'), direction, 'first'), order(bound(plan, 'n'), 'asc')]
      const numbers = async (sorting: PhysicalPlan): Promise<readonly unknown[]> =>
        (await run(sorting)).rows.map(([, n]) => n)
      t.deepEqual(await numbers(sort(plan, orders)), expected)
      t.deepEqual(await numbers(topK(plan, orders, 700, 0)), expected.slice(0, 700))
    })
  }

for (const nullable of [true, false])
  for (const direction of ['asc', 'desc'] as const) {
    test(`long texts that begin alike, end with zeros or are missing are in order, ${nullable ? 'some NULL' : 'none NULL'}, ${direction}`, async (t) => {
      const random = new Random(11)
      const heads = ['', 'a', 'id00000', 'id000000', 'id0000001', 'the same head of many bytes ', 'ä€😀'.repeat(4)]
      const tails = [
        '',
        '\0',
        '\0\0',
        '0',
        '01',
        'seven b',
        'eight bx',
        'eight by',
        'eight by\0',
        'nine byte',
        'ÿ',
        'x'.repeat(40),
      ]
      const rows = Array.from({ length: 5000 }, (_, n) => {
        const key = nullable && random.chance(0.1) ? null : random.pick(heads) + random.pick(tails)
        return { key, n: (n * 4001) % 5000 }
      })
      const plan = table([field('key', STRING, nullable), field('n', INT, false)], rows, 500)
      const bytes = rows.map(({ key, n }) => ({ n, at: key === null ? undefined : Buffer.from(key) }))
      const sign = direction === 'asc' ? 1 : -1
      const expected = bytes.toSorted((a, b) => {
        if (a.at === undefined || b.at === undefined)
          return Number(a.at === undefined) - Number(b.at === undefined) || a.n - b.n
        return sign * Buffer.compare(a.at, b.at) || a.n - b.n
      })
      const orders = [order(bound(plan, 'key'), direction, 'last'), order(bound(plan, 'n'), 'asc')]
      const numbers = async (sorting: PhysicalPlan): Promise<readonly unknown[]> =>
        (await run(sorting)).rows.map(([, n]) => n)
      const inOrder = expected.map(({ n }) => n)
      t.deepEqual(await numbers(sort(plan, orders)), inOrder)
      t.deepEqual(await numbers(topK(plan, orders, 700, 50)), inOrder.slice(50, 750))
    })
  }

test('NULL is before or behind the least and the greatest value of a type, as orders say', async (t) => {
  const extremes: readonly (readonly [DataType, least: unknown, greatest: unknown])[] = [
    [BIGINT, -(1n << 63n), (1n << 63n) - 1n],
    [INT, -(2 ** 31), 2 ** 31 - 1],
    [DOUBLE, Number.NEGATIVE_INFINITY, Number.NaN],
    [STRING, '', '\u{10ffff}\u{10ffff}\u{10ffff}'],
    [BOOLEAN, false, true],
  ]
  for (const [type, least, greatest] of extremes) {
    const values = { least, greatest, none: null }
    const kinds = ['greatest', 'none', 'least', 'none', 'greatest', 'least'] as const
    const rows = kinds.map((kind) => ({ v: values[kind], kind }))
    const plan = table([field('v', type), field('kind', STRING, false)], rows)
    for (const direction of ['asc', 'desc'] as const)
      for (const nulls of ['first', 'last'] as const) {
        const ordered = direction === 'asc' ? ['least', 'greatest'] : ['greatest', 'least']
        const expected = nulls === 'first' ? ['none', ...ordered] : [...ordered, 'none']
        const orders = [order(bound(plan, 'v'), direction, nulls)]
        const name = `${typeName(type)} ${direction} ${nulls}`
        const sorted = await run(sort(plan, orders))
        t.deepEqual(
          sorted.rows.map(([, kind]) => kind),
          expected.flatMap((kind) => [kind, kind]),
          name,
        )
        const first = await run(topK(plan, orders, 2, 1))
        t.deepEqual(
          first.rows.map(([, kind]) => kind),
          [expected[0], expected[1]],
          name,
        )
      }
  }
})

test('the first rows are sorted as a whole when they are more than a heap should hold', async (t) => {
  const connection = await connect()
  const { plan } = await randomTable(connection, new Random(5), 't', [field('n', INT, false)], 3000, 1000, 100)
  const orders = [order(bound(plan, 'n'), 'asc')]
  const { rows } = await run(topK(plan, orders, 1 << 18, 120))
  t.deepEqual(rows, (await run(sort(plan, orders))).rows.slice(120))
})

test('a limit skips its offset and stops reading', async (t) => {
  const connection = await connect()
  const { plan } = await randomTable(connection, new Random(4), 't', [field('n', INT, false)], 5000, 1000, 100)
  const all = (await run(plan)).rows
  const limited = await run({
    kind: 'limit',
    isGlobal: true,
    inputs: [plan],
    limit: 150,
    offset: 120,
    attributes: plan.attributes,
  })
  t.deepEqual(limited.rows, all.slice(120, 270))
  t.is(limited.result.rowsRead, 300)
  t.is(limited.result.rowsWritten, 150)
  const none = await run({
    kind: 'limit',
    isGlobal: true,
    inputs: [plan],
    limit: 0,
    offset: 0,
    attributes: plan.attributes,
  })
  t.is(none.rows.length, 0)
})

test('a range counts up and down', async (t) => {
  const range = (start: bigint, end: bigint, step: bigint): PhysicalPlan => ({
    kind: 'range',
    partitions: 1,
    start,
    end,
    step,
    attributes: [{ id: 1 as never, name: 'id', type: BIGINT, nullable: false }],
  })
  t.is((await run(range(0n, 20_000n, 3n))).rows.length, 6667)
  t.deepEqual((await run(range(5n, 0n, -2n))).rows, [[5n], [3n], [1n]])
})
