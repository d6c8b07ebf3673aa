import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSame } from './functions.js'
import { Session } from './packaged.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { DuckdbInTurn } from './rival-duckdb.js'
import { cpuSince } from './timed-query.js'
import { writtenTable } from './written-table.js'

const THREADS = 2
const RUNS = 3

/** A query whose result both fetch as an Arrow table, and what is compared of it: a query over `result`. */
export interface Contest {
  readonly what: string
  readonly query: string
  readonly compared: string
}

export interface Contests {
  readonly name: string
  readonly title: string
  /** Tables by name: queries over `range`, in our SQL. Files of them stay in the folder for temporary files. */
  readonly tables: Readonly<Record<string, string>>
  /** Where both have these: each query is run for one place after the other. */
  readonly places: readonly Place[]
  readonly contests: readonly Contest[]
  readonly isOfRecord: boolean
}

/** In files that both read, or in memory: here by `cache()`, in DuckDB in tables of its own. */
export type Place = keyof typeof TITLES

const TITLES = { parquet: 'From Parquet', memory: 'In memory' } as const

type Times = Record<'wall' | 'cpu', { ours: number[]; theirs: number[] }>

/** Runs each query in turn here and in DuckDB with as many threads, over the same rows. Results that differ end the run. */
export async function runInTurn({ name, title, tables, places, contests, isOfRecord }: Contests): Promise<void> {
  const session = await Session.builder()
    .master(`local[${THREADS}]`)
    .config('executor.memory', '10g')
    .config('driver.maxResultSize', '8g')
    .getOrCreate()
  const duckdb = await DuckdbInTurn.start(THREADS)
  try {
    const found: PlaceTimes[] = []
    for (const place of places) {
      for (const [table, sql] of Object.entries(tables)) await loadBoth(session, duckdb, { name, table, sql, place })
      const all: [string, Times][] = []
      for (const contest of contests) all.push([contest.what, await measured(session, duckdb, contest)])
      found.push({ place, wall: measuredRows(all, 'wall'), cpu: measuredRows(all, 'cpu') })
    }
    writeResult({
      name,
      title: `${title}, ${THREADS} threads, median of ${RUNS} runs in turn, against ${duckdb.version}`,
      text: found.map(tablesOfPlace).join('\n\n'),
      data: { ...Object.fromEntries(found.map(({ place, ...times }) => [place, times])), rival: duckdb.version },
      isOfRecord,
    })
  } finally {
    duckdb.stop()
    await session.stop()
  }
}

interface PlaceTimes {
  readonly place: Place
  readonly wall: readonly Measured[]
  readonly cpu: readonly Measured[]
}

const measuredRows = (all: readonly (readonly [string, Times])[], kind: keyof Times): readonly Measured[] =>
  all.map(([what, times]) => ({ what, runsMs: { Millrace: times[kind].ours, DuckDB: times[kind].theirs } }))

function tablesOfPlace({ place, wall, cpu }: PlaceTimes): string {
  const table = (rows: readonly Measured[]): string => renderTable(['Millrace', 'DuckDB'], rows)
  return `${TITLES[place]}\n\n${table(wall)}\n\n${TITLES[place]}, CPU time of all threads\n\n${table(cpu)}`
}

interface TableToLoad {
  readonly name: string
  readonly table: string
  readonly sql: string
  readonly place: Place
}

async function loadBoth(
  session: Session,
  duckdb: DuckdbInTurn,
  { name, table, sql, place }: TableToLoad,
): Promise<void> {
  const folder = join(tmpdir(), `millrace-${name}-${table}-${sql.match(/range\((\d+)\)/)?.[1]}`)
  await writtenTable(session, folder, sql)
  const stored = session.read.parquet(folder)
  const rows = place === 'memory' ? stored.cache() : stored
  if (place === 'memory') await rows.count()
  rows.createOrReplaceTempView(table)
  await duckdb.run(`drop view if exists ${table}`, 'nothing')
  const kind = place === 'memory' ? 'table' : 'view'
  await duckdb.run(`create ${kind} ${table} as select * from '${folder}/*.parquet'`, 'nothing')
}

async function measured(session: Session, duckdb: DuckdbInTurn, { what, query, compared }: Contest): Promise<Times> {
  await compare(session, duckdb, what, `with result as (${query}) ${compared}`)
  const times: Times = { wall: { ours: [], theirs: [] }, cpu: { ours: [], theirs: [] } }
  for (let run = 0; run < RUNS; run++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()]
    await session.sql(query).toArrow()
    times.wall.ours.push(performance.now() - wall)
    times.cpu.ours.push(cpuSince(cpu))
    const { wallMs, cpuMs } = await duckdb.run(query, 'arrow')
    times.wall.theirs.push(wallMs)
    times.cpu.theirs.push(cpuMs)
  }
  return times
}

async function compare(session: Session, duckdb: DuckdbInTurn, what: string, sql: string): Promise<void> {
  const ours = (await session.sql(sql).collect()).map((row) => Object.values(row))
  const { rows: theirs } = await duckdb.run(sql, 'rows')
  const isEqual = ours.length === theirs.length && theirs.every((row, r) => isSameAnswer(ours[r]!.map(String), row))
  if (!isEqual) throw new Error(`${what}: ${String(ours[0])} instead of ${theirs[0]}, so its time means nothing`)
}

/** What is left of zero when doubles are added up in another order. */
const NEARLY_ZERO = 1e-12

/** Whether two rows are the same: texts and whole numbers to the last digit, doubles but for the order in which they were added. */
export const isSameAnswer = (ours: readonly string[], theirs: readonly string[]): boolean =>
  ours.length === theirs.length &&
  ours.every(
    (value, i) =>
      isSame(value, theirs[i]!) || Math.max(Math.abs(Number(value)), Math.abs(Number(theirs[i]))) < NEARLY_ZERO,
  )
