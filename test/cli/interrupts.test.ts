import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { ENDING_SIGNALS, EXIT_STATUS } from '../../common/ending-signals.js'
import { childrenOf } from '../../examples/support/processes.js'
import { printed, type StartedCli, startCli, startProgram } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'
import { TPCH_SMALL } from '../support/sessions.js'

const PROGRAM = fileURLToPath(new URL('../support/writing-program.js', import.meta.url))

const LINEITEM = `parquet.\`${TPCH_SMALL}/lineitem.parquet\``
/** Prints for minutes. */
const ENDLESS = `select a.l_comment from ${LINEITEM} a join ${LINEITEM} b on a.l_orderkey = b.l_orderkey join ${LINEITEM} c on c.l_suppkey = b.l_suppkey`

/** Interrupts at a moment, and checks that nothing of the process is left: no child, no temporary file. */
async function interrupted(started: StartedCli, signal: NodeJS.Signals, temporary: string, executors: number) {
  const children = childrenOf(started.child.pid!)
  started.child.kill(signal)
  const ended = await started.closed
  await until(() => !children.some(isAlive))
  return { ended, isWhole: children.length === executors, left: readdirSync(temporary) }
}

const inDirectory = async (body: (temporary: string, output: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-interrupt-'))
  const temporary = join(directory, 'tmp')
  mkdirSync(temporary)
  await body(temporary, join(directory, 'out')).finally(() => rm(directory, { recursive: true, force: true }))
}

const CASES = [
  ['node', 'SIGINT', 'local[2]', 0],
  ['node', 'SIGTERM', 'local-cluster[2,1,512]', 2],
  ['node', 'SIGHUP', 'local-cluster[2,1,512]', 2],
  ['millrace run', 'SIGINT', 'local-cluster[2,1,512]', 2],
  ['millrace run', 'SIGTERM', 'local[1]', 0],
] as const

for (const [how, signal, master, executors] of CASES) {
  test(`a program that writes in ${master}, started by ${how} and ended by ${signal}, leaves nothing`, async (t) => {
    await inDirectory(async (temporary, output) => {
      const env = { TMPDIR: temporary }
      const started =
        how === 'node' ? startProgram(PROGRAM, [master, output], env) : startCli(['run', PROGRAM, master, output], env)
      await printed(started, 'writing')
      const { ended, isWhole, left } = await interrupted(started, signal, temporary, executors)
      t.true(isWhole)
      t.deepEqual([ended, left, existsSync(output)], [[null, signal], [], false])
      t.regex(started.output.err, how === 'node' ? /^$/ : /^\[SESSION_CLOSED\] [^\n]*\n$/)
    })
  })
}

for (const signal of ENDING_SIGNALS) {
  test(`millrace sql over processes, ended by ${signal} while it prints, leaves nothing`, async (t) => {
    await inDirectory(async (temporary) => {
      const args = ['sql', '--master', 'local-cluster[2,1,512]', '--format', 'csv', '-c', ENDLESS]
      const started = startCli(args, { TMPDIR: temporary })
      await printed(started, 'l_comment')
      const { ended, isWhole, left } = await interrupted(started, signal, temporary, 2)
      t.true(isWhole)
      t.deepEqual([ended, left], [[EXIT_STATUS[signal], null], []])
      t.regex(started.output.err, /^\[OPERATION_CANCELED\] [^\n]*\n$/)
    })
  })

  test(`millrace broker ended by ${signal} gives its port back`, async (t) => {
    await inDirectory(async (temporary, output) => {
      const started = startCli(['broker', '--port', '0', '--dir', output], { TMPDIR: temporary })
      await printed(started, '\n')
      const port = Number(/:(\d+),/.exec(started.output.text)![1])
      const { ended, left } = await interrupted(started, signal, temporary, 0)
      t.deepEqual([ended, left, started.output.err], [[0, null], [], ''])
      const server = createServer()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
      await new Promise((resolve) => server.close(resolve))
    })
  })
}

test('millrace sql that is interrupted while it starts ends in order', async (t) => {
  await inDirectory(async (temporary) => {
    const args = ['sql', '--master', 'local-cluster[1,1,64]', '-c', ENDLESS]
    const started = startCli(args, { TMPDIR: temporary })
    await until(() => childrenOf(started.child.pid!).length === 1)
    const { ended, left } = await interrupted(started, 'SIGTERM', temporary, 1)
    t.deepEqual([ended, left], [[143, null], []])
  })
})

test('millrace sql that waits for a master ends at once when it is interrupted', async (t) => {
  await inDirectory(async (temporary) => {
    // It says nothing, so that the command would wait for ten seconds and tell of a master that cannot be reached.
    const silent = createServer((socket) => socket.on('error', () => undefined).resume())
    const reached = new Promise<void>((resolve) => silent.once('connection', () => resolve()))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const args = ['sql', '--master', `millrace://127.0.0.1:${port}`, '-c', 'select 1']
    const started = startCli(args, { TMPDIR: temporary, MILLRACE_SECRET: 'a-secret-of-enough-letters' })
    await reached
    const { ended, left } = await interrupted(started, 'SIGINT', temporary, 0)
    t.deepEqual([ended, left], [[EXIT_STATUS.SIGINT, null], []])
    t.regex(started.output.err, /^\[OPERATION_CANCELED\] [^\n]*\n$/)
    silent.close()
  })
})
