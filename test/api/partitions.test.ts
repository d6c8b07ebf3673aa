import { readdirSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { lit } from '../../api/column/column.js'
import { raised } from '../support/raised.js'
import { conditionOf, errorOf, rowsOf, runAll, withTables, withWarehouse } from '../support/warehouses.js'

const TABLE = 'create table t (a int, b string, c double) using parquet partitioned by (b, a)'
const ROWS = "insert into t values (1.5, 'x y', 1), (2.5, null, 2), (3.5, '', 3), (4.5, 'a/b=c:%', null)"

/** The folder of the only table of a warehouse. */
const tableFolder = (folder: string): string => join(folder, readdirSync(folder).find((name) => name.startsWith('t-'))!)

test('rows lie in folders named after their values, in the layout of Hive, and are read with the types of the table', (t) =>
  withTables(async (session, folder) => {
    await runAll(session, TABLE, ROWS)
    t.deepEqual((await rowsOf(session, 'show partitions t')).flat(), [
      'b=__HIVE_DEFAULT_PARTITION__/a=2',
      'b=__HIVE_DEFAULT_PARTITION__/a=3',
      'b=a%2Fb%3Dc%3A%25/a=__HIVE_DEFAULT_PARTITION__',
      'b=x y/a=1',
    ])
    t.deepEqual(await rowsOf(session, 'select * from t order by c'), [
      [1.5, 'x y', 1],
      [2.5, null, 2],
      [3.5, null, 3],
      [4.5, 'a/b=c:%', null],
    ])
    t.deepEqual(readdirSync(join(tableFolder(folder), 'b=x y')), ['a=1'])
    t.deepEqual(await rowsOf(session, 'select count(*), sum(a) from t'), [[4n, 6n]])
  }))

test('values of every type come back from the names of folders', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table t (v int, d date, ts timestamp, n timestamp_ntz, de decimal(5,2), wide decimal(30,4), bo boolean, f double, g float, ti tinyint, bi bigint, by binary) partitioned by (d, ts, n, de, wide, bo, f, g, ti, bi, by)',
      "insert into t values (1, date'2020-01-02', timestamp'2020-01-02 03:04:05.678', cast('1999-12-31 23:59:59' as timestamp_ntz), -1.5, 12345678901234567890.1234, true, 1e20, 0.1, -7, -9223372036854775808, X'4142')",
      'insert into t select 2, null, null, null, null, null, null, null, null, null, null, null',
      'create table u as select * from t where v = 1',
    )
    const [first, second] = await rowsOf(
      session,
      'select cast(d as string), cast(ts as string), cast(n as string), de, wide, bo, f, g, ti, bi, cast(by as string) from t order by v',
    )
    t.deepEqual(first!.map(String), [
      '2020-01-02',
      '2020-01-02 03:04:05.678',
      '1999-12-31 23:59:59',
      '-1.50',
      '12345678901234567890.1234',
      'true',
      '100000000000000000000',
      '0.10000000149011612',
      '-7',
      '-9223372036854775808',
      'AB',
    ])
    t.true(second!.every((value) => value === null))
    t.deepEqual(
      await rowsOf(session, 'select count(*) from t join u using (d, ts, n, de, wide, bo, f, g, ti, bi, by)'),
      [[1n]],
    )
  }))

test('files of partitions that a filter rules out are not opened', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      'create table t (v int, a int, b string) partitioned by (a, b)',
      "insert into t values (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x'), (4, 3, 'x'), (5, null, 'x')",
    )
    const root = tableFolder(folder)
    for (const partition of ['a=2/b=x', 'a=1/b=y', 'a=__HIVE_DEFAULT_PARTITION__/b=x'])
      for (const file of readdirSync(join(root, partition)))
        if (!file.startsWith('.')) writeFileSync(join(root, partition, file), 'no Parquet')
    t.deepEqual(await rowsOf(session, "select v from t where a = 1 and b = 'x'"), [[1]])
    t.deepEqual(await rowsOf(session, "select v from t where a in (1, 3) and b <= 'x' order by v"), [[1], [4]])
    t.deepEqual(await rowsOf(session, 'select v from t where a > 2'), [[4]])
    t.deepEqual(await rowsOf(session, "select v from t where a >= 3 and a is not null and b < 'y'"), [[4]])
    t.deepEqual(await rowsOf(session, "select v from t where a < 2 and b = 'x'"), [[1]])
    t.is(await conditionOf(session, 'select v from t where a = 2'), 'FAILED_READ_FILE')
    t.is(await conditionOf(session, 'select v from t where a is null'), 'FAILED_READ_FILE')
  }))

test('INSERT takes values of partitions from its clause, from rows, or from both', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      TABLE,
      "insert into t partition (b = 's', a) select 9.0, 7",
      "insert into t partition (B = 's', A = '08') values (9.5)",
      "insert into t partition (b = 'q', a) (a, c) values (3, 1.0)",
      "insert into t by name select 'n' as b, 1.0 as c, 5 as a",
    )
    t.deepEqual((await rowsOf(session, 'show partitions t')).flat(), ['b=n/a=5', 'b=q/a=3', 'b=s/a=7', 'b=s/a=8'])
    t.deepEqual((await rowsOf(session, "show partitions t partition (b = 's')")).flat(), ['b=s/a=7', 'b=s/a=8'])
    const refused = async (sql: string, condition: string): Promise<unknown> =>
      t.is(await conditionOf(session, sql), condition, sql)
    await refused("insert into t partition (b='s', a=8) values (1, 2)", 'INSERT_PARTITION_COLUMN_ARITY_MISMATCH')
    await refused(
      "insert into t partition (b='s') by name select 1.0 as c, 5 as a, 'k' as b",
      'INSERT_PARTITION_COLUMN_ARITY_MISMATCH',
    )
    await refused("insert into t partition (a=8, b) values (9.5, 's')", '_LEGACY_ERROR_TEMP_1147')
    await refused("insert into t partition (a=8) values (9.5, 's')", '_LEGACY_ERROR_TEMP_1169')
    await refused("insert into t partition (z=8) values (9.5, 's')", 'PARTITIONS_NOT_FOUND')
    await refused("insert into t partition (b='s', a='zz') values (9.5)", 'CAST_INVALID_INPUT')
    await refused("insert into t partition (b='s', a=8, a=9) values (9.5)", 'DUPLICATE_KEY')
    await refused("insert into t replace where a = 1 values (1.0, 'x', 1)", 'UNSUPPORTED_FEATURE.TABLE_OPERATION')
    const error = await errorOf(session, "insert into t partition (b='s', a=8) values (1, 2)")
    t.like(error?.parameters, { staticPartCols: '`a`, `b`', dataColumns: '`col1`, `col2`' })
  }))

test('an overwrite replaces the partitions that it names, or in dynamic mode those that get rows', (t) =>
  withTables(async (session, folder) => {
    const partitions = async (): Promise<unknown> => (await rowsOf(session, 'show partitions t')).flat()
    const values = async (): Promise<unknown> => (await rowsOf(session, 'select v from t order by v')).flat()
    await runAll(
      session,
      'create table t (v int, a int, b string) partitioned by (a, b)',
      "insert into t values (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x')",
      "insert overwrite t partition (a = 1, b) values (10, 'z')",
    )
    t.deepEqual(await partitions(), ['a=1/b=z', 'a=2/b=x'])
    t.deepEqual(readdirSync(join(tableFolder(folder), 'a=1')), ['b=z'])
    t.deepEqual(await values(), [3, 10])
    await runAll(session, 'set spark.sql.sources.partitionOverwriteMode=dynamic')
    await runAll(session, "insert overwrite t values (30, 2, 'x'), (40, 4, 'x')")
    t.deepEqual(await partitions(), ['a=1/b=z', 'a=2/b=x', 'a=4/b=x'])
    t.deepEqual(await values(), [10, 30, 40])
    await runAll(session, 'set spark.sql.sources.partitionOverwriteMode=static')
    await runAll(session, "insert overwrite t partition (a = 4, b = 'x') if not exists select 50")
    t.deepEqual(await values(), [10, 30, 40])
    await runAll(session, "insert overwrite t partition (a = 4, b = 'x') select 60 where false")
    t.deepEqual(await partitions(), ['a=1/b=z', 'a=2/b=x', 'a=4/b=x'])
    t.deepEqual(await values(), [10, 30])
    await runAll(session, "insert overwrite t values (70, 7, 'x')")
    t.deepEqual(await partitions(), ['a=7/b=x'])
    t.deepEqual(await values(), [70])
  }))

test('ALTER TABLE adds, drops and renames partitions, TRUNCATE empties them', (t) =>
  withTables(async (session, folder) => {
    const partitions = async (): Promise<unknown> => (await rowsOf(session, 'show partitions t')).flat()
    const values = async (): Promise<unknown> => (await rowsOf(session, 'select v, a from t order by v')).flat()
    const condition = (sql: string): Promise<string> => conditionOf(session, `alter table t ${sql}`)
    await runAll(
      session,
      'create table t (v int, a int) partitioned by (a)',
      'insert into t values (1, 1), (2, 2), (3, 3)',
      'alter table t add partition (a = 4) partition (a = 5)',
      'alter table t add if not exists partition (a = 4)',
    )
    t.deepEqual(await partitions(), ['a=1', 'a=2', 'a=3', 'a=4', 'a=5'])
    t.is(await condition('add partition (a = 1)'), 'PARTITIONS_ALREADY_EXIST')
    t.is(await condition('add partition (z = 1)'), 'PARTITIONS_NOT_FOUND')
    t.is(await condition('add partition (a)'), 'INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE')
    t.is(await condition("add partition (a = 9) location '/x'"), 'UNSUPPORTED_FEATURE')
    await runAll(session, 'alter table t drop partition (a = 1), partition (a = 5)')
    t.deepEqual(await partitions(), ['a=2', 'a=3', 'a=4'])
    t.deepEqual(await values(), [2, 2, 3, 3])
    t.false(readdirSync(tableFolder(folder)).includes('a=1'))
    t.is(await condition('drop partition (a = 1)'), 'PARTITIONS_NOT_FOUND')
    t.is(await condition('drop if exists partition (a = 1)'), 'none')
    t.is(await condition('partition (a = 2) rename to partition (a = 3)'), 'PARTITIONS_ALREADY_EXIST')
    t.is(await condition('partition (a = 7) rename to partition (a = 8)'), 'PARTITIONS_NOT_FOUND')
    await runAll(session, 'alter table t partition (a = 2) rename to partition (a = 20)')
    t.deepEqual(await values(), [2, 20, 3, 3])
    t.deepEqual(await partitions(), ['a=20', 'a=3', 'a=4'])
    await runAll(session, 'truncate table t partition (a = 3)')
    t.deepEqual(await values(), [2, 20])
    await runAll(session, 'truncate table t')
    t.deepEqual(await values(), [])
    t.deepEqual(await partitions(), ['a=20', 'a=3', 'a=4'])
    await runAll(session, 'create table u (a int)', 'create view w as select 1 as a')
    t.is(await conditionOf(session, 'alter table u add partition (a = 1)'), '_LEGACY_ERROR_TEMP_1251')
    t.is(await conditionOf(session, 'truncate table u partition (a = 1)'), '_LEGACY_ERROR_TEMP_1267')
    t.is(await conditionOf(session, 'alter table w add partition (a = 1)'), 'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE')
    t.is(await conditionOf(session, 'describe u partition (a = 1)'), '_LEGACY_ERROR_TEMP_1251')
    t.is(await conditionOf(session, 'msck repair table u'), 'NOT_A_PARTITIONED_TABLE')
  }))

test('folders that the catalog does not know are read once MSCK REPAIR TABLE or RECOVER PARTITIONS found them', (t) =>
  withWarehouse((outside) =>
    withTables(async (session) => {
      const rows = (): Promise<unknown> => rowsOf(session, 'select * from t order by v')
      await session.sql('select id as v, id % 2 as a from range(2)').write.partitionBy('a').parquet(join(outside, 'x'))
      await runAll(session, `create table t (v bigint, a int) partitioned by (a) location '${outside}/x'`)
      t.deepEqual(await rows(), [])
      await runAll(session, 'msck repair table t')
      t.deepEqual(await rows(), [
        [0n, 0],
        [1n, 1],
      ])
      await rm(join(outside, 'x', 'a=0'), { recursive: true })
      await mkdir(join(outside, 'x', 'a=7'))
      await runAll(session, 'alter table t recover partitions')
      t.deepEqual((await rowsOf(session, 'show partitions t')).flat(), ['a=0', 'a=1', 'a=7'])
      await runAll(session, 'msck repair table t drop partitions')
      t.deepEqual((await rowsOf(session, 'show partitions t')).flat(), ['a=1', 'a=7'])
      await runAll(session, 'drop table t')
      t.deepEqual(readdirSync(join(outside, 'x', 'a=1')).filter((name) => name.endsWith('.parquet')).length, 1)
    }),
  ))

test('partition columns come last, and are refused where they cannot divide a table', (t) =>
  withTables(async (session) => {
    const condition = (sql: string): Promise<string> => conditionOf(session, `create table ${sql}`)
    await runAll(session, 'create table p using parquet partitioned by (x) as select 1 as x, 2 as y, 3 as z')
    t.deepEqual(await rowsOf(session, 'select * from p'), [[2, 3, 1]])
    await runAll(session, 'create table q (y int) partitioned by (x int comment "why", z string)')
    t.deepEqual(await rowsOf(session, 'describe q'), [
      ['y', 'int', null],
      ['x', 'int', 'why'],
      ['z', 'string', null],
      ['# Partition Information', '', ''],
      ['# col_name', 'data_type', 'comment'],
      ['x', 'int', 'why'],
      ['z', 'string', null],
    ])
    await runAll(session, 'alter table q add columns (w int)')
    t.deepEqual((await rowsOf(session, 'show columns in q')).flat(), ['y', 'w', 'x', 'z'])
    t.regex(String((await rowsOf(session, 'show create table q'))[0]), /\nPARTITIONED BY \(x, z\)\n/)
    t.is(await condition('a (y int, x int) partitioned by (y, x)'), 'ALL_PARTITION_COLUMNS_NOT_ALLOWED')
    t.is(await condition('a (y int, x int) partitioned by (q)'), 'COLUMN_NOT_DEFINED_IN_TABLE')
    t.is(await condition('a (y int, x int) partitioned by (y, y)'), 'COLUMN_ALREADY_EXISTS')
    t.is(await condition('a (y int, x int) partitioned by (y int)'), 'COLUMN_ALREADY_EXISTS')
    t.is(await condition('a (y int, x struct<a:int>) partitioned by (x)'), 'INVALID_PARTITION_COLUMN_DATA_TYPE')
    t.is(await condition('a (y int, x int) partitioned by (years(x))'), 'UNSUPPORTED_PARTITION_TRANSFORM')
    t.is(await condition('a (y int, x int) partitioned by (x, z int)'), '_LEGACY_ERROR_TEMP_0035')
  }))

test('DataFrames are written in partitions, and paths of such folders are read with the types that Spark infers', (t) =>
  withTables(async (session, folder) => {
    const path = join(folder, 'x')
    const read = (): Promise<unknown> => session.read.parquet(path).orderBy('v').collect()
    const frame = session.sql("select * from values (1, 1, 'a'), (2, 2, null) as t(v, k, s)")
    await frame.write.partitionBy('k', 's').parquet(path)
    t.deepEqual(await read(), [
      { v: 1, k: 1, s: 'a' },
      { v: 2, k: 2, s: null },
    ])
    const more = session.sql("select 3 as v, 1 as k, 'a' as s").write.mode('overwrite').partitionBy('k', 's')
    await more.option('partitionOverwriteMode', 'dynamic').parquet(path)
    t.deepEqual(await read(), [
      { v: 2, k: 2, s: null },
      { v: 3, k: 1, s: 'a' },
    ])
    await more.parquet(path)
    t.deepEqual(await read(), [{ v: 3, k: 1, s: 'a' }])
    // What is not divided is replaced as a whole.
    const undivided = join(folder, 'undivided')
    for (const v of [1, 2]) {
      const rows = session.sql(`select ${v} v`).write.mode('overwrite')
      await rows.option('partitionOverwriteMode', 'dynamic').parquet(undivided)
    }
    t.deepEqual(await session.read.parquet(undivided).collect(), [{ v: 2 }])
    t.deepEqual(await session.read.schema('v int, k string').parquet(path).collect(), [{ v: 3, k: '1', s: 'a' }])
    await t.throwsAsync(frame.write.partitionBy('q').parquet(join(folder, 'y')), { message: /_LEGACY_ERROR_TEMP_1155/ })
    await t.throwsAsync(frame.write.partitionBy('v', 'k', 's').parquet(join(folder, 'y')), { message: /ALL_PARTITION/ })
    await t.throwsAsync(more.option('partitionOverwriteMode', 'both').parquet(path), { message: /INVALID_OPTION/ })
    await frame.write.parquet(join(path, 'j=1'))
    await t.throwsAsync(read() as Promise<unknown>, { message: /CONFLICTING_PARTITION_COLUMN_NAMES/ })
  }))

test('saveAsTable divides a table, and appends only with the same division', (t) =>
  withTables(async (session) => {
    for (const v of [1, 2]) await session.sql(`select ${v} v`).write.mode('ignore').saveAsTable('once')
    t.deepEqual(await rowsOf(session, 'select * from once'), [[1]])
    const frame = session.sql('select id as v, id % 3 as k from range(6)')
    await frame.write.partitionBy('k').saveAsTable('t')
    t.is((await rowsOf(session, 'show partitions t')).length, 3)
    await frame.write.partitionBy('k').mode('append').saveAsTable('t')
    t.deepEqual(await rowsOf(session, 'select count(*) from t'), [[12n]])
    await t.throwsAsync(frame.write.mode('append').saveAsTable('t'), { message: /_LEGACY_ERROR_TEMP_1163/ })
    await t.throwsAsync(async () => frame.write.partitionBy('k').insertInto('t'), {
      message: /PARTITION_BY_NOT_ALLOWED/,
    })
    await frame.write.mode('overwrite').insertInto('t')
    t.deepEqual(await rowsOf(session, 'select count(*) from t'), [[6n]])
  }))

test('saveAsTable appends rows with the columns of the table only, in any order', (t) =>
  withTables(async (session) => {
    await session.sql("select 1 a, 'x' b").write.saveAsTable('t')
    const append = (query: string): Promise<void> => session.sql(query).write.mode('append').saveAsTable('t')
    await append("select 'y' b, 2 A")
    const fewer = await raised(t, append('select 3 a'), '_LEGACY_ERROR_TEMP_1161')
    t.is(fewer.parameters['existingTableSchema'], 'struct<a:int,b:string>')
    await raised(t, append("select 3 a, 'z' b, 4 c"), '_LEGACY_ERROR_TEMP_1161')
    const other = await raised(t, append("select 3 a, 'z' c"), '_LEGACY_ERROR_TEMP_1162')
    t.deepEqual(other.parameters, { specifiedColumn: 'b', schemaFieldNames: 'a, c' })
    t.deepEqual(await rowsOf(session, 'select a, b from t order by a'), [
      [1, 'x'],
      [2, 'y'],
    ])
  }))

test('types of folders are inferred from all of their values', (t) =>
  withTables(async (session, folder) => {
    const inferred = async (...texts: readonly string[]): Promise<string> => {
      const path = join(folder, 'v')
      await rm(path, { recursive: true, force: true })
      for (const text of texts) await session.sql('select 1 as a').write.parquet(join(path, `k=${text}`))
      return (await session.read.parquet(path).schema()).fields[1]!.type.kind
    }
    t.is(await inferred('1', '-2'), 'int')
    t.is(await inferred('1', '99999999999'), 'bigint')
    t.is(await inferred('1', '1.5'), 'double')
    t.is(await inferred('99999999999', '1.5'), 'string')
    t.is(await inferred('1', '99999999999999999999'), 'decimal')
    t.is(await inferred('2020-01-01'), 'date')
    t.is(await inferred('2020-01-01', '2020-01-02 00%3A00%3A00'), 'timestamp')
    t.is(await inferred('2020-01-01', '1'), 'string')
    t.is(await inferred('1', '__HIVE_DEFAULT_PARTITION__'), 'int')
  }))

test('writeTo makes tables, and refuses to change those of files as Spark does; the catalog tells their partitions', (t) =>
  withTables(async (session) => {
    const frame = session.sql("select * from values (1, 'a', 1.5), (2, 'b', 2.5) as t(x, y, z)")
    const refusal = async (work: Promise<void>): Promise<unknown> => (await t.throwsAsync(work))?.message.split(']')[0]
    await frame.writeTo('p').using('parquet').partitionedBy('x').tableProperty('a', 'b').create()
    t.deepEqual(await session.catalog.listPartitions('p'), ['x=1', 'x=2'])
    t.deepEqual(
      (await session.catalog.listColumns('p')).map(({ isPartition }) => isPartition),
      [false, false, true],
    )
    t.regex(
      String(await rowsOf(session, 'show create table p')),
      /PARTITIONED BY \(x\)\nTBLPROPERTIES \(\n {2}'a' = 'b'\)/,
    )
    await session.catalog.recoverPartitions('p')
    await frame.writeTo('o').option('compression', 'none').create()
    t.is(await refusal(session.catalog.recoverPartitions('o')), '[NOT_A_PARTITIONED_TABLE')
    await t.throwsAsync(session.catalog.listPartitions('o'), { message: /PARTITION_SCHEMA_IS_EMPTY/ })
    t.is(await refusal(frame.writeTo('p').create()), '[TABLE_OR_VIEW_ALREADY_EXISTS')
    t.is(await refusal(frame.writeTo('q').replace()), '[UNSUPPORTED_FEATURE.TABLE_OPERATION')
    t.is(await refusal(frame.writeTo('p').createOrReplace()), '[UNSUPPORTED_FEATURE.TABLE_OPERATION')
    t.is(await refusal(frame.writeTo('p').append()), '[_LEGACY_ERROR_TEMP_1012')
    t.is(await refusal(frame.writeTo('p').overwritePartitions()), '[_LEGACY_ERROR_TEMP_1012')
    t.is(await refusal(frame.writeTo('p').overwrite(lit(true))), '[_LEGACY_ERROR_TEMP_1012')
    t.is(await refusal(frame.writeTo('nowhere').overwrite(lit(true))), '[TABLE_OR_VIEW_NOT_FOUND')
    t.is(await refusal(frame.writeTo('nope').append()), '[TABLE_OR_VIEW_NOT_FOUND')
    await runAll(session, 'create view v as select 1 as a')
    t.is(await refusal(frame.writeTo('v').append()), '[VIEW_WRITE_NOT_ALLOWED')
  }))
