import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { printed, startProgram } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'
import { childrenOf } from '../support/processes.js'

const START = fileURLToPath(new URL('../../../tools/start.mjs', import.meta.url))

/** All processes below one. */
const descendantsOf = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])

for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`npm start that only gets ${signal} itself, twice at once as npm passes it on, ends all that it started`, async (t) => {
    t.timeout(120_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-start-'))
    const temporary = join(directory, 'tmp')
    await mkdir(temporary)
    try {
      const started = startProgram(START, [], { TMPDIR: temporary, FRAUD_TRANSACTIONS: '100000000' })
      await printed(started, 'Session: ')
      const processes = descendantsOf(started.child.pid!)
      t.is(processes.length, 4, 'the job, its broker and two executors')
      started.child.kill(signal)
      started.child.kill(signal)
      t.deepEqual(await started.closed, [status, null])
      await until(() => !processes.some(isAlive))
      t.deepEqual(await readdir(temporary), [])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
}
