import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { type Cell, rowsOf, sql, temporaryDirectory } from './support.js'

const directory = temporaryDirectory()

/** The rows of queries over a file, in the order of their texts, here and in DuckDB. */
async function both(path: string, queries: readonly string[]): Promise<readonly (readonly [string[], string[]])[]> {
  const session = await Session.builder().master('local[1]').getOrCreate()
  try {
    session.read.parquet(path).createOrReplaceTempView('t')
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

test.serial(
  'groups by columns with dictionaries are those of the values: NULLs, several row groups, two keys in any order',
  async (t) => {
    const path = join(directory, 'groups.parquet')
    await sql(`COPY (SELECT i AS v, CASE WHEN i % 11 > 0 THEN 'word ' || ((i * 7) % 50) END AS word, (i // 9000 + i % 13)::INT AS few,
    CASE WHEN i % 3 > 0 THEN i % 1000 END AS gaps FROM range(50000) r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`)
    const queries = [
      'select word, count(*) c, sum(v) s from t group by word',
      'select few, word, count(*) c, max(word) m from t group by few, word',
      'select gaps, min(v) c from t where v % 5 = 1 and few > 3 group by gaps',
      'select word, count(gaps) c from t where gaps > 500 group by word, few',
      'select k, l, count(*) c from (select few k, gaps l from t union all select gaps k, few l from t) u group by k, l',
      'select distinct gaps, few from t',
    ]
    for (const [i, [ours, theirs]] of (await both(path, queries)).entries()) t.deepEqual(ours, theirs, queries[i])
  },
)

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
