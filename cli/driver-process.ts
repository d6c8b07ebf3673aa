/**
 * The process of a driver that a worker runs. What it runs and the secret of the cluster come as one line of JSON on standard input, where
 * nobody else can read it; the end of that input means that the driver is to end.
 */
import { Worker } from 'node:worker_threads'
import { ownFile } from '../common/own-files.js'
import { submitHere } from '../common/submission.js'
import type { DriverOrder } from '../standalone/worker/driver-processes.js'
import { runJob } from './commands/run.js'
import type { OwnerWatch } from './owner-watch.js'

const OWNER = process.ppid
const WATCH_MIB = 8

let text = ''
let isRunning = false

/** Kills this process when its owner is gone and code of the user does not let it end. */
function watchOwner(graceMs: number): void {
  const watched: OwnerWatch = { owner: OWNER, graceMs }
  const watch = new Worker(new URL(ownFile('cli/owner-watch.js')), {
    workerData: watched,
    resourceLimits: { maxOldGenerationSizeMb: WATCH_MIB },
  })
  // Where there is no room for it, the driver runs without.
  watch.on('error', () => undefined)
  watch.unref()
}

async function run(line: string): Promise<void> {
  const { program, args, folder, graceMs, submission } = JSON.parse(line) as DriverOrder
  watchOwner(graceMs)
  process.chdir(folder)
  submitHere(submission)
  await runJob(program, args).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  })
}

process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  if (isRunning) return
  text += chunk
  const end = text.indexOf('\n')
  if (end < 0) return
  isRunning = true
  // From now on the program decides how long the process lives.
  process.stdin.unref()
  void run(text.slice(0, end))
})
// Its session stops in order, as by Ctrl-C.
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'))
