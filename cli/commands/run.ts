import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** `millrace run job.js`: runs a program in this process, as `node job.js` would; it may set the exit status. */
export async function runJob(file: string, args: readonly string[]): Promise<void> {
  const path = resolve(file)
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (!stats.isFile()) throw new MillraceError('FAILED_READ_FILE', { path, reason: 'it is not a file' })
  if (/\.[cm]?tsx?$/.test(path)) {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `running ${file} as it is: compile TypeScript to JavaScript first, for example with tsc`,
    })
  }
  process.argv = [process.execPath, path, ...args]
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
