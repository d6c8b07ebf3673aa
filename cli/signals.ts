import { ENDING_SIGNALS, type EndingSignal, EXIT_STATUS, outliveTerminal } from '../common/ending-signals.js'

/** Resolves at the first of these signals; a second one ends the process the hard way. */
export function terminated(signals: readonly EndingSignal[] = ENDING_SIGNALS): Promise<EndingSignal> {
  return new Promise((resolve) => {
    for (const signal of signals)
      process.once(signal, () => {
        outliveTerminal(signal)
        resolve(signal)
      })
  })
}

/** The command was told to end: what it leaves with once it has cleaned up. */
export class Terminated {
  readonly status: number
  /** Whether something goes on that nobody will use, and that the process does not wait for. */
  readonly leavesWork: boolean

  constructor(signal: EndingSignal, leavesWork = false) {
    this.status = EXIT_STATUS[signal]
    this.leavesWork = leavesWork
  }
}
