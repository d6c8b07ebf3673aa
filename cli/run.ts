import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MillraceError } from '../common/errors/millrace-error.js'

/** `millrace run job.js`: runs a program with Node; its exit status is the command's. */
export async function runJob(file: string, args: readonly string[]): Promise<void> {
  const path = resolve(file)
  if (!existsSync(path)) throw new MillraceError('PATH_NOT_FOUND', { path })
  if (!/\.(js|mjs)$/.test(path)) {
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `running ${file}: compile TypeScript to JavaScript first`,
    })
  }
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' })
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
