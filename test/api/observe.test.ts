import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type DataFrame, functions as F, lit, MillraceError, Observation, Session } from '../../api/index.js'
import { withSession } from '../support/sessions.js'

const ROWS = `select id, id % 7 as k, case when id % 5 = 0 then null else id * 1.5 end as d, concat('t', id % 11) as s
  from range(0, 20000, 1, 6)`
const METRICS = [
  F.count(lit(1)).as('rows'),
  F.sum('id').as('ids'),
  F.avg('d').as('mean'),
  F.max('s').as('last'),
  F.round(F.stddev('d'), 6).as('spread'),
  F.countIf(col('d').isNull()).as('gaps'),
  F.sum('id').plus(F.min('k')).as('both'),
  lit('fixed').as('fixed'),
] as const

type Observed = Parameters<DataFrame['observe']>[1]
const observing = (rows: DataFrame, as: string | Observation, ...metrics: readonly Observed[]): DataFrame =>
  rows.observe(as, ...(metrics as [Observed]))

const conditionOf = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    if (MillraceError.is(error)) return error.condition
    throw error
  }
  return 'none'
}

for (const master of ['local[3]', 'local-cluster[2,1,512]'])
  test(`metrics are what aggregates of the rows are, while an action gives other rows (${master})`, (t) =>
    withSession(master, async (session) => {
      const rows = session.sql(ROWS)
      const [expected] = await rows.agg(...METRICS).collect()
      const whole = new Observation('whole')
      t.is(await observing(rows, whole, ...METRICS).count(), 20_000)
      t.deepEqual(await whole.get(), expected!)
      const filtered = new Observation()
      const kept = observing(rows, filtered, ...METRICS).filter('id < 10')
      t.is((await kept.collect()).length, 10)
      t.deepEqual(await filtered.get(), expected!)
      const [few] = await rows
        .filter('k = 3')
        .agg(...METRICS)
        .collect()
      const below = new Observation()
      const joined = observing(rows.filter('k = 3'), below, ...METRICS)
        .groupBy('s')
        .count()
        .join(session.range(3), lit(true))
      t.is(await joined.count(), 33)
      t.deepEqual(await below.get(), few!)
    }))

test('a session stops though an observed query runs on, which fails with that', async (t) => {
  const session = await Session.builder().master('local[1]').config('log.level', 'error').create()
  const runs = new Promise<void>((resolve) => session.addListener({ onTaskStart: () => resolve() }))
  const endless = observing(session.range(10 ** 15), new Observation(), METRICS[0])
    .filter('xxhash64(id) = id')
    .count()
  const failed = t.throwsAsync(endless, { message: /SESSION_CLOSED/ })
  await runs
  await session.stop()
  await failed
})

test('rows that are sorted, written, cached and read by SQL are observed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-observe-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await withSession('local[2]', async (session) => {
    const rows = session.sql(ROWS)
    const count = F.count(lit(1)).as('n')
    const seenBy = async (act: (observed: DataFrame) => Promise<unknown>): Promise<unknown> => {
      const observation = new Observation()
      await act(rows.observe(observation, count))
      return await observation.get()
    }
    const all = { n: 20_000n }
    t.deepEqual(await seenBy((observed) => observed.orderBy(col('id').desc()).collect()), all)
    t.deepEqual(await seenBy((observed) => observed.cache().count()), all)
    t.deepEqual(await seenBy((observed) => observed.write.parquet(join(folder, 'out'))), all)
    t.deepEqual(await seenBy((observed) => observed.toArrow()), all)
    t.deepEqual(
      await seenBy((observed) => {
        observed.createOrReplaceTempView('seen')
        return session.sql('select max(id) from seen where k > 2').collect()
      }),
      all,
    )
    t.deepEqual(await seenBy((observed) => observed.union(observed).count()), all, 'each of both sees its own rows')
  })
})

test('an order stays when its rows are observed, and is divided among tasks as before', (t) =>
  withSession('local[2]', async (session) => {
    session.conf.set('sort.rangeRows', '100')
    const rows = session.sql('select id, hash(id) h from range(0, 5000, 1, 4)').orderBy('h')
    const expected = await rows.collect()
    const observed = rows.observe(new Observation(), F.count(lit(1)).as('n'))
    t.deepEqual(await observed.collect(), expected)
    t.regex(await session.engine.explain(observed.plan, 'simple'), /RangeBounds/)
  }))

test('metrics of no rows and of constants alone', (t) =>
  withSession('local[2]', async (session) => {
    const nothing = new Observation()
    await session
      .range(0)
      .observe(nothing, F.count(lit(1)).as('n'), F.max('id').as('m'))
      .collect()
    t.deepEqual(await nothing.get(), { n: 0n, m: null })
    const constant = new Observation()
    await session.range(3).observe(constant, lit(1).as('one')).count()
    t.deepEqual(await constant.get(), { one: 1 })
    const never = new Observation()
    await session
      .range(3)
      .observe(never, F.count(lit(1)).as('n'))
      .filter('false')
      .collect()
    t.deepEqual(await never.get(), { n: 3n })
  }))

test('several observations of a query are told apart, and two of one name are refused', (t) =>
  withSession('local[2]', async (session) => {
    const [before, after] = [new Observation('before'), new Observation('after')]
    const frame = session
      .range(100)
      .observe(before, F.count(lit(1)).as('n'))
      .filter('id < 40')
      .observe(after, F.count(lit(1)).as('n'))
    await frame.collect()
    t.deepEqual([await before.get(), await after.get()], [{ n: 100n }, { n: 40n }])
    const count = F.count(lit(1)).as('n')
    const twice = session.range(3).observe('x', count).union(session.range(4).observe('x', count))
    t.is(await conditionOf(() => twice.count()), 'DUPLICATED_METRICS_NAME')
    const own = session.range(3).observe('x', count)
    t.is(await own.join(own.withColumnRenamed('id', 'other'), lit(true)).count(), 9)
  }))

test('a session that ends tells what it has observed before, and a query that fails tells nothing', async (t) => {
  const observation = new Observation<{ n: bigint }>()
  const failed = new Observation()
  await withSession('local[2]', async (session) => {
    const failing = session
      .range(10)
      .observe(failed, F.count(lit(1)).as('n'))
      .select(F.expr('raise_error("no")').as('e'))
    await t.throwsAsync(failing.collect(), { message: /no/ })
    await session
      .range(10)
      .observe(observation, F.count(lit(1)).as('n'))
      .count()
  })
  t.deepEqual(await observation.get(), { n: 10n })
  t.is(await Promise.race([failed.get().then(() => 'told'), Promise.resolve('waits')]), 'waits')
})

test('what aggregates raise at their end is told to who asks for the metrics', (t) =>
  withSession('local[2]', async (session) => {
    const observation = new Observation()
    await session
      .sql('select 9223372036854775807 as a from range(0, 2, 1, 2)')
      .observe(observation, F.sum('a').as('s'))
      .collect()
    t.is(await conditionOf(() => observation.get()), 'ARITHMETIC_OVERFLOW')
  }))

test('an Observation is of one DataFrame, which has to be there first', (t) =>
  withSession('local[1]', async (session) => {
    const count = F.count(lit(1)).as('n')
    const observation = new Observation()
    t.is(await conditionOf(() => observation.get()), 'NO_OBSERVE_BEFORE_GET')
    session.range(3).observe(observation, count)
    t.is(await conditionOf(() => session.range(3).observe(observation, count)), 'REUSE_OBSERVATION')
    t.is(await conditionOf(() => new Observation('')), 'INVALID_OBSERVED_METRICS.MISSING_NAME')
    t.is(await conditionOf(() => session.range(3).observe('', count)), 'INVALID_OBSERVED_METRICS.MISSING_NAME')
  }))

const refused = (session: Session, metric: Observed): Promise<string> =>
  conditionOf(() => observing(session.range(3).toDF(), 'x', metric).columns())

test('metrics are refused that Spark refuses', (t) =>
  withSession('local[1]', async (session) => {
    const metrics = {
      id: 'NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE',
      'id + sum(id)': 'NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE',
      'rand()': 'NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC',
      'sum(sum(id))': 'NESTED_AGGREGATES_UNSUPPORTED',
      'count(distinct id)': 'AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED',
      'sum(id) filter (where id > 1)': 'AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED',
      'sum(id) over ()': 'WINDOW_EXPRESSIONS_UNSUPPORTED',
    }
    for (const [text, condition] of Object.entries(metrics))
      t.is(await refused(session, F.expr(text)), `INVALID_OBSERVED_METRICS.${condition}`, text)
    t.is(await refused(session, F.expr('explode(array(sum(id)))')), 'UNSUPPORTED_FEATURE')
    const most = session.range(3).agg(F.max('id').as('most')).toDF().scalar()
    t.is(await refused(session, F.sum('id').plus(most)), 'UNSUPPORTED_FEATURE')
    t.is(await refused(session, F.sum('nix')), 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  }))
