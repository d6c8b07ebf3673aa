/**
 * The process of an executor of `local-cluster`. Its configuration, the secret included, comes as one line of JSON on standard input,
 * where nobody else can read it; the end of that input means that the driver is gone.
 */
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { MillraceError, toMillraceError } from '../common/errors/millrace-error.js'
import { readExecutorConfig, runExecutorProcess } from './server/executor-process.js'

/** When the driver dies, its connection may break a moment before its end of the input closes. */
const INPUT_GRACE_MS = 500

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('SIGINT', () => stop.abort())

const lines = createInterface({ input: process.stdin })
const inputEnded = new Promise<void>((resolve) => lines.on('close', resolve))
void inputEnded.then(() => stop.abort())
lines.once('line', (line) => void run(line))

async function run(line: string): Promise<void> {
  try {
    await runExecutorProcess(readExecutorConfig(line), stop.signal)
  } catch (error) {
    const isDriverGone = MillraceError.is(error) && error.condition === 'DRIVER_LOST'
    if (isDriverGone) await Promise.race([inputEnded, setTimeout(INPUT_GRACE_MS)])
    if (!stop.signal.aborted) {
      process.stderr.write(`millrace executor: ${toMillraceError(error).message}\n`)
      process.exitCode = 1
    }
  }
  lines.close()
  process.stdin.destroy()
}
