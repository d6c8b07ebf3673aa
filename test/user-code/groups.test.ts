import test from 'ava'
import { col, type MillraceError } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { summed } from './modules/arrow.js'

const module = new URL('./modules/arrow.js', import.meta.url)
const SUMMED = 'k string, n int, sum double'

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`a function gets each group once, however its rows lie, on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const data = session
        .range(0, 30_000, 1, 4)
        .selectExpr('if(id % 3 = 2, null, id % 3) k', 'if(id = 1, null, cast(id as double)) v', 'id % 7 w')
      const groups = data.groupBy('k').applyInArrow(summed, SUMMED, { module })
      t.deepEqual(await groups.orderBy('k').collect(), [
        { k: '0', n: 10_000, sum: 149_985_000 },
        { k: '1', n: 10_000, sum: 149_994_999 },
        { k: 'none', n: 10_000, sum: 150_005_000 },
      ])
      const same = data.groupBy('k', col('w').as('x')).applyInArrow((table) => table, 'k bigint, v double, w bigint')
      const sums = (of: typeof data) => of.selectExpr('count(*) n', 'sum(k) k', 'sum(v) v', 'sum(w) w').collect()
      t.deepEqual(await sums(same.filter('w >= 0').selectExpr('k', 'v', 'w')), await sums(data))
    })
  })
}

test('groups of no keys are one, of no rows none, and EXPLAIN shows how rows come together', (t) =>
  withSession('local[2]', async (session) => {
    const data = session.range(0, 10, 1, 3).selectExpr('id k', 'cast(id as double) v')
    t.deepEqual(await data.groupBy().applyInArrow(summed, SUMMED, { module }).select('n').collect(), [{ n: 10 }])
    t.deepEqual(await data.filter('k > 10').groupBy('k').applyInArrow(summed, SUMMED, { module }).collect(), [])
    data.groupBy('k').applyInArrow(summed, SUMMED, { module }).createOrReplaceTempView('g')
    const [row] = await session.sql('explain select * from g').collect()
    t.regex(
      Object.values(row!).join(''),
      /FlatMapGroupsInArrow summed \[k, n, sum\][\s\S]*Window[\s\S]*Sort[\s\S]*hash\(k\)/,
    )
  }))

test('keys that are equal to SQL are one group: NaN, zeros of both signs, texts by their collation', (t) =>
  withSession('local[1]', async (session) => {
    const counted = (text: string) =>
      session.sql(text).groupBy('k').applyInArrow(summed, SUMMED, { module }).orderBy('n').select('n').collect()
    const doubles = "select k, 1D v from values (double('NaN')), (double('NaN')), (0D), (-0D), (0D) as t(k)"
    t.deepEqual(await counted(doubles), [{ n: 2 }, { n: 3 }])
    const texts = "select k collate utf8_lcase k, 1D v from values ('a'), ('A'), ('b') as t(k)"
    t.deepEqual(await counted(texts), [{ n: 1 }, { n: 2 }])
  }))

test('what goes wrong in a group is told, and groups that are not built are refused', (t) =>
  withSession('local[1]', async (session) => {
    const data = session.range(3).selectExpr('id k')
    const failing = data.groupBy('k').applyInArrow(function failing(_, [key]): never {
      throw new RangeError(`no ${key}`)
    }, 'n int')
    const error = await t.throwsAsync<MillraceError>(() => failing.collect())
    t.is(error!.condition, 'FAILED_EXECUTE_UDF')
    t.regex(error!.message, /`failing`: \(struct<k:bigint>\) =>.*RangeError: no \d \(.*groups\.test\.[jt]s:\d+/)
    const wrong = await t.throwsAsync<MillraceError>(() =>
      data
        .groupBy('k')
        .applyInArrow((of) => of, 'n int')
        .collect(),
    )
    t.is(wrong!.condition, 'RESULT_COLUMN_NAMES_MISMATCH')
    const refused = t.throws<MillraceError>(() => data.rollup('k').applyInArrow((of) => of, 'k bigint'))
    t.is(refused!.condition, 'UNSUPPORTED_FEATURE')
  }))

test('a group that does not fit into memory, or a partition that must be there as a whole, is told', (t) =>
  withSession(
    'local[1]',
    async (session) => {
      const data = session.range(0, 80_000, 1, 1).selectExpr('1 k', "repeat('x', 1000 + cast(id % 2 as int)) s")
      const whole = data.groupBy('k').applyInArrow((of) => of.slice(0, 1), 'k int, s string')
      const atOnce = data.mapPartitions((rows) => [{ n: [...rows].length }], 'n int')
      const asItComes = data.mapPartitions(async function* (rows) {
        let n = 0
        for await (const { s } of rows) if (s !== null) n++
        yield { n }
      }, 'n int')
      t.deepEqual(await asItComes.collect(), [{ n: 80_000 }])
      await data.foreachPartition(async (rows) => {
        for await (const { s } of rows) if (s === null) throw new Error('a text is wanted')
      })
      for (const frame of [whole, atOnce]) {
        const error = await t.throwsAsync<MillraceError>(() => frame.collect())
        t.is(error!.condition, 'UNABLE_TO_ACQUIRE_MEMORY', error!.message)
      }
    },
    { 'executor.memory': '64m' },
  ))
