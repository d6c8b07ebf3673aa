import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { childrenOf } from '../../examples/support/processes.js'
import { printed, type StartedCli, startCommand, startProgram } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const START = join(ROOT, 'tools', 'start.mjs')

/** All processes below one. */
const descendantsOf = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])

/** Starts the main job, sends it a signal when it is at work, and waits until nothing is left of it. */
async function interrupt(
  t: ExecutionContext,
  start: (env: NodeJS.ProcessEnv) => StartedCli,
  signals: readonly NodeJS.Signals[],
  below: string,
): Promise<readonly [number | null, NodeJS.Signals | null]> {
  t.timeout(120_000)
  const directory = await mkdtemp(join(tmpdir(), 'millrace-start-'))
  const temporary = join(directory, 'tmp')
  await mkdir(temporary)
  try {
    const started = start({ TMPDIR: temporary, FRAUD_TRANSACTIONS: '100000000' })
    await printed(started, 'Session: ')
    const processes = descendantsOf(started.child.pid!)
    t.is(processes.length, below.split(', ').length, below)
    for (const signal of signals) started.child.kill(signal)
    const ended = await started.closed
    await until(() => !processes.some(isAlive))
    t.deepEqual(await readdir(temporary), [])
    return ended
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const) {
  test.serial(
    `the start program that gets ${signal} twice at once, as from a terminal and npm, ends all that it started`,
    async (t) => {
      const start = (env: NodeJS.ProcessEnv): StartedCli => startProgram(START, [], env)
      const ended = await interrupt(t, start, [signal, signal], 'the job, its broker, executor 0, executor 1')
      t.deepEqual(ended, [status, null])
    },
  )
}

test.serial('npm start ends all that it started when only npm gets SIGTERM', async (t) => {
  const start = (env: NodeJS.ProcessEnv): StartedCli => startCommand('npm', ['--prefix', ROOT, 'start'], env)
  await interrupt(t, start, ['SIGTERM'], 'the start program, the job, its broker, executor 0, executor 1')
})
