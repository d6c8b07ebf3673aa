import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Ctrl-C reaches a script of npm twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 300

/**
 * Runs a command to its end and resolves to its exit status, 128 + n after signal n. While it runs, signals go on to it, and this process
 * ends after it: nothing that it started is left behind. It has a process group of its own, so that Ctrl-C reaches it only this way.
 * `onStart` gets the child, to read what it prints.
 */
export async function runChild(command, args, options, onStart = () => undefined) {
  const child = spawn(command, args, { stdio: 'inherit', detached: true, ...options })
  onStart(child)
  const last = new Map()
  const forward = (signal) => {
    const before = last.get(signal) ?? Number.NEGATIVE_INFINITY
    last.set(signal, performance.now())
    if (performance.now() - before > SAME_SIGNAL_MS) child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
    })
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward)
  }
}
