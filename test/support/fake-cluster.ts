import { createLogger } from '../../common/log.js'
import { Driver, type JobHandle } from '../../driver/index.js'
import { LocalCluster } from '../../driver/launch/local-cluster.js'
import { FAKE_TASK_MODULE, type FakeSink, fakeConnectors } from './fake-plans.js'
import { valuesOf } from './fake-task.js'

export const EXECUTOR_MAIN = new URL('../../executor/main.js', import.meta.url).href
export const FAKE_MODULES = { taskModule: FAKE_TASK_MODULE, connectorModule: undefined, kernels: undefined }

export interface FakeCluster {
  readonly driver: Driver
  readonly cluster: LocalCluster
  close(): Promise<void>
}

export const newDriver = (slots: number, sink?: FakeSink, executorTimeoutMs = 20_000): Driver =>
  new Driver({
    connectors: fakeConnectors(sink),
    expectedSlots: slots,
    maxFailures: 4,
    executorTimeoutMs,
    logger: createLogger('driver', 'silent'),
  })

/** Executor processes whose threads run the fake task. */
export const startFakeCluster = async (
  executors: number,
  slots: number,
  { memoryMiB = 256, executorTimeoutMs = 20_000, stopGraceMs = 3_000 } = {},
): Promise<FakeCluster> => {
  const driver = newDriver(executors * slots, undefined, executorTimeoutMs)
  const cluster = await LocalCluster.start({
    driver,
    executors,
    slotsPerExecutor: slots,
    memoryBytesPerExecutor: memoryMiB * 1024 ** 2,
    executorMain: EXECUTOR_MAIN,
    modules: FAKE_MODULES,
    heartbeatIntervalMs: Math.min(500, executorTimeoutMs / 4),
    stopGraceMs,
    logger: createLogger('cluster', 'silent'),
  })
  const close = async (): Promise<void> => {
    await driver.close()
    await cluster.close()
  }
  return { driver, cluster, close }
}

export const collected = async (handle: JobHandle): Promise<bigint[]> => {
  const values: bigint[] = []
  for await (const block of handle.blocks) values.push(...valuesOf(block))
  return values
}

export const numbers = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i))

/** Polls, without a fixed pause, until something holds. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
