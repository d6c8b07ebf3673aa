import { readFileSync } from 'node:fs'
import test from 'ava'
import { withSession } from '../support/sessions.js'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

interface Answers {
  readonly texts: readonly string[]
  readonly ranks: Readonly<Record<string, readonly number[]>>
}

test('random texts are grouped, joined and ordered as the collations of Spark have them', async (t) => {
  const { texts, ranks } = JSON.parse(readFileSync('test/data/spark/collations.json', 'utf8')) as Answers
  await withSession('local[2]', async (session) => {
    const rows = texts.map((text, i) => ({ i, text }))
    session.createDataFrame(rows, 'i int, text string').createOrReplaceTempView('texts')
    for (const [name, expected] of Object.entries(ranks)) {
      const collated = `(select i, text collate ${name} as x from texts)`
      const ranked = await session.sql(`select i, dense_rank() over (order by x) as place from ${collated}`).collect()
      const places = new Map(ranked.map((row) => [row['i'] as number, (row['place'] as number) - 1]))
      t.deepEqual(
        texts.map((_, i) => places.get(i)),
        expected,
        name,
      )
      const count = new Set(expected).size
      const [groups] = await session.sql(`select count(*) as n, count(distinct x) as d from ${collated}`).collect()
      t.is(Number(groups!['d']), count, name)
      const distinct = await session.sql(`select x from ${collated} group by x`).collect()
      t.is(distinct.length, count, name)
      const members = new Map<number, number>()
      for (const rank of expected) members.set(rank, (members.get(rank) ?? 0) + 1)
      const pairs = [...members.values()].reduce((sum, size) => sum + size * size, 0)
      const joined = await session.sql(`select a.i from ${collated} a join ${collated} b on a.x = b.x`).collect()
      t.is(joined.length, pairs, name)
    }
  })
})

test('tables and Parquet files keep the collations of columns', (t) =>
  withTables(async (session, folder) => {
    await runAll(
      session,
      'create table t (a string collate utf8_lcase, b array<string collate unicode_ci>, c struct<d: string collate de, e: string>)',
      "insert into t values ('A', array('b'), named_struct('d', 'c', 'e', 'e')), ('a', null, null)",
      `create table copied using parquet location '${folder}/copied' as select * from t`,
    )
    const types = [
      ['a', 'string collate UTF8_LCASE', null],
      ['b', 'array<string collate UNICODE_CI>', null],
      ['c', 'struct<d:string collate de,e:string>', null],
    ]
    t.deepEqual(await rowsOf(session, 'describe t'), types)
    t.deepEqual(await rowsOf(session, 'select count(*) from t group by a'), [[2n]])
    t.deepEqual(await rowsOf(session, "select a from t where a = 'a' and array_contains(b, 'B')"), [['A']])
    t.deepEqual(
      (await session.read.parquet(`${folder}/copied`).schema()).fields.map(({ name, type }) => [name, type]),
      (await session.sql('select * from t').schema()).fields.map(({ name, type }) => [name, type]),
    )
    t.deepEqual(await rowsOf(session, 'show create table t'), [
      [
        'CREATE TABLE spark_catalog.default.t (\n  a STRING COLLATE UTF8_LCASE,\n  b ARRAY<STRING COLLATE UNICODE_CI>,\n  c STRUCT<d: STRING COLLATE de, e: STRING>)\nUSING parquet\n',
      ],
    ])
    for (const [sql, condition] of [
      ['create table u (a map<string collate de, int>)', 'UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS'],
      ['create table u (a int, p string collate de) partitioned by (p)', 'INVALID_PARTITION_COLUMN_DATA_TYPE'],
      [
        "create table u as select concat(a, b) as x from (select 'a' collate de as a, 'b' as b)",
        'INDETERMINATE_COLLATION_IN_SCHEMA',
      ],
      ['create table u (a char(2) collate de)', 'UNSUPPORTED_FEATURE'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
  }))

test('columns have the default collation of their table, unless they say another one; schemas and views have none', (t) =>
  withTables(async (session) => {
    await runAll(
      session,
      'create table t (a string, b string collate unicode, c array<string>, d string collate utf8_binary, e int) using parquet default collation utf8_lcase',
      'alter table t default collation unicode_ci',
      'alter table t add columns (f string)',
    )
    t.deepEqual(await rowsOf(session, 'describe t'), [
      ['a', 'string collate UTF8_LCASE', null],
      ['b', 'string collate UNICODE', null],
      ['c', 'array<string collate UTF8_LCASE>', null],
      ['d', 'string collate UTF8_BINARY', null],
      ['e', 'int', null],
      ['f', 'string collate UNICODE_CI', null],
    ])
    const [[text]] = (await rowsOf(session, 'show create table t')) as [[string]]
    t.regex(text, /USING parquet\nDEFAULT COLLATION UNICODE_CI\n/)
    const told = await rowsOf(session, 'describe extended t')
    t.true(told.some(([name, value]) => name === 'Collation' && value === 'UNICODE_CI'))
    for (const [sql, condition] of [
      ['create schema s default collation unicode', 'UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS'],
      ['alter schema default default collation unicode', 'UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS'],
      ["create view v default collation unicode as select 'a' as x", 'UNSUPPORTED_FEATURE'],
      ["create table u default collation unicode as select 'a' as x", 'UNSUPPORTED_FEATURE'],
      ['create table u (a char(2)) default collation unicode', 'UNSUPPORTED_FEATURE'],
      ['create table u (a string) default collation foo', 'COLLATION_INVALID_NAME'],
    ] as const)
      t.is(await conditionOf(session, sql), condition, sql)
  }))
