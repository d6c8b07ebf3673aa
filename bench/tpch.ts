import { join } from 'node:path'
/* Not as packaged: the comparison of rows knows values by the classes of these files. */
import { Session } from '../api/index.js'
import { duckdbRows, sameCell } from '../test/support/duckdb.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { type MeasuredQuery, measureDuckdb } from './rival-duckdb.js'
import { type Timed, timedQuery } from './timed-query.js'
import { registerTpch, TPCH_TABLES, tpchDirectory, tpchNumbers, tpchQuery } from './tpch-data.js'

const CACHED_TABLES = ['lineitem']
/** Queries that are also run over tables held in memory. */
const CACHED = ['01', '06']
const THREADS = 2
const RUNS = 15
/** In memory queries take so little that more runs are needed for the same certainty. */
const MEMORY_RUNS = 45

/** Suppliers at scale 1: the scale of files is what they hold, not what their folder is called. */
const SUPPLIERS_AT_SCALE_1 = 10_000

/**
 * TPC-H from Parquet and from memory against DuckDB, two threads each, on the same files; the median of several runs. `TPCH` names the
 * folder of the files (scale 1 is made by tpchgen-cli when absent). Every result is held against DuckDB's: the time of a wrong one is worth nothing.
 */
export async function benchTpch(): Promise<void> {
  const directory = tpchDirectory()
  const scale = await scaleOf(directory)
  const numbers = tpchNumbers()
  const texts = numbers.map(tpchQuery)
  const cachedTexts = CACHED.map((number) => texts[numbers.indexOf(number)]!)
  const ours = await measureOurs(directory, texts, cachedTexts)
  const [parquetRival, memoryRival] = [
    await measureDuckdb({ setup: viewsOf(directory), queries: texts, threads: THREADS, runs: RUNS }),
    await measureDuckdb({ setup: tablesOf(directory), queries: cachedTexts, threads: THREADS, runs: MEMORY_RUNS }),
  ]
  await checkAll(directory, texts, ours.parquet)
  await checkAll(directory, cachedTexts, ours.memory)
  const row = (what: string, mine: Timed, theirs: MeasuredQuery): Measured => ({
    what,
    runsMs: { Millrace: mine.runsMs, DuckDB: theirs.runsMs },
  })
  const parquet = numbers.map((number, i) => row(`Q${Number(number)}`, ours.parquet[i]!, parquetRival.queries[i]!))
  const memory = CACHED.map((number, i) => row(`Q${Number(number)}`, ours.memory[i]!, memoryRival.queries[i]!))
  const table = (rows: readonly Measured[]): string => renderTable(['Millrace', 'DuckDB'], rows)
  writeResult({
    name: 'tpch',
    title: `TPC-H at scale ${scale}, ${THREADS} threads, median of ${RUNS} runs (${MEMORY_RUNS} in memory), against ${parquetRival.version}`,
    text: `From Parquet\n\n${table(parquet)}\n\nIn memory (Millrace: \`cache()\`; DuckDB: its own tables)\n\n${table(memory)}`,
    data: { scale, parquet, memory, rival: parquetRival.version },
    isOfRecord: scale === 1,
  })
}

const madeOf = (directory: string, kind: 'view' | 'table'): string[] =>
  TPCH_TABLES.map((table) => `create ${kind} ${table} as select * from '${join(directory, `${table}.parquet`)}'`)
const viewsOf = (directory: string): string[] => madeOf(directory, 'view')
const tablesOf = (directory: string): string[] => madeOf(directory, 'table')

async function scaleOf(directory: string): Promise<number> {
  const [[suppliers] = []] = await duckdbRows('select count(*) from supplier', viewsOf(directory))
  return Number(suppliers) / SUPPLIERS_AT_SCALE_1
}

async function checkAll(directory: string, queries: readonly string[], results: readonly Timed[]): Promise<void> {
  for (const [i, query] of queries.entries()) {
    const expected = await duckdbRows(query, viewsOf(directory))
    if (!isSameResult(results[i]!.rows, expected))
      throw new Error(`the result is not DuckDB's, so its time means nothing: ${query}`)
  }
}

/** Whether a result of ours is the rival's, in its order and to the last digit. */
export function isSameResult(
  ours: readonly (readonly unknown[])[],
  theirs: Awaited<ReturnType<typeof duckdbRows>>,
): boolean {
  return ours.length === theirs.length && theirs.every((row, r) => row.every((cell, c) => sameCell(ours[r]![c], cell)))
}

async function measureOurs(
  directory: string,
  queries: readonly string[],
  cachedQueries: readonly string[],
): Promise<{ parquet: readonly Timed[]; memory: readonly Timed[] }> {
  const session = await Session.builder().master(`local[${THREADS}]`).config('executor.memory', '8g').getOrCreate()
  const times = async (texts: readonly string[], runs: number): Promise<Timed[]> => {
    const all: Timed[] = []
    for (const text of texts) all.push(await timedQuery(session, text, runs))
    return all
  }
  try {
    registerTpch(session, directory)
    const parquet = await times(queries, RUNS)
    for (const table of CACHED_TABLES) {
      const cached = session.table(table).cache()
      await cached.count()
      cached.createOrReplaceTempView(table)
    }
    return { parquet, memory: await times(cachedQueries, MEMORY_RUNS) }
  } finally {
    await session.stop()
  }
}
