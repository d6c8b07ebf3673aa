import test from 'ava'
import { functions, Session } from '../../api/index.js'

let session: Session
test.before(async () => {
  session = await Session.builder().master('local[2]').config('log.level', 'silent').getOrCreate()
})
test.after.always(() => session.stop())

/** Numbers that tasks of several parts make, which meet in an exchange. */
const ROWS = '(select id % 7 as k, (id * 7919) % 10007 as v from range(0, 20000, 1, 6))'
const VALUES = Array.from({ length: 20_000 }, (_, id) => ({ k: id % 7, v: (id * 7919) % 10_007 }))

const ofGroup = (k: number): readonly number[] =>
  VALUES.filter((row) => row.k === k)
    .map(({ v }) => v)
    .toSorted((a, b) => a - b)

function between(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part
  const [a, b] = [sorted[Math.floor(position)]!, sorted[Math.ceil(position)]!] as const
  return a === b ? a : a + (b - a) * (position - Math.floor(position))
}

test('percentiles, medians and joined texts are of all rows, whichever tasks had them', async (t) => {
  const rows = await session
    .sql(
      `select k, median(v) as m, percentile(v, 0.3) as p, percentile_disc(0.3) within group (order by v desc) as d,
       approx_percentile(v, 0.9) as a, listagg(v, ',') within group (order by v desc) as l, mode(v % 11, true) as f
       from ${ROWS} group by k order by k`,
    )
    .collect()
  t.is(rows.length, 7)
  for (const row of rows as readonly Record<string, unknown>[]) {
    const sorted = ofGroup(Number(row['k']))
    const descending = sorted.toReversed()
    t.is(row['m'], between(sorted, 0.5))
    t.is(row['p'], between(sorted, 0.3))
    t.is(row['d'], descending[Math.ceil(sorted.length * 0.3) - 1]!)
    t.is(Number(row['a']), sorted[Math.ceil(sorted.length * 0.9) - 1]!)
    t.is(row['l'], descending.join(','))
    const counts = Array.from({ length: 11 }, (_, i) => sorted.filter((v) => v % 11 === i).length)
    t.is(Number(row['f']), counts.indexOf(Math.max(...counts)))
  }
})

test('aggregates of one group are there as functions of columns', async (t) => {
  const { approxPercentile, bitAnd, bitOr, bitXor, kurtosis, listagg, maxBy, median, minBy, mode } = functions
  const { percentile, regrCount, regrSlope, skewness, tryAvg, trySum } = functions
  const frame = session.createDataFrame([
    { a: 1, b: 10n, s: 'x' },
    { a: 2, b: 20n, s: 'y' },
    { a: 6, b: 30n, s: 'y' },
  ])
  const row = await frame
    .agg(
      approxPercentile('a', 0.5).alias('approx'),
      bitAnd('b').alias('and'),
      bitOr('b').alias('or'),
      bitXor('b').alias('xor'),
      kurtosis('b').alias('kurtosis'),
      listagg('s', '-').alias('texts'),
      maxBy('s', 'a').alias('most'),
      median('a').alias('median'),
      minBy('s', 'a').alias('least'),
      mode('s', true).alias('mode'),
      percentile('a', 0.25, 2).alias('percentile'),
      regrCount('a', 'b').alias('pairs'),
      regrSlope('a', 'b').alias('slope'),
      skewness('b').alias('skewness'),
      tryAvg('a').alias('average'),
      trySum('a').alias('sum'),
    )
    .collect()
  t.deepEqual(
    Object.values(row[0] as object).map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    [2, 0, 30, 0, -1.5, 'x-y-y', 'y', 2, 'x', 'y', 1.25, 3, 0.25, 0, 3, 9],
  )
})

test('a moving window computes collected values anew, a growing one and a whole partition once for equal frames', async (t) => {
  const rows = (await session
    .sql(
      `select v, percentile(v, 0.5) over (order by v rows between 2 preceding and current row) as moving,
       listagg(v, ',') over (order by v rows between 2 preceding and 1 preceding) as texts,
       median(v) over () as whole, max_by(v, -v) over (order by v rows between 1 preceding and 1 following) as most,
       percentile(v, 0.5) over (order by v) as growing
       from (select distinct v from ${ROWS} where v < 500) order by v`,
    )
    .collect()) as readonly Record<string, unknown>[]
  const sorted = rows.map(({ v }) => Number(v))
  t.true(sorted.length > 100)
  rows.forEach((row, i) => {
    t.is(row['moving'], between(sorted.slice(Math.max(i - 2, 0), i + 1), 0.5))
    t.is(row['texts'], i === 0 ? null : sorted.slice(Math.max(i - 2, 0), i).join(','))
    t.is(row['whole'], between(sorted, 0.5))
    t.is(Number(row['most']), sorted[Math.max(i - 1, 0)]!)
    t.is(row['growing'], between(sorted.slice(0, i + 1), 0.5))
  })
})

test('a frequency below zero raises with its value', async (t) => {
  const error = await t.throwsAsync(session.sql('select percentile(id, 0.5, 1 - id) from range(0, 5, 1, 1)').collect())
  t.like(error, {
    condition: 'NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION',
    parameters: { frequencyExpression: '"(1 - id)"', negativeValue: '-1L' },
  })
})
