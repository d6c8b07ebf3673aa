import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { EngineEvent, EventOf } from '../../driver/index.js'
import { collected, type FakeCluster, numbers, startFakeCluster, until } from '../support/fake-cluster.js'
import { cachedSum, collect, hash, scan, sum } from '../support/fake-plans.js'

const SUMS = [45n, 145n, 245n, 345n, 445n, 545n]
const CACHED = { kind: 'cache', cacheId: 'c' } as const

interface Seen extends FakeCluster {
  of<K extends EngineEvent['kind']>(kind: K): readonly EventOf<K>[]
}

const withCluster = async (executors: number, body: (seen: Seen, directory: string) => Promise<void>) => {
  const directory = mkdtempSync(join(tmpdir(), 'decommission-'))
  const cluster = await startFakeCluster(executors, 1)
  const events: EngineEvent[] = []
  cluster.driver.events.add({ onEvent: (event) => void events.push(event) })
  const of = <K extends EngineEvent['kind']>(kind: K): readonly EventOf<K>[] =>
    events.flatMap((event) => (event.kind === kind ? [event as unknown as EventOf<K>] : []))
  await body({ ...cluster, of }, directory).finally(async () => {
    await cluster.close()
    rmSync(directory, { recursive: true, force: true })
  })
}

test('a cached relation outlives the executors that held it, and is not computed again', async (t) => {
  t.timeout(120_000)
  await withCluster(3, async ({ driver, of }) => {
    await driver.submit({ stages: [scan(0, 60, 6, CACHED)] }).result
    const holders = new Map(of('blockStored').map(({ partition, executorId }) => [partition, executorId]))
    t.is(holders.size, 6)
    for (const executorId of ['executor-0', 'executor-1']) {
      driver.decommission(executorId, 'it is a test')
      await until(() => of('executorRemoved').some((event) => event.executorId === executorId))
      for (const { partition, from, to, cacheId } of of('outputMoved').filter((moved) => moved.from === executorId)) {
        t.is(cacheId, 'c')
        t.is(holders.get(partition), from)
        holders.set(partition, to)
      }
      t.false([...holders.values()].includes(executorId))
      const before = of('taskStart').length
      t.deepEqual(await collected(driver.submit({ stages: [cachedSum(0, 'c', collect)] })), SUMS)
      t.is(of('taskStart').length - before, 6, 'only what reads the cache runs')
    }
    t.true(of('executorRemoved').every(({ isDecommissioned }) => isDecommissioned))
    t.is(of('blockStored').length, 6)
    // Another process takes the place of each, as the launcher was not told that they are not needed.
    await until(() => driver.executors().length === 3)
  })
})

test('what stages wrote outlives its executor while later ones run', async (t) => {
  t.timeout(120_000)
  await withCluster(2, async ({ driver, of }, directory) => {
    const gate = join(directory, 'gate')
    const handle = driver.submit({ stages: [scan(0, 90, 4, hash(3)), sum(1, 0, 3, collect, { gate })] })
    const values = collected(handle)
    await until(() => readdirSync(directory).length === 2)
    driver.decommission('executor-0', 'it is a test')
    const wrote = of('taskEnd').filter(({ executorId, stageKey }) => executorId === 'executor-0' && stageKey === 0)
    await until(() => of('outputMoved').length === wrote.length)
    t.true(wrote.length > 0)
    t.is(of('executorRemoved').length, 0, 'a task runs there')
    writeFileSync(gate, '')
    const expected = [0, 1, 2].map((p) =>
      numbers(90)
        .filter((value) => value % 3n === BigInt(p))
        .reduce((a, b) => a + b),
    )
    t.deepEqual(await values, expected)
    t.deepEqual(
      (await handle.result).stages.map(({ retries }) => retries),
      [0, 0],
    )
    await until(() => of('executorRemoved').length === 1)
    t.is(of('taskEnd').length, 7)
  })
})

for (const victim of ['leaving', 'taking'] as const) {
  test(`the ${victim} executor is killed while it hands over: what is lost is computed again`, async (t) => {
    t.timeout(120_000)
    await withCluster(2, async ({ driver, cluster, of }) => {
      // Large enough that it is on its way for a moment.
      await driver.submit({ stages: [scan(0, 2_000_000, 6, CACHED, { blockRows: 2_000 })] }).result
      const [first, second] = cluster.pids
      driver.decommission('executor-0', 'it is a test')
      await until(() => of('executorDecommissioned').length === 1)
      process.kill(victim === 'leaving' ? first! : second!, 'SIGKILL')
      const all = await collected(driver.submit({ stages: [cachedSum(0, 'c', collect)] }))
      t.is(
        all.reduce((a, b) => a + b),
        1_999_999_000_000n,
      )
      await until(() => of('executorRemoved').some(({ executorId }) => executorId === 'executor-0'))
      t.deepEqual(await collected(driver.submit({ stages: [cachedSum(0, 'c', collect)] })), all)
    })
  })
}

test('an executor that gets SIGPWR asks for it by itself', async (t) => {
  t.timeout(120_000)
  if (process.platform !== 'linux') {
    t.pass('there is no such signal here')
    return
  }
  await withCluster(2, async ({ driver, cluster, of }) => {
    await driver.submit({ stages: [scan(0, 60, 6, CACHED)] }).result
    process.kill(cluster.pids[0]!, 'SIGPWR')
    await until(() => of('executorRemoved').length === 1)
    const [{ executorId, reason }] = of('executorRemoved') as [EventOf<'executorRemoved'>]
    t.is(executorId, 'executor-0')
    t.regex(reason, /^it was decommissioned: its process got SIGPWR, and others took what \d of its tasks wrote$/)
    t.deepEqual(await collected(driver.submit({ stages: [cachedSum(0, 'c', collect)] })), SUMS)
    t.is(of('blockStored').length, 6)
  })
})
