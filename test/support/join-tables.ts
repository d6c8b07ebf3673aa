import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Session } from '../../api/index.js'
import { duckdbRows } from './duckdb.js'
import { queriedRows, rowsAsSet } from './row-sets.js'

/** NULL keys, duplicates, keys without a partner; `e` is empty. */
const TABLES = {
  l: `select case when x % 7 = 0 then null else (x * 5 % 11)::int end as k, (x % 4)::int as v,
    case when x % 5 = 0 then null else 'n' || (x % 3) end as name from range(40) t(x)`,
  r: `select case when x % 6 = 0 then null else (x * 7 % 13)::bigint end as k, (x % 5)::int as w,
    case when x % 4 = 0 then null else 'n' || (x % 5) end as name from range(25) t(x)`,
  e: 'select 1::int as k, 1::int as w, null::varchar as name from range(0)',
}

/** Runs a test with tables, given as DuckDB's queries, as Parquet files: how to register them, and the same as views of DuckDB. */
export async function withTables(
  run: (register: (session: Session) => void, setup: readonly string[]) => Promise<void>,
  tables: Readonly<Record<string, string>> = TABLES,
) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  const fileOf = (name: string): string => join(directory, `${name}.parquet`)
  const names = Object.keys(tables)
  await duckdbRows(
    'select 1',
    names.map((name) => `copy (${tables[name]!}) to '${fileOf(name)}' (format parquet, row_group_size 2048)`),
  )
  const register = (session: Session): void => {
    for (const name of names) session.read.parquet(fileOf(name)).createOrReplaceTempView(name)
  }
  try {
    await run(
      register,
      names.map((name) => `create view ${name} as select * from '${fileOf(name)}'`),
    )
  } finally {
    await rm(directory, { recursive: true })
  }
}

const inDuckdb = (sql: string): string =>
  sql
    .replaceAll('left semi', 'semi')
    .replaceAll('left anti', 'anti')
    .replaceAll('l.k <=> r.k', 'l.k is not distinct from r.k')

/** Compares what a session answers with what DuckDB does. */
export async function compare(t: ExecutionContext, session: Session, setup: readonly string[], all: Iterable<string>) {
  for (const sql of all)
    t.deepEqual(
      await rowsAsSet(await queriedRows(session, sql)),
      rowsAsSet(await duckdbRows(inDuckdb(sql), setup)),
      sql,
    )
}
