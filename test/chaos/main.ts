/**
 * `npm run chaos -- [seed] [minutes] [hosts]`: a cluster with jobs and a stream on it, whose processes, connections, disks and clocks are struck for ten
 * minutes unless told; with `hosts` each of its machines is a network namespace (as root). Prints what was struck, with which conditions jobs ended, and
 * what was wrong or left behind.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { chaos } from './chaos.js'
import { PLACES } from './cluster.js'
import { ALONE, canBeAlone, Hosts } from './hosts.js'

/** Longer than what counts as silence. */
const LONGEST_MS = 9_000

const [seedText, minutesText = '10', where] = process.argv.slice(2)
const seed = Number(seedText ?? Date.now() % 1_000_000)
const minutes = Number(minutesText)
if (!Number.isInteger(seed) || !(minutes > 0) || !(where === undefined || /^hosts(-alone)?$/.test(where))) {
  process.stderr.write('usage: npm run chaos -- [seed] [minutes] [hosts]\n')
  process.exit(2)
}
if (where === 'hosts') {
  if (!canBeAlone()) {
    process.stderr.write('this machine makes no network namespaces for us: that needs root, unshare and ip\n')
    process.exit(2)
  }
  const again = [process.execPath, fileURLToPath(import.meta.url), String(seed), minutesText, 'hosts-alone']
  process.exit(spawnSync(ALONE[0], [...ALONE.slice(1), ...again], { stdio: 'inherit' }).status ?? 1)
}
const tell = (line: string): void => void process.stdout.write(`${line}\n`)
tell(`seed ${seed}`)
const hosts = where === undefined ? undefined : new Hosts(PLACES)
const { strikes, right, failures, faults } = await chaos({
  seed,
  forMs: minutes * 60_000,
  longestMs: LONGEST_MS,
  tell,
  hosts,
})
tell('')
for (const [name, count] of [...strikes].toSorted()) tell(`${name.padEnd(30)} ${String(count).padStart(6)}`)
for (const [condition, count] of failures) tell(`${`ended by ${condition}`.padEnd(30)} ${String(count).padStart(6)}`)
tell(`\n${right} jobs gave the right answer, ${faults.length} faults`)
for (const fault of faults) tell(fault)
process.exitCode = faults.length === 0 ? 0 : 1
