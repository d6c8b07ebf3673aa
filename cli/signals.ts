import { ENDING_SIGNALS, type EndingSignal, EXIT_STATUS, outliveTerminal } from '../common/ending-signals.js'

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process the hard way. */
export function terminated(): Promise<EndingSignal> {
  return new Promise((resolve) => {
    for (const signal of ENDING_SIGNALS)
      process.once(signal, () => {
        outliveTerminal(signal)
        resolve(signal)
      })
  })
}

/** The command was told to end: what it leaves with once it has cleaned up. */
export class Terminated {
  readonly status: number

  constructor(signal: EndingSignal) {
    this.status = EXIT_STATUS[signal]
  }
}
