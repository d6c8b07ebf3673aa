import test from 'ava'
import { BIGINT, BOOLEAN, DATE, DOUBLE, decimal, field, INT, STRING } from '../../columnar/types.js'
import { call } from '../../planner/plan/expression/build.js'
import type { Attribute } from '../../planner/plan/expression/expression.js'
import type { PhysicalHashJoin } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { memoryOf } from '../support/memory.js'
import { oracleRows, randomTable, rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { aggregate, aggregateCall, bound, filter, join, named, project, run, table } from '../support/stages.js'

const LEFT = [
  field('a_int', INT),
  field('a_text', STRING),
  field('a_wide', decimal(38, 4)),
  field('a_double', DOUBLE),
  field('a_big', BIGINT, false),
  field('a_flag', BOOLEAN),
  field('a_day', DATE),
]
const RIGHT = LEFT.map((x) => field(x.name.replace('a_', 'b_'), x.type, x.name !== 'a_text'))
const PAIRS = ['int', 'text', 'wide', 'double', 'big', 'day'] as const

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
  test(`random joins are DuckDB's (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const connection = await connect()
    const distinct = random.pick([20, 200, 2000])
    const a = await randomTable(connection, random, 'a', LEFT, seed === 10 ? 90 : random.pick([0, 300, 1500]), distinct)
    const b = await randomTable(
      connection,
      random,
      'b',
      RIGHT,
      seed === 10 ? 70 : random.pick([0, 1, 200, 1200]),
      distinct,
    )
    const names =
      seed === 10 ? [] : random.pick([['int'], ['text'], ['big', 'text'], PAIRS.filter(() => random.chance(0.3))])
    const pairs = (names.length === 0 && seed !== 10 ? ['int'] : names).map((x) => [`a_${x}`, `b_${x}`] as const)
    const hasCondition = random.chance(0.5) || pairs.length === 0
    const condition = hasCondition
      ? (columns: readonly Attribute[]) => call('lt', BOOLEAN, [bound(columns, 'a_day'), bound(columns, 'b_day')])
      : undefined
    const on = [...pairs.map(([x, y]) => `${x} = ${y}`), ...(hasCondition ? ['a_day < b_day'] : [])].join(' AND ')
    const nullSafe = on.replaceAll(' = ', ' IS NOT DISTINCT FROM ')
    for (const type of ['inner', 'left', 'full', 'left_semi', 'left_anti'] as const) {
      for (const [nulls, written] of [['different', on] as const, ['equal', nullSafe] as const]) {
        const plan = join(type, a.plan, b.plan, pairs, condition, nulls)
        const types = plan.attributes.map((x) => x.type)
        const columns = plan.attributes.map((x) => ({ sql: x.name, type: x.type }))
        const words = type.replace('left_', '')
        const expected = (await oracleRows(connection, columns, `FROM a ${words} JOIN b ON ${written}`)).sort()
        const { rows } = await run(plan)
        t.is(rows.length, expected.length, `${type}, NULLs ${nulls}`)
        t.deepEqual(rowTexts(types, rows).sort(), expected, `${type}, NULLs ${nulls}`)
      }
    }
  })
}

for (const [name, right] of [
  ['with NULLs', [1, 2, null]],
  ['without NULLs', [1, 2, 2]],
  ['of nothing', []],
] as const) {
  test(`a null-aware anti join is NOT IN (${name})`, async (t) => {
    const column = (key: string, values: readonly (number | null)[]) =>
      table(
        [field(key, INT)],
        values.map((value) => ({ [key]: value })),
      )
    const left = [null, 1, 2, 3, 3, null]
    const plan = join('left_anti', column('a', left), column('b', right), [['a', 'b']], undefined, 'aware')
    const kept: readonly (number | null)[] = right.length === 0 ? left : left.filter((x) => x === 3)
    t.deepEqual(
      (await run(plan)).rows,
      (right.some((x) => x === null) ? [] : kept).map((x) => [x]),
    )
  })
}

test('several joins are probed in one pipeline, below a filter and an aggregate', async (t) => {
  const random = new Random(77)
  const connection = await connect()
  const fields = (p: string) => [field(`${p}_key`, INT), field(`${p}_text`, STRING), field(`${p}_v`, BIGINT)]
  const [x, y, z] = [
    await randomTable(connection, random, 'x', fields('x'), 2000, 60),
    await randomTable(connection, random, 'y', fields('y'), 120, 90),
    await randomTable(connection, random, 'z', fields('z'), 90, 60),
  ]
  const first = join('left', x.plan, y.plan, [['x_key', 'y_key']])
  const second = join('left', first, z.plan, [['y_text', 'z_text']])
  const kept = filter(second, call('is_not_null', BOOLEAN, [bound(second, 'x_text')]))
  const projected = project(kept, [
    named('k', bound(kept, 'y_text')),
    named('v', bound(kept, 'z_v')),
    named('w', bound(kept, 'x_v')),
  ])
  const plan = aggregate(
    'complete',
    projected,
    [named('k', bound(projected, 'k'))],
    [
      aggregateCall('n', 'count', BIGINT, []),
      aggregateCall('m', 'count', BIGINT, [bound(projected, 'v')]),
      aggregateCall('o', 'max', BIGINT, [bound(projected, 'v')]),
      aggregateCall('p', 'min', BIGINT, [bound(projected, 'w')]),
    ],
  )
  const types = plan.attributes.map((attribute) => attribute.type)
  const sqls = ['y_text', 'count(*)', 'count(z_v)', 'max(z_v)', 'min(x_v)'].map((sql, i) => ({ sql, type: types[i]! }))
  const expected = await oracleRows(
    connection,
    sqls,
    'FROM x LEFT JOIN y ON x_key = y_key LEFT JOIN z ON y_text = z_text WHERE x_text IS NOT NULL GROUP BY y_text',
  )
  t.true(expected.length > 3)
  t.deepEqual(rowTexts(types, (await run(plan)).rows).sort(), expected.sort())
})

test('what only filters passes all rows that have a match and few others, and passes all where memory is short', async (t) => {
  const keys = (name: string, of: number, step: number) =>
    table(
      [field(name, INT), field(`${name}_text`, STRING, false)],
      Array.from({ length: of }, (_, i) => ({ [name]: i % 10 === 7 ? null : i * step, [`${name}_text`]: `text ${i}` })),
    )
  const [left, right] = [keys('a', 20_000, 1), keys('b', 300, 50)]
  const semi = join('left_semi', left, right, [['a', 'b']]) as PhysicalHashJoin
  const filtered: PhysicalHashJoin = { ...semi, isFilter: true }
  const passed = new Set((await run(filtered)).rows.map(([key]) => key))
  const matches = Array.from({ length: 300 }, (_, i) => i).filter((i) => i % 10 !== 7 && (i * 50) % 10 !== 7)
  t.true(matches.every((i) => passed.has(i * 50)))
  t.true(passed.size < 2 * matches.length)
  // Below a join that has a selection of its own, of which the tests follow.
  const exact = await run(join('inner', filtered, right, [['a', 'b']]))
  t.deepEqual(new Set(exact.rows.map(([key]) => key)), new Set(matches.map((i) => i * 50)))
  t.is(exact.rows.length, matches.length)
  t.is((await run(filtered, { spills: true })).rows.length, 20_000)
})

test('a build side beyond the budget raises', async (t) => {
  const random = new Random(3)
  const connection = await connect()
  const a = await randomTable(connection, random, 'a', LEFT, 2000, 100)
  const b = await randomTable(connection, random, 'b', RIGHT, 3000, 2000)
  const plan = join('inner', a.plan, b.plan, [['a_int', 'b_int']])
  await t.throwsAsync(run(plan, { memory: memoryOf(1_300_000) }), { message: /UNABLE_TO_ACQUIRE_MEMORY/ })
})

test('a join that makes many rows of few hands its blocks on while it runs', async (t) => {
  const ones = (count: number, name: string) =>
    table(
      [field(name, INT, false)],
      Array.from({ length: count }, (_, i) => ({ [name]: i })),
    )
  const plan = join('inner', ones(3000, 'a'), ones(1200, 'b'), [])
  let [rows, largest, pending] = [0, 0, 0]
  const emit = async (_: number, block: { readonly rows: number }) => {
    rows += block.rows
    largest = Math.max(largest, ++pending)
    await Promise.resolve()
    pending--
  }
  t.is((await run(plan, { emit })).result.rowsWritten, 3_600_000)
  t.is(rows, 3_600_000)
  t.is(largest, 1)
})
