import test from 'ava'
import { col, functions as F, udf } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = [
  { d: 1.5, i: 3, s: 'abc', b: true, l: 10n },
  { d: null, i: null, s: null, b: null, l: null },
  { d: -2, i: -7, s: 'ünïcode 🙂 text', b: false, l: -5n },
]
const SCHEMA = 'd double, i int, s string, b boolean, l bigint'

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test(`functions of the program are called with the values of rows and with null for NULL on ${master}`, async (t) => {
    await withSession(master, async (session) => {
      const data = session.createDataFrame(ROWS, SCHEMA)
      const half = udf((d: number | null) => (d === null ? null : d / 2), 'double')
      const size = udf((s: string | null) => s?.length ?? -1, 'int')
      const shout = udf((s: string | null, b: boolean | null) => (b === null ? null : `${s}!${b}`), 'string')
      const next = udf((l: bigint | null) => (l === null ? null : l + 1n), 'bigint')
      const odd = udf((i: number | null) => i !== null && i % 2 !== 0, 'boolean')
      const rows = await data
        .select(
          half('d').as('half'),
          size('s').as('size'),
          shout(col('s'), 'b').as('shout'),
          next('l').as('next'),
          odd('i').as('odd'),
          'i',
        )
        .collect()
      t.deepEqual(rows, [
        { half: 0.75, size: 3, shout: 'abc!true', next: 11n, odd: true, i: 3 },
        { half: null, size: -1, shout: null, next: null, odd: false, i: null },
        { half: -1, size: 15, shout: 'ünïcode 🙂 text!false', next: -4n, odd: true, i: -7 },
      ])
    })
  })
}

test('functions stand wherever expressions do', async (t) => {
  await withSession('local[2]', async (session) => {
    const twice = session.udf.register('twice', (x: number | null) => (x === null ? null : x * 2), 'int')
    const data = session.createDataFrame([{ x: 1 }, { x: 2 }, { x: 2 }, { x: 3 }], 'x int')
    data.createOrReplaceTempView('t')
    const rows = async (text: string) => (await session.sql(text).collect()).map((row) => Object.values(row))
    t.deepEqual(await rows('select twice(twice(x)) + 1 from t order by 1'), [[5], [9], [9], [13]])
    t.deepEqual(await rows('select x from t where twice(x) = 4 and x < 3'), [[2], [2]])
    t.deepEqual(await rows('select twice(x), count(*), sum(twice(x)) from t group by twice(x) order by 1'), [
      [2, 1n, 2n],
      [4, 2n, 8n],
      [6, 1n, 6n],
    ])
    t.deepEqual(await rows('select x from t order by twice(x) desc limit 1'), [[3]])
    t.deepEqual(await rows('select a.x from t a join t b on twice(a.x) = b.x + 1 where b.x = 3 and a.x = 2'), [
      [2],
      [2],
    ])
    t.deepEqual(await rows('select distinct a.x from t a left join t b on twice(b.x) = a.x order by 1'), [
      [1],
      [2],
      [3],
    ])
    t.deepEqual(await rows('select x, sum(twice(x)) over (order by twice(x)) s from t order by 1, 2 limit 1'), [
      [1, 2n],
    ])
    t.deepEqual(await rows('select twice(21)'), [[42]])
    t.deepEqual(await rows('select count(twice(x)) from t where false'), [[0n]])
    t.deepEqual(await data.select(F.callFunction('twice', 'x').as('y')).limit(1).collect(), [{ y: 2 }])
    t.deepEqual(await data.filter(twice('x').gt(5)).select(twice('x')).collect(), [{ 'twice(x)': 6 }])
  })
})
