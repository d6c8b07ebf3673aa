import test from 'ava'
import { expr } from '../../api/index.js'
import { withTables } from '../support/join-tables.js'
import { queriedRows } from '../support/row-sets.js'
import { withSession } from '../support/sessions.js'

const TABLES = {
  s: 'select x::int as x, (x % 10)::int as k from range(20000) t(x)',
  u: 'select (x % 3)::int as x from range(3000) t(x)',
}

test('a sample is about as large as asked, spread over all rows, and the same for the same seed', (t) =>
  withTables(
    (register) =>
      withSession('local[2]', async (session) => {
        register(session)
        const xs = async (sample: string): Promise<readonly number[]> =>
          (await queriedRows(session, `select x from s tablesample (${sample}`)).map(([x]) => x as number)
        const tenth = await xs('10 percent) repeatable (7)')
        // The number drawn is 2000 on average, with a standard deviation of 42.
        t.true(tenth.length > 1750 && tenth.length < 2250, String(tenth.length))
        t.deepEqual(await xs('10 percent) repeatable (7)'), tenth)
        t.notDeepEqual(await xs('10 percent) repeatable (8)'), tenth)
        t.notDeepEqual(await xs('10 percent)'), await xs('10 percent)'))
        const byThousand = new Set(tenth.map((x) => Math.floor(x / 1000)))
        t.is(byThousand.size, 20)
        const firsts = Array.from({ length: 10 }, (_, task) =>
          tenth.filter((x) => Math.floor(x / 2048) === task).map((x) => x % 2048),
        )
        t.is(new Set(firsts.map((list) => list.join())).size, 10)
        t.is((await xs('100 percent)')).length, 20_000)
        t.is((await xs('0 percent)')).length, 0)
        t.is((await xs('5 rows)')).length, 5)
        t.is((await xs('bucket 1 out of 1)')).length, 20_000)
        const half = await xs('bucket 4 out of 8) repeatable (-3)')
        t.true(half.length > 9500 && half.length < 10_500, String(half.length))
      }),
    TABLES,
  ))

test('filters, limits and groups over a sample see its rows, not others', (t) =>
  withTables(
    (register) =>
      withSession('local[2]', async (session) => {
        register(session)
        const sample = 's tablesample (20 percent) repeatable (5)'
        const all = (await queriedRows(session, `select x, k from ${sample}`)) as [number, number][]
        const counted = all.filter(([x, k]) => k === 3 && x < 12_000).length
        t.deepEqual(await queriedRows(session, `select count(*) from ${sample} where k = 3 and x < 12000`), [
          [BigInt(counted)],
        ])
        t.deepEqual(await queriedRows(session, `select count(*) from ${sample} as a`), [[BigInt(all.length)]])
        t.deepEqual(
          await queriedRows(
            session,
            `select count(*), max(x) from (select * from s) tablesample (100 percent) where x < 7`,
          ),
          [[7n, 6]],
        )
        t.is((await queriedRows(session, `select x from ${sample} limit 9`)).length, 9)
      }),
    TABLES,
  ))

test('a DataFrame is split by chance into parts that together are the whole, also where rows come in any order', (t) =>
  withTables(
    (register) =>
      withSession('local[2]', async (session) => {
        register(session)
        const frame = session.sql('select x, count(*) as n from s group by x union all select x, 1L from u')
        const parts = (await frame).randomSplit([1, 0, 2, 1], 11)
        const rows = await Promise.all(parts.map(async (part) => (await part.collect()).map(({ x, n }) => `${x}/${n}`)))
        t.is(rows[1]!.length, 0)
        t.true(rows[0]!.length > 5000 && rows[0]!.length < 6500, String(rows[0]!.length))
        t.deepEqual(rows.flat().toSorted(), (await (await frame).collect()).map(({ x, n }) => `${x}/${n}`).toSorted())
        const whole = session.table('s')
        t.is(await whole.sample(1).count(), 20_000)
        t.deepEqual(await whole.sample(0.01, 3).collect(), await whole.sample(0.01, 3n).collect())
        t.notDeepEqual(await whole.sample(0.01).collect(), await whole.sample(0.01).collect())
        for (const fraction of [-0.1, 1.1, Number.NaN])
          t.throws(() => whole.sample(fraction), { message: /INVALID_API_USE/ })
        for (const weights of [[], [0], [1, -1], [Number.NaN]])
          t.throws(() => whole.randomSplit(weights), { message: /INVALID_API_USE/ })
        t.throws(() => whole.sample(0.5, 1.5), { message: /no seed/ })
      }),
    TABLES,
  ))

test('of the rows with each value of a column a part is drawn, the rows that Spark draws', (t) =>
  withSession('local[1]', async (session) => {
    const ids = async (frame: { collect(): Promise<readonly { readonly id: bigint }[]> }): Promise<readonly number[]> =>
      (await frame.collect()).map(({ id }) => Number(id))
    const frame = session.range(0, 20, 1, 1).withColumn('k', expr('id % 3'))
    const parts = new Map([
      [0, 0.5],
      [1, 0.9],
    ])
    t.deepEqual(await ids(frame.sampleBy('k', parts, 7)), [0, 1, 4, 6, 10, 13, 15, 16, 19])
    const others = new Map([
      [1, 0.2],
      [3, 1],
    ])
    t.deepEqual(await ids(frame.sampleBy(expr('k + 1'), others, 11)), [0, 2, 5, 8, 11, 14, 15, 17])
    t.deepEqual(await ids(frame.sampleBy('k', new Map(), 11)), [])
    const nulls = frame.withColumn('k', expr('nullif(k, 1)'))
    t.deepEqual(await ids(nulls.sampleBy('k', new Map([[null, 1]]))), [1, 4, 7, 10, 13, 16, 19])
    for (const part of [-0.1, 1.1, Number.NaN])
      t.throws(() => frame.sampleBy('k', new Map([[1, part]])), { message: /INVALID_API_USE/ })
  }))

test('TABLESAMPLE tells what is no part and no number of rows', (t) =>
  withTables(
    (register) =>
      withSession('local[1]', async (session) => {
        register(session)
        const CASES: Readonly<Record<string, RegExp>> = {
          '()': /_LEGACY_ERROR_TEMP_0014/,
          '(-100 percent)': /_LEGACY_ERROR_TEMP_0064.*\(-1.0\)/,
          '(101 percent) repeatable (1)': /_LEGACY_ERROR_TEMP_0064.*\(1.01\)/,
          '(bucket 5 out of 2)': /_LEGACY_ERROR_TEMP_0064.*\(2.5\)/,
          '(bucket 1 out of 0)': /_LEGACY_ERROR_TEMP_0064.*\(Infinity\)/,
          '(-5 rows)': /INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE/,
          "('a' rows)": /INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE/,
          '(10 bytes)': /PARSE_SYNTAX_ERROR/,
          "(50 percent) repeatable ('a')": /PARSE_SYNTAX_ERROR/,
          '(bucket 1 out of 2 on x)': /_LEGACY_ERROR_TEMP_0015.*BUCKET/,
        }
        for (const [sample, message] of Object.entries(CASES))
          await t.throwsAsync(
            async () => (await session.sql(`select * from s tablesample ${sample}`)).collect(),
            { message },
            sample,
          )
        t.is((await queriedRows(session, 'select tablesample.x from s tablesample limit 1')).length, 1)
      }),
    TABLES,
  ))
