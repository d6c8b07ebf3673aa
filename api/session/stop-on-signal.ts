import { inspect } from 'node:util'
import { ENDING_SIGNALS, outliveTerminal } from '../../common/ending-signals.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** What takes longer to stop is left: the process ends nevertheless. */
const GRACE_MS = 5_000

type Stop = () => Promise<unknown>

const running = new Set<Stop>()

/**
 * While a session runs, Ctrl-C, SIGTERM and the end of the terminal stop it in order before they end the process: writes are taken back, executors end. A program
 * that listens to these signals itself is left to do so. Returns what forgets the session again.
 */
export function stopOnSignal(stop: Stop): () => void {
  // First of all listeners, so that it sees the others before those that listen once are gone.
  if (running.size === 0) for (const signal of ENDING_SIGNALS) process.prependListener(signal, onSignal)
  running.add(stop)
  return () => {
    if (!running.delete(stop) || running.size > 0) return
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal)
  }
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  outliveTerminal(signal)
  // From now on another signal ends the process at once.
  for (const each of ENDING_SIGNALS) process.off(each, onSignal)
  // What the program awaits fails now. That is no news, and must not end the process before it has cleaned up.
  process.on('uncaughtException', (error) => {
    if (!MillraceError.is(error) || error.condition !== 'SESSION_CLOSED') process.stderr.write(`${inspect(error)}\n`)
  })
  const end = (): void => void process.kill(process.pid, signal)
  setTimeout(end, GRACE_MS)
  void Promise.allSettled([...running].map((stop) => stop())).then(end)
}
