import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '../api/index.js'
import { type Measured, median, renderTable, writeResults } from './report.js'
import { measureDuckdb } from './rival-duckdb.js'

const QUERIES = new URL('../../test/data/tpch/', import.meta.url)
const TABLES = ['region', 'nation', 'supplier', 'customer', 'part', 'partsupp', 'orders', 'lineitem']
const CACHED_TABLES = ['lineitem']
/** Queries that are also run over tables held in memory. */
const CACHED = ['01', '06']
const THREADS = 2
const RUNS = 7

/**
 * TPC-H from Parquet and from memory against DuckDB, two threads each, on the same files; the median of several runs. `TPCH` names the
 * folder of the files (scale 1 is made there by tpchgen-cli when absent), `TPCH_SCALE` the scale.
 */
export async function benchTpch(): Promise<void> {
  const scale = process.env['TPCH_SCALE'] ?? '1'
  const directory = process.env['TPCH'] ?? join(tmpdir(), `millrace-tpch-${scale}`)
  if (!existsSync(join(directory, 'lineitem.parquet'))) {
    mkdirSync(directory, { recursive: true })
    execFileSync('tpchgen-cli', ['parquet', '-s', scale, '--output-dir', directory], { stdio: 'inherit' })
  }
  const numbers = readdirSync(QUERIES)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(1, 3))
  const texts = numbers.map((number) => readFileSync(new URL(`q${number}.sql`, QUERIES), 'utf8').replace(/;\s*$/, ''))
  const cachedTexts = CACHED.map((number) => texts[numbers.indexOf(number)]!)
  const ours = await measureOurs(directory, texts, cachedTexts)
  const duckdb = await measureDuckdb({
    directory,
    tables: TABLES,
    queries: texts,
    memoryQueries: cachedTexts,
    threads: THREADS,
    runs: RUNS,
  })
  const row = (what: string, mine: readonly number[], theirs: readonly number[]): Measured => ({
    what,
    ms: { Millrace: median(mine), DuckDB: median(theirs) },
  })
  const rows = [
    ...numbers.map((number, i) => row(`Q${Number(number)}, Parquet`, ours.parquet[i]!, duckdb.parquet[i]!)),
    ...CACHED.map((number, i) => row(`Q${Number(number)}, in memory`, ours.memory[i]!, duckdb.memory[i]!)),
  ]
  const table = renderTable(['Millrace', 'DuckDB'], rows)
  writeResults(
    'tpch',
    `TPC-H at scale ${scale}, ${THREADS} threads, median of ${RUNS}, against ${duckdb.version}`,
    table,
    { ours, duckdb },
  )
}

async function measureOurs(
  directory: string,
  queries: readonly string[],
  cachedQueries: readonly string[],
): Promise<{ parquet: number[][]; memory: number[][] }> {
  const session = await Session.builder().master(`local[${THREADS}]`).config('executor.memory', '8g').getOrCreate()
  const times = async (texts: readonly string[]): Promise<number[][]> => {
    const all: number[][] = []
    for (const text of texts) {
      const runs: number[] = []
      for (let i = 0; i < RUNS; i++) {
        const began = performance.now()
        await session.sql(text).collect()
        runs.push(performance.now() - began)
      }
      all.push(runs)
    }
    return all
  }
  try {
    for (const table of TABLES) session.read.parquet(join(directory, `${table}.parquet`)).createOrReplaceTempView(table)
    const parquet = await times(queries)
    for (const table of CACHED_TABLES) {
      const cached = session.table(table).cache()
      await cached.count()
      cached.createOrReplaceTempView(table)
    }
    return { parquet, memory: await times(cachedQueries) }
  } finally {
    await session.stop()
  }
}
