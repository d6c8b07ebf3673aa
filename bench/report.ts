import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** One thing measured with each contender, in milliseconds; undefined where one cannot do it. */
export interface Measured {
  readonly what: string
  readonly ms: Readonly<Record<string, number | undefined>>
}

const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url))

/** The median of several runs, which noise moves least. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A table of times with the ratio of the first contender to each other one. */
export function renderTable(contenders: readonly string[], rows: readonly Measured[]): string {
  const [first, ...others] = contenders
  const header = ['', ...contenders.map((name) => `${name} ms`), ...others.map((name) => `${first} / ${name}`)]
  const cells = rows.map(({ what, ms }) => [
    what,
    ...contenders.map((name) => (ms[name] === undefined ? '–' : ms[name].toFixed(0))),
    ...others.map((name) =>
      ms[name] === undefined || ms[first!] === undefined ? '–' : (ms[first!]! / ms[name]).toFixed(2),
    ),
  ])
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Prints a result and keeps it as JSON and Markdown, with what it was measured on. */
export function writeResults(name: string, title: string, table: string, data: unknown): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, commit ${commit}`
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify({ machine, data }, null, 2)}\n`)
  writeFileSync(`${RESULTS}${name}.md`, `# ${title}\n\n${machine}\n\n${table}\n`)
  process.stdout.write(`${title}\n${machine}\n\n${table}\n`)
}
