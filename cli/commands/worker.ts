import { createRequire } from 'node:module'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { createLogger } from '../../common/log.js'
import { ownFile } from '../../common/own-files.js'
import { EXECUTOR_MAIN, OWN_MODULES } from '../../executor/own-modules.js'
import { terminated } from '../signals.js'
import { bytesOf, durationOf, masterOf, positiveOf } from './arguments.js'
import { type CredentialArguments, clusterCredentialsOf, withCredentials } from './credentials.js'
import { SECRET_HELP } from './secret-help.js'
import { stayUntilToEnd } from './worker-life.js'

interface WorkerArguments extends CredentialArguments {
  readonly master: string
  readonly host?: string
  readonly cores: number
  readonly memory: number
  readonly dir: string
  readonly decommissionTimeout: number
}

const GIB = 1024 ** 3
const DRIVER_MAIN = ownFile('cli/driver-process.js')

const packageFolder = (): string => dirname(createRequire(import.meta.url).resolve('millrace/package.json'))

/** `millrace worker`: offers the cores and the memory of this machine to a cluster. */
export function withWorker(worker: Command): void {
  withCredentials(worker)
    .description('run a worker of a cluster, which runs executors and drivers of programs on this machine')
    .requiredOption('--master <master>', 'where the master listens: millrace://host:port', masterOf)
    .option(
      '--host <host>',
      'the address of this machine at which others fetch blocks (the one from which it reaches the master)',
    )
    .option(
      '--cores <count>',
      'how many task slots its executors, and cores its drivers, may have together',
      positiveOf,
      availableParallelism(),
    )
    .option('--memory <size>', 'how much they may hold together', bytesOf, Math.max(GIB, totalmem() - GIB))
    .option(
      '--decommission-timeout <duration>',
      'how long its executors may take, after SIGTERM or millrace decommission, until others have what they hold',
      (text: string) => durationOf(text, 0),
      60_000,
    )
    .option('--dir <directory>', 'where it keeps the code of drivers and what they print', 'millrace-worker')
    .addHelpText('after', SECRET_HELP)
    .action(runWorker)
}

async function runWorker(options: WorkerArguments): Promise<void> {
  const { master, host: given, cores, memory, dir, decommissionTimeout, ...credentials } = options
  const { secret, tls } = await clusterCredentialsOf(credentials)
  const [{ Worker }, { checkOwnAddress, ownAddressFor }] = await Promise.all([
    import('../../standalone/worker/worker.js'),
    import('../../proto/rpc/own-address.js'),
  ])
  const host = given ?? (await ownAddressFor(master))
  // Each of its executors would fail at it, and the application be told of the last.
  await checkOwnAddress(host)
  const drivers = { directory: resolve(dir), driverMain: DRIVER_MAIN, packageFolder: packageFolder() }
  const programs = { executorMain: EXECUTOR_MAIN, modules: OWN_MODULES, drivers }
  const logger = createLogger('worker', 'warn')
  const worker = await Worker.start({ master, secret, tls, host, cores, memoryBytes: memory, logger, ...programs })
  try {
    const stop = terminated()
    process.stdout.write(`${worker.workerId} has joined millrace://${master}. Ctrl-C stops it.\n`)
    await stayUntilToEnd(worker, stop, decommissionTimeout)
  } finally {
    await worker.close()
  }
}
