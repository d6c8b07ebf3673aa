import type { Vector } from 'apache-arrow'
import test from 'ava'
import { arrowUdf, functions as F, type MillraceError, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { joined, throwing } from './modules/vectors.js'

const module = new URL('./modules/vectors.js', import.meta.url)

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`functions of vectors give a value for each row of a batch on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const half = arrowUdf(
        (x: Vector) => Float64Array.from({ length: x.length }, (_, i) => Number(x.get(i)) / 2),
        'double',
      )
      const text = arrowUdf(joined, 'string', { module })
      const data = session.range(0, 30_000, 1, 3).selectExpr('id', "if(id % 3 = 0, null, concat('ä🙂', id)) s")
      const [sums] = await data.select(half('id').as('h')).agg(F.sum('h').as('h'), F.count('h').as('n')).collect()
      t.deepEqual(sums, { h: (29_999 * 30_000) / 4, n: 30_000n })
      const wrong = data
        .select('id', text('id', 's').as('j'))
        .filter("j <> concat(id, ':ä🙂', id) or (j is null) <> (id % 3 = 0)")
      t.is(await wrong.count(), 0)
      t.is(await data.select(text('id', 's').as('j')).filter('j is null').count(), 10_000)
    })
  })
}

test('functions of vectors stand beside other functions, in SQL and over values of all kinds', (t) =>
  withSession('local[1]', async (session) => {
    const same = arrowUdf((x: Vector) => x, 'decimal(12,2)', { name: 'same' })
    const days = arrowUdf((x: Vector) => x, 'array<date>')
    const structs = arrowUdf((x: Vector) => x, 'struct<a: int, b: timestamp>')
    const first = arrowUdf((x: Vector, _y: Vector) => x.toArray().map((n: number) => n + 1), 'int')
    const plain = udf((x: number | null) => x, 'int')
    session.udf.register('same', same)
    const data = session.sql(
      `select cast(x as int) i, cast(x as decimal(12, 2)) d, array(date'2020-01-01', null) a,
       named_struct('a', 1, 'b', timestamp'2020-01-01 00:00:00.000001') s from values (1.25), (null), (-3) as t(x)`,
    )
    const rows = await data
      .select('d', same('d').as('same'), days('a').as('days'), 'a', structs('s').as('structs'), 's', plain('i'))
      .collect()
    for (const { d, same: e, days: f, a, structs: g, s } of rows) t.deepEqual([e, f, g], [d, a, s])
    t.deepEqual(await data.filter('i is not null').select(first('i', 'd').as('n')).collect(), [{ n: 2 }, { n: -2 }])
    data.createOrReplaceTempView('t')
    t.deepEqual(await session.sql('select sum(same(same(d))) > -2 s from t where same(d) < 2').collect(), [{ s: true }])
    t.deepEqual(await session.sql('select same(d) from t where false').collect(), [])
  }))

test('what a function of vectors gives is checked, and what it throws is told with its line', (t) =>
  withSession('local[1]', async (session) => {
    const failed = async (fn: (x: Vector) => ArrayLike<unknown> | Vector, type = 'int', options = {}) => {
      const made = arrowUdf(fn as (x: Vector) => Vector, type, { name: 'made', ...options })
      return (await t.throwsAsync<MillraceError>(() => session.range(5).select(made('id')).collect()))!
    }
    const short = await failed((_) => [1])
    t.is(short.condition, 'RESULT_ROWS_MISMATCH')
    t.regex(short.message, /`made` gets 5 rows at once and gave 1/)
    t.is((await failed((x) => x)).condition, 'RESULT_COLUMN_TYPES_MISMATCH')
    t.is((await failed((x) => x.slice(1), 'bigint')).condition, 'RESULT_ROWS_MISMATCH')
    t.is((await failed((_) => [1, 2, 3, 4, 'x'])).condition, 'INVALID_UDF_RESULT')
    t.is((await failed((_) => 7 as unknown as Vector)).condition, 'INVALID_UDF_RESULT')
    const thrown = await failed(throwing, 'int', { module, name: 'throwing' })
    t.is(thrown.condition, 'FAILED_EXECUTE_UDF')
    t.regex(thrown.message, /`throwing`: \(bigint\) => int .*RangeError: no vector \(.*modules\/vectors\.[jt]s:\d+/)
    const none = arrowUdf(() => [], 'int')
    t.is(
      (await t.throwsAsync<MillraceError>(() => session.range(1).select(none()).collect()))!.condition,
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    )
  }))
