import test from 'ava'
import { functions, Session } from '../../api/index.js'

/* Aggregates whose state is bytes that kernels change in their place: rows of several tasks, states that meet in an exchange, and windows. */

let session: Session
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
})
test.after.always(() => session.stop())

const COUNT = 20_000
const ROWS = `(select id % 7 as k, id as v from range(0, ${COUNT}, 1, 6))`
const ofGroup = (k: number): readonly number[] =>
  Array.from({ length: COUNT }, (_, id) => id).filter((id) => id % 7 === k)
const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

const rowsOf = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
  (await session.sql(sql).collect()) as readonly Record<string, unknown>[]

test('vectors are summed up and averaged by all tasks, in groups and without', async (t) => {
  // Numbers of which no sum is rounded.
  const vector = 'array(cast(v % 16 as float), cast(1 as float))'
  const rows = await rowsOf(
    `select k, vector_sum(${vector}) as sum, vector_avg(${vector}) as avg from ${ROWS} group by k order by k`,
  )
  t.is(rows.length, 7)
  for (const row of rows) {
    const values = ofGroup(Number(row['k'])).map((v) => v % 16)
    t.deepEqual(row['sum'], [sumOf(values), values.length])
    const [average, one] = row['avg'] as readonly [number, number]
    t.true(Math.abs(average - sumOf(values) / values.length) < 1e-4)
    t.true(Math.abs(one - 1) < 1e-6)
  }
  const [all] = await rowsOf(`select vector_sum(${vector}) as sum from ${ROWS}`)
  t.deepEqual(all!['sum'], [sumOf([0, 1, 2, 3, 4, 5, 6].flatMap(ofGroup).map((v) => v % 16)), COUNT])
})

test('vectors of other lengths are refused where states of tasks meet', async (t) => {
  const query = session.sql(
    `select vector_sum(case when v < ${COUNT / 2} then array(1.0F) else array(1.0F, 2.0F) end) from ${ROWS}`,
  )
  const error = await t.throwsAsync(query.collect())
  t.like(error, {
    condition: 'VECTOR_DIMENSION_MISMATCH',
    parameters: { functionName: '`vector_sum`' },
  })
})

test('functions of vectors are there as functions of columns', async (t) => {
  const { col, lit, vectorAvg, vectorCosineSimilarity, vectorInnerProduct, vectorL2Distance, vectorNorm } = functions
  const frame = session.sql('select array(3.0F, 4.0F) as a, array(3.0F, -4.0F) as b')
  const [row] = await frame
    .select(
      vectorNorm('a').alias('norm'),
      vectorNorm(col('b'), lit(1).cast('float')).alias('sum'),
      vectorInnerProduct('a', 'b').alias('product'),
      vectorL2Distance('a', 'b').alias('distance'),
      vectorCosineSimilarity('a', 'a').alias('cosine'),
      functions.vectorNormalize('a').alias('unit'),
    )
    .collect()
  t.deepEqual(Object.values(row as object), [5, 7, -7, 8, 1, [Math.fround(0.6), Math.fround(0.8)]])
  const [totals] = await frame.agg(vectorAvg('a').alias('avg'), functions.vectorSum('b').alias('sum')).collect()
  t.deepEqual(Object.values(totals as object), [
    [3, 4],
    [3, -4],
  ])
})

test('sketches, bitmaps and histograms are of all rows, whichever tasks had them', async (t) => {
  const states = `approx_count_distinct(v) as a, hex(count_min_sketch(v, 0.1d, 0.9d, 1)) as s, bitmap_count(bitmap_construct_agg(v)) as c,
    bitmap_count(bitmap_or_agg(x)) as o, bitmap_count(bitmap_and_agg(y)) as n, histogram_numeric(v, 8) as h`
  const of = (parts: number): string =>
    `select k, ${states} from (select id % 3 as k, id as v, case when id % 2 = 0 then X'01' else X'0410' end as x,
      case when id < 15000 then X'0307' else X'0206' end as y from range(0, ${COUNT}, 1, ${parts})) group by k order by k`
  const [many, one] = [await rowsOf(of(6)), await rowsOf(of(1))]
  t.is(many.length, 3)
  for (const [i, row] of many.entries()) {
    const { h, ...exact } = row
    const { h: _, ...expected } = one[i]!
    t.deepEqual(exact, expected)
    t.deepEqual([Number(row['c']), Number(row['o']), Number(row['n'])], [i < 2 ? 6667 : 6666, 3, 3])
    const bins = h as readonly { readonly x: bigint; readonly y: number }[]
    t.is(bins.length, 8)
    t.is(sumOf(bins.map(({ y }) => y)), Number(row['c']))
    t.true(bins.every(({ x }, at) => at === 0 || x > bins[at - 1]!.x))
  }
})

test('functions of sketches are there as functions of columns', async (t) => {
  const frame = session.sql("select id, X'03' as b from range(0, 300, 1, 1)")
  const [row] = await frame
    .agg(
      functions.approxCountDistinct('id').alias('about'),
      functions.approxCountDistinct('id', 0.1).alias('roughly'),
      functions.bitmapConstructAgg('id').alias('bits'),
      functions.bitmapOrAgg('b').alias('some'),
      functions.bitmapAndAgg('b').alias('all'),
      functions.histogramNumeric('id', 3).alias('bins'),
      functions.countMinSketch('id', 0.5, 0.5, 1).alias('sketch'),
    )
    .collect()
  const { about, roughly, bits, some, all, bins, sketch } = row as Record<string, unknown>
  t.is(about, 296n)
  t.is(roughly, 274n)
  for (const bitmap of [bits, some, all]) t.is((bitmap as Uint8Array).length, 4096)
  t.is((bins as readonly unknown[]).length, 3)
  t.is((sketch as Uint8Array).length, 60)
})
