import { once } from 'node:events'
import type { Session } from '../../api/index.js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { FormatName } from '../output/formats.js'
import type { OutputStream } from '../output/write-result.js'
import { ResultOutput } from '../sql/result-output.js'
import { isCommand, splitStatements, splitText } from '../sql/split-statements.js'
import { runStatement } from '../sql/statement.js'
import { timeText } from '../sql/time-text.js'
import type { ShellContext } from './commands/command.js'
import { runCommand } from './commands/commands.js'
import { completionOf } from './completion/completion.js'
import { SessionNames } from './completion/names.js'
import { Editor } from './editor/editor.js'
import { highlighted } from './highlight.js'
import { History, historyFile } from './history.js'
import { throughPager } from './pager.js'
import { Terminal } from './terminal.js'

/** As wide as each other, so that lines of a statement stand below each other. */
const PROMPTS = { first: 'millrace> ', further: '     ...> ' }
const BANNER = 'Millrace. Statements end with a semicolon; .help tells what else there is.\n'
const HOW_TO_LEAVE = 'Ctrl-D or .quit leaves the shell.\n'
const LEAVING = /^\s*(quit|exit)\s*;?\s*$/i
/** What people type first who know other shells. */
const ASKING = /^\s*help\s*;?\s*$/i

/** Statements typed into a terminal, one after another; an error is shown and the shell goes on. */
export async function runShell(session: Session, format: FormatName): Promise<void> {
  const terminal = new Terminal(process.stdin, process.stdout)
  const shell = new Shell(session, format, terminal, await History.open(historyFile()))
  const onSignal = (): void => void terminal.cancel()
  process.on('SIGINT', onSignal)
  terminal.open()
  try {
    await shell.untilLeft()
  } finally {
    terminal.close()
    process.off('SIGINT', onSignal)
    await shell.output.sendTo(undefined)
  }
}

/** Whether a text is handed over by Enter: commands and statements that are ended. */
const isComplete = (text: string): boolean =>
  isCommand(text) || LEAVING.test(text) || ASKING.test(text) || splitText(text).rest === ''

class Shell implements ShellContext {
  readonly session: Session
  readonly output: ResultOutput
  showsTime = true
  usesPager = false
  readingDepth = 0
  readonly #terminal: Terminal
  readonly #history: History
  readonly #names: SessionNames
  readonly #editor: Editor
  #isLeft = false

  constructor(session: Session, format: FormatName, terminal: Terminal, history: History) {
    this.session = session
    this.output = new ResultOutput(format)
    this.#terminal = terminal
    this.#history = history
    this.#names = new SessionNames(session)
    const hasColors = !process.env['NO_COLOR']
    this.#editor = new Editor(terminal, {
      prompts: PROMPTS,
      history,
      isComplete,
      highlight: (text) => (hasColors ? highlighted(text) : []),
      complete: (text, at) => completionOf(text, at, this.#names),
    })
  }

  readonly print = (text: string): void => this.#terminal.write(text)

  leave(): void {
    this.#isLeft = true
  }

  /** Takes what is typed until someone leaves. */
  async untilLeft(): Promise<void> {
    this.print(BANNER)
    while (!this.#isLeft) {
      const edited = await this.#editor.read()
      if (edited.kind === 'ended') return
      if (edited.kind === 'entered') await this.#take(edited.text)
      else if (edited.wasEmpty) this.print(HOW_TO_LEAVE)
    }
  }

  async #take(text: string): Promise<void> {
    await this.#history.add(text)
    if (LEAVING.test(text)) return this.leave()
    if (ASKING.test(text)) return this.run(['.help'])
    await this.run(isCommand(text) ? [text] : splitStatements(text))
  }

  async run(parts: readonly string[]): Promise<void> {
    for (const part of parts) {
      try {
        if (isCommand(part)) {
          const wrong = await runCommand(part, this)
          if (wrong !== undefined) process.stderr.write(`${wrong}\n`)
        } else await this.#runTimed(part)
      } catch (error) {
        process.stderr.write(`${toMillraceError(error).message}\n`)
        return
      } finally {
        this.#names.forget()
      }
    }
  }

  async #runTimed(statement: string): Promise<void> {
    const beganMs = performance.now()
    let rows = 0
    if (this.usesPager && this.output.path === undefined) {
      this.#terminal.release()
      try {
        await throughPager(async (stream) => {
          rows = await this.#runInterruptible(statement, stream)
        })
      } finally {
        this.#terminal.take()
      }
    } else rows = await this.#runInterruptible(statement, this.output.stream)
    if (this.showsTime) this.print(timeText(rows, performance.now() - beganMs))
  }

  /** @throws OPERATION_CANCELED at Ctrl-C */
  async #runInterruptible(statement: string, stream: OutputStream): Promise<number> {
    const abort = new AbortController()
    const canceled = once(abort.signal, 'abort').then(() => {
      throw new MillraceError('OPERATION_CANCELED')
    })
    const cancel = (): void => {
      this.session.interruptAll()
      abort.abort()
    }
    return await this.#terminal.interruptible(cancel, async () => {
      const { format } = this.output
      const running = runStatement(this.session, statement, { format, stream, signal: abort.signal })
      // After a cancel it fails on its own, and has been told already.
      running.catch(() => undefined)
      return await Promise.race([running, canceled])
    })
  }
}
