/**
 * The process of an executor of `local-cluster`. Its configuration, the secret included, comes as one line of JSON on standard input,
 * where nobody else can read it; the end of that input means that the driver is gone. A line that comes later asks it to go, and says why.
 */
import { createInterface } from 'node:readline'
import { ENDING_SIGNALS } from '../common/ending-signals.js'
import { toMillraceError } from '../common/errors/millrace-error.js'
import { readExecutorConfig, runExecutorProcess } from './server/executor-process.js'

const stop = new AbortController()
/** Why it is to go, when others have taken what it holds. */
const leave = new AbortController()
// Whoever reads it may be gone, which must not end the process before it has cleaned up.
process.stderr.on('error', () => undefined)
for (const signal of ENDING_SIGNALS) process.on(signal, () => stop.abort())

const lines = createInterface({ input: process.stdin })
lines.on('close', () => stop.abort())
lines.once('line', (line) => {
  lines.on('line', (reason) => leave.abort(reason))
  void run(line)
})
process.on('SIGPWR', () => leave.abort('its process got SIGPWR'))

async function run(line: string): Promise<void> {
  try {
    await runExecutorProcess(readExecutorConfig(line), stop.signal, leave.signal)
  } catch (error) {
    if (!stop.signal.aborted) {
      process.stderr.write(`millrace executor: ${toMillraceError(error).message}\n`)
      process.exitCode = 1
    }
  }
  lines.close()
  process.stdin.destroy()
}
