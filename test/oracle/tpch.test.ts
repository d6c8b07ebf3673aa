import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import type { Session } from '../../api/index.js'
import { duckdbRows, sameCell } from '../support/duckdb.js'
import { queriedRows } from '../support/row-sets.js'
import { registerTpch, TPCH_SMALL, withSession } from '../support/sessions.js'
import { TPCH_TABLES } from '../support/tpch-schema.js'

const QUERIES = new URL('../../../test/data/tpch/', import.meta.url)
const files = readdirSync(QUERIES).filter((name) => name.endsWith('.sql'))
const sqlOf = (file: string): string => readFileSync(new URL(file, QUERIES), 'utf8').replace(/;\s*$/, '')

const viewsOf = (directory: string): string[] =>
  TPCH_TABLES.map((table) => `create view ${table} as select * from '${directory}/${table}.parquet'`)

const answers = new Map<string, ReturnType<typeof duckdbRows>>()

/** What DuckDB answers; asked once for all tests. */
function oracle(file: string, directory: string): ReturnType<typeof duckdbRows> {
  const key = `${directory} ${file}`
  const known = answers.get(key) ?? duckdbRows(sqlOf(file), viewsOf(directory))
  answers.set(key, known)
  return known
}

/** The first difference between two results, or undefined. */
function difference(
  mine: readonly (readonly unknown[])[],
  theirs: Awaited<ReturnType<typeof oracle>>,
): string | undefined {
  if (mine.length !== theirs.length) return `${mine.length} rows instead of ${theirs.length}`
  for (const [i, row] of theirs.entries()) {
    for (const [j, cell] of row.entries()) {
      if (!sameCell(mine[i]![j], cell)) return `row ${i}, column ${j}: ${mine[i]![j]} instead of ${cell}`
    }
  }
  return undefined
}

/** Compares queries over the TPC-H tables of a directory with DuckDB. */
async function compare(t: ExecutionContext, session: Session, directory: string, queries = files): Promise<void> {
  for (const file of queries)
    t.is(difference(await queriedRows(session, sqlOf(file)), await oracle(file, directory)), undefined, file)
}

const LARGE = process.env['MILLRACE_TPCH_SF1']
const atScaleOne = LARGE !== undefined && existsSync(`${LARGE}/lineitem.parquet`) ? test.serial : test.serial.skip

for (const master of ['local[1]', 'local[2]', 'local-cluster[2,1,2048]']) {
  test(`TPC-H at scale 0.01 in ${master} gives what DuckDB gives, to the last digit`, async (t) => {
    await withSession(master, async (session) => {
      registerTpch(session, TPCH_SMALL)
      await compare(t, session, TPCH_SMALL)
    })
  })

  // Alone, one after the other: each may take all memory and cores there are.
  atScaleOne(`TPC-H at scale 1 in ${master} gives what DuckDB gives (needs MILLRACE_TPCH_SF1)`, async (t) => {
    await withSession(master, async (session) => {
      registerTpch(session, LARGE!)
      await compare(t, session, LARGE!)
    })
  })
}

test('TPC-H at scale 0.01 with so little memory that operators put on disk what they keep gives what DuckDB gives', async (t) => {
  const settings = { 'executor.memory': '16m' }
  await withSession(
    'local[2]',
    async (session) => {
      registerTpch(session, TPCH_SMALL)
      await compare(t, session, TPCH_SMALL)
    },
    settings,
  )
})

/** How joins are made, and whether rows are filtered early; tables are too small for filters unless these are asked for. */
const JOINS: readonly { readonly how: string; readonly settings: Readonly<Record<string, string | number>> }[] = [
  { how: 'broadcast and filtered early', settings: { 'join.runtimeFilters': 'always' } },
  { how: 'shuffled and filtered early', settings: { autoBroadcastJoinThreshold: -1, 'join.runtimeFilters': 'always' } },
  {
    how: 'shuffled and never filtered early',
    settings: { autoBroadcastJoinThreshold: -1, 'join.runtimeFilters': 'never', 'shuffle.partitions': 5 },
  },
]

for (const { how, settings } of JOINS) {
  test(`joins that are ${how} give what DuckDB gives`, async (t) => {
    await withSession(
      'local[2]',
      async (session) => {
        registerTpch(session, TPCH_SMALL)
        await compare(t, session, TPCH_SMALL)
      },
      settings,
    )
  })
}

test('cached tables give the same as files, the first time and again', async (t) => {
  await withSession('local[2]', async (session) => {
    registerTpch(session, TPCH_SMALL)
    const lineitem = session.table('lineitem').cache()
    lineitem.createOrReplaceTempView('lineitem')
    await compare(t, session, TPCH_SMALL, ['q01.sql', 'q06.sql', 'q06.sql', 'q14.sql'])
    lineitem.unpersist()
  })
})
