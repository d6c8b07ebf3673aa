import { readFile } from 'node:fs/promises'
import type { Session } from '../api/index.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { OutputFormat } from './output.js'
import { type SessionArguments, startSession } from './session-options.js'
import { runShell } from './shell.js'
import { Terminated, terminated } from './signals.js'
import { splitStatements, splitText } from './split-statements.js'
import { runStatement, type StatementOutput } from './statement.js'

export interface SqlArguments extends SessionArguments {
  readonly execute?: string
  readonly file?: string
  readonly format: OutputFormat
}

/** `millrace sql`: statements given, from a file or the standard input, or typed into a shell. */
export async function runSql(options: SqlArguments): Promise<void> {
  // Ctrl-C ends the session in order instead of leaving executors behind, also while it starts.
  const signal = terminated()
  const session = await startSession(options)
  try {
    const stopped = signal.then((name) => {
      throw new MillraceError('OPERATION_CANCELED', {}, { cause: new Terminated(name) })
    })
    await Promise.race([runWith(session, options), stopped])
  } finally {
    await session.stop()
    // A shell that was interrupted still waits for input, which would keep the process alive.
    process.stdin.destroy()
  }
}

async function runWith(session: Session, { execute, file, format }: SqlArguments): Promise<void> {
  const output = { format, stream: process.stdout }
  const text = execute ?? (file === undefined ? undefined : await readSql(file))
  if (text !== undefined) for (const statement of splitStatements(text)) await runStatement(session, statement, output)
  else if (process.stdin.isTTY) await runShell(session, output)
  else await runPiped(session, output)
}

/** Runs statements from the standard input as each is complete; the last one needs no semicolon. */
async function runPiped(session: Session, output: StatementOutput): Promise<void> {
  let pending = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    pending += chunk
    const { complete, rest } = splitText(pending)
    pending = rest
    for (const statement of complete) await runStatement(session, statement, output)
  }
  for (const statement of splitStatements(pending)) await runStatement(session, statement, output)
}

async function readSql(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new MillraceError('FAILED_READ_FILE', { path: file, reason: cause.message }, { cause })
  })
}
