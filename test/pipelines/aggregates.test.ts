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
import type { AggregateCall, Expression } from '../../planner/plan/expression/expression.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { connect } from '../support/duckdb-connection.js'
import { memoryOf } from '../support/memory.js'
import { oracleRows, randomTable, rowTexts } from '../support/oracle.js'
import { Random } from '../support/random.js'
import {
  aggregate,
  aggregateCall,
  aggregateNamed,
  bound,
  named,
  run,
  schemaOf,
  table,
  tableOfBlocks,
} from '../support/stages.js'

const FIELDS = [
  field('k_int', INT),
  field('k_big', BIGINT, false),
  field('k_text', STRING),
  field('k_flag', BOOLEAN),
  field('k_day', DATE),
  field('k_time', TIMESTAMP),
  field('k_double', DOUBLE),
  field('k_wide', decimal(38, 4)),
  field('k_name', STRING, false),
  field('v_int', INT),
  field('v_big', BIGINT),
  field('v_money', decimal(12, 2)),
  field('v_wide', decimal(30, 3)),
  field('v_text', STRING),
  field('v_sure', decimal(9, 2), false),
]
const KEYS = FIELDS.slice(0, 9).map((x) => x.name)

interface Case {
  readonly call: AggregateCall
  readonly sql: string
}

function cases(input: PhysicalPlan): Case[] {
  const c = (name: string) => bound(input, name)
  const positive: Expression = call('gt', BOOLEAN, [c('v_int'), literal(INT, 3)])
  const make = (
    name: string,
    fn: AggregateCall['fn'],
    type: DataType,
    arg: string | undefined,
    sql: string,
    filter?: Expression,
  ): Case => ({
    call: aggregateCall(name, fn, type, arg === undefined ? [] : [c(arg)], filter),
    sql,
  })
  return [
    make('a', 'count', BIGINT, undefined, 'count(*)'),
    make('b', 'count', BIGINT, 'v_text', 'count(v_text)'),
    make('c', 'sum', BIGINT, 'v_int', 'CAST(sum(v_int) AS BIGINT)'),
    make('d', 'sum', decimal(22, 2), 'v_money', 'sum(v_money)'),
    make('e', 'sum', decimal(38, 3), 'v_wide', 'sum(v_wide)'),
    make('f', 'sum', decimal(19, 2), 'v_sure', 'sum(v_sure)'),
    make('g', 'avg', DOUBLE, 'v_int', 'avg(v_int)'),
    make('h', 'min', STRING, 'v_text', 'min(v_text)'),
    make('i', 'max', STRING, 'v_text', 'max(v_text)'),
    make('j', 'min', decimal(30, 3), 'v_wide', 'min(v_wide)'),
    make('k', 'max', BIGINT, 'v_big', 'max(v_big)'),
    make('l', 'min', DATE, 'k_day', 'min(k_day)'),
    make('m', 'sum', BIGINT, 'v_int', 'CAST(sum(v_int) FILTER (v_int > 3) AS BIGINT)', positive),
    make('n', 'count', BIGINT, undefined, 'count(*) FILTER (v_int > 3)', positive),
    make('o', 'max', DATE, 'k_day', 'max(k_day)'),
    make('p', 'max', decimal(9, 2), 'v_sure', 'max(v_sure) FILTER (v_int > 3)', positive),
    { call: aggregateNamed('bit_xor', [c('v_big')]), sql: 'bit_xor(v_big)' },
    { call: aggregateNamed('max_by', [c('v_text'), c('v_text')]), sql: 'max(v_text)' },
    { call: aggregateNamed('min_by', [c('v_wide'), c('v_wide')]), sql: 'min(v_wide)' },
  ]
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`groups by random keys are DuckDB's, whole and in parts (seed ${seed})`, async (t) => {
    const random = new Random(seed)
    const connection = await connect()
    const distinct = random.pick([3, 40, 3000])
    const rows = random.pick([0, 1, 900, 5000])
    const { plan: input } = await randomTable(connection, random, 't', FIELDS, rows, distinct)
    const keyNames = seed === 1 ? [] : KEYS.filter(() => random.chance(0.35))
    const keys = keyNames.map((name) => named(name, bound(input, name)))
    const all = cases(input)
    const calls = all.map((x) => x.call)
    const whole = aggregate('complete', input, keys, calls)
    const types = whole.attributes.map((x) => x.type)
    const group = keyNames.length > 0 ? `GROUP BY ${keyNames.join()}` : ''
    const sqls = [...keyNames, ...all.map((x) => x.sql)].map((sql, i) => ({ sql, type: types[i]! }))
    const expected = (await oracleRows(connection, sqls, `FROM t ${group}`)).sort()
    t.deepEqual(rowTexts(types, (await run(whole)).rows).sort(), expected)

    const partial = aggregate('partial', input, keys, calls)
    const partitions = keys.length > 0 ? 3 : 1
    const { emitted } = await run(partial, {
      sink: {
        kind: 'shuffle',
        partitioning: { kind: 'hash', keys: keyNames.map((name) => bound(partial, name)), partitions },
      },
    })
    const merged: string[] = []
    for (let partition = 0; partition < partitions; partition++) {
      const blocks = emitted.filter((x) => x.partition === partition).map((x) => x.block)
      const read = tableOfBlocks(schemaOf(partial).fields, blocks)
      merged.push(...rowTexts(types, (await run(aggregate('final', read, keys, calls))).rows))
    }
    t.deepEqual(merged.sort(), expected)
  })
}

test('averages of decimals are rounded half up', async (t) => {
  const connection = await connect()
  const { plan } = await randomTable(connection, new Random(5), 't', FIELDS, 2000, 50)
  const keys = [named('k', bound(plan, 'k_name'))]
  const average = aggregateCall('a', 'avg', decimal(16, 6), [bound(plan, 'v_money')])
  const sum = aggregateCall('s', 'sum', decimal(22, 2), [bound(plan, 'v_money')])
  const count = aggregateCall('c', 'count', BIGINT, [bound(plan, 'v_money')])
  const { rows } = await run(aggregate('complete', plan, keys, [average, sum, count]))
  t.true(rows.length > 10)
  for (const [, a, s, c] of rows) {
    if (a === null) {
      t.is(c, 0n)
      continue
    }
    const scaled = BigInt(String(s).replace('.', '')) * 10_000n
    const [magnitude, divisor] = [scaled < 0n ? -scaled : scaled, c as bigint]
    const rounded = (magnitude * 2n + divisor) / (divisor * 2n)
    t.is(BigInt(String(a).replace('.', '')), scaled < 0n ? -rounded : rounded)
  }
})

test('a sum that exceeds its type raises where it was written', async (t) => {
  const fields = [field('b', BIGINT), field('d', decimal(38, 0))]
  const input = table(fields, [
    { b: 2n ** 62n, d: 6n * 10n ** 37n },
    { b: 2n ** 62n, d: 6n * 10n ** 37n },
    { b: 2n ** 62n, d: 6n * 10n ** 37n },
  ])
  const of = (call: AggregateCall) => run(aggregate('complete', input, [], [call]))
  await t.throwsAsync(of(aggregateCall('x', 'sum', BIGINT, [bound(input, 'b')])), { message: /ARITHMETIC_OVERFLOW/ })
  await t.throwsAsync(of(aggregateCall('x', 'sum', decimal(38, 0), [bound(input, 'd')])), {
    message: /ARITHMETIC_OVERFLOW.*sum of decimals.*try_sum/,
  })
})

test('many groups beyond the budget raise instead of taking the memory', async (t) => {
  const connection = await connect()
  const { plan } = await randomTable(
    connection,
    new Random(9),
    't',
    [field('k', STRING), field('v', INT)],
    5000,
    100_000,
  )
  const groups = aggregate('complete', plan, [named('k', bound(plan, 'k'))], [aggregateCall('n', 'count', BIGINT, [])])
  await t.throwsAsync(run(groups, { memory: memoryOf(1 << 20) }), { message: /UNABLE_TO_ACQUIRE_MEMORY/ })
  t.true((await run(groups)).rows.length > 1000)
})

test('first keeps the first value met, NULL or not, and survives merging', async (t) => {
  const rows = [
    { k: 'a', v: null },
    { k: 'a', v: 'x' },
    { k: 'b', v: 'a long string that is kept' },
    { k: 'b', v: null },
    { k: null, v: 'z' },
  ]
  const input = table([field('k', STRING), field('v', STRING)], rows)
  const keys = [named('k', bound(input, 'k'))]
  const first = aggregateCall('f', 'first', STRING, [bound(input, 'v')])
  const expected = [
    ['a', null],
    ['b', 'a long string that is kept'],
    [null, 'z'],
  ]
  t.deepEqual((await run(aggregate('complete', input, keys, [first]))).rows, expected)
  const partial = aggregate('partial', input, keys, [first])
  const { emitted } = await run(partial)
  const read = tableOfBlocks(
    schemaOf(partial).fields,
    emitted.map((x) => x.block),
  )
  t.deepEqual((await run(aggregate('final', read, keys, [first]))).rows, expected)
  t.deepEqual((await run(aggregate('complete', input, [], [first]))).rows, [[null]])
})

test('keys whose hashes are the same stay apart', async (t) => {
  // Among so many keys several pairs share the 32 bits of the hash that the table keeps.
  const distinct = 200_000
  const rows = Array.from({ length: distinct }, (_, i) => ({ s: `a common beginning ${i}` }))
  const input = table([field('s', STRING, false)], rows, 50_000)
  const count = aggregateCall('n', 'count', BIGINT, [])
  const groups = aggregate('complete', input, [named('s', bound(input, 's'))], [count])
  const most = aggregateCall('m', 'max', BIGINT, [bound(groups, 'n')])
  const { rows: found } = await run(aggregate('complete', groups, [], [count, most]))
  t.deepEqual(found, [[BigInt(distinct), 1n]])
})

/** By two passes: means first. */
function expectedMoments(pairs: readonly (readonly [number, number])[]): readonly number[] {
  const n = pairs.length
  const mean = (of: (pair: readonly [number, number]) => number) => pairs.reduce((sum, pair) => sum + of(pair), 0) / n
  const [x, y] = [mean(([a]) => a), mean(([, b]) => b)]
  const products = mean(([a, b]) => (a - x) * (b - y)) * n
  const squares = mean(([a]) => (a - x) ** 2) * n
  const others = mean(([, b]) => (b - y) ** 2) * n
  return [
    squares / n,
    squares / (n - 1),
    Math.sqrt(squares / n),
    Math.sqrt(squares / (n - 1)),
    products / n,
    products / (n - 1),
    products / Math.sqrt(squares * others),
  ]
}

test('variances and correlations are merged from parts without losing digits to a large mean', async (t) => {
  const functions = ['var_pop', 'var_samp', 'stddev_pop', 'stddev_samp', 'covar_pop', 'covar_samp', 'corr'] as const
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    g: i % 3,
    a: i % 10 === 0 ? null : 1e9 + ((i * 7919) % 101) / 8,
    b: i % 7 === 0 ? null : ((i * 104_729) % 89) - 44,
  }))
  const input = table([field('g', INT, false), field('a', DOUBLE), field('b', DOUBLE)], rows)
  const [a, b] = [bound(input, 'a'), bound(input, 'b')]
  const calls = functions.map((fn) => aggregateNamed(fn, /^co/.test(fn) ? [a, b] : [a]))
  const keys = [named('g', bound(input, 'g'))]
  // The same rows twice: groups are merged with others, and with none in the first of both.
  const partial = aggregate('partial', input, keys, calls)
  const { emitted } = await run(partial, {
    sink: { kind: 'shuffle', partitioning: { kind: 'hash', keys: [bound(partial, 'g')], partitions: 1 } },
  })
  const blocks = emitted.map((x) => x.block)
  const read = tableOfBlocks(schemaOf(partial).fields, [...blocks, ...blocks])
  const merged = (await run(aggregate('final', read, keys, calls))).rows
  t.is(merged.length, 3)
  for (const [g, ...found] of merged) {
    const twice = [...rows, ...rows].filter((row) => row.g === g)
    const ofOne = expectedMoments(twice.flatMap((row) => (row.a === null ? [] : [[row.a, 0] as const])))
    const ofTwo = expectedMoments(
      twice.flatMap((row) => (row.a === null || row.b === null ? [] : [[row.a, row.b] as const])),
    )
    const expected = [...ofOne.slice(0, 4), ...ofTwo.slice(4)]
    for (const [i, value] of expected.entries())
      t.true(Math.abs((found[i] as number) / value - 1) < 1e-5, `${functions[i]}: ${found[i]} instead of ${value}`)
  }
})
