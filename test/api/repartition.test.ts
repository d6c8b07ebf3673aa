import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type DataFrame, type Session } from '../../api/index.js'
import { groupBy } from '../../common/group-by.js'
import { duckdbRows } from '../support/duckdb.js'
import { withSession } from '../support/sessions.js'

const ROWS = 1200
const rows = Array.from({ length: ROWS }, (_, i) => ({ n: i, k: i % 50, s: `row ${(i * 7919) % ROWS}` }))

/** What each task had: its rows in their order, one list a file. */
async function tasksOf(df: DataFrame): Promise<readonly (readonly (readonly [n: number, k: number, s: string])[])[]> {
  const directory = await mkdtemp(join(tmpdir(), 'repartition-'))
  try {
    await df.write.mode('overwrite').parquet(directory)
    const found = await duckdbRows(
      `select filename, n::double, k::double, s from read_parquet('${directory}/*.parquet', filename = true) order by filename, file_row_number`.replace(
        'filename = true',
        'filename = true, file_row_number = true',
      ),
    )
    const byFile = groupBy(found, ([file]) => file)
    return [...byFile.values()].map((all) => all.map(([, n, k, s]) => [n as number, k as number, s as string]))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const withRows = (body: (df: DataFrame, session: Session) => Promise<void>, master = 'local[2]') =>
  withSession(master, (session) => body(session.createDataFrame(rows).toDF(), session), {
    'shuffle.partitions': 3,
    'sort.rangeRows': 0,
  })

const sizes = (tasks: readonly (readonly unknown[])[]) => tasks.map((task) => task.length)

for (const master of ['local[2]', 'local-cluster[2,1,512]']) {
  test.serial(`rows are dealt out evenly, by hash, by range and task by task in ${master}`, async (t) => {
    await withRows(async (df) => {
      t.deepEqual(sizes(await tasksOf(df.repartition(4))), [300, 300, 300, 300])
      const grouped = df.distinct()
      // Each of three tasks deals out its own.
      for (const size of sizes(await tasksOf(grouped.repartition(5)))) t.true(Math.abs(size - 240) <= 3)

      const byHash = await tasksOf(df.repartition(6, 'k'))
      const tasksOfKey = groupBy(
        byHash.flatMap((task, i) => task.map(([, k]) => [k, i] as const)),
        ([k]) => k,
      )
      t.is(tasksOfKey.size, 50)
      for (const found of tasksOfKey.values()) t.is(new Set(found.map(([, task]) => task)).size, 1)
      t.is(byHash.length, 6)
      // How many is not said: so few rows are written by one task, as in Spark.
      t.is((await tasksOf(df.repartition('k'))).length, 1)

      const byRange = await tasksOf(df.repartitionByRange(4, col('k').desc(), 's'))
      t.deepEqual(sizes(byRange), [300, 300, 300, 300])
      byRange.forEach((task, i) => {
        if (i > 0) t.true(Math.max(...task.map(([, k]) => k)) <= Math.min(...byRange[i - 1]!.map(([, k]) => k)))
      })
      t.is((await tasksOf(df.repartitionByRange('k'))).length, 1)

      const together = await tasksOf(df.repartition(6).coalesce(2))
      t.deepEqual(sizes(together), [600, 600])
      t.deepEqual(sizes(await tasksOf(df.coalesce(1))), [ROWS])
      t.is((await df.repartition(7).coalesce(3).collect()).length, ROWS)
    }, master)
  })
}

test.serial('a range is divided among as many tasks as are asked for, or all', async (t) => {
  await withRows(async (_, session) => {
    const counts = async (df: DataFrame) => {
      const rows = df.select(col('id').as('n'), col('id').as('k'), col('id').cast('string').as('s'))
      return sizes(await tasksOf(rows.toDF()))
    }
    t.deepEqual(await counts(session.range(0, 1000, 1, 3).toDF()), [333, 333, 334])
    t.deepEqual(await counts(session.range(150_000).toDF()), [75_000, 75_000])
    t.deepEqual(await counts(session.range(0, -9, -2).toDF()), [5])
    t.throws(() => session.range(0, 9, 1, 1.5), { message: /number of partitions of range\(\)/ })
    await t.throwsAsync(() => session.range(0, 9, 1, 0).collect(), { message: /in 0 partitions/ })
  })
})

test.serial('each task orders its rows, and only those', async (t) => {
  await withRows(async (df) => {
    const tasks = await tasksOf(df.repartition(4, 'k').sortWithinPartitions(col('s').desc()))
    t.is(tasks.flat().length, ROWS)
    for (const task of tasks) {
      const texts = task.map(([, , s]) => s)
      t.deepEqual(texts, texts.toSorted().reverse())
    }
    t.true(tasks.length > 1)
  })
})

test.serial('what an exchange that was asked for brings is not exchanged again', async (t) => {
  await withRows(async (df, session) => {
    const planOf = (of: DataFrame) => session.engine.explain(of.plan, 'simple')
    const exchanges = async (of: DataFrame) => (await planOf(of)).match(/Exchange .*/g) ?? []
    t.deepEqual(await exchanges(df.repartition(5, 'k').groupBy('k').count()), ['Exchange hash(k) into 5'])
    t.deepEqual(await exchanges(df.repartitionByRange(5, 'k').groupBy('k', 's').count()), [
      'Exchange range(k ASC NULLS FIRST) into 5',
      'Exchange single',
    ])
    t.deepEqual(await exchanges(df.repartition(5).groupBy('k').count()), [
      'Exchange hash(k) into 3',
      'Exchange round robin into 5',
    ])
    t.deepEqual(await exchanges(df.repartitionByRange(5, 'k').orderBy('k')), [
      'Exchange range(k ASC NULLS FIRST) into 5',
      'Exchange single',
    ])
    t.notRegex(await planOf(df.sortWithinPartitions('k').limit(3)), /TakeOrdered/)
    // What depends on the place of rows is put in an order first where they come from other tasks.
    t.regex(await planOf(df.distinct().repartition(5)), /Number in turn, 5\n +\+- Sort \[n ASC/)
    t.notRegex(await planOf(df.repartition(5)), /Sort/)
  })
})

test.serial('numbers of partitions and columns that cannot be are refused', async (t) => {
  await withRows(async (df) => {
    for (const count of [0, -1, 1.5, 10_001]) {
      t.throws(() => df.repartition(count), { message: /repartition\(.*\): the number of partitions/ })
      t.throws(() => df.coalesce(count), { message: /coalesce\(.*\): the number of partitions/ })
    }
    t.throws(() => df.repartitionByRange(3), { message: /needs at least one column/ })
    t.throws(() => df.repartition(3, col('k').desc()), { message: /takes no sort orders/ })
    await t.throwsAsync(() => df.repartition(3, 'nope').collect(), { message: /UNRESOLVED_COLUMN/ })
  })
})
