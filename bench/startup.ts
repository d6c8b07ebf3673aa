import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Measured, median, renderTable, writeResults } from './report.js'

const HERE = dirname(fileURLToPath(import.meta.url))
const FILE = fileURLToPath(new URL('../../test/data/tpch/sf0.01/orders.parquet', import.meta.url))
const QUERY = `select o_orderpriority, count(*) n, sum(o_totalprice) s from parquet.\`${FILE}\` group by o_orderpriority order by 1`
const RUNS = 7

const FIRST_QUERY = `
import { Session } from 'millrace'
const session = await Session.builder().master('local[2]').getOrCreate()
await session.sql(${JSON.stringify(QUERY)}).collect()
await session.stop()
`
const IDLE = `
import { Session } from 'millrace'
const session = await Session.builder().master('local[2]').getOrCreate()
await session.sql(${JSON.stringify(QUERY)}).collect()
console.log(process.memoryUsage.rss())
await session.stop()
`
const DUCKDB = `import duckdb; duckdb.sql("select o_orderpriority, count(*) n, sum(o_totalprice) s from '${FILE}' group by o_orderpriority order by 1").fetchall()`

/** A first query over Parquet in a fresh process, start-up included, against DuckDB from Python; and what an idle session holds. */
export async function benchStartup(): Promise<void> {
  const directory = mkdtempSync(join(HERE, 'startup-'))
  try {
    writeFileSync(join(directory, 'first.mjs'), FIRST_QUERY)
    writeFileSync(join(directory, 'idle.mjs'), IDLE)
    const time = (command: string, args: readonly string[]): number | undefined => {
      const runs: number[] = []
      for (let i = 0; i < RUNS; i++) {
        const began = performance.now()
        if (spawnSync(command, args, { stdio: 'ignore' }).status !== 0) return undefined
        runs.push(performance.now() - began)
      }
      return median(runs)
    }
    const ms = {
      Millrace: time(process.execPath, [join(directory, 'first.mjs')]),
      DuckDB: time('python3', ['-c', DUCKDB]),
    }
    const rss = Number(spawnSync(process.execPath, [join(directory, 'idle.mjs')]).stdout.toString()) / 1024 ** 2
    const rows: Measured[] = [{ what: 'first query in a fresh process', ms }]
    const table = `${renderTable(['Millrace', 'DuckDB'], rows)}\n\nResident memory of a local[2] session after its first query: ${rss.toFixed(0)} MiB`
    writeResults('startup', `Start-up, median of ${RUNS}`, table, { ms, residentMib: rss })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
