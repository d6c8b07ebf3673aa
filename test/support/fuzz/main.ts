/**
 * `npm run fuzz -- [seed] [minutes] [mode]`: compares random queries with DuckDB in all modes in turn, or in one of them, until the time is over. Each difference is
 * printed with the seed and the smallest query that shows it. `npm run fuzz -- decoders` gives damaged inputs to decoders (decoders/main.ts).
 */
import { fuzzDecoders } from './decoders/main.js'
import { type Finding, fuzz, MODES } from './fuzz.js'

const QUERIES_A_SESSION = 150

function tell({ mode, seed, number, outcome, ours, theirs }: Finding): void {
  console.log(`\n--- seed ${seed}, query ${number}, ${mode}`)
  console.log(ours)
  if (theirs !== ours) console.log(`DuckDB: ${theirs}`)
  console.log(outcome.kind === 'different' ? `${outcome.why}: ${outcome.detail}` : outcome.kind)
}

async function fuzzQueries([seedText, minutes = 'Infinity', only]: readonly string[]): Promise<void> {
  const first = Number(seedText ?? Date.now() % 1_000_000)
  const until = Date.now() + Number(minutes) * 60_000
  const modes = MODES.filter(({ name }) => only === undefined || name === only)

  const total: Record<string, number> = {}
  const refusals = new Map<string, number>()

  for (let seed = first; Date.now() < until; seed++) {
    const mode = modes[(seed - first) % modes.length]!
    const tally = await fuzz(mode, seed, (number) => number < QUERIES_A_SESSION && Date.now() < until, tell)
    for (const [kind, count] of Object.entries(tally.counts)) total[kind] = (total[kind] ?? 0) + count
    for (const [why, count] of tally.refusals) refusals.set(why, (refusals.get(why) ?? 0) + count)
    console.log(
      `seed ${seed}, ${mode.name}: ${Object.entries(total)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ')}`,
    )
  }
  for (const [why, count] of [...refusals].toSorted((a, b) => b[1] - a[1]).slice(0, 20))
    console.log(`${count} × ${why.split('\n')[0]}`)
  process.exitCode = total['different'] ? 1 : 0
}

const [first, ...others] = process.argv.slice(2)
if (first === 'decoders') await fuzzDecoders(others)
else await fuzzQueries(process.argv.slice(2))
