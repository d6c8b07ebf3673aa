import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** How long processes may take to end by themselves before they count as left behind. */
const GRACE_MS = 5_000
const LOOK_MS = 100

/** Whether it can be known what was left behind. */
export const seesProcesses = existsSync('/proc/self/environ')

/** What is known of a process that still runs: its number, its command line, and its variables as `NAME=value`. */
function described(pid) {
  try {
    const texts = (file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')
    // One that has ended and was not waited for yet has no command line.
    const command = texts('cmdline').join(' ').trim()
    return { pid: Number(pid), command, variables: texts('environ') }
  } catch {
    // It ended meanwhile, or is not ours.
    return { pid: Number(pid), command: '', variables: [] }
  }
}

/** The processes that have all of some variables from whoever started them, in whatever group or session they are. */
function processesWith(marks, besides) {
  if (!seesProcesses) return []
  const wanted = Object.entries(marks).map(([name, value]) => `${name}=${value}`)
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && !besides.includes(Number(entry)))
    .map(described)
    .filter(({ command, variables }) => command !== '' && wanted.every((each) => variables.includes(each)))
}

/**
 * Ends what a run has left behind, as far as `/proc` tells: what still runs a few seconds after its end.
 * @param marks variables, by name, that its processes have and no others on the machine
 * @param besides processes that are left alone, besides this one
 * @returns a line for each that was ended
 */
export async function endLeftBehind(marks, { besides = [], graceMs = GRACE_MS } = {}) {
  const kept = [process.pid, ...besides]
  const until = performance.now() + graceMs
  let left = processesWith(marks, kept)
  while (left.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    left = processesWith(marks, kept)
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  return left.map(({ pid, command, variables }) => {
    const file = variables.find((variable) => variable.startsWith('MILLRACE_TEST_FILE='))?.split('=')[1]
    return `left behind by ${file ?? 'the run of the tests'}, and ended: process ${pid}, ${command}`
  })
}
