import { Config } from '../../common/config/config.js'
import { createLogger } from '../../common/log.js'
import { Driver, type DriverOptions, type JobHandle } from '../../driver/index.js'
import { Fleet } from '../../driver/launch/fleet.js'
import type { LaunchContext, LaunchPlan } from '../../driver/launch/launcher.js'
import { LocalProcesses } from '../../driver/launch/local-processes/local-processes.js'
import { newSecret } from '../../proto/rpc/secret.js'
import { FAKE_TASK_MODULE, type FakeSink, fakeConnectors } from './fake-plans.js'
import { valuesOf } from './fake-task.js'

export const EXECUTOR_MAIN = new URL('../../executor/main.js', import.meta.url).href
export const WORKER_MAIN = new URL('../../executor/worker/entry.cjs', import.meta.url).href
export const FAKE_MODULES = {
  entry: WORKER_MAIN,
  taskModule: FAKE_TASK_MODULE,
  connectorModule: undefined,
  kernels: undefined,
}

export interface FakeCluster {
  readonly driver: Driver
  readonly cluster: LocalProcesses
  close(): Promise<void>
}

export const newDriver = (
  slots: number,
  sink?: FakeSink,
  executorTimeoutMs = 20_000,
  rest: Partial<DriverOptions> = {},
): Driver =>
  new Driver({
    connectors: fakeConnectors(sink),
    expectedSlots: slots,
    maxFailures: 4,
    executorTimeoutMs,
    logger: createLogger('driver', 'silent'),
    ...rest,
  })

/** What launchers are given: executors run the fake task, or what `modules` says. */
export const launchContext = (
  settings: Readonly<Record<string, string>>,
  modules: LaunchContext['modules'] = FAKE_MODULES,
): LaunchContext => ({
  config: new Config(settings),
  logger: createLogger('cluster', 'silent'),
  executorMain: EXECUTOR_MAIN,
  modules,
  inProcess: () => {
    throw new Error('no executor is wanted within this process')
  },
})

/** Executor processes whose threads run the fake task. */
export const startFakeCluster = async (
  executors: number,
  slots: number,
  { memoryMiB = 256, executorTimeoutMs = 20_000, stopGraceMs = 3_000, modules = FAKE_MODULES, ...rest } = {} as {
    readonly memoryMiB?: number
    readonly executorTimeoutMs?: number
    readonly stopGraceMs?: number
    readonly modules?: LaunchContext['modules']
    readonly sink?: FakeSink
    readonly driver?: Partial<DriverOptions>
  },
): Promise<FakeCluster> => {
  const driver = newDriver(executors * slots, rest.sink, executorTimeoutMs, rest.driver)
  let cluster: LocalProcesses | undefined
  const plan: LaunchPlan = {
    place: 'other processes',
    executors: () => executors,
    expectedSlots: executors * slots,
    room: () => ({ mostExecutors: executors, slots, firstExecutors: 0 }),
    door: async () => ({ host: '127.0.0.1', secret: newSecret() }),
    launcher: async (context, door) => {
      cluster = new LocalProcesses(context, door, { executors, slots, memoryBytes: memoryMiB * 1024 ** 2 })
      return cluster
    },
    startTimeoutMs: () => 30_000,
  }
  const heartbeatMs = Math.min(500, executorTimeoutMs / 4)
  const context = launchContext({ 'executor.heartbeatInterval': `${heartbeatMs}ms` }, modules)
  const fleet = await Fleet.start({ plan, driver, context, stopGraceMs })
  const close = async (): Promise<void> => {
    await driver.close()
    await fleet.close()
  }
  return { driver, cluster: cluster!, close }
}

export const collected = async (handle: JobHandle): Promise<bigint[]> => {
  const values: bigint[] = []
  for await (const block of handle.blocks) values.push(...valuesOf(block))
  return values
}

export const numbers = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i))

/** Less than what ends a process of tests in which nothing comes to an end, which tells of no test. */
const MOST_MS = 240_000

/** Polls, without a fixed pause, until something holds; it fails when that does not come. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const endMs = performance.now() + MOST_MS
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`it did not come within ${MOST_MS / 1000} s: ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
