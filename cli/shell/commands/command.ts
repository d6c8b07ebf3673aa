import type { Session } from '../../../api/index.js'
import type { ResultOutput } from '../../sql/result-output.js'

/** What commands see and change of a shell, or of a script. */
export interface ShellContext {
  readonly session: Session
  /** How results are written, and where. */
  readonly output: ResultOutput
  /** Whether the time of each statement is told. */
  showsTime: boolean
  /** Whether results go to a program that shows them page by page. */
  usesPager: boolean
  print(text: string): void
  /** Runs statements and commands one after the other until one fails: a shell tells why, a script ends. */
  run(parts: readonly string[]): Promise<void>
  /** How many files that read each other are being run. */
  readingDepth: number
  /** Leaves the shell when the command is done. */
  leave(): void
}

/** A line that begins with a dot. */
export interface Command {
  readonly name: string
  /** What stands behind the name. */
  readonly usage?: string
  readonly help: string
  /** What its argument is, for completion. */
  readonly takes?: 'file' | 'table' | 'format' | 'switch'
  /** How many arguments it has, at least and at most. One that takes the rest of the line as it is has 'rest'. */
  readonly arguments: readonly [least: number, most: number] | 'rest'
  /** @returns what is wrong with the arguments */
  run(shell: ShellContext, args: readonly string[]): Promise<void> | string | void
}
