import { type Command, Option } from 'commander'
import { neededSecret } from '../../common/cluster-secret.js'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { ConfigEntry } from '../../common/config/entry.js'
import { type Submission, submitHere } from '../../common/submission.js'
import { badUsage } from './arguments.js'
import { type CredentialArguments, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'
import { settingOf, withConfig } from './session-options.js'

interface SubmitArguments extends CredentialArguments {
  readonly master: string
  readonly deployMode: 'client' | 'cluster'
  readonly config?: Readonly<Record<string, string>>
  readonly name?: string
  readonly executorCores?: string
  readonly executorMemory?: string
  readonly numExecutors?: string
  readonly driverCores?: string
  readonly driverMemory?: string
  readonly supervise?: true
  readonly nodeModules?: boolean
  readonly status?: string
  readonly kill?: string
}

/** Options that are settings: what Spark calls them, too. */
const SETTINGS: readonly (readonly [option: keyof SubmitArguments, entry: ConfigEntry<unknown>])[] = [
  ['name', CONFIG.appName],
  ['executorCores', CONFIG.executorCores],
  ['executorMemory', CONFIG.executorMemory],
  ['numExecutors', CONFIG.executorInstances],
  ['driverCores', CONFIG.driverCores],
  ['driverMemory', CONFIG.driverMemory],
  ['supervise', CONFIG.driverSupervise],
]

const AFTER_HELP = `
A program that makes its session without a master and without settings gets those that are given here; what it says itself counts more:

  millrace submit --master millrace://10.0.0.5:7077 --executor-memory 2g report.js 2026-11

What follows the program is its own. With --deploy-mode cluster a worker runs it, from a copy of the folder around its package.json, or of its own folder; hidden files
stay here.
${SECRET_HELP}`

/** `millrace submit`: runs a program with a master and settings, as `spark-submit` does. */
export function withSubmit(submit: Command): void {
  withCredentials(submit)
  withConfig(submit)
    .description('run a program with a master and settings that its session takes')
    .argument('[program]', 'a program that uses the package')
    .argument('[args...]')
    .passThroughOptions()
    .option(
      '--master <master>',
      'where its session runs: local[N], local[*], local-cluster[E,C,MiB] or millrace://host:port',
      'local[*]',
    )
    // As Spark's command has it; elsewhere it is a query.
    .addOption(
      new Option('-c <key=value>')
        .hideHelp()
        .argParser((text: string) => submit.setOptionValue('config', settingOf(text, submit.getOptionValue('config')))),
    )
    .addOption(
      new Option('--deploy-mode <mode>', 'where the program runs: here (client) or on a worker (cluster)')
        .choices(['client', 'cluster'])
        .default('client'),
    )
    .option('--name <name>', 'the name of the application')
    .option('--executor-cores <count>', 'task slots of each executor')
    .option('--executor-memory <size>', 'what each executor may hold')
    .option('--num-executors <count>', 'how many executors it wants')
    .option('--driver-cores <count>', 'cores of a worker for the program, in cluster mode')
    .option('--driver-memory <size>', 'memory of a worker for the program, in cluster mode')
    .option('--supervise', 'start the program again when it fails or its worker is lost, in cluster mode')
    .option('--node-modules', 'send node_modules along, in cluster mode (when package.json has dependencies)')
    .option('--no-node-modules', 'do not')
    .addOption(new Option('--status <driver>', 'tell how a driver is').conflicts('kill'))
    .option('--kill <driver>', 'end a driver')
    .addHelpText('after', AFTER_HELP)
    .action(runSubmit)
}

async function runSubmit(program: string | undefined, args: string[], options: SubmitArguments): Promise<void> {
  const asked = options.status ?? options.kill
  const settings = settingsOf(options)
  if (asked !== undefined) {
    const { askDriver } = await import('./submit-cluster.js')
    return await askDriver(options.kill === undefined ? 'status' : 'kill', asked, { ...options, settings })
  }
  if (program === undefined) throw badUsage('program', "missing required argument 'program'")
  if (options.deployMode === 'cluster') {
    const { submitToCluster } = await import('./submit-cluster.js')
    return await submitToCluster(program, args, { ...options, settings })
  }
  if (options.supervise)
    throw badUsage('mode', '--supervise needs --deploy-mode cluster: here nothing starts the program again')
  submitHere({ master: options.master, settings, ...(await sessionCredentials(options)) })
  const { runJob } = await import('./run.js')
  await runJob(program, args)
}

/** What the options say, over what `--config` does. @throws INVALID_CONF_KEY, INVALID_CONF_VALUE */
function settingsOf(options: SubmitArguments): Readonly<Record<string, string>> {
  const named = SETTINGS.flatMap(([option, { key }]) => {
    const text = options[option]
    return text === undefined ? [] : [[key, String(text)] as const]
  })
  return new Config(options.config).with(Object.fromEntries(named)).toRecord()
}

/** A session in this process alone asks for no secret. What was given, a token or the secret of the cluster, goes as it is to the session, which reads it. */
async function sessionCredentials(options: SubmitArguments): Promise<Pick<Submission, 'credentials'>> {
  const isAsked = options.master.startsWith('millrace://') || options.secretFile !== undefined
  if (!isAsked && options.tlsDir === undefined) return {}
  const { chosenTls } = await import('../../proto/rpc/tls-files.js')
  return { credentials: { secret: neededSecret(options.secretFile), tls: chosenTls(options.tlsDir) } }
}
