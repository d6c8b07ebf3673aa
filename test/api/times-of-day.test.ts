import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Table, TimeMicrosecond, TimeMillisecond, TimeNanosecond, TimeSecond, vectorFromArray } from 'apache-arrow'
import test from 'ava'
import { functions as F, jsonReplacer, lit, TimeOfDay } from '../../api/index.js'
import { connect } from '../support/duckdb-connection.js'
import { raised } from '../support/raised.js'
import { Random } from '../support/random.js'
import { withSession } from '../support/sessions.js'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

const NOON = TimeOfDay.parse('12:00:00')

test('a time of day is read and printed as Spark prints it, and no other text or number is one', async (t) => {
  for (const text of ['00:00:00', '12:34:56.789', '23:59:59.999999', '01:02:03.000000001']) {
    t.is(String(TimeOfDay.parse(text)), text)
    t.is(JSON.stringify(TimeOfDay.ofNanos(TimeOfDay.parse(text).nanos)), `"${text}"`)
  }
  for (const text of ['24:00:00', '12:60:00', '12:00:60', '12:00', '', 'noon'])
    await raised(t, () => TimeOfDay.parse(text), 'INVALID_API_USE')
  for (const nanos of [-1n, 86_400_000_000_000n])
    t.throws(() => TimeOfDay.ofNanos(nanos), { message: /INVALID_API_USE/ })
  t.is(TimeOfDay.ofNanos(86_399_999_999_999n).nanos, 86_399_999_999_999n)
})

test('rows hold times exactly, and are a DataFrame of the same types again', (t) =>
  withSession('local[2]', async (session) => {
    const query =
      "select time'12:34:56.789' a, cast(null as time) b, array(time'00:00:00', null) c, map('x', time'12:00') d"
    const rows = await session.sql(query).collect()
    t.deepEqual(rows, [
      {
        a: TimeOfDay.parse('12:34:56.789'),
        b: null,
        c: [TimeOfDay.parse('00:00:00'), null],
        d: new Map([['x', NOON]]),
      },
    ] as unknown as typeof rows)
    const again = session.createDataFrame(rows, 'a time, b time, c array<time>, d map<string, time>')
    t.deepEqual(await again.dtypes(), await session.sql(query).dtypes())
    t.deepEqual(await again.collect(), rows)
    const inferred = session.createDataFrame([{ at: NOON }, { at: null }])
    t.deepEqual(await inferred.dtypes(), [['at', 'time(6)']])
    t.is(await inferred.filter(F.col('at').eq(lit(NOON))).count(), 1)
    const shorter = session.createDataFrame([{ at: TimeOfDay.parse('12:34:56.987654') }], 'at time(2)')
    t.is(String((await shorter.collect())[0]!.at), '12:34:56.98')
    t.throws(() => session.createDataFrame([{ at: '12:00:00' }], 'at time'), { message: /INVALID_ROW_VALUE/ })
    t.is(JSON.stringify(await inferred.collect(), jsonReplacer), '[{"at":"12:00:00"},{"at":null}]')
    t.regex(await inferred.showString(), /\|12:00:00\|\n\| +NULL\|/)
    t.deepEqual(
      await inferred
        .toJSON()
        .collect()
        .then((lines) => lines.map(({ value }) => value)),
      ['{"at":"12:00:00"}', '{}'],
    )
  }))

test('times are time64 in Arrow, and every unit of Arrow becomes a time', (t) =>
  withSession('local[1]', async (session) => {
    const table = await session.sql("select time'12:34:56.789' a union all select null").toArrow()
    t.is(String(table.schema.fields[0]!.type), 'Time64<NANOSECOND>')
    t.deepEqual(
      (await session.createDataFrame(table).orderBy('a').collect()).map((row) => String(Object.values(row)[0])),
      ['null', '12:34:56.789'],
    )
    const units = session.createDataFrame(
      new Table({
        s: vectorFromArray([45_296, null], new TimeSecond()),
        ms: vectorFromArray([45_296_789, null], new TimeMillisecond()),
        us: vectorFromArray([45_296_789_123n, null], new TimeMicrosecond()),
        ns: vectorFromArray([45_296_789_123_456n, null], new TimeNanosecond()),
      }),
    )
    t.deepEqual(await units.collect().then((rows) => rows.map((row) => Object.values(row).map(String))), [
      ['12:34:56', '12:34:56.789', '12:34:56.789123', '12:34:56.789123'],
      ['null', 'null', 'null', 'null'],
    ])
  }))

test('tables keep times as TIME in Parquet, find them by ranges, and take only what has no more digits', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      'create table t (k int, a time, b time(3)) using parquet',
      "insert into t values (1, time'12:34:56.789012', cast('01:02:03' as time(0))), (2, null, null)",
      "insert into t values (3, time'23:59:59.999999', cast('00:00:00.001' as time(3)))",
    )
    t.deepEqual(
      await rowsOf(session, "select k from t where a > time'12:34:56.789011' and a < time'12:34:56.789013'"),
      [[1]],
    )
    t.deepEqual(
      await rowsOf(session, "select k from t where a = time'23:59:59.999999' or b = time'01:02:03' order by k"),
      [[1], [3]],
    )
    t.deepEqual(
      (await rowsOf(session, 'describe t')).slice(1, 3).map((row) => row[1]),
      ['time(6)', 'time(3)'],
    )
    t.is(
      await conditionOf(session, "insert into t values (4, null, time'12:00:00')"),
      'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST',
    )
    t.is(
      await conditionOf(session, "insert into t values (4, '12:00:00', null)"),
      'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST',
    )
    const duck = await connect()
    const file = join(folder, readdirSync(folder).find((name) => name.startsWith('t-'))!, '*.parquet')
    const read = await duck.runAndReadAll(
      `select k, a::varchar, b::varchar, typeof(a) from read_parquet('${file}') order by k`,
    )
    t.deepEqual(read.getRowsJson(), [
      [1, '12:34:56.789012', '01:02:03', 'TIME'],
      [2, null, null, 'TIME'],
      [3, '23:59:59.999999', '00:00:00.001', 'TIME'],
    ])
  }))

test('times are the names of folders, and come back from them', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table t (k int, a time) using parquet partitioned by (a)',
      "insert into t values (1, time'12:34:56.789'), (2, null)",
    )
    t.deepEqual(await rowsOf(session, 'show partitions t'), [['a=12%3A34%3A56.789'], ['a=__HIVE_DEFAULT_PARTITION__']])
    t.deepEqual(
      (await rowsOf(session, 'select k, a from t order by k')).map((row) => row.map(String)),
      [
        ['1', '12:34:56.789'],
        ['2', 'null'],
      ],
    )
  }))

test('many times are grouped, joined, sorted and counted as DuckDB does it', (t) =>
  withTables(async (session, folder) => {
    const random = new Random(7)
    const rows = Array.from({ length: 4000 }, (_, k) => ({
      k,
      // Of few values, so that keys meet.
      a: random.chance(0.1) ? null : TimeOfDay.ofNanos(BigInt(random.integer(0, 199)) * 431_999_999_000n),
    }))
    session.createDataFrame(rows, 'k int, a time').createOrReplaceTempView('v')
    const path = join(folder, 'times.parquet')
    await session.table('v').write.parquet(path)
    const duck = await connect()
    await duck.run(`create view v as select * from read_parquet('${path}/*.parquet')`)
    const queries = [
      'select cast(a as string) as s, count(*) as n, min(k) as m from v group by a order by a nulls first',
      "select cast(min(a) as string) as x, cast(max(a) as string) as y, count(distinct a) as n from v where a < time '12:00:00'",
      'select count(*) as n from v x join v y on x.a = y.a where x.k < 500 and y.k < 500',
      'select k from v order by a desc nulls last, k limit 50',
      'select k, row_number() over (partition by a order by k) as n from v order by k limit 100',
    ]
    for (const query of queries) {
      const expected = (await duck.runAndReadAll(query)).getRows().map((row) => row.map(String))
      t.deepEqual(
        (await rowsOf(session, query)).map((row) => row.map(String)),
        expected,
        query,
      )
    }
  }))
