import { Session } from '../api/index.js'
import { Decimal } from '../columnar/decimal.js'
import { type Cell, duckdbRows, sameCell } from '../test/support/duckdb.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { DuckdbInTurn } from './rival-duckdb.js'
import { cpuSince } from './timed-query.js'
import { registerTpcds, type TpcdsQuery, tpcdsDirectory, tpcdsQueries, tpcdsSetup } from './tpcds-data.js'

const THREADS = 2
const RUNS = 3
/** Customers at scale 1: the scale of files is what they hold, not what their folder is called. */
const CUSTOMERS_AT_SCALE_1 = 100_000

interface Took {
  readonly wall: number[]
  readonly cpu: number[]
}

interface QueryTimes {
  readonly query: TpcdsQuery
  readonly ours: Took
  readonly theirs: Took
}

/**
 * TPC-DS from Parquet against DuckDB, in turn, two threads each, on the same files. `TPCDS` names the folder of the files (scale 1 is made by DuckDB's
 * extension when absent), `TPCDS_ONLY` some queries by their numbers. Every result is held against DuckDB's: the time of a wrong one is worth nothing.
 */
export async function benchTpcds(): Promise<void> {
  const directory = await tpcdsDirectory()
  const setup = tpcdsSetup(directory)
  const only = process.env['TPCDS_ONLY']?.split(',').map((number) => number.trim().padStart(2, '0'))
  const queries = tpcdsQueries(directory).filter(({ number }) => only?.includes(number) ?? true)
  const [[customers] = []] = await duckdbRows('select count(*) from customer', setup)
  const scale = Number(customers) / CUSTOMERS_AT_SCALE_1
  const session = await tpcdsSession(directory)
  const duckdb = await DuckdbInTurn.start(THREADS)
  try {
    for (const statement of setup) await duckdb.run(statement, 'nothing')
    const all: QueryTimes[] = []
    for (const query of queries) {
      await checkResult(session, query, setup)
      all.push(await measuredInTurn(session, duckdb, query))
    }
    const [wall, cpu] = [measuredRows(all, 'wall'), measuredRows(all, 'cpu')]
    const table = (rows: readonly Measured[]): string => renderTable(['Millrace', 'DuckDB'], rows)
    writeResult({
      name: 'tpcds',
      title: `TPC-DS at scale ${scale}, ${THREADS} threads, median of ${RUNS} runs in turn, against ${duckdb.version}`,
      text: `From Parquet\n\n${table(wall)}\n\nFrom Parquet, CPU time of all threads\n\n${table(cpu)}`,
      data: { scale, wall, cpu, rival: duckdb.version },
      isOfRecord: scale === 1 && only === undefined,
    })
  } finally {
    duckdb.stop()
    await session.stop()
  }
}

/** A session over the tables; the queries put names in double quotes. */
async function tpcdsSession(directory: string): Promise<Session> {
  const session = await Session.builder()
    .master(`local[${THREADS}]`)
    .config('executor.memory', '8g')
    .config('ansi.doubleQuotedIdentifiers', true)
    .getOrCreate()
  registerTpcds(session, directory)
  return session
}

async function measuredInTurn(session: Session, duckdb: DuckdbInTurn, query: TpcdsQuery): Promise<QueryTimes> {
  const [ours, theirs]: [Took, Took] = [
    { wall: [], cpu: [] },
    { wall: [], cpu: [] },
  ]
  for (let run = 0; run < RUNS; run++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    await session.sql(query.text).collect()
    ours.wall.push(performance.now() - wall)
    ours.cpu.push(cpuSince(cpu))
    const { wallMs, cpuMs } = await duckdb.run(query.text, 'rows')
    theirs.wall.push(wallMs)
    theirs.cpu.push(cpuMs)
  }
  return { query, ours, theirs }
}

const measuredRows = (all: readonly QueryTimes[], kind: keyof Took): readonly Measured[] =>
  all.map(({ query, ours, theirs }) => ({
    what: `Q${Number(query.number)}`,
    runsMs: { Millrace: ours[kind], DuckDB: theirs[kind] },
  }))

async function checkResult(session: Session, { number, text }: TpcdsQuery, setup: readonly string[]): Promise<void> {
  const ours = (await session.sql(text).collect()).map((row) => Object.values(row))
  if (!isSameBag(ours, await duckdbRows(text, setup)))
    throw new Error(`the result of Q${Number(number)} is not DuckDB's, so its time means nothing`)
}

type Row = readonly unknown[]

/** Whether both have the same rows. Many of these queries leave open in what order rows come, so that order does not count. */
export function isSameBag(ours: readonly Row[], theirs: readonly (readonly (Cell | number)[])[]): boolean {
  if (ours.length !== theirs.length) return false
  const left = [...ours]
  return theirs.every((row) => {
    const at = left.findIndex((mine) => row.every((cell, c) => isSameValue(mine[c], cell)))
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

/** What DuckDB divides in doubles, Spark divides as decimals, and rounds averages to a few places before they are divided again. */
const AS_FAR_AS_ROUNDED = 1e-8

const isSameValue = (ours: unknown, theirs: Cell | number): boolean =>
  sameCell(ours, theirs) ||
  (ours instanceof Decimal &&
    typeof theirs === 'number' &&
    Math.abs(ours.toNumber() - theirs) <= AS_FAR_AS_ROUNDED * Math.abs(theirs))
