import test from 'ava'
import { col, type MillraceError } from '../../api/index.js'
import { withSession } from '../support/sessions.js'
import { counted } from './modules/cogrouped.js'

const module = new URL('./modules/cogrouped.js', import.meta.url)
const COUNTED = 'k string, l int, r int, names string'

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`a function gets the groups of two relations of the same keys, on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const left = session.range(0, 30_000, 1, 3).selectExpr('if(id % 4 = 3, null, id % 4) k', 'id')
      const right = session
        .range(0, 900, 1, 2)
        .selectExpr("named_struct('s', concat('ä🙂', id)) of", 'if(id % 9 = 8, null, id % 9) j')
      const both = left.groupBy('k').cogroup(right.groupBy(col('j').cast('int').as('x')))
      t.deepEqual(await both.applyInArrow(counted, COUNTED, { module }).orderBy('k').collect(), [
        { k: '0', l: 7500, r: 100, names: 'k,id|of,j' },
        { k: '1', l: 7500, r: 100, names: 'k,id|of,j' },
        { k: '2', l: 7500, r: 100, names: 'k,id|of,j' },
        { k: '3', l: 0, r: 100, names: 'k,id|of,j' },
        { k: '4', l: 0, r: 100, names: 'k,id|of,j' },
        { k: '5', l: 0, r: 100, names: 'k,id|of,j' },
        { k: '6', l: 0, r: 100, names: 'k,id|of,j' },
        { k: '7', l: 0, r: 100, names: 'k,id|of,j' },
        { k: 'none', l: 7500, r: 100, names: 'k,id|of,j' },
      ])
      const kept = both.applyInArrow((_, rows) => rows, 'of struct<s: string>, j bigint')
      t.is(await kept.intersect(right).count(), 900)
      const first = both.applyInArrow((rows) => rows, 'k bigint, id bigint')
      t.deepEqual(await first.agg({ id: 'sum', k: 'count' }).collect(), [
        { 'sum(id)': 449_985_000n, 'count(k)': 22_500n },
      ])
    })
  })
}

test('without rows on either side there are no groups, and without keys there is one', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.range(3)
    const none = rows.filter('id > 5')
    const of = (a: typeof rows, b: typeof rows, ...keys: string[]) =>
      a
        .groupBy(...(keys as []))
        .cogroup(b.groupBy(...(keys as [])))
        .applyInArrow(counted, COUNTED, { module })
        .select('l', 'r')
        .collect()
    t.deepEqual(await of(none, none, 'id'), [])
    t.deepEqual(await of(rows, none), [{ l: 3, r: 0 }])
    t.deepEqual(await of(rows, rows), [{ l: 3, r: 3 }])
    const nested = none.selectExpr('id', "named_struct('l', array(id), 's', 'x') of")
    const parts = rows.groupBy('id').cogroup(nested.groupBy('id'))
    const lengths = parts.applyInArrow(async (_, right) => {
      const { tableFromArrays } = await import('apache-arrow')
      const [list, text] = ['l', 's'].map((name) => right.getChild('of')!.getChild(name)!)
      return tableFromArrays({ n: Int32Array.of([...list!, ...text!].length) })
    }, 'n int')
    t.deepEqual(await lengths.collect(), [{ n: 0 }, { n: 0 }, { n: 0 }])
  }))

test('keys that do not fit are refused, and what goes wrong is told with the line', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.range(3)
    const groups = rows.groupBy('id')
    const more = t.throws<MillraceError>(() => groups.cogroup(rows.groupBy()).applyInArrow((a) => a, 'id bigint'))!
    t.is(more.condition, 'INVALID_API_USE')
    t.regex(more.message, /as many keys on both sides, and these are 1 and 0/)
    t.is(t.throws<MillraceError>(() => groups.cogroup(rows.rollup('id')))!.condition, 'UNSUPPORTED_FEATURE')
    const failing = groups.cogroup(groups).applyInArrow(function failing(): never {
      throw new RangeError('not together')
    }, 'id bigint')
    const error = (await t.throwsAsync<MillraceError>(() => failing.collect()))!
    t.is(error.condition, 'FAILED_EXECUTE_UDF')
    t.regex(
      error.message,
      /`failing`: \(struct<id:bigint>, struct<id:bigint>\) =>.*not together \(.*cogroups\.test\.[jt]s:\d+/,
    )
    const wrong = groups.cogroup(groups).applyInArrow((a) => a, 'n bigint')
    t.is((await t.throwsAsync<MillraceError>(() => wrong.collect()))!.condition, 'RESULT_COLUMN_NAMES_MISMATCH')
  }))
