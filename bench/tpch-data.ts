import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../api/index.js'

const QUERIES = new URL('../../test/data/tpch/', import.meta.url)
export const TPCH_TABLES = ['region', 'nation', 'supplier', 'customer', 'part', 'partsupp', 'orders', 'lineitem']

/** The folder of the Parquet files: what `TPCH` names, or one for scale 1, which tpchgen-cli makes when it is absent. */
export function tpchDirectory(): string {
  const directory = process.env['TPCH'] ?? join(tmpdir(), 'millrace-tpch-1')
  if (!existsSync(join(directory, 'lineitem.parquet'))) {
    mkdirSync(directory, { recursive: true })
    execFileSync('tpchgen-cli', ['parquet', '-s', '1', '--output-dir', directory], { stdio: 'inherit' })
  }
  return directory
}

export function registerTpch(session: Session, directory: string): void {
  for (const table of TPCH_TABLES)
    session.read.parquet(join(directory, `${table}.parquet`)).createOrReplaceTempView(table)
}

/** The numbers of the queries, with two digits. */
export const tpchNumbers = (): readonly string[] =>
  readdirSync(QUERIES)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(1, 3))

export const tpchQuery = (number: string): string =>
  readFileSync(new URL(`q${number}.sql`, QUERIES), 'utf8').replace(/;\s*$/, '')
