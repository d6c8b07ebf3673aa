import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { type Cell, rowsOf, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()

/** The rows of queries over a file, in the order of their texts, here and in DuckDB; where it is cached, over what the thread keeps of it. */
async function both(
  path: string,
  queries: readonly string[],
  isCached = false,
): Promise<readonly (readonly [string[], string[]])[]> {
  const session = await Session.builder().master('local[1]').getOrCreate()
  try {
    const file = session.read.parquet(path)
    const table = isCached ? file.cache() : file
    table.createOrReplaceTempView('t')
    if (isCached) for (const query of queries) await session.sql(query).collect()
    const answers: [string[], string[]][] = []
    for (const query of queries) {
      const ours = (await session.sql(query).collect()).map((row) => textOf(Object.values(row)))
      const theirs = (await rowsOf(query.replaceAll(/ t\b/g, ` '${path}'`))).map(textOf)
      answers.push([ours.sort(), theirs.sort()])
    }
    return answers
  } finally {
    await session.stop()
  }
}

const textOf = (row: readonly unknown[] | readonly Cell[]): string => row.map(String).join('|')

for (const isCached of [false, true]) {
  test.serial(
    `groups by columns with dictionaries are those of the values: NULLs, several row groups, two keys in any order; ${isCached ? 'cached' : 'from a file'}`,
    async (t) => {
      const path = join(directory, `groups-${isCached}.parquet`)
      await sql(`COPY (SELECT i AS v, CASE WHEN i % 11 > 0 THEN 'word ' || ((i * 7) % 50) END AS word, (i // 9000 + i % 13)::INT AS few,
    CASE WHEN i % 3 > 0 THEN i % 1000 END AS gaps, CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN 'long word of more than fifteen ' || (i % 30) ELSE 'w' || (i % 600) END AS other, DATE '2024-02-27' + (i % 40)::INT AS day, (i % 5)::SMALLINT AS small, CASE WHEN i % 17 > 0 THEN (i % 700 - 350)::DECIMAL(12, 2) / 4 END::DECIMAL(12, 2) AS price FROM range(50000) r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`)
      const queries = [
        'select word, count(*) c, sum(v) s from t group by word',
        'select few, word, count(*) c, max(word) m from t group by few, word',
        'select gaps, min(v) c from t where v % 5 = 1 and few > 3 group by gaps',
        'select word, count(gaps) c from t where gaps > 500 group by word, few',
        'select k, l, count(*) c from (select few k, gaps l from t union all select gaps k, few l from t) u group by k, l',
        'select distinct gaps, few from t',
        'select word, cast(day as string) d, small, count(*) c, sum(v) s from t group by word, day, small',
        'select cast(day as string) d, word, count(*) c, cast(min(price) * 4 as bigint) m from t group by day, word',
        'select cast(price * 4 as bigint) p, word, count(*) c, cast(max(day) as string) m from t where v > 9000 group by word, price',
        'select other, word, sum(v) s from t group by other, word',
        "select other, count(*) c from t where word > 'word 3' and other <> 'w7' group by other",
        "select word, other, v from t where v % 100 = 3 and word = 'word 21'",
        'select a.word, count(*) c from t a join (select distinct word w from t) b on a.word = b.w group by a.word',
      ]
      for (const [i, [ours, theirs]] of (await both(path, queries, isCached)).entries())
        t.deepEqual(ours, theirs, queries[i])
    },
  )
}

test.serial('a dictionary that became too large within a column gives the groups of values', async (t) => {
  const query = 'select text, num, count(*) c from t group by text, num'
  const [answer] = await both('test/data/parquet/pyarrow-fallback.parquet', [
    query,
    'select num, count(*) c from t group by num',
  ])
  t.deepEqual(answer![0], answer![1])
})

test.serial('groups that have gone on are not found by their codes any more', async (t) => {
  // Each group comes four times in a row, so that the table is emptied when it is full; then all come again, of the same dictionaries.
  const path = join(directory, 'emptied.parquet')
  await sql(`COPY (SELECT 'a' || (g % 300) AS a, (g // 300)::INT AS b, 1 AS v FROM (SELECT (i % 360000) // 4 AS g FROM range(720000) r(i)) x)
    TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 800000)`)
  const query =
    'select a, count(*) c, sum(n) n, min(n) least from (select a, b, sum(v) n from t group by a, b) u group by a'
  const [answer] = await both(path, [query])
  t.deepEqual(answer![0], answer![1])
})
