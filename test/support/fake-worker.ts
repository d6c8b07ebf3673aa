/** A worker process for tests, whose executors run the fake task: its arguments are the master's host:port and its cores. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLogger } from '../../common/log.js'
import { ownFile } from '../../common/own-files.js'
import { Worker } from '../../standalone/worker/worker.js'
import { EXECUTOR_MAIN, FAKE_MODULES } from './fake-cluster.js'

const [master, cores, directory = join(tmpdir(), 'millrace-worker')] = process.argv.slice(2) as [
  string,
  string,
  string?,
]
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url))
const worker = await Worker.start({
  master,
  secret: process.env['MILLRACE_SECRET']!,
  host: '127.0.0.1',
  cores: Number(cores),
  memoryBytes: 1024 ** 3,
  executorMain: EXECUTOR_MAIN,
  modules: FAKE_MODULES,
  drivers: { directory, driverMain: ownFile('cli/driver-process.js'), packageFolder: PACKAGE },
  logger: createLogger('worker', 'silent'),
})
async function end(): Promise<void> {
  await worker.close()
  process.stdin.destroy()
}

process.stdout.write(`${worker.workerId}\n`)
process.once('SIGTERM', () => void worker.decommission(60_000).then(end))
process.once('SIGINT', () => void end())
// A test that was broken off leaves none behind.
process.stdin.resume().once('end', () => void end())
