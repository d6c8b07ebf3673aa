/** What a shell reports of a command that a signal ended: 128 and the signal's number. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const
export type EndingSignal = keyof typeof EXIT_STATUS

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process the hard way. */
export function terminated(): Promise<EndingSignal> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}

/** The command was told to end: what it leaves with once it has cleaned up. */
export class Terminated {
  readonly status: number

  constructor(signal: EndingSignal) {
    this.status = EXIT_STATUS[signal]
  }
}
