import test from 'ava'
import { col, DataFrame, lit, type MillraceError, udtf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { letters, stumbling } from './modules/rows.js'

const module = new URL('./modules/rows.js', import.meta.url)

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`table functions of the program give rows in FROM and beside other rows on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      session.udtf.register('letters', letters, 'at int not null, letter string', { module })
      session.createDataFrame([{ s: 'ä🙂' }, { s: '' }, { s: null }], 's string').createOrReplaceTempView('texts')
      const rows = async (text: string) => (await session.sql(text).collect()).map((row) => Object.values(row))
      t.deepEqual(await rows("select * from letters('ab')"), [
        [0, 'a'],
        [1, 'b'],
      ])
      t.deepEqual(await rows('select s, at, letter from texts, lateral letters(s) order by at'), [
        ['ä🙂', 0, 'ä'],
        ['ä🙂', 1, '🙂'],
      ])
      t.deepEqual(await rows('select s, l.a from texts left join lateral letters(s) as l(a, b) order by s, a'), [
        [null, null],
        ['', null],
        ['ä🙂', 0],
        ['ä🙂', 1],
      ])
      t.deepEqual(await rows("select count(*), max(letter) from range(1000) r, lateral letters('xyz')"), [[3000n, 'z']])
      t.deepEqual(await rows("select l.at from letters('abc') l join letters('bcd') m on l.letter = m.letter"), [
        [1],
        [2],
      ])
    })
  })
}

test('table functions are called with columns, by the session that runs', (t) =>
  withSession('local[1]', async (session) => {
    const squares = udtf(function* (n: number) {
      for (let i = 0; i < n; i++) yield { i, square: i * i }
    }, 'i int, square int')
    t.true(squares(lit(1)) instanceof DataFrame)
    const registered = session.udtf.register('squares', squares)
    t.deepEqual(await registered(lit(3)).collect(), [
      { i: 0, square: 0 },
      { i: 1, square: 1 },
      { i: 2, square: 4 },
    ])
    const joined = session.range(3).lateralJoin(registered(col('id').cast('int').outer()))
    t.deepEqual(await joined.filter('square > 0').collect(), [{ id: 2n, i: 1, square: 1 }])
    t.deepEqual(await session.sql('describe function squares').collect(), [
      { function_desc: 'Function: squares' },
      { function_desc: 'Type:     TABLE' },
      { function_desc: 'Returns:  STRUCT<i: INT, square: INT>' },
      { function_desc: 'Usage:    squares with 1 argument' },
    ])
    await session.sql('drop temporary function squares').collect()
    const gone = await t.throwsAsync<MillraceError>(() => session.sql('select * from squares(3)').collect())
    t.is(gone!.condition, 'UNRESOLVABLE_TABLE_VALUED_FUNCTION')
  }))

test('what a table function gives is checked, what it throws is told with its line, and what is not built is refused', (t) =>
  withSession('local[1]', async (session) => {
    const { udtf: tables } = session
    const conditionOf = async (text: string) =>
      (await t.throwsAsync<MillraceError>(async () => void (await session.sql(text).collect())))!
    tables.register('stumbling', stumbling, 'n int', { module })
    const thrown = await conditionOf('select * from stumbling(3)')
    t.is(thrown.condition, 'FAILED_EXECUTE_UDF')
    t.regex(thrown.message, /`stumbling`: \(int\) =>.*RangeError: three \(.*modules\/rows\.[jt]s:\d+/)
    tables.register('wrong', () => [{ n: 'x' as unknown as number }], 'n int')
    t.is((await conditionOf('select * from wrong()')).condition, 'INVALID_UDF_RESULT')
    tables.register('plain', () => 7 as unknown as { n: number }[], 'n int')
    t.is((await conditionOf('select * from plain()')).condition, 'INVALID_UDF_RESULT')
    tables.register('missing', () => [{} as { n: number }], 'n int not null')
    t.is((await conditionOf('select * from missing()')).condition, 'INVALID_UDF_RESULT')
    t.is((await conditionOf('select stumbling(3)')).condition, 'NOT_A_SCALAR_FUNCTION')
    t.is((await conditionOf('select * from stumbling()')).condition, 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
    t.is((await conditionOf('select * from stumbling(n => 3)')).condition, 'NAMED_PARAMETERS_NOT_SUPPORTED')
    for (const table of ['table(stumbling)', 'table (select 1) partition by a', 'table t', 'x => table(t)'])
      t.regex((await conditionOf(`select * from stumbling(${table})`)).message, /a TABLE as an argument/, table)
    const free = 3
    const refused = t.throws<MillraceError>(() => udtf(() => [{ n: free }], 'n int'))
    t.is(refused!.condition, 'UDF_FREE_VARIABLES')
    t.throws(() => session.udf.register('x', udtf(() => [{ n: 1 }], 'n int') as never), { message: /session\.udtf/ })
  }))
