import test from 'ava'
import { col, type DataFrame, functions as F, type MillraceError, Session } from '../../api/index.js'
import { TPCH_SMALL } from '../support/sessions.js'
import { withSharedSession } from '../support/shared-sessions.js'

const NUMBERS = 'select * from values (1, 10D), (2, 20D), (3, 25D), (4, 42D) as t(x, y)'
const ROWS = `select * from values (1, 'a', 1.5D, true, 2.50), (2, null, double('NaN'), null, null),
  (null, 'c', null, false, 3.25), (2, 'a', 4D, true, 1.00) as t(i, s, d, b, c)`

const namesOf = (frame: DataFrame): Promise<readonly string[]> => frame.columns()

test('groups without names of columns aggregate all numbers that are no keys', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    t.deepEqual(await namesOf(rows.groupBy('b').sum()), ['b', 'sum(i)', 'sum(d)', 'sum(c)'])
    t.deepEqual(await namesOf(rows.groupBy('i').avg()), ['i', 'avg(d)', 'avg(c)'])
    t.deepEqual(await namesOf(rows.rollup('s').max()), ['s', 'max(i)', 'max(d)', 'max(c)'])
    t.deepEqual(await namesOf(rows.groupBy(col('i').plus(1).as('k')).min()), ['k', 'min(i)', 'min(d)', 'min(c)'])
    const numbers = session.sql(NUMBERS)
    t.deepEqual(await numbers.groupBy(col('x').mod(2).as('odd')).sum().orderBy('odd').collect(), [
      { odd: 0, 'sum(x)': 6n, 'sum(y)': 62 },
      { odd: 1, 'sum(x)': 4n, 'sum(y)': 35 },
    ])
    t.deepEqual(await numbers.groupBy().mean('x').collect(), [{ 'avg(x)': 2.5 }])
    t.throws(() => rows.groupBy('b').pivot('s', ['a']).sum(), { message: /UNSUPPORTED_FEATURE/ })
  }))

test('aggregates may be given as names of functions by columns', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    const counted = rows.groupBy('b').agg({ i: 'MAX', d: 'avg', '*': 'count' })
    t.deepEqual(await namesOf(counted), ['b', 'max(i)', 'avg(d)', 'count(1)'])
    t.deepEqual(await rows.agg({ i: 'max' }).collect(), [{ 'max(i)': 2 }])
    await t.throwsAsync(rows.agg({ i: 'zz' }).collect(), { message: /UNRESOLVED_ROUTINE/ })
  }))

test('columns get other names: all by toDF, some by a map', (t) =>
  withSharedSession('local[1]', async (session) => {
    const numbers = session.sql(NUMBERS)
    t.deepEqual(await namesOf(numbers.toDF('p', 'q')), ['p', 'q'])
    await t.throwsAsync(namesOf(numbers.toDF('p')), { message: /ASSIGNMENT_ARITY_MISMATCH/ })
    t.deepEqual(await namesOf(numbers.withColumnsRenamed({ x: 'y2', zz: 'q' })), ['y2', 'y'])
  }))

test('the first and the last rows, one by one too', (t) =>
  withSharedSession('local[2]', async (session) => {
    const numbers = session.sql(NUMBERS)
    t.deepEqual(await numbers.head(), { x: 1, y: 10 })
    t.deepEqual(await numbers.head(2), await numbers.take(2))
    t.deepEqual(await session.range(0, 100_000, 1, 4).tail(2), [{ id: 99_998n }, { id: 99_999n }])
    t.deepEqual(await numbers.tail(9), await numbers.collect())
    t.deepEqual([await numbers.tail(0), await numbers.tail(-1)], [[], []])
    await t.throwsAsync(numbers.tail(1.5), { message: /whole number/ })
    const seen: unknown[] = []
    await numbers.foreach(async (row) => seen.push(row['x']))
    t.deepEqual(seen, [1, 2, 3, 4])
    const stop = new Error('stop')
    t.is(await t.throwsAsync(session.range(1_000_000).foreach(() => Promise.reject(stop))), stop)
  }))

test('functions over DataFrames chain, and DataFrames are conditions and values of others', (t) =>
  withSharedSession('local[1]', async (session) => {
    const [numbers, rows] = [session.sql(NUMBERS), session.sql(ROWS)]
    const above = (frame: DataFrame, least: number): DataFrame => frame.filter(col('x').geq(least))
    t.is(await numbers.transform(above, 3).count(), 2)
    const known = numbers.where(rows.where(col('i').eq(col('x').outer())).exists())
    t.deepEqual(await known.collect(), [
      { x: 1, y: 10 },
      { x: 2, y: 20 },
    ])
    const greatest = rows.agg(F.max('i')).scalar().as('greatest')
    t.deepEqual(await numbers.limit(1).select(greatest).collect(), [{ greatest: 2 }])
  }))

test('a local checkpoint keeps the rows that were computed', (t) =>
  withSharedSession('local[1]', async (session) => {
    const drawn = session.range(3).select('id', F.rand().as('r'))
    const kept = await drawn.localCheckpoint()
    t.deepEqual(await kept.collect(), await kept.collect())
    t.deepEqual([drawn.storageLevel.useMemory, kept.storageLevel.useMemory], [false, true])
    t.false((await drawn.localCheckpoint(false)).storageLevel.useDisk)
  }))

test('what a DataFrame tells of itself', (t) =>
  withSharedSession('local[1]', async (session) => {
    const made = session.createDataFrame([{ a: 1 }])
    t.deepEqual([made.isLocal(), made.filter('a > 0').isLocal()], [true, false])
    const stream = session.readStream.schema('a int').parquet('/nowhere')
    t.deepEqual([made.isStreaming, stream.filter('a > 0').isStreaming], [false, true])
  }))

test('transpose makes columns of rows, in the order of their index', (t) =>
  withSharedSession('local[1]', async (session) => {
    const turned = async (sql: string, index?: string): Promise<unknown> => {
      const frame = await session.sql(sql).transpose(index)
      return [await frame.dtypes(), await frame.collect()]
    }
    t.deepEqual(await turned("select * from values ('b', 1, 2L), ('a', 3, 4L), (null, 5, 6L) t(k, v, w)"), [
      [
        ['key', 'string'],
        ['a', 'bigint'],
        ['b', 'bigint'],
      ],
      [
        { key: 'v', a: 3n, b: 1n },
        { key: 'w', a: 4n, b: 2n },
      ],
    ])
    t.deepEqual(await turned(NUMBERS, 'y'), [
      [
        ['key', 'string'],
        ['10.0', 'int'],
        ['20.0', 'int'],
        ['25.0', 'int'],
        ['42.0', 'int'],
      ],
      [{ key: 'x', '10.0': 1, '20.0': 2, '25.0': 3, '42.0': 4 }],
    ])
    t.deepEqual(await turned("select * from values ('b', 1), ('b', 3) t(k, v)"), [
      [
        ['key', 'string'],
        ['b', 'int'],
        ['b', 'int'],
      ],
      [{ key: 'v', b: 1, b_1: 3 }],
    ])
    t.deepEqual(await turned('select 1 a'), [
      [
        ['key', 'string'],
        ['1', 'string'],
      ],
      [],
    ])
    await t.throwsAsync(turned(ROWS, 'i'), { message: /TRANSPOSE_NO_LEAST_COMMON_TYPE.*"STRING" and "DOUBLE"/ })
    await t.throwsAsync(turned('select array(1) k, 2 v'), { message: /TRANSPOSE_INVALID_INDEX_COLUMN/ })
    await t.throwsAsync(turned('select id, id v from range(501)'), { message: /TRANSPOSE_EXCEED_ROW_LIMIT/ })
    t.is((await (await session.sql('select id, id v from range(500)').transpose()).columns()).length, 501)
  }))

test('a table of HTML escapes what is in it, and says when there is more', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql("select * from values (1, '<b>&'), (2, null) as t(a, `x<y`)")
    t.is(
      await rows.toHTML(1),
      "<table border='1'>\n<tr><th>a</th><th>x&lt;y</th></tr>\n<tr><td>1</td><td>&lt;b&gt;&amp;</td></tr>\n</table>\nonly showing top 1 row\n",
    )
    t.true((await rows.toHTML()).endsWith('<tr><td>2</td><td>NULL</td></tr>\n</table>\n'))
  }))

test('printSchema tells types within types as deep as it is asked', (t) => {
  const printed: string[] = []
  return withSharedSession('local[1]', async (session) => {
    const frame = new Session(session.engine, session.config, (text) => void printed.push(text)).sql(
      "select named_struct('b', named_struct('c', 1)) a, array(1) l",
    )
    for (const level of [1, 2]) await frame.printSchema(level)
    t.deepEqual(printed, [
      'root\n |-- a: struct (nullable = false)\n |-- l: array (nullable = false)\n',
      'root\n |-- a: struct (nullable = false)\n |    |-- b: struct (nullable = false)\n |-- l: array (nullable = false)\n |    |-- element: integer (containsNull = false)\n',
    ])
  })
})

test('rows are numbered from 0 on in the order in which they lie', (t) =>
  withSharedSession('local[2]', async (session) => {
    const rows = session.range(0, 20_000, 1, 4).zipWithIndex()
    t.deepEqual(await rows.dtypes(), [
      ['id', 'bigint'],
      ['index', 'bigint'],
    ])
    t.is(await rows.filter(col('id').neq(col('index'))).count(), 0)
    t.deepEqual(await session.sql('select 7 id').zipWithIndex('id').collect(), [{ id: 7, id_1: 0n }])
  }))

test('inputFiles tells the files of all sources, each once', (t) =>
  withSharedSession('local[1]', async (session) => {
    const read = (table: string) => session.read.parquet(`${TPCH_SMALL}/${table}.parquet`)
    const both = read('nation').join(read('region'), col('n_regionkey').eq(col('r_regionkey')))
    const files = await both.union(both).groupBy('n_name').count().inputFiles()
    t.deepEqual(
      files.map((file) => file.replace(/.*\//, '')),
      ['nation.parquet', 'region.parquet'],
    )
    t.regex(files[0]!, /^file:\/\/\//)
    t.deepEqual(await session.range(3).inputFiles(), [])
  }))

test('clusters of files are refused by name', (t) =>
  withSharedSession('local[1]', async (session) => {
    const { write } = session.range(3)
    const conditionOf = (run: () => unknown) => t.throws<MillraceError>(run)!.condition
    t.is(
      conditionOf(() => write.clusterBy('id')),
      'UNSUPPORTED_FEATURE',
    )
  }))

test('columns are chosen by a pattern of their names', (t) =>
  withSharedSession('local[1]', async (session) => {
    const rows = session.sql('select 1 as a1, 2 as A2, 3 as b1, 4 as `a.x`')
    t.deepEqual(await namesOf(rows.select(rows.colRegex('`a\\d`'))), ['a1', 'A2'])
    t.deepEqual(await namesOf(rows.select(rows.colRegex('`.*1`'), rows.colRegex('`nothing`'))), ['a1', 'b1'])
    t.deepEqual(await namesOf(rows.select(rows.colRegex('b1'))), ['b1'])
    const named = rows.alias('t').join(session.sql('select 5 as a9'), F.lit(true))
    t.deepEqual(await namesOf(named.select(named.colRegex('t.`a.*`'))), ['a1', 'A2', 'a.x'])
    session.conf.set('spark.sql.caseSensitive', 'true')
    const exact = session.sql('select 1 as a1, 2 as A2')
    t.deepEqual(await namesOf(exact.select(exact.colRegex('`a.`'))), ['a1'])
    for (const pattern of ['`(`', '`(?!a)b.*`'])
      await t.throwsAsync(namesOf(exact.select(exact.colRegex(pattern))), {
        message: /INVALID_PARAMETER_VALUE.PATTERN/,
      })
  }))
