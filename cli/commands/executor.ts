import { randomUUID } from 'node:crypto'
import { availableParallelism, hostname } from 'node:os'
import type { Command } from 'commander'
import { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { OWN_MODULES } from '../../executor/own-modules.js'
import { terminated } from '../signals.js'
import { addressOf, bytesOf, positiveOf } from './arguments.js'
import { type CredentialArguments, credentialsOf, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'

interface ExecutorArguments extends CredentialArguments {
  readonly driver: string
  readonly host: string
  readonly cores: number
  readonly memory: number
}

const CONNECT_TIMEOUT_MS = 20_000
const DEFAULTS = new Config()

const AFTER_HELP = `
It joins a session that was started with driver.port and the same secret, on this machine or on another:

  MILLRACE_SECRET_FILE=secret millrace --master "local-cluster[1,2,1024]" --config driver.host=10.0.0.5 --config driver.port=7078
  MILLRACE_SECRET_FILE=secret millrace executor --driver 10.0.0.5:7078 --host 10.0.0.6

It ends with the session, or with Ctrl-C. After SIGTERM it ends when other executors have what it holds.
${SECRET_HELP}`

/** `millrace executor`: joins an application by hand. */
export function withExecutor(executor: Command): void {
  withCredentials(executor)
    .description('run an executor that joins an application which is already there')
    .requiredOption('--driver <host:port>', 'where the application takes executors', addressOf)
    .option('--host <host>', 'the address of this machine at which others fetch its blocks', '127.0.0.1')
    .option('--cores <count>', 'its task slots', positiveOf, availableParallelism())
    .option('--memory <size>', 'what it may hold', bytesOf, DEFAULTS.get(CONFIG.executorMemory))
    .addHelpText('after', AFTER_HELP)
    .action(runExecutor)
}

async function runExecutor({ driver, host, cores, memory, ...credentials }: ExecutorArguments): Promise<void> {
  const { secret, tls } = await credentialsOf(credentials)
  const stop = new AbortController()
  const leave = new AbortController()
  void terminated().then((signal) => {
    if (signal === 'SIGTERM') leave.abort('it was told to end')
    else stop.abort()
  })
  const { runExecutorProcess } = await import('../../executor/server/executor-process.js')
  const config = {
    executorId: `${hostname()}-${randomUUID().slice(0, 8)}`,
    driverAddress: driver,
    secret,
    tls,
    slots: cores,
    memoryBytes: memory,
    host,
    port: 0,
    heartbeatIntervalMs: DEFAULTS.get(CONFIG.heartbeatInterval),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    modules: OWN_MODULES,
  }
  process.stdout.write(`The executor ${config.executorId} joins the application at ${driver}. Ctrl-C stops it.\n`)
  await runExecutorProcess(config, stop.signal, leave.signal)
}
