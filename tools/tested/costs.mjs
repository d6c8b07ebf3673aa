// What test files take of the processors: whoever looks for a slow test finds it here, also on a busy machine.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Shown at the end of a run. */
const MOST_SHOWN = 12
/** What the kernel counts of processors' time, a second. */
const TICKS = 100
/** Of a run, of each of which is told how busy the processors were. */
const PARTS = 10
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

let before = { cost: 0, at: performance.timeOrigin / 1000 }
/** Notes for a file what this process took since the last note, and from when to when. */
export function noteCost(folder, file) {
  const now = { cost: secondsSoFar(), at: (performance.timeOrigin + performance.now()) / 1000 }
  const noted = [now.cost - before.cost, before.at, now.at].map((seconds) => seconds.toFixed(2))
  appendFileSync(costsIn(folder), `${noted.join(' ')} ${file}\n`)
  before = now
}

function notesIn(folder) {
  const notes = readFileSync(costsIn(folder), 'utf8')
    .trim()
    .split('\n')
    // A full disk or the end of a process cuts a line; what tells of the run fails no run.
    .flatMap((line) => [...line.matchAll(/^(-?\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (.+)$/g)])
    .map(([, cost, from, to, file]) => ({ cost: Number(cost), from: Number(from), to: Number(to), file }))
  const start = Math.min(...notes.map(({ from }) => from))
  return notes.map(({ cost, from, to, file }) => ({ cost, from: from - start, to: to - start, file }))
}

/**
 * @returns how much of the processors' time the tests took in each part of the run, all parts as long, as whole percents: a processor that waits for
 * the last file is seen there. What a file took counts for all the time that it ran alike.
 */
function busyParts(notes, processors) {
  const seconds = Math.max(...notes.map(({ to }) => to)) / PARTS
  return Array.from({ length: PARTS }, (_, i) => {
    const shares = notes.map(({ cost, from, to }) => {
      const within = Math.min(to, (i + 1) * seconds) - Math.max(from, i * seconds)
      return within > 0 ? (cost * within) / (to - from) : 0
    })
    return Math.round((100 * shares.reduce((sum, share) => sum + share, 0)) / (processors * seconds))
  })
}

/**
 * @param folder of the run
 * @param listPath of a file that lists all files of tests and when they ran, those that took most first
 * @param processors that the run had
 * @returns the lines that tell of a run what it took, when, and which of its files most
 */
export function costLines(folder, listPath, processors) {
  if (!existsSync(costsIn(folder))) return []
  const notes = notesIn(folder)
  if (notes.length === 0) return []
  const sum = notes.reduce((total, { cost }) => total + cost, 0)
  const seconds = (number, width) => `${number.toFixed(1).padStart(width)} s`
  const sorted = notes.toSorted((a, b) => b.cost - a.cost)
  const list = sorted.map(
    ({ cost, from, to, file }) => `${seconds(cost, 8)}  from ${seconds(from, 6)} to ${seconds(to, 6)}  ${file}`,
  )
  writeFileSync(listPath, `${list.join('\n')}\n`)
  return [
    `processors busy with tests, by tenths of the run: ${busyParts(notes, processors).join(' ')} %`,
    `processor time of the tests: ${sum.toFixed(0)} s, most of it in`,
    ...sorted.slice(0, MOST_SHOWN).map(({ cost, file }) => `${seconds(cost, 8)}  ${file}`),
  ]
}
