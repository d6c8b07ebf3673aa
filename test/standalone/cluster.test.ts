import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import test from 'ava'
import { Session } from '../../api/index.js'
import { createLogger } from '../../common/log.js'
import { MasterLink } from '../../proto/rpc/master-link.js'
import { runCli, startCli, startProgram } from '../support/cli.js'
import { until } from '../support/fake-cluster.js'
import { fakeApplication, folderOf, SECRET, startMaster, statusOf } from '../support/standalone.js'

const UNSTOPPED = fileURLToPath(new URL('../support/unstopped-program.js', import.meta.url))
process.env['MILLRACE_SECRET'] = SECRET
const ENV = { MILLRACE_SECRET: SECRET }

const session = (address: string, settings: Readonly<Record<string, string>> = {}) =>
  Object.entries({ 'executor.memory': '128m', ...settings })
    .reduce((builder, [key, value]) => builder.config(key, value), Session.builder())
    .master(`millrace://${address}`)
    .create()

test('programs run on the workers, which they share first come first served, and the status tells who has what', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const worker = startCli(['worker', '--master', `millrace://${address}`, '--cores', '2', '--memory', '512m'], ENV)
  t.teardown(() => worker.child.kill('SIGKILL'))
  const first = await session(address, { 'executor.cores': '1', 'app.name': 'first' })
  t.deepEqual(await first.sql('select sum(id) s from range(100000)').collect(), [{ s: 4999950000n }])
  const { workers, applications, executors } = await statusOf(address)
  t.deepEqual(
    workers.map(({ freeCores, freeBytes }) => [freeCores, freeBytes]),
    [[0, 256 * 1024 ** 2]],
  )
  t.deepEqual(
    applications.map(({ name, presence }) => [name, presence]),
    [['first', 'alive']],
  )
  t.deepEqual(
    executors.map(({ cores }) => cores),
    [1, 1],
  )
  const early = await t.throwsAsync(session(address, { 'executor.wait': '1s' }))
  t.regex(
    early!.message,
    /\[EXECUTORS_NOT_STARTED\] .*within 1 s: no worker has 1 cores and 128m free: worker-\S+ has 0 of 2 cores and 256m of 512m free/,
  )
  const waiting = session(address, { 'executor.instances': '1', 'executor.cores': '1', 'app.name': 'second' })
  await until(async () =>
    (await statusOf(address)).applications.some(({ waitsFor }) => waitsFor.startsWith('no worker')),
  )
  await first.stop()
  const second = await waiting
  t.deepEqual(await second.sql('select 1 a').collect(), [{ a: 1 }])
  const { code, text } = await runCli(['status', '--master', `millrace://${address}`])
  t.is(code, 0)
  t.regex(
    text,
    /^1 workers\n {2}worker .*\n {2}worker-\S+ +127\.0\.0\.1 +1 of 2 +384m of 512m +alive\n\n1 applications\n.*\n {2}app-\S+ +second +- +127\.0\.0\.1:\d+ +1 +alive\n\n1 executors\n.*\n {2}executor-\S+ +app-\S+ +worker-\S+ +1 +128m\n\n0 drivers\n$/,
  )
  await second.stop()
  await until(async () => (await statusOf(address)).executors.length === 0)
  worker.child.kill('SIGTERM')
  t.deepEqual(await worker.closed, [0, null])
  t.is(worker.output.err, '')
})

test('a program whose work is done ends without session.stop(), and its executors end', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const worker = startCli(['worker', '--master', `millrace://${address}`, '--cores', '1', '--memory', '8g'], ENV)
  t.teardown(() => worker.child.kill('SIGKILL'))
  const program = startProgram(UNSTOPPED, [`millrace://${address}`])
  t.deepEqual(await program.closed, [0, null], program.output.err)
  t.is(program.output.text, '499999500000\n')
})

test('a master that is down, another secret, what is no master: one condition within a bound', async (t) => {
  // Nobody else's while the test runs, as one that was free a moment ago could be.
  const gone = 'millrace://127.0.0.1:1'
  const worker = startCli(['worker', '--master', gone], ENV)
  const status = startCli(['status', '--master', gone], ENV)
  for (const { closed, output } of [worker, status]) {
    t.deepEqual(await closed, [1, null])
    t.regex(
      output.err,
      /^\[MASTER_UNREACHABLE\] The master at 127\.0\.0\.1:\d+ could not be reached within 10 s: .*ECONNREFUSED.*SQLSTATE: 08001\n$/,
    )
  }
  const unset = startCli(['status', '--master', gone], { MILLRACE_SECRET: undefined, MILLRACE_SECRET_FILE: '' })
  t.deepEqual(await unset.closed, [1, null])
  t.regex(unset.output.err, /^\[SECRET_MISSING\] [^\n]+\n$/)
  const { address } = await startMaster(t)
  const other = { MILLRACE_SECRET: 'the-secret-of-another-cluster' }
  for (const command of ['worker', 'status']) {
    const refused = startCli([command, '--master', `millrace://${address}`], other)
    t.deepEqual(await refused.closed, [1, null])
    t.regex(refused.output.err, /^\[SECRET_MISMATCH\] [^\n]+\n$/)
  }
  const application = startCli(['sql', '--master', `millrace://${address}`, '-c', 'select 1'], other)
  t.deepEqual(await application.closed, [1, null])
  t.regex(application.output.err, /^\[SECRET_MISMATCH\] [^\n]+\n$/)
  t.deepEqual((await statusOf(address)).workers, [])
})

test('a port in use and a folder of another master are refused', async (t) => {
  const { address, directory } = await startMaster(t)
  const start = (port: string, folder: string) =>
    startCli(['master', '--port', port, '--dir', join(folder, 'master')], ENV)
  const port = start(address.split(':')[1]!, folderOf(t))
  t.deepEqual(await port.closed, [1, null])
  t.regex(port.output.err, /^\[CANNOT_LISTEN\] .*another program has this port; name another one/)
  const folder = start('0', directory)
  t.deepEqual(await folder.closed, [1, null])
  t.regex(folder.output.err, /^\[FOLDER_IN_USE\] .*process \d+/)
})

test('a master that refuses says why, and is not asked again', async (t) => {
  const { address } = await startMaster(t)
  const odd = MasterLink.open({
    address,
    secret: SECRET,
    logger: createLogger('test', 'silent'),
    keepsAlive: true,
    greeting: () => ({
      kind: 'joinWorker',
      workerId: 'worker-w',
      host: 'h',
      cores: 1,
      memoryBytes: -1,
      isLeaving: false,
      executors: [],
      drivers: [],
    }),
    onMessage: () => undefined,
    onGivenUp: () => undefined,
  })
  t.like(await t.throwsAsync(odd), { condition: 'INVALID_CONF_VALUE', parameters: { key: 'memory' } })
  t.deepEqual((await statusOf(address)).workers, [])
})

test('executors that cannot run are told with their last words, and are not started for ever', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const unable = join(folderOf(t), 'unable.mjs')
  writeFileSync(unable, "if (process.argv[1].includes('executor')) throw new Error('this one cannot run')")
  const args = ['worker', '--master', `millrace://${address}`, '--cores', '1', '--memory', '1g']
  const worker = startCli(args, { ...ENV, NODE_OPTIONS: `--import=${pathToFileURL(unable).href}` })
  t.teardown(() => worker.child.kill('SIGKILL'))
  const error = await t.throwsAsync(fakeApplication(address, { 'executor.instances': '1' }))
  t.regex(
    error!.message,
    /^\[CLUSTER_REFUSES\] .*too many executors ended, the last one on worker-\S+: .*exit status 1: .*Error: this one cannot run/s,
  )
  await until(async () => (await statusOf(address)).applications.length === 0)
})
