import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { Driver } from '../../driver/index.js'
import { DriverServer } from '../../driver/wire/driver-server.js'
import { runExecutorProcess } from '../../executor/server/executor-process.js'
import type { FetchRequest } from '../../proto/protocol.js'
import { BlockClients } from '../../proto/rpc/block-clients.js'
import { collected, FAKE_MODULES, newDriver, numbers, startFakeCluster, until } from '../support/fake-cluster.js'
import { cachedSum, collect, fakeConnectors, hash, localSum, scan, sum } from '../support/fake-plans.js'
import { blockOf } from '../support/fake-task.js'
import { raised } from '../support/raised.js'

const TIMEOUT_MS = 1_000
const inDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'lost-executors-'))
  await body(directory).finally(() => rmSync(directory, { recursive: true, force: true }))
}

test.serial('a driver that was busy for longer than the time-out loses no executor', async (t) => {
  await inDirectory(async (directory) => {
    const gate = join(directory, 'gate')
    const { driver, close } = await startFakeCluster(2, 1, { executorTimeoutMs: TIMEOUT_MS })
    try {
      const handle = driver.submit({ stages: [scan(0, 100, 2, collect, { gate })] })
      const values = collected(handle)
      await until(() => readdirSync(directory).length === 2)
      // Nothing runs in this process meanwhile, no timer and no socket.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4 * TIMEOUT_MS)
      writeFileSync(gate, '')
      t.deepEqual(await values, numbers(100))
      t.is((await handle.result).stages[0]!.retries, 0)
      t.deepEqual(
        driver
          .executors()
          .map(({ executorId }) => executorId)
          .sort(),
        ['executor-0', 'executor-1'],
      )
    } finally {
      await close()
    }
  })
})

test('an executor that counts as lost and lives drops what it had and registers again under a new id', async (t) => {
  const options = { executorTimeoutMs: TIMEOUT_MS, stopGraceMs: 120_000 }
  const { driver, cluster, close } = await startFakeCluster(1, 1, options)
  try {
    await driver.submit({ stages: [scan(0, 30, 3, { kind: 'cache', cacheId: 'c' })] }).result
    const [pid] = cluster.pids
    for (const executorId of ['executor-0.2', 'executor-0.3']) {
      process.kill(pid!, 'SIGSTOP')
      await until(() => driver.executors().length === 0)
      process.kill(pid!, 'SIGCONT')
      await until(() => driver.executors().length === 1)
      t.is(driver.executors()[0]!.executorId, executorId)
      t.deepEqual(cluster.pids, [pid])
      t.deepEqual(await collected(driver.submit({ stages: [cachedSum(0, 'c', collect)] })), [45n, 145n, 245n])
      const shuffled = driver.submit({ stages: [scan(0, 10, 2, hash(2)), sum(1, 0, 2, collect)] })
      t.deepEqual(await collected(shuffled), [20n, 25n])
    }
  } finally {
    await close()
  }
})

const configOf = (driverAddress: string) => ({
  executorId: 'stranger',
  driverAddress,
  secret: 'right',
  slots: 1,
  memoryBytes: 64 * 1024 ** 2,
  host: '127.0.0.1',
  port: 0,
  heartbeatIntervalMs: 1000,
  connectTimeoutMs: 20_000,
  modules: FAKE_MODULES,
})

test('blocks of the session that cannot be fetched once are fetched again', async (t) => {
  const driver = newDriver(1)
  let calls = 0
  const localBlocks = {
    get: (id: string) => driver.localBlocks.get(id),
    find: () => {
      if (calls++ === 0) throw new MillraceError('BLOCK_CORRUPT', { place: 'x', reason: 'y' })
      return driver.localBlocks.find('rows')
    },
  }
  const server = await DriverServer.listen({
    driver: {
      localBlocks,
      connect: (...args) => driver.connect(...args),
      receive: (...args) => driver.receive(...args),
      disconnected: (...args) => driver.disconnected(...args),
    },
    host: '127.0.0.1',
    port: 0,
    secret: 'right',
    logger: createLogger('test', 'silent'),
  })
  const stop = new AbortController()
  const executor = runExecutorProcess(configOf(server.address), stop.signal)
  try {
    driver.registerLocalBlocks('rows', [blockOf([1n, 2n])])
    const handle = driver.submit({ stages: [localSum(0, 'rows', 1, collect)] })
    t.deepEqual(await collected(handle), [3n])
    t.is((await handle.result).stages[0]!.retries, 1)
    const second = runExecutorProcess(configOf(server.address), stop.signal)
    t.like(await t.throwsAsync(second), { condition: 'INVALID_CONF_VALUE', parameters: { value: 'stranger' } })
    t.is(driver.executors().length, 1, 'the one that has the id stays')
  } finally {
    stop.abort()
    await executor
    await driver.close()
    await server.close()
  }
})

test('a driver and an executor that are asked for blocks which they do not have say so', async (t) => {
  const driver = newDriver(1)
  const logger = createLogger('test', 'silent')
  const server = await DriverServer.listen({ driver, host: '127.0.0.1', port: 0, secret: 'right', logger })
  const clients = new BlockClients({ secret: 'right' })
  const stop = new AbortController()
  const addresses: string[] = []
  const taken = async (address: string, request: FetchRequest): Promise<unknown> => {
    for await (const block of clients.fetch(address, request, stop.signal)) return block
    return undefined
  }
  const executor = runExecutorProcess(configOf(server.address), stop.signal)
  const listening = new Promise<void>((resolve) => {
    const connect = driver.connect.bind(driver)
    driver.connect = (executorId, slots, connection, heartbeats) => {
      connect(executorId, slots, connection, heartbeats)
      addresses.push(connection.address)
      resolve()
    }
  })
  try {
    await listening
    const local: FetchRequest = { kind: 'local', id: 'released', from: 0, until: 1 }
    for (const [address, request, what] of [
      [server.address, local, /for the relation released, which/],
      [server.address, { kind: 'output', attemptId: 1 }, /for the output of tasks, which/],
      [addresses[0]!, local, /for the relation released of a driver, which/],
    ] as const)
      t.regex((await raised(t, taken(address, request), 'REQUEST_REFUSED')).message, what)
  } finally {
    clients.close()
    stop.abort()
    await executor
    await driver.close()
    await server.close()
  }
})

test('a task that cannot be sent fails its own job, and the executor goes on', async (t) => {
  const circular: { from: number; until: number; self?: object } = { from: 0, until: 1 }
  circular.self = circular
  const connectors = fakeConnectors()
  const source = await connectors.source('fake')
  let isFirst = true
  const planSplits: typeof source.planSplits = (request) => {
    const first = isFirst
    isFirst = false
    return first ? Promise.resolve([{ data: circular as never }]) : source.planSplits(request)
  }
  const driver = new Driver({
    connectors: { ...connectors, source: async () => ({ ...source, planSplits }) },
    expectedSlots: 1,
    maxFailures: 4,
    executorTimeoutMs: 20_000,
    logger: createLogger('driver', 'silent'),
  })
  const logger = createLogger('test', 'silent')
  const server = await DriverServer.listen({ driver, host: '127.0.0.1', port: 0, secret: 'right', logger })
  const stop = new AbortController()
  const executor = runExecutorProcess(configOf(server.address), stop.signal)
  try {
    const failing = driver.submit({ stages: [scan(0, 1, 1, collect)] })
    t.like(await t.throwsAsync(failing.result), { condition: 'INTERNAL_ERROR' })
    t.deepEqual(await collected(driver.submit({ stages: [scan(0, 10, 2, collect)] })), numbers(10))
    t.deepEqual(
      driver.executors().map(({ executorId }) => executorId),
      ['stranger'],
    )
  } finally {
    stop.abort()
    await executor
    await driver.close()
    await server.close()
  }
})

test('an executor whose driver is gone for good ends with a condition', async (t) => {
  const driver = newDriver(1)
  const logger = createLogger('test', 'silent')
  const server = await DriverServer.listen({ driver, host: '127.0.0.1', port: 0, secret: 'right', logger })
  const config = { ...configOf(server.address), connectTimeoutMs: 2_000 }
  const executor = runExecutorProcess(config, new AbortController().signal)
  await until(() => driver.executors().length === 1)
  await server.close()
  t.like(await t.throwsAsync(executor), { condition: 'DRIVER_UNREACHABLE', parameters: { address: server.address } })
  await driver.close()
})
