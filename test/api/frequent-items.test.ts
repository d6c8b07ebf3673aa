import test from 'ava'
import { withSession } from '../support/sessions.js'

const VALUES = [
  'id % 7',
  'if(id % 5 = 0, null, id % 29)',
  "concat('é😀', id * id % 241)",
  'cast(id * 17 % 71 as double) / 4',
  // More than one table has room for at first, and bytes of many lengths.
  "repeat('x', cast(id % 500 as int))",
]

test('approx_top_k over the rows of several tasks counts exactly what there is no more of than is tracked', async (t) => {
  await withSession('local[2]', async (session) => {
    session.range(20_000).repartition(3).createOrReplaceTempView('rows')
    for (const value of VALUES) {
      const [row] = await session
        .sql(`select to_json(array_sort(approx_top_k(${value}, 600))) as found from rows`)
        .collect()
      const counted = `select ${value} as item, count(*) as count from rows group by 1`
      const [expected] = await session
        .sql(`select to_json(array_sort(collect_list(struct(item, count)))) as found from (${counted})`)
        .collect()
      t.is(row!['found'], expected!['found'], value)
    }
  })
})

test('what is frequent for sure stays among the most frequent of many, however few are tracked', async (t) => {
  await withSession('local[2]', async (session) => {
    session.range(20_000).repartition(3).createOrReplaceTempView('rows')
    const value = 'if(id % 3 = 0, -1, id)'
    const [row] = await session.sql(`select approx_top_k(${value}, 1, 20)[0].item as item from rows`).collect()
    t.is(row!['item'], -1n)
  })
})
