import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Session } from '../api/index.js'

/** One of the largest tables: where its file is, all of them are. */
const LARGEST = 'store_sales.parquet'
const SCALE_MADE = 1

export interface TpcdsQuery {
  /** Its number, with two digits. */
  readonly number: string
  readonly text: string
}

/**
 * The folder of TPC-DS: a Parquet file a table, and the queries as files `queries/NN.sql`. What `TPCDS` names, or one for scale 1, which DuckDB's extension
 * makes when it is absent.
 */
export async function tpcdsDirectory(): Promise<string> {
  const named = process.env['TPCDS']
  const directory = named ?? join(tmpdir(), `millrace-tpcds-${SCALE_MADE}`)
  if (existsSync(join(directory, LARGEST))) return directory
  if (named !== undefined) throw new Error(`TPCDS names ${directory}, where there is no ${LARGEST}`)
  await makeTpcds(directory).catch((cause: unknown) => {
    throw new Error(
      `no data of TPC-DS: DuckDB could not make it in ${directory}. Set TPCDS to a folder with a Parquet file a table and the queries in queries/NN.sql`,
      { cause },
    )
  })
  return directory
}

/** The largest table is written last, as its file tells that all are there. */
async function makeTpcds(directory: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  try {
    for (const sql of ['install tpcds', 'load tpcds', `call dsdgen(sf = ${SCALE_MADE})`]) await connection.run(sql)
    mkdirSync(join(directory, 'queries'), { recursive: true })
    const queries = await connection.runAndReadAll('select query_nr, query from tpcds_queries()')
    for (const [number, text] of queries.getRows())
      writeFileSync(join(directory, 'queries', `${String(number).padStart(2, '0')}.sql`), String(text))
    const tables = await connection.runAndReadAll('select table_name from duckdb_tables() order by estimated_size')
    const names = tables.getRows().map(([name]) => String(name))
    const last = LARGEST.replace('.parquet', '')
    for (const table of [...names.filter((name) => name !== last), last])
      await connection.run(`copy ${table} to '${join(directory, `${table}.parquet`)}' (format parquet)`)
  } finally {
    connection.closeSync()
  }
}

const tablesIn = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => name.replace(/\.parquet$/, ''))

export function registerTpcds(session: Session, directory: string): void {
  for (const table of tablesIn(directory))
    session.read.parquet(join(directory, `${table}.parquet`)).createOrReplaceTempView(table)
}

/** Statements after which DuckDB reads the same files, and puts NULLs where Spark puts them. */
export const tpcdsSetup = (directory: string): readonly string[] => [
  "set default_null_order = 'nulls_first_on_asc_last_on_desc'",
  ...tablesIn(directory).map(
    (table) => `create or replace view ${table} as select * from '${join(directory, `${table}.parquet`)}'`,
  ),
]

export const tpcdsQueries = (directory: string): readonly TpcdsQuery[] =>
  readdirSync(join(directory, 'queries'))
    .filter((name) => /^\d\d\.sql$/.test(name))
    .map((name) => {
      const text = readFileSync(join(directory, 'queries', name), 'utf8')
      return { number: name.slice(0, 2), text: asWritten(text) }
    })

/** A query without its semicolon; one of those that DuckDB brings has a column by another name than its tables. */
export const asWritten = (text: string): string =>
  text.replace(/;\s*$/, '').replaceAll('c_last_review_date_sk', 'c_last_review_date')
