/**
 * `npm run fuzz -- [seed] [minutes] [mode]`: compares random queries with DuckDB in all modes in turn, or in one of them, until the time is over. Each difference is
 * printed with the seed and the smallest query that shows it. `npm run fuzz -- decoders` gives damaged inputs to decoders (decoders/main.ts).
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fuzzDecoders } from './decoders/main.js'
import { type Finding, fuzz, MODES } from './fuzz.js'

const QUERIES_A_SESSION = 150
/** DuckDB does not heed being interrupted in all of its operators, so that a session of queries may never end. */
const MOST_SESSION_MS = 15 * 60_000

function tell({ mode, seed, number, outcome, ours, theirs }: Finding): void {
  console.log(`\n--- seed ${seed}, query ${number}, ${mode}`)
  console.log(ours)
  if (theirs !== ours) console.log(`DuckDB: ${theirs}`)
  console.log(outcome.kind === 'different' ? `${outcome.why}: ${outcome.detail}` : outcome.kind)
}

/** The queries of a seed, in a process of their own. */
async function fuzzSession([seed, name, until]: readonly string[]): Promise<void> {
  const mode = MODES.find((one) => one.name === name)!
  let last = 0
  const stuck = setTimeout(
    () => console.log(`seed ${seed}, ${name}: query ${last} does not end`),
    MOST_SESSION_MS - 1000,
  )
  const goesOn = (number: number): boolean => {
    last = number
    return number < QUERIES_A_SESSION && Date.now() < Number(until)
  }
  const { counts, refusals } = await fuzz(mode, Number(seed), goesOn, tell)
  clearTimeout(stuck)
  const counted = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
  console.log(`seed ${seed}, ${name}: ${counted.join(', ')}`)
  for (const [why, count] of refusals) console.log(`  ${count} × ${why}`)
  process.exitCode = counts['different'] ? 1 : 0
}

function fuzzQueries([seedText, minutes = 'Infinity', only]: readonly string[]): void {
  const first = Number(seedText ?? Date.now() % 1_000_000)
  const until = Date.now() + Number(minutes) * 60_000
  const modes = MODES.filter(({ name }) => only === undefined || name === only)
  for (let seed = first; Date.now() < until; seed++) {
    const { name } = modes[(seed - first) % modes.length]!
    const args = [...process.execArgv, fileURLToPath(import.meta.url), 'session', String(seed), name, String(until)]
    const limits = { timeout: MOST_SESSION_MS, killSignal: 'SIGKILL' } as const
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', ...limits })
    if (status !== 0 && status !== null) process.exitCode = 1
  }
}

const [first, ...others] = process.argv.slice(2)
if (first === 'decoders') await fuzzDecoders(others)
else if (first === 'session') await fuzzSession(others)
else fuzzQueries(process.argv.slice(2))
