// What test files take of the processors: whoever looks for a slow test finds it here, also on a busy machine.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Shown at the end of a run. */
const MOST_SHOWN = 12
/** What the kernel counts of processors' time, a second. */
const TICKS = 100
const costsIn = (folder) => join(folder, 'costs')

/** Seconds of the processes that this one started and that have ended, where the system tells. */
function secondsOfChildren() {
  if (!existsSync('/proc/self/stat')) return 0
  const stat = readFileSync('/proc/self/stat', 'utf8')
  // After the name of the program, which may have blanks, the fourteenth and the fifteenth number.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
  return (Number(user) + Number(system)) / TICKS
}

function secondsSoFar() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6 + secondsOfChildren()
}

let before = 0
/** Notes for a file what this process took since the last note. */
export function noteCost(folder, file) {
  const now = secondsSoFar()
  appendFileSync(costsIn(folder), `${(now - before).toFixed(2)} ${file}\n`)
  before = now
}

/**
 * @param folder of the run
 * @param listPath of a file that lists all files of tests, those that took most first
 * @returns the lines that tell of a run what it took, and which of its files most
 */
export function costLines(folder, listPath) {
  if (!existsSync(costsIn(folder))) return []
  const costs = readFileSync(costsIn(folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [Number(line.slice(0, line.indexOf(' '))), line.slice(line.indexOf(' ') + 1)])
  const sum = costs.reduce((total, [seconds]) => total + seconds, 0)
  const lines = costs
    .toSorted(([a], [b]) => b - a)
    .map(([seconds, file]) => `${seconds.toFixed(1).padStart(8)} s  ${file}`)
  writeFileSync(listPath, `${lines.join('\n')}\n`)
  return [`processor time of the tests: ${sum.toFixed(0)} s, most of it in`, ...lines.slice(0, MOST_SHOWN)]
}
