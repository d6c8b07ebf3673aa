import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Session } from '../../api/index.js'
import { duckdbRows } from '../support/duckdb.js'
import { Random } from '../support/random.js'
import { RandomQueries } from '../support/random-queries.js'
import { queriedRows, rowsAsSet } from '../support/row-sets.js'

/** Two small tables with NULLs, few values that meet often, and keys without a partner. */
const TABLES = {
  a: `select case when x % 7 = 0 then null else (x * 37 % 11)::int end as i,
    case when x % 5 = 0 then null else (x * 13 % 700 - 250)::decimal(6,2) / 100 end::decimal(6,2) as m,
    case x % 6 when 0 then null when 1 then '' when 2 then 'pa' when 3 then 'éa' when 4 then 'b a' else 'p' || (x % 4) end as s,
    case when x % 8 = 0 then null else date '2023-12-30' + (x * 5 % 70)::int end as d
    from range(60) t(x)`,
  b: `select case when x % 9 = 0 then null else (x * 5 % 13)::int end as k,
    case when x % 4 = 0 then null else (x % 6)::int end as v,
    case x % 3 when 0 then null when 1 then 'pa' else 'q' end as name
    from range(30) t(x)`,
}

test('random queries give what DuckDB gives', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  const fileOf = (name: string): string => join(directory, `${name}.parquet`)
  const names = Object.keys(TABLES) as (keyof typeof TABLES)[]
  await duckdbRows(
    'select 1',
    names.map((name) => `copy (${TABLES[name]}) to '${fileOf(name)}' (format parquet, row_group_size 2048)`),
  )
  const session = await Session.builder().master('local[2]').appName('oracle').getOrCreate()
  for (const name of names) session.read.parquet(fileOf(name)).createOrReplaceTempView(name)
  const setup = names.map((name) => `create view ${name} as select * from '${fileOf(name)}'`)
  const queries = new RandomQueries(new Random(21))
  try {
    for (let i = 0; i < 80; i++) {
      const sql = queries.query()
      const theirs = await duckdbRows(sql, setup)
      t.deepEqual(rowsAsSet(await queriedRows(session, sql)), rowsAsSet(theirs), sql)
    }
  } finally {
    await session.stop()
    await rm(directory, { recursive: true })
  }
})
