import test from 'ava'
import type { Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = `select * from values (1, 'a', 1.5D, true, 2.50), (2, null, double('NaN'), null, null),
  (null, 'c', null, false, 3.25), (2, 'a', 4D, true, 1.00) as t(i, s, d, b, c)`
const NUMBERS = 'select * from values (1, 10D), (2, 20D), (3, 25D), (4, 42D) as t(x, y)'

async function tuples(frame: ReturnType<Session['sql']>): Promise<unknown[][]> {
  return (await frame.collect()).map((row) => Object.values(row))
}

test('describe tells of columns of numbers and texts what Spark tells, as texts', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql(ROWS)
    t.deepEqual(await rows.describe().columns(), ['summary', 'i', 's', 'd', 'c'])
    t.deepEqual(await tuples(rows.describe()), [
      ['count', '3', '3', '3', '3'],
      ['mean', '1.6666666666666667', null, 'NaN', '2.250000'],
      ['stddev', '0.5773502691896258', null, 'NaN', '1.14564392373896'],
      ['min', '1', 'a', '1.5', '1.00'],
      ['max', '2', 'c', 'NaN', '3.25'],
    ])
    t.deepEqual(await tuples(rows.describe('b')), [['count'], ['mean'], ['stddev'], ['min'], ['max']])
    t.deepEqual((await tuples(rows.describe('i', 's')))[0], ['count', '3', '3'])
    await t.throwsAsync(rows.describe('zz').collect(), { message: /UNRESOLVED_COLUMN.WITH_SUGGESTION/ })
  }))

test('summary gives the statistics that are asked for, percentiles among them', (t) =>
  withSession('local[1]', async (session) => {
    t.deepEqual(await tuples(session.sql(NUMBERS).summary()), [
      ['count', '4', '4'],
      ['mean', '2.5', '24.25'],
      ['stddev', '1.2909944487358056', '13.375973484822204'],
      ['min', '1', '10.0'],
      ['25%', '1', '10.0'],
      ['50%', '2', '20.0'],
      ['75%', '3', '25.0'],
      ['max', '4', '42.0'],
    ])
    const rows = session.sql(ROWS)
    t.deepEqual(await tuples(rows.summary('count', 'count_distinct', 'approx_count_distinct', '10%', 'max')), [
      ['count', '3', '3', '3', '3'],
      ['count_distinct', '2', '2', '3', '3'],
      ['approx_count_distinct', '2', '2', '3', '3'],
      ['10%', '1', null, '1.5', '1.00'],
      ['max', '2', 'c', 'NaN', '3.25'],
    ])
    for (const wrong of ['zz', '110%', '%'])
      await t.throwsAsync(rows.summary(wrong).collect(), { message: /UNRECOGNIZED_STATISTIC/ }, wrong)
  }))

test('correlation and covariance are those of Spark, for which NULL is 0', (t) =>
  withSession('local[1]', async (session) => {
    const numbers = session.sql(NUMBERS)
    t.is(await numbers.stat.corr('x', 'y'), 0.9748108387794814)
    t.is(await numbers.cov('x', 'y'), 16.833333333333332)
    const rows = session.sql(ROWS)
    const known = rows.filter('d is null or d < 100')
    t.deepEqual([await known.corr('i', 'd'), await known.cov('i', 'd')], [0.989743318610787, 2])
    t.deepEqual([await rows.limit(0).corr('i', 'd'), await rows.limit(0).cov('i', 'd')], [Number.NaN, 0])
    t.is(await rows.limit(1).cov('i', 'd'), 0)
    await t.throwsAsync(rows.corr('s', 'i'), { message: /column s has the type "STRING"/ })
    await t.throwsAsync(rows.cov('zz', 'i'), { message: /UNRESOLVED_COLUMN/ })
  }))

test('quantiles are exact, and NULL and NaN do not count', (t) =>
  withSession('local[1]', async (session) => {
    const numbers = session.sql(NUMBERS)
    t.deepEqual(await numbers.approxQuantile('x', [0, 0.25, 0.5, 0.75, 1], 0), [1, 1, 2, 3, 4])
    t.deepEqual(await numbers.stat.approxQuantile(['x', 'y'], [0.5], 0.1), [[2], [20]])
    t.deepEqual(await session.sql(ROWS).approxQuantile(['d', 'i'], [0, 0.5, 1], 0), [
      [1.5, 1.5, 4],
      [1, 2, 2],
    ])
    t.deepEqual(await numbers.limit(0).approxQuantile('x', [0.5], 0), [])
    await t.throwsAsync(numbers.approxQuantile('x', [2], 0), { message: /parts are from 0 to 1/ })
    await t.throwsAsync(numbers.approxQuantile('x', [0.5], -1), { message: /relative error/ })
    await t.throwsAsync(session.sql(ROWS).approxQuantile('s', [0.5], 0), { message: /"STRING"/ })
  }))

test('crosstab counts pairs, 0 where there is none, with null for NULL', (t) =>
  withSession('local[1]', async (session) => {
    const table = session.sql(ROWS).stat.crosstab('s', 'i').orderBy('s_i')
    t.deepEqual(await table.columns(), ['s_i', '1', '2', 'null'])
    t.deepEqual(await table.collect(), [
      { s_i: 'a', 1: 1n, 2: 1n, null: 0n },
      { s_i: 'c', 1: 0n, 2: 0n, null: 1n },
      { s_i: 'null', 1: 0n, 2: 1n, null: 0n },
    ])
    const quoted = session.sql("select * from values (3, 'z`y'), (3, 'b') as t(k, v)").crosstab('k', 'v')
    t.deepEqual(await quoted.columns(), ['k_v', 'b', 'zy'])
  }))

test('frequent items are those of at least a part of the rows, NULL among them', (t) =>
  withSession('local[1]', async (session) => {
    const rows = session.sql("select * from values (1, 'a'), (2, null), (2, null), (3, 'b') as t(i, s)")
    t.deepEqual(await rows.freqItems(['i', 's'], 0.5).collect(), [{ i_freqItems: [2], s_freqItems: [null] }])
    t.throws(() => rows.stat.freqItems(['i'], 0.00001), { message: /support/ })
  }))

test('stat.sampleBy draws as sampleBy does', (t) =>
  withSession('local[1]', async (session) => {
    const drawn = session.sql(NUMBERS).stat.sampleBy(
      'x',
      new Map([
        [1, 1],
        [2, 0],
      ]),
      0,
    )
    t.deepEqual(await tuples(drawn), [[1, 10]])
    const texts = session.sql("select * from values ('a'), ('b'), ('c') as t(k)")
    t.deepEqual(await tuples(texts.sampleBy('k', { a: 1, b: 0 })), [['a']])
    t.throws(() => texts.sampleBy('k', { a: 2 }), { message: /2 of the rows with a/ })
  }))
