import { createRequire } from 'node:module'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** The severities of lines, the least one first. */
const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
type Severity = (typeof SEVERITIES)[number]

/** Writes lines of one component; a logger of pino is one. */
export interface Logger extends Readonly<Record<Severity, (fields: object, message: string) => void>> {
  isLevelEnabled(level: Severity): boolean
  /** A logger whose lines have further fields. */
  child(fields: object): Logger
}

const require = createRequire(import.meta.url)

/** A logger of one component: JSON lines on standard error, so that standard output stays the user's. */
export function createLogger(component: string, level: LogLevel): Logger {
  return new LazyLogger(level, { component })
}

/** Loads pino with the first line that is written: mostly there is none, and it takes a process a tenth of its time to start. */
class LazyLogger implements Logger {
  readonly #level: LogLevel
  readonly #fields: object
  #made: Logger | undefined

  constructor(level: LogLevel, fields: object) {
    this.#level = level
    this.#fields = fields
  }

  get #logger(): Logger {
    const { pino } = require('pino') as typeof import('pino')
    const options = { name: 'millrace', level: this.#level, base: this.#fields }
    this.#made ??= pino(options, pino.destination({ dest: 2, sync: true }))
    return this.#made
  }

  isLevelEnabled(level: Severity): boolean {
    return this.#level !== 'silent' && SEVERITIES.indexOf(level) >= SEVERITIES.indexOf(this.#level)
  }

  child(fields: object): Logger {
    return new LazyLogger(this.#level, { ...this.#fields, ...fields })
  }

  #write(severity: Severity, fields: object, message: string): void {
    if (this.isLevelEnabled(severity)) this.#logger[severity](fields, message)
  }

  readonly trace = (fields: object, message: string): void => this.#write('trace', fields, message)
  readonly debug = (fields: object, message: string): void => this.#write('debug', fields, message)
  readonly info = (fields: object, message: string): void => this.#write('info', fields, message)
  readonly warn = (fields: object, message: string): void => this.#write('warn', fields, message)
  readonly error = (fields: object, message: string): void => this.#write('error', fields, message)
  readonly fatal = (fields: object, message: string): void => this.#write('fatal', fields, message)
}
