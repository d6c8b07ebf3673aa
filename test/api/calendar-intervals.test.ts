import { IntervalMonthDayNano, makeData, Table, Vector } from 'apache-arrow'
import test from 'ava'
import { CalendarInterval, functions as F, jsonReplacer, lit } from '../../api/index.js'
import { raised } from '../support/raised.js'
import { withSharedSession } from '../support/shared-sessions.js'
import { conditionOf, withTables } from '../support/warehouses.js'

const LONG = new CalendarInterval(14, -3, 3_723_500_000n)

test('an interval is read and printed as Spark prints it, and no part leaves its bits', async (t) => {
  for (const text of [
    '1 years 2 months -3 days 1 hours 2 minutes 3.5 seconds',
    '0 seconds',
    '-1 months',
    '-0.000001 seconds',
  ])
    t.is(String(CalendarInterval.parse(text)), text)
  t.is(JSON.stringify(LONG), '"1 years 2 months -3 days 1 hours 2 minutes 3.5 seconds"')
  t.is(String(CalendarInterval.parse('interval 1 week 26 hours')), '7 days 26 hours')
  for (const text of ['', '1', '1 parsec', '1 day 2', '- -1 day'])
    await raised(t, () => CalendarInterval.parse(text), 'INVALID_API_USE')
  for (const [months, days, micros] of [
    [2 ** 31, 0, 0n],
    [0, -(2 ** 31) - 1, 0n],
    [0, 0.5, 0n],
    [0, 0, 2n ** 63n],
  ] as const)
    t.throws(() => new CalendarInterval(months, days, micros), { message: /INVALID_API_USE/ })
})

test('rows hold intervals exactly, and are a DataFrame of the same types again', (t) =>
  withSharedSession('local[2]', async (session) => {
    const query =
      "select make_interval(1, 2, 0, -3, 1, 2, 3.5) a, cast(null as interval) b, array(make_interval(1), null) c, map('x', make_interval()) d, struct(make_interval(0, 0, 1)) e"
    const rows = await session.sql(query).collect()
    t.deepEqual(rows[0]!['a'], LONG)
    t.deepEqual(rows[0]!['c'], [new CalendarInterval(12, 0, 0n), null])
    const again = session.createDataFrame(rows, 'a interval, b interval, c array<interval>, d map<string, interval>')
    t.deepEqual(
      (await again.collect()).map(({ d }) => d),
      rows.map(({ d }) => d) as unknown[],
    )
    const inferred = session.createDataFrame([{ of: LONG }, { of: null }])
    t.deepEqual(await inferred.dtypes(), [['of', 'interval']])
    t.throws(() => session.createDataFrame([{ of: '1 day' }], 'of interval'), { message: /INVALID_ROW_VALUE/ })
    t.is(JSON.stringify(await inferred.collect(), jsonReplacer), `[{"of":"${LONG}"},{"of":null}]`)
    t.regex(await inferred.showString(), /\|1 years 2 months \.\.\.\|\n\| +NULL\|/)
    const [made] = await session
      .range(1)
      .select(F.makeInterval(0, 'id', 1).as('a'), F.tryMakeInterval(2 ** 31 - 1).as('b'), lit(LONG).as('c'))
      .collect()
    t.deepEqual(made, { a: new CalendarInterval(0, 7, 0n), b: null, c: LONG } as unknown as typeof made)
  }))

test('intervals are those of Arrow with nanoseconds, there and back, and too many microseconds are refused', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.createDataFrame([{ of: LONG }, { of: null }, { of: new CalendarInterval(-1, 2, -1n) }])
    const table = await rows.toArrow()
    t.is(String(table.schema.fields[0]!.type), String(new IntervalMonthDayNano()))
    t.deepEqual(Int32Array.from(table.getChildAt(0)!.get(2)), Int32Array.of(-1, 2, -1000, -1))
    t.deepEqual(await session.createDataFrame(table).collect(), await rows.collect())
    const words = Int32Array.of(1, 2, 1999, 0, 0, 0, -1, -1)
    const given = new Table({
      of: new Vector([makeData({ type: new IntervalMonthDayNano(), data: words, length: 2 })]),
    })
    t.deepEqual(
      (await session.createDataFrame(given).collect()).map(({ of }) => String(of)),
      ['1 months 2 days 0.000001 seconds', '-0.000001 seconds'],
    )
    const long = session.createDataFrame([{ of: new CalendarInterval(0, 0, 2n ** 62n) }])
    await t.throwsAsync(long.toArrow(), { message: /UNSUPPORTED_FEATURE/ })
  }))

test('intervals go through exchanges, caches, joins and groups, and no table keeps them', (t) =>
  withTables(async (session) => {
    session.sql('select id, make_interval(0, id % 7, 0, id % 5) i from range(5000)').createOrReplaceTempView('given')
    await session.sql('cache table kept as select * from given')
    const groups = await session
      .sql('select i, count(*) n, sum(id) s from kept group by i order by cast(i as string)')
      .collect()
    t.is(groups.length, 35)
    t.is(
      groups.reduce((sum, { n }) => sum + Number(n), 0),
      5000,
    )
    const sorted = await session.sql('select id, i from given order by id desc limit 3').collect()
    t.deepEqual(
      sorted.map(({ i }) => String(i)),
      ['1 months 4 days', '3 days', '6 months 2 days'],
    )
    for (const format of ['parquet', 'csv', 'json'])
      t.is(
        await conditionOf(session, `create table t using ${format} as select i from given`),
        'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      )
    t.is(await conditionOf(session, 'select i from given order by i'), 'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE')
  }))
