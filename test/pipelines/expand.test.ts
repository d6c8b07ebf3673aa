import test from 'ava'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  field,
  INT,
  STRING,
  TIMESTAMP,
} from '../../columnar/types.js'
import { call, literal } from '../../planner/plan/expression/build.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { memoryOf } from '../support/memory.js'
import { oracleRows, randomTable, rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import { sqlLiteral } from '../support/random-expressions.js'
import { aggregate, aggregateCall, attribute, bound, filter, named, project, run, table } from '../support/stages.js'

const FIELDS = [
  field('i', INT),
  field('b', BIGINT),
  field('s', STRING),
  field('d', DOUBLE),
  field('w', decimal(38, 4)),
  field('t', TIMESTAMP),
  field('y', DATE),
  field('f', BOOLEAN),
  field('n', INT, false),
]

const ADDED: readonly (readonly [name: string, type: DataType, values: readonly LiteralValue[]])[] = [
  ['is_set', BOOLEAN, [true, false]],
  ['number', BIGINT, [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
  ['pos', INT, [0, -7, 2 ** 31 - 1, -(2 ** 31)]],
  ['name', STRING, ['', 'a', '東京タワー', 'x'.repeat(3000), '🚀']],
]

function expand(input: PhysicalPlan, random: Random, copies: number): PhysicalPlan {
  const added = ADDED.filter(() => random.chance(0.7))
  const attributes = [...input.attributes, ...added.map(([name, type]) => attribute(name, type, false))]
  const rows = Array.from({ length: copies }, () => added.map(([, , values]) => random.pick(values)))
  return { kind: 'expand', inputs: [input], copies: rows, attributes }
}

/** The copies as a relation of DuckDB. */
function copiesSql(plan: PhysicalPlan): string {
  if (plan.kind !== 'expand') throw new Error('no copies')
  const columns = plan.attributes.slice(plan.inputs[0].attributes.length)
  const rows = plan.copies.map(
    (copy) => `(0${copy.map((value, i) => `, ${sqlLiteral(columns[i]!.type, value)}`).join('')})`,
  )
  return `(VALUES ${rows.join()}) c(${['dummy', ...columns.map(({ name }) => name)].join()})`
}

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`each row comes once for each copy, with its constants (seed ${seed})`, async (t) => {
    const random = new Random(seed * 31)
    const connection = await connect()
    const { plan: rows } = await randomTable(connection, random, 't', FIELDS, random.pick([0, 1, 900, 3000]), 50)
    const copies = expand(rows, random, random.pick([1, 2, 5, 40]))
    const tested = filter(copies, call('gt', BOOLEAN, [bound(copies, 'n'), literal(INT, 3)]))
    const plan = random.chance(0.5) ? tested : copies
    const columns = plan.attributes.map(({ name, type }) => ({ sql: name, type }))
    const where = plan === tested ? 'WHERE n > 3' : ''
    const expected = await oracleRows(connection, columns, `FROM t, ${copiesSql(copies)} ${where}`)
    const types = plan.attributes.map(({ type }) => type)
    t.deepEqual(rowTexts(types, (await run(plan)).rows).toSorted(), expected.toSorted())
    connection.closeSync()
  })

test('what is above the copies sees their constants in functions of its own too, and copies of copies', async (t) => {
  const random = new Random(5)
  const rows = table(
    [field('a', INT), field('s', STRING)],
    [
      { a: 1, s: 'é' },
      { a: null, s: null },
      { a: 3, s: '' },
    ],
  )
  const inner: PhysicalPlan = {
    kind: 'expand',
    inputs: [rows],
    copies: [
      ['x', 1n],
      ['yy', 2n],
    ],
    attributes: [...rows.attributes, attribute('name', STRING, false), attribute('number', BIGINT, false)],
  }
  const outer: PhysicalPlan = {
    kind: 'expand',
    inputs: [inner],
    copies: [[10], [20], [30]],
    attributes: [...inner.attributes, attribute('turn', INT, false)],
  }
  // So many columns that they are written in several functions.
  const names = Array.from({ length: 600 }, () => random.pick(['a', 's', 'name', 'number', 'turn']))
  const wide = project(
    outer,
    names.map((name, i) => named(`c${i}`, bound(outer, name))),
  )
  const expected = [
    [1, 'é'],
    [null, null],
    [3, ''],
  ].flatMap(([a, s]) =>
    [
      ['x', 1n],
      ['yy', 2n],
    ].flatMap(([name, number]) =>
      [10, 20, 30].map((turn) => {
        const row: Readonly<Record<string, unknown>> = { a, s, name, number, turn }
        return names.map((column) => row[column])
      }),
    ),
  )
  t.deepEqual((await run(wide)).rows, expected as never)
})

test('a limit over the copies ends within those of a row', async (t) => {
  const rows = table(
    [field('a', INT)],
    Array.from({ length: 5000 }, (_, a) => ({ a })),
  )
  const copies: PhysicalPlan = {
    kind: 'expand',
    inputs: [rows],
    copies: [[1], [2], [3]],
    attributes: [...rows.attributes, attribute('turn', INT, false)],
  }
  const plan: PhysicalPlan = {
    kind: 'limit',
    isGlobal: true,
    inputs: [copies],
    limit: 4,
    offset: 1,
    attributes: copies.attributes,
  }
  t.deepEqual((await run(plan)).rows, [
    [0, 2],
    [0, 3],
    [1, 1],
    [1, 2],
  ])
})

test('groups of many copies work in little memory: fewer rows are taken at once', async (t) => {
  const [ROWS, COPIES] = [8000, 256]
  const rows = table(
    [field('a', INT, false)],
    Array.from({ length: ROWS }, (_, a) => ({ a })),
    ROWS,
  )
  const copies: PhysicalPlan = {
    kind: 'expand',
    inputs: [rows],
    copies: Array.from({ length: COPIES }, (_, i) => [i]),
    attributes: [...rows.attributes, attribute('turn', INT, false)],
  }
  const keys = [named('a', bound(copies, 'a')), named('turn', bound(copies, 'turn'))]
  const groups = aggregate('complete', copies, keys, [aggregateCall('n', 'count', BIGINT, [])])
  const { rows: found, result } = await run(groups, { memory: memoryOf(40 << 20), spills: true })
  t.true(result.spilledBytes > 0)
  t.is(found.length, ROWS * COPIES)
  t.true(found.every(([, , count]) => count === 1n))
})
