import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Session } from '../api/index.js'
import { MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import { type OutputFormat, writeResult } from './output.js'
import { type SessionArguments, startSession } from './session-options.js'
import { terminated } from './signals.js'
import { splitStatements } from './split-statements.js'

export interface SqlArguments extends SessionArguments {
  readonly execute?: string
  readonly file?: string
  readonly format: OutputFormat
}

/** `millrace sql`: statements given, from a file, or typed into a shell. */
export async function runSql(options: SqlArguments): Promise<void> {
  // Ctrl-C ends the session in order instead of leaving executors behind, also while it starts.
  const signal = terminated()
  const session = await startSession(options)
  try {
    const stopped = signal.then(() => {
      throw new MillraceError('OPERATION_CANCELED')
    })
    await Promise.race([runWith(session, options), stopped])
  } finally {
    await session.stop()
    // A shell that was interrupted still waits for input, which would keep the process alive.
    process.stdin.destroy()
  }
}

async function runWith(session: Session, { execute, file, format }: SqlArguments): Promise<void> {
  const text = execute ?? (file === undefined ? undefined : await readSql(file))
  if (text === undefined) return runShell(session, format)
  for (const statement of splitStatements(text)) await runStatement(session, statement, format)
}

async function runStatement(session: Session, statement: string, format: OutputFormat): Promise<void> {
  await writeResult(await session.runStatement(statement), format, process.stdout)
}

async function readSql(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new MillraceError('FAILED_READ_FILE', { path: file, reason: cause.message }, { cause })
  })
}

const HISTORY = join(homedir(), '.millrace_history')
const HISTORY_LINES = 1000

/** Reads statements until the input ends; a statement ends with a semicolon. An error is shown and the shell goes on. */
async function runShell(session: Session, format: OutputFormat): Promise<void> {
  const isTerminal = process.stdin.isTTY === true
  const remembered = isTerminal ? await readFile(HISTORY, 'utf8').catch(() => '') : ''
  const history = remembered.split('\n').filter((line) => line !== '')
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout, history, historySize: HISTORY_LINES } : {}),
    prompt: 'millrace> ',
  })
  let pending = ''
  if (isTerminal) lines.prompt()
  for await (const line of lines) {
    pending += `${line}\n`
    if (/^\s*(quit|exit)\s*;?\s*$/i.test(pending)) break
    if (!/;\s*$/.test(pending)) continue
    for (const statement of splitStatements(pending)) await runShown(session, statement, format, isTerminal)
    if (isTerminal) history.unshift(pending.trim().replaceAll('\n', ' '))
    pending = ''
    if (isTerminal) lines.prompt()
  }
  lines.close()
  if (!isTerminal) for (const statement of splitStatements(pending)) await runStatement(session, statement, format)
  else await writeFile(HISTORY, `${history.slice(0, HISTORY_LINES).join('\n')}\n`)
}

async function runShown(session: Session, statement: string, format: OutputFormat, goOn: boolean): Promise<void> {
  try {
    await runStatement(session, statement, format)
  } catch (error) {
    if (!goOn) throw error
    process.stderr.write(`${toMillraceError(error).message}\n`)
  }
}
