import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PACKAGED_API } from './packaged.js'
import { type Measured, renderTable, writeResult } from './report.js'

const FILE = fileURLToPath(new URL('../../test/data/tpch/sf0.01/orders.parquet', import.meta.url))
const RUNS = 7
/** After this a session has nothing left to do. */
const SETTLE_MS = 500

const aggregate = (source: string): string =>
  `select o_orderpriority, count(*) n, sum(o_totalprice) s from ${source} group by o_orderpriority order by 1`
const program = (body: string): string => `
import { Session } from ${JSON.stringify(PACKAGED_API)}
const session = await Session.builder().master('local[2]').getOrCreate()
const query = () => session.sql(${JSON.stringify(aggregate(`parquet.\`${FILE}\``))}).collect()
${body}
await session.stop()
`
const FIRST_QUERY = program('console.log((await query()).length)')
const RESIDENT = `await new Promise((resolve) => setTimeout(resolve, ${SETTLE_MS})); console.log(process.memoryUsage.rss() / 2 ** 20)`
const DUCKDB = `
import duckdb
con = duckdb.connect(config={'threads': 2})
print(len(con.execute("""${aggregate(`'${FILE}'`)}""").fetchall()))
`

/** A first query over Parquet in a fresh process, start-up included, against DuckDB from Python; and what a session at rest holds. */
export async function benchStartup(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text)
      return join(directory, name)
    }
    const first = file('first.mjs', FIRST_QUERY)
    const hasDuckdb = spawnSync('python3', ['-c', 'import duckdb']).status === 0
    const runsMs = {
      Millrace: times(process.execPath, [first]),
      DuckDB: hasDuckdb ? times('python3', ['-c', DUCKDB]) : undefined,
    }
    const resident = (body: string): number => Number(output(process.execPath, [file('rest.mjs', program(body))]))
    const idleMib = resident(RESIDENT)
    const afterQueryMib = resident(`await query()\n${RESIDENT}`)
    const rows: Measured[] = [{ what: 'first query in a fresh process', runsMs }]
    writeResult({
      name: 'startup',
      title: `Start-up, median of ${RUNS}`,
      text: [
        renderTable(['Millrace', 'DuckDB'], rows),
        hasDuckdb ? '' : 'DuckDB was not measured: there is no Python package `duckdb` here.',
        `Resident memory of a local[2] session at rest: ${idleMib.toFixed(0)} MiB; after a query: ${afterQueryMib.toFixed(0)} MiB`,
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
      data: { runsMs, idleMib, afterQueryMib },
      isOfRecord: true,
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function times(command: string, args: readonly string[]): number[] {
  return Array.from({ length: RUNS }, () => {
    const began = performance.now()
    output(command, args)
    return performance.now() - began
  })
}

/** What a process prints. One that fails must not pass for a fast one. */
function output(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args)
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.toString()}`)
  return stdout.toString()
}
