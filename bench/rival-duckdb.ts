import { spawnSync } from 'node:child_process'
import { DuckDBInstance } from '@duckdb/node-api'

export interface DuckdbTimes {
  readonly version: string
  readonly queries: readonly MeasuredQuery[]
}

export interface MeasuredQuery {
  /** Milliseconds by run. */
  readonly runsMs: readonly number[]
  /** The first value of the result, as text. */
  readonly value: string
}

const PYTHON = `
import duckdb, json, sys, time
spec = json.load(sys.stdin)
con = duckdb.connect(config={'threads': spec['threads']}); con.execute('set enable_progress_bar = false')
for s in spec['setup']: con.execute(s)
out = []
for q in spec['queries']:
    runs = []
    for _ in range(spec['runs']):
        t = time.perf_counter(); rows = con.execute(q).fetchall(); runs.append((time.perf_counter() - t) * 1000)
    out.append({'runsMs': runs, 'value': str(rows[0][0]) if rows else ''})
print(json.dumps({'version': 'duckdb ' + duckdb.__version__ + ' (Python)', 'queries': out}))
`

export interface DuckdbSpec {
  /** Statements that make what the queries read. */
  readonly setup: readonly string[]
  readonly queries: readonly string[]
  readonly threads: number
  readonly runs: number
}

/** Measures DuckDB's Python package where there is one, else the one of npm. */
export async function measureDuckdb(spec: DuckdbSpec): Promise<DuckdbTimes> {
  const python = spawnSync('python3', ['-c', PYTHON], { input: JSON.stringify(spec), maxBuffer: 1 << 26 })
  if (python.status === 0) return JSON.parse(python.stdout.toString()) as DuckdbTimes
  const instance = await DuckDBInstance.create(':memory:', { threads: String(spec.threads) })
  const connection = await instance.connect()
  for (const statement of spec.setup) await connection.run(statement)
  const queries: MeasuredQuery[] = []
  for (const query of spec.queries) {
    const runsMs: number[] = []
    let rows: readonly (readonly unknown[])[] = []
    for (let i = 0; i < spec.runs; i++) {
      const began = performance.now()
      rows = (await connection.runAndReadAll(query)).getRows()
      runsMs.push(performance.now() - began)
    }
    queries.push({ runsMs, value: String(rows[0]?.[0] ?? '') })
  }
  const version = String((await connection.runAndReadAll('select version()')).getRows()[0]![0])
  connection.closeSync()
  return { version: `duckdb ${version} (npm)`, queries }
}
