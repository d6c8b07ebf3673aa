import test from 'ava'
import { raised } from '../support/raised.js'
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

const HEAD_BYTES = 40
const SLOTS_SHIFT = 3
const SLOTS = 1 << SLOTS_SHIFT

/** A sketch in whose bytes items begin at these places, each with a length before `size` letters. */
function sketchOf(places: readonly number[], size: number, used: number): string {
  const bytes = Buffer.alloc(HEAD_BYTES + SLOTS * 20 + used)
  bytes.writeInt32LE(SLOTS_SHIFT, 0)
  bytes.writeInt32LE(SLOTS_SHIFT, 4)
  bytes.writeInt32LE(places.length, 8)
  bytes.writeUInt32LE(used, 12)
  bytes.writeUInt32LE(used, 16)
  const heap = HEAD_BYTES + SLOTS * 20
  bytes.fill('x', heap)
  places.forEach((place, i) => {
    bytes.writeBigInt64LE(5n, HEAD_BYTES + i * 8)
    bytes.writeInt32LE(1, HEAD_BYTES + SLOTS * 8 + i * 4)
    bytes.writeInt32LE(i, HEAD_BYTES + SLOTS * 12 + i * 4)
    bytes.writeUInt32LE(place, HEAD_BYTES + SLOTS * 16 + i * 4)
    bytes.writeUInt32LE(size, heap + place)
  })
  const parts = `'sketch', unhex('${bytes.toString('hex')}'), 'maxItemsTracked', 6`
  return `named_struct(${parts}, 'itemDataType', cast(null as string), 'itemDataTypeDDL', 'item STRING NOT NULL')`
}

test('a sketch whose items lie over one another, so that together they have more bytes than it, is refused as damaged', async (t) => {
  await withSession('local[1]', async (session) => {
    const asked = (sketch: string) => [
      `select size(approx_top_k_estimate(${sketch}, 3)) as found`,
      `select size(approx_top_k_estimate(approx_top_k_combine(s), 3)) as found from (select ${sketch} as s from range(3))`,
    ]
    for (const query of asked(sketchOf([0, 24, 48], 20, 72)))
      t.deepEqual(await session.sql(query).collect(), [{ found: 3 }])
    // The same place for all, and places of which the last one begins in the one before.
    const same = sketchOf([0, 0, 0, 0, 0, 0, 0], 100_000, 100_004)
    const damaged = [same, sketchOf([0, 24, 47], 20, 71), sketchOf([0, 24, 48], 20, 71)]
    for (const query of damaged.flatMap((sketch) => asked(sketch)))
      await raised(t, session.sql(query).collect(), 'FAILED_FUNCTION_CALL')
  })
})
