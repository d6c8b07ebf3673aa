import { type Logger, pino } from 'pino'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** A logger of one component: JSON lines on standard error, so that standard output stays the user's. */
export function createLogger(component: string, level: LogLevel): Logger {
  return pino({ name: 'millrace', level, base: { component } }, pino.destination({ dest: 2, sync: true }))
}

export type { Logger }
