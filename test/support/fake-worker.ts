/** A worker process for tests, whose executors run the fake task: its arguments are the master's host:port and its cores. */
import { createLogger } from '../../common/log.js'
import { Worker } from '../../standalone/worker/worker.js'
import { EXECUTOR_MAIN, FAKE_MODULES } from './fake-cluster.js'

const [master, cores] = process.argv.slice(2) as [string, string]
const worker = await Worker.start({
  master,
  secret: process.env['MILLRACE_SECRET']!,
  host: '127.0.0.1',
  cores: Number(cores),
  memoryBytes: 1024 ** 3,
  executorMain: EXECUTOR_MAIN,
  modules: FAKE_MODULES,
  logger: createLogger('worker', 'silent'),
})
async function end(): Promise<void> {
  await worker.close()
  process.stdin.destroy()
}

process.stdout.write(`${worker.workerId}\n`)
process.once('SIGTERM', () => void end())
// A test that was broken off leaves none behind.
process.stdin.resume().once('end', () => void end())
