import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { conditionOf, errorOf, rowsOf, runAll, withTables, withWarehouse } from '../support/warehouses.js'

test('a table is made, filled, read and dropped, and another session finds what is there', (t) =>
  withWarehouse(async (folder) => {
    await withTables(async (session) => {
      t.deepEqual(await session.sql('create table t (a int, b string) using parquet').collect(), [])
      t.deepEqual(await rowsOf(session, 'select * from t'), [])
      t.deepEqual(await session.sql("insert into t values (1, 'x'), (2, 'y'), (3, null)").collect(), [])
      t.deepEqual(await rowsOf(session, 'select * from t order by a'), [
        [1, 'x'],
        [2, 'y'],
        [3, null],
      ])
      await runAll(session, 'create table u using parquet as select a + 1 as c from t where a > 1')
    }, folder)
    await withTables(async (session) => {
      t.deepEqual(await rowsOf(session, 'select u.c, b from default.u join spark_catalog.default.t on c = a'), [
        [3, null],
      ])
      const data = readdirSync(folder).filter((name) => name.startsWith('t-'))
      t.is(data.length, 1)
      await runAll(session, 'drop table t')
      t.false(existsSync(join(folder, data[0]!)))
      t.is(await conditionOf(session, 'select * from t'), 'TABLE_OR_VIEW_NOT_FOUND')
      t.is(await conditionOf(session, 'drop table t'), 'TABLE_OR_VIEW_NOT_FOUND')
      t.is(await conditionOf(session, 'drop table if exists t'), 'none')
      t.deepEqual(await rowsOf(session, 'show tables'), [['default', 'u', false]])
    }, folder)
  }))

test('a statement has begun when sql() returns, and its rows tell when it has ended, also by a failure', (t) =>
  withTables(async (session) => {
    session.sql('create table t (a int)')
    t.deepEqual(await rowsOf(session, 'select * from t'), [])
    await session.sql('insert into t values (1)').collect()
    const failing = session.sql('insert into t select 99999999999')
    await t.throwsAsync(failing.collect(), { message: /CAST_OVERFLOW_IN_TABLE_INSERT/ })
    await t.throwsAsync(failing.count(), { message: /CAST_OVERFLOW_IN_TABLE_INSERT/ })
    t.deepEqual(await rowsOf(session, 'select * from t'), [[1]])
    const again = session.sql('create table t (a int)')
    await t.throwsAsync(again.schema(), { message: /TABLE_OR_VIEW_ALREADY_EXISTS/ })
    await t.throwsAsync(again.collect(), { message: /TABLE_OR_VIEW_ALREADY_EXISTS/ })
  }))

test('rows are assigned to columns by position, by a list and by name; those left out are NULL', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table t (a int, b string, c double)',
      "insert into t values (1, 'x', 1)",
      'insert into table t (c, a) values (2.5, 2)',
      "insert into t by name select 'z' as B, 3 as a",
      'insert into t select 4, 5, null',
      "insert into t values (default, 'd', default)",
    )
    t.deepEqual(await rowsOf(session, 'select * from t order by a'), [
      [null, 'd', null],
      [1, 'x', 1],
      [2, null, 2.5],
      [3, 'z', null],
      [4, '5', null],
    ])
    await runAll(session, "insert overwrite t values (7, 'only', 0)")
    t.deepEqual(await rowsOf(session, 'select * from t'), [[7, 'only', 0]])
    await runAll(session, 'create table u (x int)', 'insert into u table u', 'insert into u (select a from t)')
    t.deepEqual(await rowsOf(session, 'select * from u'), [[7]])
  }))

test('what does not fit a table is refused with the conditions of Spark', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table t (a int, b string)', 'create temp view v as select 1 as a')
    for (const [sql, condition] of [
      ['insert into t values (1)', 'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS'],
      ["insert into t values (1, 'x', 2)", 'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'],
      ["insert into t values ('1', 'x')", 'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST'],
      ["insert into t values (true, 'x')", 'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST'],
      ["insert into t select date'2020-01-01', 'x'", 'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST'],
      ["insert into t select 3000000000, 'x'", 'CAST_OVERFLOW_IN_TABLE_INSERT'],
      ['insert into t (a, c) values (1, 2)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
      ['insert into t (a, A) values (1, 2)', 'COLUMN_ALREADY_EXISTS'],
      ['insert into t by name select 1 as c', 'INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS'],
      ['insert into t by name select 1 as a, 2 as A', 'INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME'],
      ['insert into t by name select 1 as a, 2 as b, 3 as c', 'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS'],
      ['insert overwrite t select * from t', 'UNSUPPORTED_OVERWRITE.TABLE'],
      ['insert overwrite t select 1, (select max(b) from t)', 'UNSUPPORTED_OVERWRITE.TABLE'],
      ['insert into nowhere values (1)', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['insert into v values (1)', 'TABLE_OR_VIEW_NOT_FOUND'],
      ['insert into t partition (a = 1) values (1)', 'PARTITIONS_NOT_FOUND'],
      ['create table u (a int, A string)', 'COLUMN_ALREADY_EXISTS'],
      ['create table u as select 1 as a, 2 as a', 'COLUMN_ALREADY_EXISTS'],
      ['create table u (a int) as select 1', '_LEGACY_ERROR_TEMP_0035'],
      ['create table u (a void)', 'UNSUPPORTED_FEATURE'],
      ['create table u (s struct<a: map<int, void>>)', 'UNSUPPORTED_FEATURE'],
      ['create table u as select null as a', 'UNSUPPORTED_FEATURE'],
      ['create table u (a int) partitioned by (a)', 'ALL_PARTITION_COLUMNS_NOT_ALLOWED'],
      ['create table u (a int) using orc', 'UNSUPPORTED_FEATURE'],
      ['create table u (a int) using nonsense', 'DATA_SOURCE_NOT_FOUND'],
      ['create table a.b.c (a int)', 'REQUIRES_SINGLE_PART_NAMESPACE'],
      ['create table nowhere.t (a int)', 'SCHEMA_NOT_FOUND'],
      ['create table u as select cast(1 as int) / 0 as a', 'DIVIDE_BY_ZERO'],
      ['drop view t', 'WRONG_COMMAND_FOR_OBJECT_TYPE'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
    t.deepEqual(await rowsOf(session, 'select * from t'), [])
    t.deepEqual(await rowsOf(session, 'show tables'), [
      ['default', 't', false],
      ['', 'v', true],
    ])
    t.is(readdirSync(await warehouseOf(session)).filter((name) => name.startsWith('u-')).length, 0)
    const overflow = await errorOf(session, "insert into t select 3000000000, 'x'")
    t.deepEqual(overflow?.parameters, { sourceType: '"BIGINT"', targetType: '"INT"', columnName: '`a`' })
  }))

const warehouseOf = async (session: Parameters<Parameters<typeof withTables>[0]>[0]): Promise<string> =>
  session.config.toRecord()['warehouse.dir']!

test('which type may go into a column of which is as in ANSI Spark', (t) =>
  withTables(async (session) => {
    const values: Readonly<Record<string, string>> = {
      boolean: 'true',
      int: '1',
      bigint: '1L',
      double: '1D',
      'decimal(3,1)': '1.5',
      string: "'x'",
      binary: "x'41'",
      date: "date'2020-01-02'",
      timestamp: "timestamp'2020-01-02 03:04:05Z'",
      'struct<a: int>': "named_struct('a', 1)",
    }
    const numbers = ['int', 'bigint', 'double', 'decimal(3,1)']
    const times = ['date', 'timestamp']
    for (const type of Object.keys(values)) {
      await runAll(session, 'drop table if exists t', `create table t (c ${type})`)
      const taken: string[] = []
      for (const [from, value] of Object.entries(values)) {
        const condition = await conditionOf(session, `insert into t select ${value}`)
        if (condition === 'none') taken.push(from)
        else t.is(condition, 'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST', `${from} to ${type}`)
      }
      const expected = [numbers, times].find((group) => group.includes(type)) ?? [type]
      const isAny = type === 'string'
      t.deepEqual(taken, isAny ? Object.keys(values).filter((from) => !from.startsWith('struct')) : expected, type)
    }
    await runAll(session, 'drop table t', 'create table t (d date, n decimal(4,2), s string)')
    await runAll(session, "insert into t select timestamp'2020-01-02 03:04:05', 1.005D, 7")
    t.deepEqual((await rowsOf(session, 'select cast(d as string), cast(n as string), s from t'))[0]?.map(String), [
      '2020-01-02',
      '1.01',
      '7',
    ])
    t.is(await conditionOf(session, 'insert into t select null, 100, null'), 'CAST_OVERFLOW_IN_TABLE_INSERT')
  }))

test('a temporary view hides a table of its name until it is dropped', (t) =>
  withTables(async (session) => {
    await runAll(session, 'create table t (a int)', 'create temp view t as select 99 as a')
    t.deepEqual(await rowsOf(session, 'select * from t'), [[99]])
    t.deepEqual(await rowsOf(session, 'select * from default.t'), [])
    await runAll(session, 'drop view t')
    t.deepEqual(await rowsOf(session, 'select * from t'), [])
  }))

test('a table with a location keeps its files when it is dropped', (t) =>
  withTables(async (session, folder) => {
    const files = join(folder, 'mine')
    await session.sql('select 1 as a').write.parquet(files)
    await runAll(session, `create table t (a int) location '${files}'`, 'insert into t values (2)')
    t.deepEqual(await rowsOf(session, 'select * from t order by a'), [[1], [2]])
    t.is(await conditionOf(session, `create table u location '${files}' as select 1 as b`), 'PATH_ALREADY_EXISTS')
    await runAll(session, 'drop table t')
    t.is(await session.read.parquet(files).count(), 2)
  }))

test('rows for a table that is dropped meanwhile are refused, and leave nothing; one of its name does not get them', (t) =>
  withTables(async (session, folder) => {
    await runAll(session, 'create table t (a int)')
    const inserting = session.sql('insert into t values (1)')
    await runAll(session, 'drop table t', 'create table t (a int)')
    await t.throwsAsync(inserting.collect(), { message: /TABLE_OR_VIEW_NOT_FOUND/ })
    t.deepEqual(await rowsOf(session, 'select * from t'), [])
    t.is(readdirSync(folder).filter((name) => name.startsWith('t-')).length, 1)
    const renamed = session.sql('insert into t values (2)')
    await runAll(session, 'alter table t rename to u')
    await renamed.collect()
    t.deepEqual(await rowsOf(session, 'select * from u'), [[2]])
  }))
