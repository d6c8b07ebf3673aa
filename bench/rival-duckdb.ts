import { spawnSync } from 'node:child_process'
import { DuckDBInstance } from '@duckdb/node-api'

/** Times of each query in DuckDB with so many threads, in milliseconds by run. */
export interface DuckdbTimes {
  readonly version: string
  readonly parquet: readonly (readonly number[])[]
  readonly memory: readonly (readonly number[])[]
}

const PYTHON = `
import duckdb, json, sys, time
spec = json.load(sys.stdin)
con = duckdb.connect(config={'threads': spec['threads']}); con.execute('set enable_progress_bar = false')
def times(queries, count):
    out = []
    for q in queries:
        runs = []
        for _ in range(count):
            t = time.perf_counter(); con.execute(q).fetchall(); runs.append((time.perf_counter() - t) * 1000)
        out.append(runs)
    return out
for t in spec['tables']: con.execute(f"create view {t} as select * from '{spec['directory']}/{t}.parquet'")
parquet = times(spec['queries'], spec['runs'])
for t in spec['tables']: con.execute(f"drop view {t}"); con.execute(f"create table {t} as select * from '{spec['directory']}/{t}.parquet'")
print(json.dumps({'version': 'duckdb ' + duckdb.__version__ + ' (Python)', 'parquet': parquet, 'memory': times(spec['memoryQueries'], spec['memoryRuns'])}))
`

export interface DuckdbSpec {
  readonly directory: string
  readonly tables: readonly string[]
  readonly queries: readonly string[]
  readonly memoryQueries: readonly string[]
  readonly threads: number
  readonly runs: number
  readonly memoryRuns: number
}

/** Measures DuckDB's Python package where there is one, else the one of npm. */
export async function measureDuckdb(spec: DuckdbSpec): Promise<DuckdbTimes> {
  const python = spawnSync('python3', ['-c', PYTHON], { input: JSON.stringify(spec), maxBuffer: 1 << 26 })
  if (python.status === 0) return JSON.parse(python.stdout.toString()) as DuckdbTimes
  const instance = await DuckDBInstance.create(':memory:', { threads: String(spec.threads) })
  const connection = await instance.connect()
  const times = async (queries: readonly string[], count: number): Promise<number[][]> => {
    const all: number[][] = []
    for (const query of queries) {
      const runs: number[] = []
      for (let i = 0; i < count; i++) {
        const began = performance.now()
        await (await connection.runAndReadAll(query)).getRows()
        runs.push(performance.now() - began)
      }
      all.push(runs)
    }
    return all
  }
  const file = (table: string): string => `'${spec.directory}/${table}.parquet'`
  for (const table of spec.tables) await connection.run(`create view ${table} as select * from ${file(table)}`)
  const parquet = await times(spec.queries, spec.runs)
  for (const table of spec.tables) await connection.run(`drop view ${table}`)
  for (const table of spec.tables) await connection.run(`create table ${table} as select * from ${file(table)}`)
  const memory = await times(spec.memoryQueries, spec.memoryRuns)
  const version = String((await connection.runAndReadAll('select version()')).getRows()[0]![0])
  connection.closeSync()
  return { version: `duckdb ${version} (npm)`, parquet, memory }
}
