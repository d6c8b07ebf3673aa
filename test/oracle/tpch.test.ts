import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import type { Session } from '../../api/index.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { parseQuery } from '../../planner/sql/query.js'
import { duckdbRows, sameCell } from '../support/duckdb.js'
import { registerTpch, TPCH_SMALL, withSession } from '../support/sessions.js'
import { TPCH_TABLES } from '../support/tpch-schema.js'

const QUERIES = new URL('../../../test/data/tpch/', import.meta.url)
const files = readdirSync(QUERIES).filter((name) => name.endsWith('.sql'))
const textOf = (file: string): string => readFileSync(new URL(file, QUERIES), 'utf8')

const oracle = (sql: string, directory: string) =>
  duckdbRows(
    sql,
    TPCH_TABLES.map((table) => `create view ${table} as select * from '${directory}/${table}.parquet'`),
  )

const ours = async (session: Session, sql: string): Promise<unknown[][]> => {
  const { schema, blocks } = await session.engine.execute(parseQuery(sql))
  const rows: unknown[][] = []
  for await (const block of blocks) rows.push(...tuplesFromBlock(schema, block))
  return rows
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

for (const master of ['local[1]', 'local[2]', 'local-cluster[2,1,2048]']) {
  test(`TPC-H at scale 0.01 in ${master} gives what DuckDB gives, to the last digit`, async (t) => {
    await withSession(master, async (session) => {
      registerTpch(session, TPCH_SMALL)
      for (const file of files) {
        const sql = textOf(file).replace(/;\s*$/, '')
        t.is(difference(await ours(session, sql), await oracle(sql, TPCH_SMALL)), undefined, file)
      }
    })
  })
}

const LARGE = process.env['MILLRACE_TPCH_SF1']
const atScaleOne = LARGE !== undefined && existsSync(`${LARGE}/lineitem.parquet`) ? test : test.skip

atScaleOne('TPC-H at scale 1 in local[2] gives what DuckDB gives (needs MILLRACE_TPCH_SF1)', async (t) => {
  await withSession('local[2]', async (session) => {
    registerTpch(session, LARGE!)
    for (const file of files) {
      const sql = textOf(file).replace(/;\s*$/, '')
      t.is(difference(await ours(session, sql), await oracle(sql, LARGE!)), undefined, file)
    }
  })
})

test('shuffled joins give the same as broadcast ones', async (t) => {
  await withSession(
    'local[2]',
    async (session) => {
      registerTpch(session, TPCH_SMALL)
      for (const file of ['q03.sql', 'q05.sql', 'q10.sql']) {
        const sql = textOf(file).replace(/;\s*$/, '')
        t.is(difference(await ours(session, sql), await oracle(sql, TPCH_SMALL)), undefined, file)
      }
    },
    { autoBroadcastJoinThreshold: -1, 'shuffle.partitions': 5 },
  )
})

test('cached tables give the same as files, the first time and again', async (t) => {
  await withSession('local[2]', async (session) => {
    registerTpch(session, TPCH_SMALL)
    const lineitem = session.table('lineitem').cache()
    lineitem.createOrReplaceTempView('lineitem')
    for (const file of ['q01.sql', 'q06.sql', 'q06.sql', 'q14.sql']) {
      const sql = textOf(file).replace(/;\s*$/, '')
      t.is(difference(await ours(session, sql), await oracle(sql, TPCH_SMALL)), undefined, file)
    }
    lineitem.unpersist()
  })
})
