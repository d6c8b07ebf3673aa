import test from 'ava'
import { conditionOf, rowsOf, runAll, withTables } from '../support/warehouses.js'

const TABLE = 'create table s (a int, b string, c double, d date, e timestamp, f decimal(10,2), g boolean, h binary)'
const ROWS = [
  "(1, 'x', 1.5, date'2020-01-01', timestamp'2020-01-01 00:00:00', 1.5, true, X'41')",
  "(2, 'yyy', 2.5, date'2021-01-01', timestamp'2021-01-01 10:00:00.5', 2.5, false, X'4142')",
  '(null, null, null, null, null, null, null, null)',
  "(2, 'é', 0.5, date'2021-01-01', timestamp'2021-01-01 10:00:00.5', 2.5, false, X'4142')",
].join(', ')

test('statistics of columns are those that Spark shows, until rows are added', (t) =>
  withTables(async (session) => {
    const shown = async (column: string): Promise<unknown> =>
      (await rowsOf(session, `describe extended s ${column}`)).slice(3, 9).map(([, value]) => value)
    const size = async (): Promise<unknown> =>
      (await rowsOf(session, 'describe extended s')).find(([name]) => name === 'Statistics')?.[1]
    await runAll(session, TABLE, `insert into s values ${ROWS}`, 'analyze table s compute statistics for columns a, B')
    t.regex(String(await size()), /^\d+ bytes, 4 rows$/)
    t.deepEqual(await shown('a'), ['1', '2', '1', '2', '4', '4'])
    t.deepEqual(await shown('b'), ['NULL', 'NULL', '1', '3', '2', '3'])
    t.deepEqual(await shown('c'), Array(6).fill('NULL'))
    await runAll(session, 'analyze table s compute statistics for all columns')
    t.deepEqual(await shown('c'), ['0.5', '2.5', '1', '3', '8', '8'])
    t.deepEqual(await shown('d'), ['2020-01-01', '2021-01-01', '1', '2', '4', '4'])
    t.deepEqual(await shown('e'), [
      '2020-01-01 00:00:00.000000 +0000',
      '2021-01-01 10:00:00.500000 +0000',
      ...['1', '2', '8', '8'],
    ])
    t.deepEqual(await shown('f'), ['1.50', '2.50', '1', '2', '8', '8'])
    t.deepEqual(await shown('g'), ['false', 'true', '1', '2', '1', '1'])
    t.deepEqual(await shown('h'), ['NULL', 'NULL', '1', '2', '2', '2'])
    await runAll(session, 'analyze table s compute statistics noscan')
    t.deepEqual(await shown('a'), ['1', '2', '1', '2', '4', '4'])
    await runAll(session, 'insert into s (a) values (1)')
    t.is(await size(), undefined)
    t.deepEqual(await shown('a'), Array(6).fill('NULL'))
    await runAll(session, 'analyze tables in default compute statistics')
    t.regex(String(await size()), /^\d+ bytes, 5 rows$/)
  }))

test('partitions are analyzed one by one, and what cannot be analyzed is refused as by Spark', (t) =>
  withTables(async (session) => {
    const sizes = async (): Promise<unknown> => {
      const rows = await rowsOf(session, 'describe extended p partition (a = 1, b = "x")')
      return rows.find(([name]) => name === 'Partition Statistics')?.[1]
    }
    const condition = (sql: string): Promise<string> => conditionOf(session, `analyze table ${sql}`)
    await runAll(
      session,
      'create table p (v int, a int, b string) partitioned by (a, b)',
      "insert into p values (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x')",
      "analyze table p partition (a = 1, b = 'x') compute statistics noscan",
    )
    t.regex(String(await sizes()), /^\d+ bytes$/)
    await runAll(session, 'analyze table p partition (a = 1, b) compute statistics')
    t.regex(String(await sizes()), /^\d+ bytes, 1 rows$/)
    t.is(await condition("p partition (b = 'x') compute statistics"), '_LEGACY_ERROR_TEMP_1237')
    t.is(await condition("p partition (a = 9, b = 'x') compute statistics"), 'PARTITIONS_NOT_FOUND')
    t.is(await condition('p partition (z = 9) compute statistics'), 'PARTITIONS_NOT_FOUND')
    t.is(await condition('p compute statistics foo'), 'INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN')
    t.is(await condition('p compute statistics for columns zz'), 'COLUMN_NOT_FOUND')
    await runAll(session, 'create view v as select 1 as a', 'create temporary view tv as select 1 as a')
    await runAll(session, 'create table n (s struct<a: int>)')
    t.is(await condition('v compute statistics'), 'UNSUPPORTED_FEATURE.ANALYZE_VIEW')
    t.is(await condition('tv compute statistics'), 'EXPECT_PERMANENT_VIEW_NOT_TEMP')
    t.is(await condition('tv compute statistics for columns a'), 'UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW')
    t.is(await condition('n compute statistics for all columns'), 'UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE')
  }))

test('queries are planned with what was counted: rows of partitioned tables, values of columns', (t) =>
  withTables(async (session) => {
    const rows = async (sql: string): Promise<readonly string[]> => {
      const [[text]] = (await rowsOf(session, `explain cost ${sql}`)) as [[string]]
      return [...text.matchAll(/rowCount=(\d+)/g)].map(([, count]) => count!)
    }
    await runAll(
      session,
      'create table p partitioned by (k) as select id as v, id % 50 * 7 as w, id % 4 as k from range(1000)',
      'create table q as select id as v, id % 50 * 7 as w from range(1000)',
    )
    // The least and the greatest value are known from the files, not that only each seventh in between is there.
    t.deepEqual(await rows('select w from q where w = 21'), ['3', '1000'])
    t.deepEqual(await rows('select w from q group by w'), ['100', '1000'])
    t.not((await rows('select v from p')).at(-1), '1000')
    await runAll(
      session,
      'analyze table p compute statistics for columns w',
      'analyze table q compute statistics for all columns',
    )
    t.is((await rows('select v from p')).at(-1), '1000')
    t.deepEqual(await rows('select w from q where w = 21'), ['20', '1000'])
    t.deepEqual(await rows('select w from q where w in (21, 28)'), ['40', '1000'])
    t.deepEqual(await rows('select w from p where k = 3'), ['250', '250', '1000'])
    t.deepEqual(await rows('select w from q group by w'), ['51', '1000'])
    t.deepEqual((await rows('select q.v from q join p using (w)')).slice(0, 2), ['20000', '20000'])
  }))

test('EXPLAIN tells what operators take and give, what they cost, and what is compiled', (t) =>
  withTables(async (session) => {
    const query = 'select w, count(*) from (select id as w from range(9)) where w > 1 group by w'
    const explained = async (mode: string): Promise<string> =>
      String((await rowsOf(session, `explain ${mode} ${query}`))[0])
    const formatted = await explained('formatted')
    t.regex(
      formatted,
      /^== Physical Plan ==\nHashAggregate \(complete\) \(4\)\n\+- Project \(3\)\n {3}\+- Filter \(2\)\n/,
    )
    t.regex(
      formatted,
      /\n\n\(1\) Range\nOutput \[1\]: \[id\]\nArguments: \(0, 9, step=1\)\n\n\(2\) Filter\nInput \[1\]: \[id\]\n/,
    )
    t.regex(
      formatted,
      /\n\n\(4\) HashAggregate \(complete\)\nInput \[1\]: \[w\]\nOutput \[2\]: \[w, count\(1\)\]\nArguments: keys=\[w\]/,
    )
    t.regex(
      await explained('cost'),
      /^== Optimized Logical Plan ==\nAggregate .*Statistics\(sizeInBytes=[\d.]+ B, rowCount=\d\)\n/,
    )
    const code = await explained('codegen')
    t.regex(code, /^Found 1 compiled stages\.\n== Stage 1 \/ 1 ==\nHashAggregate \(complete\)/)
    t.regex(code, /Generated code:\nFunctions: .*pipeline0.*\nKernels: .*\w.*\n/)
  }))
