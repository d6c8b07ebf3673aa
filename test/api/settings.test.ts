import test from 'ava'
import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'
import { withWarehouse } from '../support/warehouses.js'

const conditionOf = async (result: Promise<unknown>): Promise<string> => {
  try {
    await result
    return 'none'
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return error.condition
  }
}

const answerOf = async (session: Session, sql: string): Promise<unknown> =>
  Object.values((await session.sql(`select ${sql} as v`).collect())[0]!)[0]

test('a DataFrame means what it meant when it was made, whatever the session is set to by now', (t) =>
  withSession('local[1]', async (session) => {
    const strict = session.sql("select cast('x' as int) as c")
    session.conf.set('spark.sql.ansi.enabled', 'false')
    const lenient = session.sql("select cast('x' as int) as c")
    const counted = lenient.groupBy('c').count()
    const written = session.sql('select 1 / 0 as c')
    t.is(await conditionOf(strict.collect()), 'CAST_INVALID_INPUT')
    t.is(await conditionOf(strict.count()), 'none', 'it is not asked for the value')
    session.conf.set('spark.sql.ansi.enabled', 'true')
    t.deepEqual(await lenient.collect(), [{ c: null }])
    t.deepEqual(await lenient.take(1), [{ c: null }])
    t.deepEqual(await counted.collect(), [{ c: null, count: 1n }])
    written.createOrReplaceTempView('written')
    t.deepEqual(await session.sql('select * from written').collect(), [{ c: null }])
    t.is(await conditionOf(session.sql("select cast('x' as int) as c").collect()), 'CAST_INVALID_INPUT')
  }))

test('what an attempt is made of may raise anywhere within it, and no further', (t) =>
  withSession('local[1]', async (session) => {
    const days = Array.from({ length: 400 }, (_, i) => `(id + ${2_147_483_000 + i})`).join(' + ')
    const from = 'from (select cast(id as int) id from range(3)) order by id'
    const rows = await session.sql(`select try_add(date'2020-01-01', ${days}) as far, id ${from}`).collect()
    t.deepEqual(
      rows.map(({ far }) => far),
      [null, null, null],
      'an operand that is a function of its own raises',
    )
    const near = session.sql(`select try_add(date'2020-01-01', cast(1 / (id - 1) as int)) as d ${from}`)
    t.deepEqual(
      (await near.collect()).map(({ d }) => d && String(d)),
      ['2019-12-31', null, '2020-01-02'],
    )
    t.is(await conditionOf(session.sql('select try_add(1 / (id - 1), 1) from range(3)').collect()), 'DIVIDE_BY_ZERO')
    t.is(await answerOf(session, 'try_multiply(try_add(2147483647, 1), 1 + 1)'), null)
    t.is(await answerOf(session, 'coalesce(try_divide(1, 0), try_divide(4, 2))'), 2)
    t.is(await conditionOf(session.sql('select try_divide(1, 0), 2147483647 + 1').collect()), 'ARITHMETIC_OVERFLOW')
    const both = session.sql('select try_add(id, 9223372036854775807), id + 9223372036854775807 from range(1, 3)')
    t.is(await conditionOf(both.collect()), 'ARITHMETIC_OVERFLOW', 'what raises is not what gives NULL')
  }))

test('what wraps, gives NULL or is put last is not taken for what raises, by plans that differ in nothing else', (t) =>
  withSession('local[1]', async (session) => {
    const sum = 'select sum(id * 4611686018427387904) s from range(4)'
    const keys = 'select map(id, 1, id, 2) m from range(1)'
    t.is(await conditionOf(session.sql(sum).collect()), 'ARITHMETIC_OVERFLOW')
    t.is(await conditionOf(session.sql(keys).collect()), 'DUPLICATED_MAP_KEY')
    await session.sql('set spark.sql.ansi.enabled = false').collect()
    await session.sql('set spark.sql.mapKeyDedupPolicy = LAST_WIN').collect()
    t.deepEqual(await session.sql(sum).collect(), [{ s: -9223372036854775808n }])
    t.deepEqual(await session.sql(keys).collect(), [{ m: new Map([[0n, 2]]) }])
    const guarded = 'select id from range(3) where id <> 0 and map(1, 1, null, 2)[1] = id'
    t.is(await conditionOf(session.sql(guarded).collect()), 'NULL_MAP_KEY')
    await session.sql('reset').collect()
    t.is(await conditionOf(session.sql(sum).collect()), 'ARITHMETIC_OVERFLOW')
    t.is(await conditionOf(session.sql(keys).collect()), 'DUPLICATED_MAP_KEY')
  }))

test('a number that wraps is the same within an expression as in a column', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      const made = {
        'cast(i + 127 as tinyint) + t': -127,
        'cast(i + 127 as tinyint) * cast(-1 as tinyint)': -128,
        't + cast(127 as tinyint)': -128,
        '-(t - cast(129 as tinyint))': -128,
        'abs(s * cast(-32768 as smallint))': -32768,
        'cast(i + 299 as tinyint)': 44,
        'cast(l + 4294967296 as int)': 1,
        'cast(l + 98303 as smallint)': -32768,
        'cast(d * 1e10 as tinyint)': -1,
        'cast(d * 70000 as smallint)': 4464,
        'cast(n * 300 as tinyint)': 44,
        'round(t + cast(126 as tinyint), -1)': -126,
        '(l - 9223372036854775807 - 2) div -l': '-9223372036854775808',
      }
      const types =
        'cast(1 as tinyint) t, cast(1 as smallint) s, cast(1 as int) i, 1L l, 1D d, cast(1 as decimal(38,2)) n'
      const tests = Object.entries(made).map(([sql, value]) => `(${sql}) + 0L = ${value}L`)
      const row = (
        await session.sql(`select array(${tests.join(', ')}) a from (select ${types} from range(1))`).collect()
      )[0]!
      t.deepEqual(
        Object.keys(made).filter((_, i) => (row as { a: boolean[] }).a[i] !== true),
        [],
      )
    },
    { 'ansi.enabled': 'false' },
  ))

test('settings that say what queries mean are taken from builders, SET and session.conf, under both names', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      t.is(await answerOf(session, "cast('x' as int)"), null)
      await session.sql('set ansi.enabled = true').collect()
      t.is(await conditionOf(answerOf(session, "cast('x' as int)")), 'CAST_INVALID_INPUT')
      session.conf.set('spark.sql.ansi.enabled', false)
      t.is(await answerOf(session, '1 / 0'), null)
      session.conf.unset('ansi.enabled')
      t.is(await conditionOf(answerOf(session, '1 / 0')), 'none', 'the builder had it so')
      session.conf.set('timestampType', 'timestamp_ntz')
      t.is(await answerOf(session, "typeof(timestamp'2020-01-01 00:00:00')"), 'timestamp_ntz')
      const typed = session.createDataFrame([{ t: '2020-01-01 00:00:00' }], 't string').toDF()
      t.deepEqual(await session.createDataFrame([], 't timestamp').toDF().dtypes(), [['t', 'timestamp_ntz']])
      t.deepEqual(await typed.selectExpr('cast(t as timestamp) t').dtypes(), [['t', 'timestamp']])
    },
    { 'ansi.enabled': 'false' },
  ))

test('values that get the columns of a table, of a partition or a variable are assigned by ANSI rules in any mode', (t) =>
  withWarehouse((folder) =>
    withSession(
      'local[1]',
      async (session) => {
        for (const sql of ['create table t (a tinyint, p int) using parquet partitioned by (p)', 'declare v int'])
          await session.sql(sql).collect()
        for (const [sql, condition] of [
          ['insert into t partition (p = 1) values (300)', 'CAST_OVERFLOW_IN_TABLE_INSERT'],
          ["insert into t partition (p = 'x') values (3)", 'CAST_INVALID_INPUT'],
          ["set variable v = 'x'", 'CAST_INVALID_INPUT'],
          ['insert into t partition (p = 1) values (cast(300 as tinyint))', 'none'],
        ] as const)
          t.is(await conditionOf(session.sql(sql).collect()), condition, sql)
        t.deepEqual(await session.sql('select * from t').collect(), [{ a: 44, p: 1 }])
      },
      { 'ansi.enabled': 'false', 'warehouse.dir': folder },
    ),
  ))
