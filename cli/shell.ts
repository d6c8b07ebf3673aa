import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline/promises'
import type { Session } from '../api/index.js'
import { MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import { splitText } from './split-statements.js'
import { runStatement, type StatementOutput } from './statement.js'

const HISTORY = join(homedir(), '.millrace_history')
const HISTORY_LINES = 1000
const PROMPT = 'millrace> '
/** As wide as the prompt, so that lines of a statement stand below each other. */
const CONTINUED = '     ...> '
const BANNER = `Millrace. Statements end with a semicolon; .help tells what else there is.
`
const HELP = `A statement ends with a semicolon and may take several lines.
  .help    this text
  .tables  the tables and views of the current database, and temporary views
  .exit    leaves, as do exit, quit and Ctrl-D
Ctrl-C cancels the query that runs, or drops what is typed.
A file is a table: select * from parquet.\`orders.parquet\`;
`

/** Statements typed into a terminal, one after another; an error is shown and the shell goes on. */
export async function runShell(session: Session, output: StatementOutput): Promise<void> {
  const remembered = await readFile(HISTORY, 'utf8').catch(() => '')
  const history = remembered.split('\n').filter((line) => line !== '')
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    history,
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    prompt: PROMPT,
  })
  lines.on('history', (newest: readonly string[]) =>
    history.splice(0, history.length, ...newest.slice(0, HISTORY_LINES)),
  )
  const shell = new Shell(session, output, lines)
  try {
    await shell.run()
  } finally {
    lines.close()
    await writeFile(HISTORY, `${history.join('\n')}\n`, { mode: 0o600 })
  }
}

class Shell {
  readonly #session: Session
  readonly #output: StatementOutput
  readonly #lines: Interface
  /** The statement that is being typed. */
  #pending = ''
  /** Cancels the statement that runs. */
  #cancel: (() => void) | undefined

  constructor(session: Session, output: StatementOutput, lines: Interface) {
    this.#session = session
    this.#output = output
    this.#lines = lines
    lines.on('SIGINT', () => this.#interrupt())
  }

  async run(): Promise<void> {
    process.stdout.write(BANNER)
    this.#prompt()
    for await (const line of this.#lines) {
      if (this.#pending === '' && /^\s*(\.exit|\.quit|(quit|exit)\s*;?)\s*$/i.test(line)) return
      if (this.#pending === '' && line.trimStart().startsWith('.')) await this.#command(line.trim())
      else await this.#take(line)
      this.#prompt()
    }
    // Ctrl-D leaves the prompt where it was.
    process.stdout.write('\n')
  }

  async #command(line: string): Promise<void> {
    if (line === '.help') process.stdout.write(HELP)
    else if (line === '.tables') await this.#run('show tables')
    else process.stderr.write(`There is no command ${line}; .help lists what there is.\n`)
  }

  async #take(line: string): Promise<void> {
    const { complete, rest } = splitText(`${this.#pending}${line}\n`)
    this.#pending = rest
    for (const statement of complete) if (!(await this.#run(statement))) break
  }

  /** @returns whether it came to its end; what was typed behind a statement that did not is dropped */
  async #run(statement: string): Promise<boolean> {
    const abort = new AbortController()
    const canceled = new Promise<never>((_, reject) => {
      this.#cancel = () => {
        this.#session.interruptAll()
        abort.abort()
        reject(new MillraceError('OPERATION_CANCELED'))
      }
    })
    const running = runStatement(this.#session, statement, { ...this.#output, signal: abort.signal })
    // After a cancel it fails on its own, and has been told already.
    running.catch(() => undefined)
    try {
      await Promise.race([running, canceled])
      return true
    } catch (error) {
      process.stderr.write(`${toMillraceError(error).message}\n`)
      this.#pending = ''
      return false
    } finally {
      this.#cancel = undefined
    }
  }

  #interrupt(): void {
    process.stdout.write('^C\n')
    if (this.#cancel) return this.#cancel()
    if (this.#pending === '' && this.#lines.line === '') process.stdout.write('Ctrl-D or .exit leaves the shell.\n')
    this.#pending = ''
    // What is typed on the current line, before and behind the cursor.
    this.#lines.write(null, { ctrl: true, name: 'e' })
    this.#lines.write(null, { ctrl: true, name: 'u' })
    this.#prompt()
  }

  #prompt(): void {
    this.#lines.setPrompt(this.#pending === '' ? PROMPT : CONTINUED)
    this.#lines.prompt()
  }
}
