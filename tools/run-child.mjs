import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Ctrl-C reaches a script of npm twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 300
/** How often it is asked whether npm is still there. */
const WATCH_MS = 500

const parent = process.ppid
const hasNpmEnded = () => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent

/**
 * Runs a command to its end and resolves to its exit status, 128 + n after signal n. While it runs, signals go on to it, and this process
 * ends after it: nothing that it started is left behind. It has a process group of its own, so that Ctrl-C reaches it only this way.
 * Under npm, the end of npm counts as SIGHUP: npm does not pass that on.
 * `onStart` gets the child, to read what it prints.
 */
export async function runChild(command, args, options, onStart = () => undefined) {
  const child = spawn(command, args, { stdio: 'inherit', detached: true, ...options })
  onStart(child)
  const last = new Map()
  const forward = (signal) => {
    const before = last.get(signal) ?? Number.NEGATIVE_INFINITY
    last.set(signal, performance.now())
    // The terminal may be gone: what is printed goes nowhere then.
    if (signal === 'SIGHUP') for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    if (performance.now() - before > SAME_SIGNAL_MS) child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  const watch = setInterval(() => hasNpmEnded() && !last.has('SIGHUP') && forward('SIGHUP'), WATCH_MS)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
    })
  } finally {
    clearInterval(watch)
    for (const signal of FORWARDED) process.off(signal, forward)
  }
}
