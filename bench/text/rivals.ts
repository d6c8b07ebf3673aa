import { spawnSync } from 'node:child_process'
import { measureDuckdb } from '../rival-duckdb.js'
import type { TextCase } from './data.js'

/** What a contender took and found; undefined where it cannot. */
export interface RivalTimes {
  readonly version: string
  readonly runs: readonly { readonly runsMs: readonly number[]; readonly value: string }[]
}

/** The sums of a case as one text, so that contenders are compared. */
export const sumsOf = ({ sums }: TextCase, size: string): string =>
  sums.map((sum) => `cast(cast(${sum.replace('{size}', size)} as bigint) as string)`).join(" || ',' || ")

const DUCKDB_CSV = `header = true, quote = '"', escape = '"'`

/** The columns are found again in each run, as DuckDB has it. */
export async function measureDuckdbTexts(
  cases: readonly TextCase[],
  threads: number,
  runs: number,
): Promise<RivalTimes> {
  const source = ({ format, path }: TextCase): string =>
    format === 'csv' ? `read_csv('${path}', ${DUCKDB_CSV})` : `read_ndjson('${path}')`
  const queries = cases.map((one) => `select ${sumsOf(one, 'len')} from ${source(one)}`)
  const { version, queries: measured } = await measureDuckdb({ setup: [], queries, threads, runs })
  return { version, runs: measured.map(({ runsMs, values }) => ({ runsMs, value: values[0]! })) }
}

const POLARS = `
import json, sys, time
import polars as pl
spec = json.load(sys.stdin)
out = []
for case in spec['cases']:
    runs = []
    for _ in range(spec['runs']):
        t = time.perf_counter()
        if case['format'] == 'csv': rows = pl.scan_csv(case['path'], try_parse_dates=True, quote_char='"')
        else: rows = pl.scan_ndjson(case['path'])
        found = rows.select([eval(text).alias(str(i)) for i, text in enumerate(case['polars'])]).collect()
        runs.append((time.perf_counter() - t) * 1000)
    out.append({'runsMs': runs, 'value': ','.join(str(int(value)) for value in found.row(0))})
print(json.dumps({'version': 'polars ' + pl.__version__, 'runs': out}))
`

/** Polars' Python package; undefined where there is none. */
export function measurePolarsTexts(cases: readonly TextCase[], threads: number, runs: number): RivalTimes | undefined {
  if (spawnSync('python3', ['-c', 'import polars']).status !== 0) return undefined
  const { status, stdout, stderr } = spawnSync('python3', ['-c', POLARS], {
    input: JSON.stringify({ cases, runs }),
    env: { ...process.env, POLARS_MAX_THREADS: String(threads) },
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`Polars failed: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as RivalTimes
}
