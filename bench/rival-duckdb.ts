import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { DuckDBInstance } from '@duckdb/node-api'
import { cpuSince } from './timed-query.js'

export interface DuckdbTimes {
  readonly version: string
  readonly queries: readonly MeasuredQuery[]
}

export interface MeasuredQuery {
  /** Milliseconds by run. */
  readonly runsMs: readonly number[]
  /** Milliseconds of the processor by run, all threads together. */
  readonly cpuMs: readonly number[]
  /** The first row of the result, as texts. */
  readonly values: readonly string[]
}

const PYTHON = `
import duckdb, json, sys, time
spec = json.load(sys.stdin)
con = duckdb.connect(config={'threads': spec['threads']}); con.execute('set enable_progress_bar = false')
for s in spec['setup']: con.execute(s)
out = []
for q in spec['queries']:
    runs, cpu = [], []
    for _ in range(spec['runs']):
        t, c = time.perf_counter(), time.process_time(); rows = con.execute(q).fetchall()
        runs.append((time.perf_counter() - t) * 1000); cpu.append((time.process_time() - c) * 1000)
    out.append({'runsMs': runs, 'cpuMs': cpu, 'values': [str(x) for x in rows[0]] if rows else []})
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
    const cpuMs: number[] = []
    let rows: readonly (readonly unknown[])[] = []
    for (let i = 0; i < spec.runs; i++) {
      const began = performance.now()
      const cpu = process.cpuUsage()
      rows = (await connection.runAndReadAll(query)).getRows()
      runsMs.push(performance.now() - began)
      cpuMs.push(cpuSince(cpu))
    }
    queries.push({ runsMs, cpuMs, values: rows[0]?.map(String) ?? [] })
  }
  const version = String((await connection.runAndReadAll('select version()')).getRows()[0]![0])
  connection.closeSync()
  return { version: `duckdb ${version} (npm)`, queries }
}

const TURN = `
import duckdb, json, sys, time
con = duckdb.connect(config={'threads': int(sys.argv[1])}); con.execute('set enable_progress_bar = false')
print(json.dumps(duckdb.__version__), flush=True)
for line in sys.stdin:
    sql, mode = json.loads(line)
    wall = time.perf_counter(); cpu = time.process_time()
    got = con.execute(sql).fetchall() if mode == 'rows' else con.sql(sql).to_arrow_table() if mode == 'arrow' else con.execute(sql)
    wall = (time.perf_counter() - wall) * 1000; cpu = (time.process_time() - cpu) * 1000
    print(json.dumps({'wallMs': wall, 'cpuMs': cpu, 'rows': [[str(x) for x in r] for r in got] if mode == 'rows' else []}), flush=True)
`

/** What became of a statement that DuckDB ran, and what it took. */
interface Turn {
  readonly wallMs: number
  readonly cpuMs: number
  readonly rows: readonly (readonly string[])[]
}

/** DuckDB's Python package in a process that stays, so that it can take turns with others. */
export class DuckdbInTurn {
  readonly #process
  readonly #lines: AsyncIterator<string>
  readonly version: string

  private constructor(process: ReturnType<typeof spawnPython>, lines: AsyncIterator<string>, version: string) {
    this.#process = process
    this.#lines = lines
    this.version = `duckdb ${version} (Python)`
  }

  static async start(threads: number): Promise<DuckdbInTurn> {
    const process = spawnPython(threads)
    const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
    return new DuckdbInTurn(process, lines, JSON.parse(await nextLine(lines)) as string)
  }

  /** Runs a statement; its result is fetched as rows of texts, as an Arrow table (which needs pyarrow), or not. */
  async run(sql: string, fetched: 'rows' | 'arrow' | 'nothing'): Promise<Turn> {
    this.#process.stdin.write(`${JSON.stringify([sql, fetched])}\n`)
    return JSON.parse(await nextLine(this.#lines)) as Turn
  }

  stop(): void {
    this.#process.stdin.end()
  }
}

const spawnPython = (threads: number) =>
  spawn('python3', ['-c', TURN, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] })

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next()
  if (done) throw new Error('the process of DuckDB ended: it needs the Python packages duckdb and pyarrow')
  return value
}
