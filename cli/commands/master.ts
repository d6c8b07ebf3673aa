import type { Command } from 'commander'
import { createLogger } from '../../common/log.js'
import { terminated } from '../signals.js'
import { durationOf, portOf } from './arguments.js'
import { type CredentialArguments, clusterCredentialsOf, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'

interface MasterArguments extends CredentialArguments {
  readonly host: string
  readonly port: number
  readonly dir: string
  readonly timeout: number
}

const LEAST_TIMEOUT_MS = 1_000

/** `millrace master`: the master of a standalone cluster. */
export function withMaster(master: Command): void {
  withCredentials(master)
    .description(
      'run the master of a cluster: workers join it, and programs run on them with --master millrace://host:port',
    )
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 takes a free port', portOf, 7077)
    .option('--dir <directory>', 'where it keeps who belongs to the cluster, for its next start', 'millrace-master')
    .option(
      '--timeout <duration>',
      'how long a worker or an application may be silent before it counts as gone',
      (text: string) => durationOf(text, LEAST_TIMEOUT_MS),
      20_000,
    )
    .addHelpText('after', SECRET_HELP)
    .action(runMaster)
}

async function runMaster({ host, port, dir, timeout, ...credentials }: MasterArguments): Promise<void> {
  const { secret, tls } = await clusterCredentialsOf(credentials)
  const { Master } = await import('../../standalone/master/master.js')
  const logger = createLogger('master', 'warn')
  const master = await Master.start({ host, port, directory: dir, secret, tls, memberTimeoutMs: timeout, logger })
  try {
    // Listening for signals comes first: whoever reads the line may send one at once.
    const stop = terminated()
    process.stdout.write(`The master listens on millrace://${master.address}, its record in ${dir}. Ctrl-C stops it.\n`)
    await stop
  } finally {
    await master.close()
  }
}
