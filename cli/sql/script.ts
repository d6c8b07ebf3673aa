import type { Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FormatName } from '../output/formats.js'
import type { ShellContext } from '../shell/commands/command.js'
import { ResultOutput } from './result-output.js'
import { isCommand } from './split-statements.js'
import { runStatement } from './statement.js'
import { timeText } from './time-text.js'

/** Statements, and lines that begin with a dot, from a file or a pipe. The first that fails ends it. */
export class Script implements ShellContext {
  readonly session: Session
  readonly output: ResultOutput
  showsTime = false
  usesPager = false
  readingDepth = 0
  #isLeft = false

  readonly print = (text: string): void => void process.stdout.write(text)

  constructor(session: Session, format: FormatName) {
    this.session = session
    this.output = new ResultOutput(format)
  }

  leave(): void {
    this.#isLeft = true
  }

  async run(parts: readonly string[]): Promise<void> {
    for (const part of parts) {
      if (this.#isLeft) return
      if (isCommand(part)) await this.#command(part)
      else await this.#statement(part)
    }
  }

  async #statement(statement: string): Promise<void> {
    const beganMs = performance.now()
    const { format, stream } = this.output
    const rows = await runStatement(this.session, statement, { format, stream })
    if (this.showsTime) this.print(timeText(rows, performance.now() - beganMs))
  }

  async #command(line: string): Promise<void> {
    // Most scripts have none.
    const { runCommand } = await import('../shell/commands/commands.js')
    const wrong = await runCommand(line, this)
    if (wrong !== undefined) throw new MillraceError('INVALID_API_USE', { reason: wrong })
  }
}
