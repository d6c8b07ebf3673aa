import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { programOf, runnablePath } from './program.js'

/** `millrace run job.js`: runs a program in this process, as `node job.js` would; it may set the exit status. */
export async function runJob(file: string, args: readonly string[]): Promise<void> {
  const program = await programOf(file)
  const path = runnablePath(program)
  process.argv = [process.execPath, program.path, ...args]
  try {
    await import(pathToFileURL(path).href)
  } catch (error) {
    // A signal ended the session: where the program waited is no news.
    if (MillraceError.is(error) && error.condition === 'SESSION_CLOSED') throw error
    // Its author wants to see where.
    process.stderr.write(`${MillraceError.is(error) ? error.stack : inspect(error)}\n`)
    process.exitCode = 1
  }
}
