/** The signals that end a process in order, and what a shell reports of a process that one ended: 128 and the signal's number. */
export const EXIT_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export type EndingSignal = keyof typeof EXIT_STATUS

export const ENDING_SIGNALS = Object.keys(EXIT_STATUS) as readonly EndingSignal[]

/** After SIGHUP the terminal may be gone: what is still printed then goes nowhere, and must not end the process before it has cleaned up. */
export function outliveTerminal(signal: NodeJS.Signals): void {
  if (signal !== 'SIGHUP') return
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
