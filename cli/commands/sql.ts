import { type Command, Option } from 'commander'
import type { Session } from '../../api/index.js'
import { closest } from '../../common/closest.js'
import { ENDING_SIGNALS } from '../../common/ending-signals.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { FORMAT_NAMES, type FormatName } from '../output/formats.js'
import { Terminated, terminated } from '../signals.js'
import { readScript } from '../sql/read-script.js'
import { Script } from '../sql/script.js'
import { splitStatements, splitText } from '../sql/split-statements.js'
import { badUsage } from './arguments.js'
import { type SessionArguments, startSession, withSessionOptions } from './session-options.js'

interface SqlArguments extends SessionArguments {
  readonly command?: string
  readonly file?: string
  readonly format: FormatName
}

const EXAMPLES = `
  millrace -c "select * from 'flights.parquet' limit 5"
  millrace --format csv -f report.sql > report.csv
`

/** What the help of `millrace` tells of what it does without a command. */
export const SQL_HELP = `
millrace alone opens a shell for SQL; millrace sql --help tells the options of statements.
${EXAMPLES}`

const AFTER_HELP = `
Without -c and -f statements come from the standard input, and on a terminal a shell opens. The exit status is 0 when all went well,
1 when a statement failed, 2 for arguments that make no sense, 130 after Ctrl-C.
${EXAMPLES}`

/** `millrace sql`, or `millrace` alone: statements given, from a file or the standard input, or typed into a shell. */
export function withSql(sql: Command): void {
  withSessionOptions(sql.description('run SQL: statements given, from a file, or typed into a shell (the default)'))
    .option('-c, --command <sql>', 'the statements to run')
    .addOption(new Option('-f, --file <file>', 'a file of statements').conflicts('command'))
    .addOption(new Option('--format <format>', 'how results are written').choices([...FORMAT_NAMES]).default('table'))
    .addHelpText('after', AFTER_HELP)
    .allowExcessArguments()
    .action(async (options: SqlArguments, { args, parent }: Command) => {
      if (args[0] !== undefined) throw notACommand(args[0], parent?.commands.map((command) => command.name()) ?? [])
      await runSql(options)
    })
}

function notACommand(word: string, commands: readonly string[]): Error {
  if (/\s/.test(word)) return badUsage('command', `statements are given with -c: millrace -c "${word}"`)
  const near = closest(word, commands, 1)[0]
  return badUsage('command', `unknown command '${word}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`)
}

async function runSql(options: SqlArguments): Promise<void> {
  const isShell = opensShell(options)
  // Ctrl-C ends the session in order instead of leaving executors behind. A shell takes it itself.
  const signal = terminated(isShell ? ENDING_SIGNALS.filter((name) => name !== 'SIGINT') : ENDING_SIGNALS)
  let isStarting = true
  const stopped = signal.then((name) => {
    throw new MillraceError('OPERATION_CANCELED', {}, { cause: new Terminated(name, isStarting) })
  })
  // It may wait for a cluster for a minute. Executors that it has started end with this process.
  const session = await Promise.race([startSession(options), stopped])
  isStarting = false
  try {
    const running = isShell ? openShell(session, options.format) : runWith(session, options)
    await Promise.race([running, stopped])
  } finally {
    await session.stop()
    // A shell that was interrupted still waits for input, which would keep the process alive.
    process.stdin.destroy()
  }
}

/** A terminal that cannot move its cursor gets statements line by line, as a pipe. */
const opensShell = ({ command, file }: SqlArguments): boolean =>
  command === undefined &&
  file === undefined &&
  process.stdin.isTTY &&
  process.stdout.isTTY &&
  process.env['TERM'] !== 'dumb'

async function openShell(session: Session, format: FormatName): Promise<void> {
  const { runShell } = await import('../shell/shell.js')
  await runShell(session, format)
}

async function runWith(session: Session, { command, file, format }: SqlArguments): Promise<void> {
  const script = new Script(session, format)
  try {
    if (command === undefined && file === undefined) await runPiped(script)
    else await script.run(file === undefined ? splitStatements(command!) : await readScript(file))
  } finally {
    await script.output.sendTo(undefined)
  }
}

/** Runs statements from the standard input as each is complete; the last one needs no semicolon. */
async function runPiped(script: Script): Promise<void> {
  let pending = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    pending += chunk
    const { complete, rest } = splitText(pending)
    pending = rest
    await script.run(complete)
  }
  await script.run(splitStatements(pending))
}
