import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CASES } from './functions/cases.js'
import { Session } from './packaged.js'
import { type Measured, renderTable, writeResult } from './report.js'
import { measureDuckdb } from './rival-duckdb.js'
import { timedQuery } from './timed-query.js'
import { writtenTable } from './written-table.js'

const THREADS = 2
const RUNS = 5
const ROWS_OF_RECORD = 10_000_000

const columnsOf = (rows: number): string => `
  select id, cast(id * 7919 % 1000003 as int) n, cast(id % 101 as int) k, (id * 7919 % 1000003) / 7.0D x,
    concat('Item ', id * 7919 % 1000003, ' of Group-', id % 97, ' ') s,
    concat('a', id % 13, ',b', id % 7, ',c', id % 1009) w,
    cast(id * 31 % 1000003 as string) w1,
    date_add(date '1990-01-01', cast(id % 15000 as int)) d,
    cast(date_add(date '1990-01-01', cast(id * 7 % 15000 as int)) as string) dt,
    timestamp_ntz '2020-01-01 00:00:00' + make_dt_interval(0, 0, 0, cast(id * 7919 % 100000000 as decimal(18, 6))) ts,
    concat('{"user":"u', id % 1000, '","n":', id % 77, ',"tags":["a","b"],"geo":{"lat":', id % 90, ',"lon":1.5}}') j
  from range(${rows})`

/**
 * Functions over ten million rows in memory, against DuckDB with as many threads; the median of several runs. Both compute the same of the same
 * values, and a result that is not DuckDB's ends the run. A second table has the CPU time, which other processes of the machine disturb less. `FUNCTIONS` names a part of what is measured, `FUNCTION_ROWS` another number of rows.
 */
export async function benchFunctions(): Promise<void> {
  const only = process.env['FUNCTIONS'] ?? ''
  const rows = Number(process.env['FUNCTION_ROWS'] ?? ROWS_OF_RECORD)
  const cases = CASES.filter(({ what }) => what.includes(only))
  const file = join(tmpdir(), `millrace-functions-${rows}`)
  const ours = await measureOurs(
    file,
    rows,
    cases.map(({ ours }) => `select ${ours} from t`),
  )
  const duckdb = await measureDuckdb({
    setup: [`create table t as select *, [n % 100, k, 42 + n % 3, k % 7] a from '${file}/*.parquet'`],
    queries: cases.map(({ duckdb }) => `select ${duckdb} from t`),
    threads: THREADS,
    runs: RUNS,
  })
  cases.forEach(({ what }, i) => {
    const [mine, theirs] = [ours[i]!.value, duckdb.queries[i]!.values[0]!]
    if (!isSame(mine, theirs)) throw new Error(`${what}: ${mine} instead of ${theirs}`)
  })
  const times = (kind: 'runsMs' | 'cpuMs'): readonly Measured[] =>
    cases.map(({ what }, i) => ({ what, runsMs: { Millrace: ours[i]![kind], DuckDB: duckdb.queries[i]![kind] } }))
  const [measured, cpu] = [times('runsMs'), times('cpuMs')]
  const table = (rows: readonly Measured[]): string => renderTable(['Millrace', 'DuckDB'], rows)
  writeResult({
    name: 'functions',
    title: `Functions over ${rows} rows in memory, ${THREADS} threads, median of ${RUNS} runs, against ${duckdb.version}`,
    text: `${table(measured)}\n\nCPU time of all threads\n\n${table(cpu)}`,
    data: { rows, measured, cpu, rival: duckdb.version },
    isOfRecord: only === '' && rows === ROWS_OF_RECORD,
  })
}

interface Answer {
  readonly runsMs: readonly number[]
  readonly cpuMs: readonly number[]
  readonly value: string
}

async function measureOurs(folder: string, rows: number, queries: readonly string[]): Promise<readonly Answer[]> {
  const session = await Session.builder().master(`local[${THREADS}]`).config('executor.memory', '8g').getOrCreate()
  try {
    await writtenTable(session, folder, columnsOf(rows))
    session.read.parquet(folder).createOrReplaceTempView('stored')
    const table = session.sql('select *, array(n % 100, k, 42 + n % 3, k % 7) a from stored').cache()
    await table.count()
    table.createOrReplaceTempView('t')
    const answers: Answer[] = []
    for (const query of queries) answers.push(await answered(session, query))
    return answers
  } finally {
    await session.stop()
  }
}

async function answered(session: Session, query: string): Promise<Answer> {
  const { runsMs, cpuMs, rows } = await timedQuery(session, query, RUNS)
  const value = rows[0]?.[0]
  return { runsMs, cpuMs, value: value instanceof Date ? value.toISOString() : String(value) }
}

/** Whether two values are the same: as texts, as numbers up to the last bits of a sum, or as times. */
export function isSame(ours: string, theirs: string): boolean {
  if (ours === theirs) return true
  const [a, b] = [Number(ours), Number(theirs)]
  if (!Number.isNaN(a) && !Number.isNaN(b)) return Math.abs(a - b) <= 1e-9 * Math.abs(b)
  return instant(ours) === instant(theirs)
}

/** DuckDB writes `2020-01-01 00:00:00`, and dates without a time. */
const instant = (text: string): number =>
  Date.parse(`${text.replace(' ', 'T').replace('Z', '')}${text.length > 10 ? 'Z' : ''}`)
