import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from './packaged.js'
import { type Measured, median, renderTable, writeResult } from './report.js'
import { type TextCase, writeTexts } from './text/data.js'
import { measureDuckdbTexts, measurePolarsTexts, sumsOf } from './text/rivals.js'

const THREADS = 2
const RUNS = 5
const MEGABYTE = 1e6
const BYTES_OF_RECORD = 200 * MEGABYTE
const FILES_OF_RECORD = 10_000

/**
 * CSV and JSON lines into columns, which a query adds up: the first run finds the types of the columns in all of the lines. DuckDB looks at some lines in each run, Polars too.
 * Results are compared. `TEXT_MB` is another size of the files, `TEXT_FILES` another number of small ones, `TEXT` names a part of what is measured.
 */
export async function benchText(): Promise<void> {
  const bytes = Number(process.env['TEXT_MB'] ?? BYTES_OF_RECORD / MEGABYTE) * MEGABYTE
  const files = Number(process.env['TEXT_FILES'] ?? FILES_OF_RECORD)
  const only = process.env['TEXT'] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const cases = (await writeTexts(folder, bytes, files)).filter(({ what }) => what.includes(only))
    const polars = measurePolarsTexts(cases, THREADS, RUNS)
    const duckdb = await measureDuckdbTexts(cases, THREADS, RUNS)
    const measuredOurs = await measureAllOurs(cases)
    const measured: Measured[] = []
    const rates: string[] = []
    for (const [i, one] of cases.entries()) {
      const ours = measuredOurs[i]!
      for (const { version, runs } of polars ? [duckdb, polars] : [duckdb])
        if (runs[i]!.value !== ours.value) throw new Error(`${one.what}: ${ours.value}, ${version}: ${runs[i]!.value}`)
      const runsMs = { Millrace: ours.runsMs, DuckDB: duckdb.runs[i]!.runsMs, Polars: polars?.runs[i]?.runsMs }
      measured.push({ what: one.what, runsMs })
      rates.push(
        `- ${one.what}: ${rate(one, [ours.cpuMs[0]!])} with the first run's inference, then ${rate(one, ours.cpuMs.slice(1))}`,
      )
    }
    const rivals = [duckdb.version, polars?.version ?? 'without Polars, whose Python package is not here'].join(', ')
    writeResult({
      name: 'text',
      title: `Texts of ${bytes / MEGABYTE} MB into columns, ${THREADS} threads, median of ${RUNS} runs, against ${rivals}`,
      text: [
        renderTable(['Millrace', 'DuckDB', ...(polars ? ['Polars'] : [])], measured),
        `Millrace's MB (of texts without compression) per second of CPU time:\n\n${rates.join('\n')}`,
      ].join('\n\n'),
      data: { bytes, files, measured, rates, rivals },
      isOfRecord: only === '' && bytes === BYTES_OF_RECORD && files === FILES_OF_RECORD,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface OurTimes {
  readonly runsMs: readonly number[]
  readonly cpuMs: readonly number[]
  readonly value: string
}

/** All in one session, as the rivals do it: the first run of a case has to find its columns and to compile. */
async function measureAllOurs(cases: readonly TextCase[]): Promise<readonly OurTimes[]> {
  const session = await Session.builder().master(`local[${THREADS}]`).config('log.level', 'error').create()
  try {
    const all: OurTimes[] = []
    for (const one of cases) all.push(await measureOurs(session, one))
    return all
  } finally {
    await session.stop()
  }
}

async function measureOurs(session: Session, one: TextCase): Promise<OurTimes> {
  const runsMs: number[] = []
  const cpuMs: number[] = []
  let value = ''
  for (let run = 0; run < RUNS; run++) {
    const began = performance.now()
    const cpu = process.cpuUsage()
    const { path, format } = one
    const rows =
      format === 'csv'
        ? session.read.options({ header: 'true', inferSchema: 'true', escape: '"' }).csv(path)
        : session.read.json(path)
    rows.createOrReplaceTempView('texts')
    const [row] = await session.sql(`select ${sumsOf(one, 'size')} v from texts`).collect()
    runsMs.push(performance.now() - began)
    const { user, system } = process.cpuUsage(cpu)
    cpuMs.push((user + system) / 1000)
    value = String((row as { v: string }).v)
  }
  return { runsMs, cpuMs, value }
}

const rate = ({ bytes }: TextCase, cpuMs: readonly number[]): string =>
  `${(bytes / MEGABYTE / (median(cpuMs) / 1000)).toFixed(0)} MB/s`
