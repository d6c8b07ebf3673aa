import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { unpackArchive } from '../../standalone/archive/unpack.js'
import { type StartedCli, startCli } from '../support/cli.js'
import { isAlive, until } from '../support/fake-cluster.js'
import { folderOf, SECRET, startMaster, statusOf } from '../support/standalone.js'

const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const ENV = { MILLRACE_SECRET: SECRET }

const SUMS = `import { Session } from 'millrace'
import { times } from './lib/times.js'
import { three } from 'three'
const session = await Session.builder().getOrCreate()
const [{ s }] = await session.sql('select sum(id) s from range(1000)').collect()
console.log(times(s, three), session.conf.get('app.name'), process.argv.slice(2).join(), process.env.MILLRACE_SECRET ?? 'no secret')
await session.stop()
`

/** A folder with a program that brings a package, and the file of a secret. */
function codeOf(t: ExecutionContext, program: string): string {
  const folder = folderOf(t)
  for (const inner of ['src/lib', 'node_modules/three']) mkdirSync(join(folder, inner), { recursive: true })
  const files = {
    'package.json': JSON.stringify({ type: 'module', dependencies: { millrace: '*', three: '*' } }),
    'src/program.js': program,
    'src/lib/times.js': 'export const times = (a, b) => a * b\n',
    'node_modules/three/package.json': JSON.stringify({ name: 'three', type: 'module', exports: './index.js' }),
    'node_modules/three/index.js': 'export const three = 3n\n',
    secret: SECRET,
    '.env': SECRET,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

interface Cluster {
  readonly master: string
  readonly workerFolder: string
  readonly worker: StartedCli
}

async function startCluster(t: ExecutionContext, address: string, cores = '2'): Promise<Cluster> {
  const before = (await statusOf(address)).workers.length
  const master = `millrace://${address}`
  const workerFolder = folderOf(t)
  const args = ['worker', '--master', master, '--cores', cores, '--memory', '1g', '--dir', workerFolder]
  const worker = startCli(args, ENV)
  t.teardown(async () => {
    worker.child.kill('SIGTERM')
    await worker.closed
  })
  await until(async () => (await statusOf(address)).workers.length > before)
  return { master, workerFolder, worker }
}

const submit = (
  master: string,
  folder: string,
  args: readonly string[],
  program = 'program.js',
  env: NodeJS.ProcessEnv = {},
): StartedCli =>
  startCli(
    [
      ...['submit', '--master', master, '--deploy-mode', 'cluster', '--secret-file', join(folder, 'secret')],
      ...['--driver-memory', '256m', '--executor-memory', '128m', ...args],
      join(folder, 'src', program),
      ...['a', '--b'],
    ],
    env,
  )

const WAIT = ['--conf', 'spark.standalone.submit.waitAppCompletion=true']

test('a program that is submitted in cluster mode runs on a worker with its packages, and what it prints is kept there', async (t) => {
  t.timeout(120_000)
  const { address, directory } = await startMaster(t)
  const { master, workerFolder } = await startCluster(t, address)
  const folder = codeOf(t, SUMS)
  const reached = join(folderOf(t), 'reached')
  symlinkSync(folder, reached)
  const keyFile = join(folder, 'src/state.key')
  writeFileSync(keyFile, '00'.repeat(32))
  const key = (path: string): readonly string[] => ['--conf', `checkpoint.encryption.keyFile=${path}`]
  const options = ['--name', 'sums', '--secret-file', join(folder, 'secret')]
  const relative = submit(master, reached, [...options, ...key('state.key')])
  t.deepEqual(await relative.closed, [1, null])
  t.regex(relative.output.err, /^\[INVALID_CONF_VALUE\] .*name it by its absolute path there/)
  const submitted = submit(master, reached, [...WAIT, ...options, ...key(keyFile)])
  t.deepEqual(await submitted.closed, [0, null], submitted.output.err)
  t.regex(
    submitted.output.text,
    /^(driver-\S+) is SUBMITTED.*\n(\1 is RUNNING on worker-\S+\n)?\1 is FINISHED on worker-\S+\n$/,
  )
  const [workerId] = readdirSync(workerFolder)
  const drivers = join(workerFolder, workerId!, 'drivers')
  const [driver] = readdirSync(drivers)
  t.is(readFileSync(join(drivers, driver!, 'stdout'), 'utf8'), '1498500n sums a,--b no secret\n')
  t.deepEqual((await statusOf(address)).applications, [])
  const kept = readFileSync(join(directory, 'master', 'cluster.json'), 'utf8')
  t.false(kept.includes(SECRET))
  t.deepEqual(readdirSync(join(drivers, driver!)).sort(), ['stderr', 'stdout'])
  const archives = join(workerFolder, workerId!, 'archives')
  const app = join(folderOf(t), 'app')
  await unpackArchive(join(archives, readdirSync(archives)[0]!), app)
  t.deepEqual(readdirSync(app).sort(), ['node_modules', 'package.json', 'src'])
  t.deepEqual(readdirSync(join(app, 'src')).sort(), ['lib', 'program.js'])
})

const SHOWN = `import { Session } from 'millrace'
const session = await Session.builder().getOrCreate()
const [{ s }] = await session.sql('select sum(id) s from range(1000)').collect()
console.log(s, JSON.stringify(globalThis[Symbol.for('millrace.submission')]).match(/mrt1\\.anna\\.0\\./g)?.length)
await session.stop()
`

test('users run programs by their tokens, here and on workers, where these get a token of the user alone', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const { master, workerFolder } = await startCluster(t, address, '3')
  const folder = codeOf(t, SHOWN)
  const token = startCli(['token', 'create', '--user', 'anna', '--days', '1'], ENV)
  t.deepEqual(await token.closed, [0, null], token.output.err)
  t.regex(token.output.text, /^mrt1\.anna\.\d+\.[\da-f]+\.[\da-f]+\n$/)
  writeFileSync(join(folder, 'secret'), token.output.text)
  const submitted = submit(master, folder, [...WAIT])
  t.deepEqual(await submitted.closed, [0, null], submitted.output.err)
  const [workerId] = readdirSync(workerFolder)
  const drivers = join(workerFolder, workerId!, 'drivers')
  t.is(readFileSync(join(drivers, readdirSync(drivers)[0]!, 'stdout'), 'utf8'), '499500n 1\n')
  const own = { MILLRACE_SECRET_FILE: join(folder, 'secret') }
  const args = [
    'sql',
    '--master',
    master,
    '--config',
    'executor.memory=128m',
    '--format',
    'csv',
    '-c',
    'select 1 + 1 a',
  ]
  const here = startCli(args, own)
  t.deepEqual(await here.closed, [0, null], here.output.err)
  t.is(here.output.text, 'a\n2\n')
  for (const command of [
    ['worker', '--master', master],
    ['master', '--port', '0'],
    ['token', 'create', '--user', 'bert'],
  ]) {
    const refused = startCli(command, own)
    t.deepEqual(await refused.closed, [1, null])
    t.regex(refused.output.err, /^\[TOKEN_NOT_ENOUGH\] [^\n]+\n$/)
  }
})

test('TypeScript is compiled by the esbuild of the program, and runs here and on workers', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const { master, workerFolder } = await startCluster(t, address)
  const folder = codeOf(t, '')
  for (const name of ['esbuild', `@esbuild/${process.platform}-${process.arch}`])
    cpSync(join(PACKAGES, name), join(folder, 'node_modules', name), { recursive: true })
  writeFileSync(join(folder, 'src/lib/kind.ts'), 'export interface Kind { readonly n: bigint }\n')
  const text = `import type { Kind } from './lib/kind.ts'
import { three } from 'three'
const kind: Kind = { n: three }
console.log(kind.n, process.argv[2] satisfies string | undefined)
`
  writeFileSync(join(folder, 'src/program.ts'), text)
  const here = startCli(['submit', join(folder, 'src/program.ts'), 'x'])
  t.deepEqual(await here.closed, [0, null], here.output.err)
  t.is(here.output.text, '3n x\n')
  t.deepEqual(readdirSync(join(folder, 'src')).sort(), ['lib', 'program.js', 'program.ts'])
  const submitted = submit(master, folder, [...WAIT], 'program.ts')
  const [code] = await submitted.closed
  t.deepEqual([code, submitted.output.err], [0, ''])
  t.deepEqual(printedIn(workerFolder), ['3n a'])
})

test('a driver that fails before its session joined is told by one condition with the line of its error', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const { master } = await startCluster(t, address)
  const programs: readonly (readonly [program: string, words: string])[] = [
    ["await null\nthrow new Error('no such report')\n", 'Error: no such report'],
    ['const = 1\n', "SyntaxError: Unexpected token '='"],
    ["setTimeout(() => { throw new TypeError('too late') }, 1)\n", 'TypeError: too late'],
  ]
  const reasons = programs.map(async ([program]) => {
    const submitted = submit(master, codeOf(t, program), WAIT)
    t.deepEqual(await submitted.closed, [1, null])
    return submitted.output.err
  })
  for (const [index, reason] of (await Promise.all(reasons)).entries()) {
    const told =
      /^\[DRIVER_FAILED\] The driver driver-\S+ ended as FAILED: it ended before a session of it joined the cluster: exit status 1: (.*)\. SQLSTATE/
    t.is(told.exec(reason)?.[1], programs[index]![1], reason)
  }
})

const STAYS = `import { Session } from 'millrace'
const session = await Session.builder().getOrCreate()
await session.sql('select 1').collect()
console.log(process.pid)
setInterval(() => undefined, 1_000)
`

/** What drivers on a worker have printed. */
const printedIn = (workerFolder: string): readonly string[] =>
  readdirSync(workerFolder).flatMap((worker) => {
    const drivers = join(workerFolder, worker, 'drivers')
    const files = existsSync(drivers) ? readdirSync(drivers).map((driver) => join(drivers, driver, 'stdout')) : []
    return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').trim())
  })

/** The process of the only driver there that has come so far as to print it. */
async function driverOn(workerFolder: string): Promise<number> {
  await until(() => printedIn(workerFolder).some((text) => text !== ''))
  return Number(printedIn(workerFolder).find((text) => text !== ''))
}

for (const how of ['is killed', 'is decommissioned'])
  test(`a supervised driver whose worker ${how} runs again on another, and its process ends`, async (t) => {
    t.timeout(120_000)
    const { address } = await startMaster(t, { timeout: '4s' })
    const first = await startCluster(t, address)
    const folder = codeOf(t, STAYS)
    const submitted = submit(first.master, folder, ['--supervise'])
    t.deepEqual(await submitted.closed, [0, null], submitted.output.err)
    const pid = await driverOn(first.workerFolder)
    const [worker] = (await statusOf(address)).workers
    const second = await startCluster(t, address)
    if (how === 'is killed') first.worker.child.kill('SIGKILL')
    else {
      const asked = startCli(['decommission', worker!.workerId, '--master', first.master], ENV)
      t.deepEqual(await asked.closed, [0, null], asked.output.err)
      t.deepEqual(await first.worker.closed, [0, null])
      t.false(isAlive(pid), 'a driver that does not end by itself is ended with its worker')
    }
    await until(() => !isAlive(pid))
    t.true(isAlive(await driverOn(second.workerFolder)))
    await until(async () => (await statusOf(address)).drivers[0]!.state === 'RUNNING')
    t.like((await statusOf(address)).drivers[0], { launches: 2, isSupervised: true })
  })

test('a master that is started again finds a supervised driver as it was, starts it again when it fails, and ends it when told', async (t) => {
  t.timeout(120_000)
  const before = await startMaster(t)
  const { master, workerFolder } = await startCluster(t, before.address, '3')
  const folder = codeOf(t, STAYS)
  const submitted = submit(master, folder, ['--supervise', '--num-executors', '1', '--executor-cores', '1'])
  t.deepEqual(await submitted.closed, [0, null], submitted.output.err)
  const pid = await driverOn(workerFolder)
  const known = await statusOf(before.address)
  before.started.child.kill('SIGKILL')
  await before.started.closed
  const { address } = await startMaster(t, { directory: before.directory, port: before.address.split(':')[1]! })
  await until(async () => {
    const { workers, applications } = await statusOf(address)
    return [...workers, ...applications].every(({ presence }) => presence === 'alive')
  })
  t.deepEqual((await statusOf(address)).drivers, known.drivers)
  t.deepEqual((await statusOf(address)).executors, known.executors)
  t.true(isAlive(pid))
  process.kill(pid, 'SIGKILL')
  await until(async () => (await statusOf(address)).drivers[0]!.launches === 2)
  await until(() => printedIn(workerFolder).length === 2 && !printedIn(workerFolder).includes(''))
  const again = printedIn(workerFolder)
    .map(Number)
    .find((one) => one !== pid)!
  const [driver] = (await statusOf(address)).drivers
  const ask = async (option: string, driverId: string) => {
    const asked = startCli(['submit', '--master', master, option, driverId], ENV)
    const [code] = await asked.closed
    return { code, ...asked.output }
  }
  t.regex((await ask('--status', driver!.driverId)).text, /^driver-\S+ is RUNNING on worker-\S+, started 2 times\n$/)
  t.regex((await ask('--kill', driver!.driverId)).text, /^driver-\S+ is KILLED on worker-\S+, started 2 times\n$/)
  await until(() => !isAlive(again))
  t.deepEqual((await statusOf(address)).applications, [])
  const unknown = await ask('--status', 'driver-1')
  t.is(unknown.code, 1)
  t.regex(unknown.err, /^\[DRIVER_NOT_FOUND\] The cluster knows no driver driver-1\./)
})

test('a submission that a signal ends while its code is on its way leaves nothing', async (t) => {
  t.timeout(120_000)
  // Takes connections, and says nothing.
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const folder = codeOf(t, SUMS)
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const drafts = folderOf(t)
    const submitted = submit(`millrace://127.0.0.1:${port}`, folder, [], 'program.js', { TMPDIR: drafts })
    const connected = once(silent, 'connection') as Promise<[Socket]>
    const [socket] = await connected
    t.teardown(() => socket.destroy())
    t.is(readdirSync(drafts).length, 1)
    submitted.child.kill(signal)
    t.deepEqual(await submitted.closed, [status, null], submitted.output.err)
    t.deepEqual(readdirSync(drafts), [])
  }
})

test('what cannot be submitted is one condition: no room, no master, another secret', async (t) => {
  t.timeout(120_000)
  const { address } = await startMaster(t)
  const { master } = await startCluster(t, address, '1')
  const folder = codeOf(t, STAYS)
  const large = submit(master, folder, ['--driver-cores', '8', '--conf', 'executor.wait=1s'])
  t.deepEqual(await large.closed, [1, null])
  t.regex(
    large.output.err,
    /^\[DRIVER_NOT_STARTED\] The driver driver-\S+ does not run after 1 s, and stays submitted: no worker has 8 cores and 256m free: worker-\S+ has 1 of 1 cores/,
  )
  const other = codeOf(t, STAYS)
  writeFileSync(join(other, 'secret'), 'the-secret-of-another-cluster')
  const stranger = submit(master, other, [])
  const nowhere = submit('millrace://127.0.0.1:1', folder, [])
  t.deepEqual(await stranger.closed, [1, null])
  t.regex(stranger.output.err, /^\[SECRET_MISMATCH\] /)
  t.deepEqual(await nowhere.closed, [1, null])
  t.regex(nowhere.output.err, /^\[MASTER_UNREACHABLE\] /)
})
