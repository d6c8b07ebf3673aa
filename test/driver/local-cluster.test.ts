import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { createLogger } from '../../common/log.js'
import type { Driver } from '../../driver/index.js'
import { DriverServer } from '../../driver/wire/driver-server.js'
import { runExecutorProcess } from '../../executor/server/executor-process.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import {
  collected,
  EXECUTOR_MAIN,
  FAKE_MODULES,
  type FakeCluster,
  isAlive,
  newDriver,
  numbers,
  startFakeCluster,
  until,
} from '../support/fake-cluster.js'
import { cachedSum, collect, hash, localSum, scan, sum, sumOfAll } from '../support/fake-plans.js'
import { blockOf } from '../support/fake-task.js'

const withCluster = async (
  executors: number,
  slots: number,
  body: (c: FakeCluster) => Promise<void>,
): Promise<void> => {
  const cluster = await startFakeCluster(executors, slots)
  await body(cluster).finally(() => cluster.close())
}
const run = (driver: Driver, ...stages: Stage[]): Promise<bigint[]> => collected(driver.submit({ stages }))
const sumsOf = (count: number, partitions: number): bigint[] =>
  Array.from({ length: partitions }, (_, p) =>
    numbers(count)
      .filter((v) => v % BigInt(partitions) === BigInt(p))
      .reduce((a, b) => a + b, 0n),
  )
const inDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'control-test-'))
  await body(directory).finally(() => rmSync(directory, { recursive: true, force: true }))
}

test('scans, shuffles, broadcasts, local rows and caches work over executor processes', async (t) => {
  await withCluster(2, 2, async ({ driver }) => {
    t.deepEqual(await run(driver, scan(0, 100_000, 7, collect)), numbers(100_000))
    t.deepEqual(
      await run(driver, scan(0, 9000, 8, hash(3), { blockRows: 100 }), sum(1, 0, 3, collect)),
      sumsOf(9000, 3),
    )
    t.deepEqual(await run(driver, scan(0, 100, 4, collect), sumOfAll(1, 0, 3, collect)), [4950n, 4950n, 4950n])
    driver.registerLocalBlocks(
      'rows',
      [1n, 2n, 3n, 4n, 5n].map((value) => blockOf([value])),
    )
    t.deepEqual(await run(driver, localSum(0, 'rows', 2, collect)), [3n, 12n])
    await driver.submit({ stages: [scan(0, 30, 3, { kind: 'cache', cacheId: 'c' })] }).result
    t.deepEqual(await run(driver, cachedSum(0, 'c', collect)), [45n, 145n, 245n])
  })
})

test("a killed executor's tasks and shuffle output are computed again, and the result is right", async (t) => {
  await inDirectory(async (directory) => {
    await withCluster(2, 1, async ({ driver, cluster }) => {
      const gate = join(directory, 'gate')
      const stages = [scan(0, 9000, 8, hash(4)), sum(1, 0, 4, collect, { gate })]
      let scanned = 0
      driver.events.add({
        onTaskEnd({ stageKey, outcome }) {
          if (stageKey === 0 && outcome === 'succeeded') scanned++
        },
      })
      const handle = driver.submit({ stages })
      const result = collected(handle)
      const waiting = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.waiting'))
      await until(() => waiting().length === 2)
      const [victim] = cluster.pids
      process.kill(victim!, 'SIGKILL')
      await until(() => !isAlive(victim!))
      writeFileSync(gate, '')
      t.deepEqual(await result, sumsOf(9000, 4))
      const { stages: metrics } = await handle.result
      t.true(scanned > 8, 'the lost map output must have been computed again')
      t.is(metrics[0]!.finished, 8, 'each partition counts once')
    })
  })
})

test('an executor that hangs is given up, killed and replaced, and its task runs elsewhere', async (t) => {
  await inDirectory(async (directory) => {
    const gate = join(directory, 'gate')
    const { driver, cluster, close } = await startFakeCluster(2, 1, { executorTimeoutMs: 2000 })
    try {
      const result = run(driver, scan(0, 100, 2, collect, { gate }))
      await until(() => readdirSync(directory).filter((name) => name.endsWith('.waiting')).length === 2)
      const [victim] = cluster.pids
      process.kill(victim!, 'SIGSTOP')
      writeFileSync(gate, '')
      t.deepEqual(await result, numbers(100))
      await until(() => !isAlive(victim!))
      await until(() => driver.executors().length === 2)
    } finally {
      await close()
    }
  })
})

test('a partition of a cache that went with its executor is computed again', async (t) => {
  await withCluster(2, 1, async ({ driver, cluster }) => {
    await driver.submit({ stages: [scan(0, 30, 3, { kind: 'cache', cacheId: 'c' })] }).result
    process.kill(cluster.pids[1]!, 'SIGKILL')
    await until(() => driver.executors().some(({ executorId }) => executorId === 'executor-2'))
    t.deepEqual(await run(driver, cachedSum(0, 'c', collect)), [45n, 145n, 245n])
  })
})

test('a job over processes can be cancelled, and the slot is free again', async (t) => {
  await withCluster(1, 1, async ({ driver }) => {
    const handle = driver.submit({ stages: [scan(0, 10, 2, collect, { fault: 'hang' })] })
    const failed = t.throwsAsync(handle.result, { message: /OPERATION_CANCELED/ })
    await until(() => driver.executors()[0]?.running === 1)
    handle.cancel()
    await failed
    t.deepEqual(await run(driver, scan(0, 10, 2, collect)), numbers(10))
  })
})

test("a task's error keeps its condition and parameters over thread and wire", async (t) => {
  await withCluster(1, 1, async ({ driver }) => {
    const failing = run(driver, scan(0, 10, 2, collect, { fault: 'user' }))
    const error = await t.throwsAsync(failing)
    t.like(error, { condition: 'CORRUPT_RECORD', parameters: { provider: 'fake', position: '7', reason: 'odd' } })
  })
})

test('closing a cluster leaves no process and no file', async (t) => {
  const { driver, cluster, close } = await startFakeCluster(2, 1)
  const { pids } = cluster
  await run(driver, scan(0, 10, 2, collect))
  await close()
  t.is(pids.length, 2)
  t.deepEqual(pids.filter(isAlive), [])
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a driver ended by ${signal} leaves no executor and no file`, async (t) => {
    await inDirectory(async (directory) => {
      const script = fileURLToPath(new URL('../support/cluster-process.js', import.meta.url))
      const driver = spawn(process.execPath, [script, join(directory, 'gate')], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: directory },
      })
      const pids = await new Promise<number[]>((resolve) => {
        createInterface({ input: driver.stdout }).once('line', (line) => resolve(JSON.parse(line) as number[]))
      })
      await until(() => readdirSync(directory).some((name) => name.endsWith('.waiting')))
      driver.kill(signal)
      await until(() => !pids.some(isAlive))
      t.deepEqual(
        readdirSync(directory).filter((name) => !name.endsWith('.waiting')),
        [],
      )
    })
  })
}

const configOf = (driverAddress: string, secret: string, connectTimeoutMs = 20_000) => ({
  executorId: 'stranger',
  driverAddress,
  secret,
  slots: 1,
  memoryBytes: 64 * 1024 ** 2,
  host: '127.0.0.1',
  port: 0,
  heartbeatIntervalMs: 1000,
  connectTimeoutMs,
  modules: FAKE_MODULES,
})

const withServer = async (body: (server: DriverServer, driver: Driver) => Promise<void>): Promise<void> => {
  const driver = newDriver(1)
  const logger = createLogger('test', 'silent')
  const server = await DriverServer.listen({ driver, host: '127.0.0.1', port: 0, secret: 'right', logger })
  await body(server, driver).finally(async () => {
    await driver.close()
    await server.close()
  })
}

test('an executor or a reader with the wrong secret is refused', async (t) => {
  await withServer(async (server, driver) => {
    const joining = runExecutorProcess(configOf(server.address, 'wrong'), new AbortController().signal)
    await t.throwsAsync(joining, { message: /SECRET_MISMATCH.*127\.0\.0\.1/ })
    t.is(driver.executors().length, 0)
    driver.registerLocalBlocks('rows', [blockOf([1n])])
    const read = async (secret: string): Promise<number> => {
      const clients = new BlockClients({ secret })
      let rows = 0
      const request = { kind: 'local', id: 'rows', from: 0, until: 1 } as const
      try {
        for await (const block of clients.fetch(server.address, request, new AbortController().signal))
          rows += block.rows
      } finally {
        clients.close()
      }
      return rows
    }
    await t.throwsAsync(read('wrong'), { message: /BLOCKS_UNAVAILABLE.*another secret/ })
    t.is(await read('right'), 1)
  })
})

test('a port in use is a clear condition', async (t) => {
  await withServer(async (server, driver) => {
    const port = Number(server.address.split(':')[1])
    const second = DriverServer.listen({
      driver,
      host: '127.0.0.1',
      port,
      secret: 's',
      logger: createLogger('test', 'silent'),
    })
    const refused = { message: new RegExp(`CANNOT_LISTEN.*127\\.0\\.0\\.1:${port}`) }
    await t.throwsAsync(second, refused)
    const executor = runExecutorProcess({ ...configOf(server.address, 'right'), port }, new AbortController().signal)
    await t.throwsAsync(executor, refused)
    t.is(driver.executors().length, 0)
  })
})

test('an executor that cannot reach the driver ends with status 1 and one clear line', async (t) => {
  let address = ''
  await withServer(async (server) => {
    address = server.address
  })
  const child = spawn(process.execPath, [fileURLToPath(EXECUTOR_MAIN)], { stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.write(`${JSON.stringify(configOf(address, 's', 300))}\n`)
  let text = ''
  child.stderr.on('data', (bytes) => {
    text += bytes
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  t.is(code, 1)
  t.regex(text, /^millrace executor: \[DRIVER_UNREACHABLE\] [^\n]+\n$/)
})

test('an executor ends when the driver closes the connection, and is gone', async (t) => {
  let ended: Promise<void> | undefined
  await withServer(async (server, driver) => {
    ended = runExecutorProcess(configOf(server.address, 'right'), new AbortController().signal)
    await until(() => driver.executors().length === 1)
    t.deepEqual(await run(driver, scan(0, 10, 2, collect)), numbers(10))
  })
  await t.notThrowsAsync(ended!)
})
