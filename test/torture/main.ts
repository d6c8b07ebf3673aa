/**
 * `npm run torture -- [seed] [kills] [embedded]`: queries from Kafka to Kafka on three brokers of Apache Kafka (needs Java), or on the embedded one,
 * whose processes are killed and stopped at random moments and at chosen steps. Prints what was struck and whether anything was lost or repeated.
 */
import { embeddedBroker, realBrokers } from './brokers.js'
import { torture } from './torture.js'
import { isRight } from './verify.js'

const [seedText, killsText = '200', where] = process.argv.slice(2)
const seed = Number(seedText ?? Date.now() % 1_000_000)
const kills = Number(killsText)
if (!Number.isInteger(seed) || !Number.isInteger(kills) || kills < 1 || (where ?? 'embedded') !== 'embedded') {
  process.stderr.write('usage: npm run torture -- [seed] [kills] [embedded]\n')
  process.exit(2)
}

const tell = (line: string): void => void process.stdout.write(`${line}\n`)
tell(`seed ${seed}`)
const brokers = where === undefined ? await realBrokers() : await embeddedBroker()
try {
  const {
    strikes,
    failures,
    verdicts,
    kills: done,
  } = await torture(brokers, { seed, kills, eventsPerStrike: 60, tell })
  tell(`\n${done} kills\n`)
  for (const [name, count] of [...strikes].toSorted()) tell(`${name.padEnd(30)} ${String(count).padStart(6)}`)
  for (const [condition, count] of failures) tell(`${`ended by ${condition}`.padEnd(50)} ${count}`)
  tell(`\n${'query'.padEnd(10)}${['due', 'lost', 'repeated', 'wrong'].map((name) => name.padStart(10)).join('')}`)
  for (const verdict of verdicts) {
    const { query, due, lost, repeated, wrong, examples } = verdict
    tell(`${query.padEnd(10)}${[due, lost, repeated, wrong].map((n) => String(n).padStart(10)).join('')}`)
    for (const example of examples) tell(`  ${example}`)
  }
  process.exitCode = verdicts.every(isRight) ? 0 : 1
} finally {
  await brokers.stop()
}
