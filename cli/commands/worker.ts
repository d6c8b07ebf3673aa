import { availableParallelism, totalmem } from 'node:os'
import type { Command } from 'commander'
import { neededSecret } from '../../common/cluster-secret.js'
import { createLogger } from '../../common/log.js'
import { EXECUTOR_MAIN, OWN_MODULES } from '../../executor/own-modules.js'
import { terminated } from '../signals.js'
import { bytesOf, masterOf, positiveOf } from './arguments.js'
import { SECRET_HELP } from './secret-help.js'

interface WorkerArguments {
  readonly master: string
  readonly host?: string
  readonly cores: number
  readonly memory: number
  readonly secretFile?: string
}

const GIB = 1024 ** 3

/** `millrace worker`: offers the cores and the memory of this machine to a cluster. */
export function withWorker(worker: Command): void {
  worker
    .description('run a worker of a cluster, which runs executors of programs on this machine')
    .requiredOption('--master <master>', 'where the master listens: millrace://host:port', masterOf)
    .option(
      '--host <host>',
      'the address of this machine at which others fetch blocks (the one from which it reaches the master)',
    )
    .option(
      '--cores <count>',
      'how many task slots its executors may have together',
      positiveOf,
      availableParallelism(),
    )
    .option('--memory <size>', 'how much they may hold together', bytesOf, Math.max(GIB, totalmem() - GIB))
    .option('--secret-file <file>', 'a file that holds the secret')
    .addHelpText('after', SECRET_HELP)
    .action(runWorker)
}

async function runWorker({ master, host: given, cores, memory, secretFile }: WorkerArguments): Promise<void> {
  const secret = neededSecret(secretFile)
  const [{ Worker }, { ownAddressFor }] = await Promise.all([
    import('../../standalone/worker/worker.js'),
    import('../../proto/rpc/own-address.js'),
  ])
  const host = given ?? (await ownAddressFor(master))
  const programs = { executorMain: EXECUTOR_MAIN, modules: OWN_MODULES }
  const logger = createLogger('worker', 'warn')
  const worker = await Worker.start({ master, secret, host, cores, memoryBytes: memory, logger, ...programs })
  try {
    const stop = terminated()
    process.stdout.write(`${worker.workerId} has joined millrace://${master}. Ctrl-C stops it.\n`)
    const failure = await Promise.race([stop.then(() => undefined), worker.givenUp])
    if (failure) throw failure
  } finally {
    await worker.close()
  }
}
