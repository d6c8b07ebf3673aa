import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'ava'
import { CHILD, NO_KILL, runUntil } from '../support/killed-program.js'
import { nodeArguments } from '../support/programs.js'
import { nothingIsLeft, windowsAreOnceAndWhole, withRecords } from '../support/stream-records.js'

const FAILING_DISK = new URL('../support/failing-disk.js', import.meta.url).href

/** Runs the program on a disk that fails below a folder from its second batch on. @returns what it failed with */
async function runFailing(args: readonly string[], directory: string, below: string, code: string): Promise<string> {
  const when = join(directory, 'fails')
  const child = spawn(process.execPath, nodeArguments(CHILD, args, [FAILING_DISK]), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FAIL_WHEN: when, FAIL_BELOW: below, FAIL_WITH: code },
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (lines.push(line) === 2) void writeFile(when, '')
  })
  const [status] = (await once(child, 'close')) as [number | null]
  await rm(when, { force: true })
  if (status !== 1) throw new Error(`it ended with ${status}: ${lines.join('; ')}`)
  return lines.at(-1)!
}

for (const [code, name, folders] of [
  ['ENOSPC', 'full', ['checkpoint', 'checkpoint/state', 'out']],
  // What is done about it is the same.
  ['EROFS', 'read-only', ['checkpoint/state']],
] as const) {
  for (const folder of folders) {
    test(`a query whose ${folder} is on a disk that becomes ${name} ends with its path, and the next start loses and repeats nothing`, (t) =>
      withRecords(async (servers, directory) => {
        const args = [servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), 'windows']
        const below = join(directory, folder)
        const failure = await runFailing(args, directory, below, code)
        t.regex(failure, /^failed STREAM_FAILED (FAILED_WRITE_FILE|TASK_RETRIES_EXHAUSTED)/)
        t.true(failure.includes(below), failure)
        t.regex(failure, code === 'ENOSPC' ? /no space left on device/ : /read-only file system/)
        t.true(await runUntil(args, NO_KILL))
        await windowsAreOnceAndWhole(t, directory)
        await nothingIsLeft(t, directory)
      }))
  }
}
