import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { childrenOf } from '../../examples/support/processes.js'
import { printed, startProgram } from '../support/cli.js'
import { collected, isAlive, numbers, until } from '../support/fake-cluster.js'
import { collect, hash, scan, sum } from '../support/fake-plans.js'
import { fakeApplication, folderOf, SECRET, startMaster, startWorker, statusOf } from '../support/standalone.js'

const APPLICATION = fileURLToPath(new URL('../support/fake-application.js', import.meta.url))
const VALUES = 9000
process.env['MILLRACE_SECRET'] = SECRET

const sums = Array.from({ length: 4 }, (_, p) =>
  numbers(VALUES)
    .filter((v) => v % 4n === BigInt(p))
    .reduce((a, b) => a + b, 0n),
)

/** A job in two stages, of which the second waits; `atGate` is called when its tasks are there, and then it goes on. */
async function halfway(
  t: ExecutionContext,
  { driver }: Awaited<ReturnType<typeof fakeApplication>>,
  waiting: number,
  atGate: () => Promise<void> | void,
): Promise<void> {
  const directory = folderOf(t)
  const gate = join(directory, 'gate')
  const result = collected(driver.submit({ stages: [scan(0, VALUES, 8, hash(4)), sum(1, 0, 4, collect, { gate })] }))
  await until(() => readdirSync(directory).length === waiting)
  await atGate()
  writeFileSync(gate, '')
  t.deepEqual(await result, sums)
}

test('a worker that is killed in the middle of a job takes its executors along, and the job ends right on another', async (t) => {
  const { address } = await startMaster(t)
  const workers = [await startWorker(t, address, 1), await startWorker(t, address, 1)]
  const application = await fakeApplication(address)
  t.is(application.driver.executors().length, 2)
  const [victim] = workers
  const executors = childrenOf(victim!.child.pid!)
  t.is(executors.length, 1)
  await halfway(t, application, 2, async () => {
    victim!.child.kill('SIGKILL')
    await until(() => !executors.some(isAlive))
  })
  const { workers: known } = await statusOf(address)
  t.deepEqual(known.map(({ presence }) => presence).sort(), ['alive', 'silent'])
  await application.close()
  await until(async () => (await statusOf(address)).applications.length === 0)
})

test('an executor that is killed in the middle of a job is replaced, and the job ends right', async (t) => {
  const { address } = await startMaster(t)
  const worker = await startWorker(t, address, 2)
  const application = await fakeApplication(address)
  const executors = childrenOf(worker.child.pid!)
  t.is(executors.length, 2)
  // The secret of the cluster is none of theirs.
  if (existsSync('/proc/self/environ'))
    for (const pid of executors) t.false(readFileSync(`/proc/${pid}/environ`, 'utf8').includes('MILLRACE_SECRET'))
  await halfway(t, application, 2, () => {
    process.kill(executors[0]!, 'SIGKILL')
  })
  await until(() => application.driver.executors().length === 2)
  await application.close()
  await until(() => childrenOf(worker.child.pid!).length === 0)
})

test('an executor that hangs is given up by its driver, killed by its worker and replaced', async (t) => {
  const { address } = await startMaster(t)
  const worker = await startWorker(t, address, 2)
  const application = await fakeApplication(address, { 'executor.heartbeatInterval': '200ms' })
  const [victim] = childrenOf(worker.child.pid!)
  application.driver.disconnected(
    application.driver.executors().find(({ executorId }) => executorId.endsWith('-1'))!.executorId,
    'the test says so',
  )
  process.kill(victim!, 'SIGSTOP')
  await until(() => !isAlive(victim!))
  await until(() => application.driver.executors().length === 2)
  t.deepEqual(await collected(application.driver.submit({ stages: [scan(0, 10, 2, collect)] })), numbers(10))
  await application.close()
})

test('a job goes on without the master; when that is started again all come back, and executors are replaced again', async (t) => {
  const first = await startMaster(t)
  const worker = await startWorker(t, first.address, 2)
  const application = await fakeApplication(first.address)
  const before = await statusOf(first.address)
  await halfway(t, application, 2, async () => {
    first.started.child.kill('SIGKILL')
    await first.started.closed
  })
  const again = { directory: first.directory, port: first.address.split(':')[1]! }
  const { address } = await startMaster(t, again)
  t.is(address, first.address)
  await until(async () => {
    const { workers, applications } = await statusOf(address)
    return [...workers, ...applications].every(({ presence }) => presence === 'alive')
  })
  t.deepEqual((await statusOf(address)).executors, before.executors, 'none was lost, and none started')
  const [victim] = childrenOf(worker.child.pid!)
  process.kill(victim!, 'SIGKILL')
  await until(async () => {
    const { executors } = await statusOf(address)
    return (
      executors.length === 2 && !executors.every(({ executorId }) => executorId.includes(epochOf(before.executors)))
    )
  })
  await until(() => application.driver.executors().length === 2)
  t.deepEqual(await collected(application.driver.submit({ stages: [scan(0, 10, 2, collect)] })), numbers(10))
  await application.close()
})

const epochOf = (executors: readonly { readonly executorId: string }[]): string =>
  executors[0]!.executorId.split('-')[1]!

test('an application that is killed leaves nothing on the cluster, and the next one gets its place', async (t) => {
  const { address } = await startMaster(t, { timeout: '3s' })
  const worker = await startWorker(t, address, 1)
  const killed = startProgram(APPLICATION, [address])
  await printed(killed, '\n')
  const executors = childrenOf(worker.child.pid!)
  t.is(executors.length, 1)
  const waiting = fakeApplication(address)
  await until(async () => (await statusOf(address)).applications.some(({ waitsFor }) => waitsFor !== ''))
  killed.child.kill('SIGKILL')
  const next = await waiting
  t.false(executors.some(isAlive))
  t.is((await statusOf(address)).applications.length, 1)
  await next.close()
})

test('a worker that falls silent loses its executors to another, and ends them when it goes on', async (t) => {
  const { address } = await startMaster(t, { timeout: '5s' })
  const workers = [await startWorker(t, address, 1), await startWorker(t, address, 1)]
  const application = await fakeApplication(address, { 'executor.instances': '1' })
  const holder = async (): Promise<string | undefined> => (await statusOf(address)).executors[0]?.workerId
  const first = await holder()
  const victim = workers.find(({ output }) => output.text.trim() === first)!.child.pid!
  process.kill(victim, 'SIGSTOP')
  await until(async () => ![undefined, first].includes(await holder()))
  process.kill(victim, 'SIGCONT')
  await until(() => childrenOf(victim).length === 0)
  await until(async () => (await statusOf(address)).workers.length === 2)
  t.is((await statusOf(address)).executors.length, 1)
  await until(() => application.driver.executors().length === 1)
  t.deepEqual(await collected(application.driver.submit({ stages: [scan(0, 10, 2, collect)] })), numbers(10))
  await application.close()
})

test('a worker that is told to end ends its executors, and is gone from the cluster at once', async (t) => {
  const { address } = await startMaster(t)
  const worker = await startWorker(t, address, 1)
  const application = await fakeApplication(address)
  const executors = childrenOf(worker.child.pid!)
  worker.child.kill('SIGTERM')
  t.deepEqual(await worker.closed, [0, null])
  t.false(executors.some(isAlive))
  t.deepEqual(await statusOf(address).then(({ workers, executors }) => [workers, executors]), [[], []])
  await until(() => application.driver.executors().length === 0)
  await application.close()
})
