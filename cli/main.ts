#!/usr/bin/env node
import { createRequire } from 'node:module'
import { Command, CommanderError, Option } from 'commander'
import { MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import { checkPlatform } from '../common/platform.js'
import { BAD_USAGE, portOf, positiveOf, topicOf } from './commands/arguments.js'
import type { BrokerArguments } from './commands/broker.js'
import { withCerts } from './commands/certs.js'
import { withDecommission } from './commands/decommission.js'
import { withExecutor } from './commands/executor.js'
import { withMaster } from './commands/master.js'
import { SQL_HELP, withSql } from './commands/sql.js'
import { withStatus } from './commands/status.js'
import { withStreams } from './commands/streams.js'
import { withSubmit } from './commands/submit.js'
import { withToken } from './commands/token.js'
import { withTopics } from './commands/topics.js'
import { withWorker } from './commands/worker.js'
import { Terminated } from './signals.js'

const VERSION = (createRequire(import.meta.url)('millrace/package.json') as { readonly version: string }).version
const FAILED = 1
/** What a shell reports of a command that SIGPIPE ended. */
const BROKEN_PIPE = 141

function program(): Command {
  const cli = new Command('millrace')
    .description('A distributed dataflow engine: batch SQL, DataFrames and structured streaming.')
    .version(VERSION, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .addHelpText('after', SQL_HELP)
    .exitOverride()
  cli
    .command('broker')
    .description('run the embedded Kafka-protocol broker, for development: one process, no replication, no retention')
    .option('--port <port>', 'where to listen; 0 takes a free port', portOf, 9092)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--dir <directory>', 'where topics are kept', 'millrace-broker')
    .option('--partitions <count>', 'partitions of a topic created without saying how many', positiveOf, 4)
    .option('--topic <name:partitions>', 'a topic to create when it is missing, as often as needed', topicOf)
    .action(async (options: BrokerArguments) => {
      const { runBroker } = await import('./commands/broker.js')
      await runBroker(options)
    })
  withTopics(cli.command('topics'))
  withStreams(cli.command('streams').enablePositionalOptions())
  withSql(cli.command('sql', { isDefault: true }))
  cli
    .command('run')
    .description('run a program that uses the package; what follows the file is its own')
    .argument('<file>')
    .argument('[args...]')
    .passThroughOptions()
    .addOption(new Option('--master <master>').hideHelp())
    .addOption(new Option('--conf, --config <key=value>').hideHelp())
    .action(async (file: string, args: string[], options: { master?: string; config?: string }) => {
      if (options.master !== undefined || options.config !== undefined)
        throw unsupported('--master and --config (or --conf) of millrace run; millrace submit takes them')
      const { runJob } = await import('./commands/run.js')
      await runJob(file, args)
    })
  withSubmit(cli.command('submit'))
  withMaster(cli.command('master'))
  withWorker(cli.command('worker'))
  withStatus(cli.command('status'))
  withDecommission(cli.command('decommission'))
  withExecutor(cli.command('executor'))
  withCerts(cli.command('certs'))
  withToken(cli.command('token').enablePositionalOptions())
  cli
    .command('ui', { hidden: true })
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw unsupported('the command millrace ui')
    })
  for (const command of leaves(cli)) command.option('--verbose', 'print the stack of an error')
  return cli
}

/** The commands that do something: those without commands of their own. */
const leaves = (command: Command): readonly Command[] =>
  command.commands.flatMap((each) => (each.commands.length === 0 ? [each] : leaves(each)))

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })

/** Runs a command. The exit status is 0 on success, 1 on a failure with one line on standard error, 2 on bad usage. */
async function main(argv: readonly string[]): Promise<number> {
  const cli = program()
  // Whoever writes hears of it.
  process.stdout.on('error', () => undefined)
  try {
    checkPlatform()
    await cli.parseAsync(argv, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its own message, or help and version, which are no failure; ours are printed here.
      if (error.code.startsWith('millrace.')) process.stderr.write(`${error.message}\n`)
      return error.exitCode === 0 ? 0 : BAD_USAGE
    }
    // Whoever read the output has seen enough, like head: no failure to tell.
    if (isBrokenPipe(error)) return BROKEN_PIPE
    const ours = toMillraceError(error)
    const isVerbose = leaves(cli).some((command) => command.opts()['verbose'] === true)
    process.stderr.write(`${isVerbose ? (ours.engineStack ?? ours.stack) : ours.message}\n`)
    if (!(ours.cause instanceof Terminated)) return FAILED
    if (ours.cause.leavesWork) process.exit(ours.cause.status)
    return ours.cause.status
  }
}

const isBrokenPipe = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'EPIPE' && (error as NodeJS.ErrnoException).syscall === 'write'

process.exitCode = await main(process.argv.slice(2))
