import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** One thing measured with each contender, run after run in milliseconds; undefined where one cannot do it. */
export interface Measured {
  readonly what: string
  readonly runsMs: Readonly<Record<string, readonly number[] | undefined>>
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RESULTS = `${ROOT}bench/results/`
const NOTHING = '–'

/** The median of several runs, which noise moves least; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * A table of medians with the ratio of the first contender to each other one, below 1 where it is faster. The first run, which pays for
 * compiling and cold caches, has a column of its own where there were several. The last line adds up what all contenders can do.
 */
export function renderTable(contenders: readonly string[], rows: readonly Measured[]): string {
  const [first, ...others] = contenders
  const header = [
    '',
    ...contenders.flatMap((name) => [`${name} first ms`, `${name} ms`]),
    ...others.map((name) => `${first} / ${name}`),
  ]
  const line = (what: string, firsts: readonly Ms[], medians: readonly Ms[]): string[] => [
    what,
    ...contenders.flatMap((_, i) => [milliseconds(firsts[i]), milliseconds(medians[i])]),
    ...others.map((_, i) => ratio(medians[0], medians[i + 1])),
  ]
  const firstsOf = (row: Measured): Ms[] => contenders.map((name) => row.runsMs[name]?.[0])
  const mediansOf = (row: Measured): Ms[] =>
    contenders.map((name) => (row.runsMs[name]?.length ? median(row.runsMs[name]) : undefined))
  const shared = rows.filter((row) => mediansOf(row).every((ms) => ms !== undefined))
  const sum = (of: (row: Measured) => Ms[]): Ms[] =>
    contenders.map((_, i) => shared.reduce((total, row) => total + of(row)[i]!, 0))
  const cells = rows.map((row) => line(row.what, firstsOf(row), mediansOf(row)))
  if (shared.length > 1) cells.push(line('total', sum(firstsOf), sum(mediansOf)))
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

type Ms = number | undefined

const milliseconds = (ms: Ms): string => (ms === undefined ? NOTHING : ms.toFixed(ms < 10 ? 1 : 0))
const ratio = (ours: Ms, theirs: Ms): string =>
  ours === undefined || theirs === undefined ? NOTHING : (ours / theirs).toFixed(2)

export interface Result {
  /** The name of its files. */
  readonly name: string
  readonly title: string
  /** Markdown. */
  readonly text: string
  readonly data: unknown
  /** False for a trial that is not the measurement of record (another scale, fewer records): it is only printed. */
  readonly isOfRecord: boolean
}

/** Prints a result and, if it is one of record, keeps it as JSON and Markdown, with what it was measured on. */
export function writeResult({ name, title, text, data, isOfRecord }: Result): void {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, commit ${commitOf(ROOT)}`
  process.stdout.write(`${title}\n${machine}\n\n${text}\n`)
  if (!isOfRecord) return
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify({ title, machine, data }, null, 2)}\n`)
  writeFileSync(`${RESULTS}${name}.md`, `# ${title}\n\n${machine}\n\n${text}\n`)
}

/** What was measured; changes that no commit holds (but for results themselves) are told, since nobody can measure them again. */
function commitOf(root: string): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, stdio: 'pipe' }).toString().trim()
  try {
    const changed = git('status', '--porcelain', '--', '.', ':!bench/results') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`
  } catch {
    return 'unknown'
  }
}
