/** The composition root of a session in this process: wires driver, executors and connectors for a master. */
import { availableParallelism } from 'node:os'
import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import { createLogger } from '../common/log.js'
import { closeConnectors, connectorPart, isSourceName, rowSinkOf } from '../connectors/registry.js'
import { Warehouse } from '../connectors/warehouse/warehouse.js'
import {
  Driver,
  type DriverConnectors,
  DriverMetrics,
  isStateFormat,
  loadStreams,
  type StateFormat,
} from '../driver/index.js'
import { Fleet } from '../driver/launch/fleet.js'
import type { LaunchPlan } from '../driver/launch/launcher.js'
import { launchPlan } from '../driver/launch/registry.js'
import { createLocalExecutor } from '../executor/local-executor.js'
import { EXECUTOR_MAIN, OWN_MODULES } from '../executor/own-modules.js'
import { textFormat } from '../planner/analyze/text-formats/registry.js'
import type { Engine } from './engine/engine.js'
import { QueryEngine } from './engine/query-engine.js'
import { ProgressLine } from './session/progress-line.js'
import { stopOnSignal } from './session/stop-on-signal.js'

const CONNECTORS: DriverConnectors = {
  // The engine knows itself what its checkpoints keep.
  source: async (provider) =>
    isStateFormat(provider)
      ? (await loadStreams()).stateSource(provider.toLowerCase() as StateFormat)
      : connectorPart(provider, 'source'),
  sink: async (provider) =>
    isStateFormat(provider) ? (await loadStreams()).stateSink : connectorPart(provider, 'sink'),
  rowSink: rowSinkOf,
}

/** Starts the engine for a master. @throws INVALID_MASTER, LOCAL_CLUSTER_FAILED */
export async function startEngine(masterText: string, config: Config): Promise<Engine> {
  const plan = launchPlan(masterText, availableParallelism())
  const logger = createLogger('driver', config.get(CONFIG.logLevel)).child({ app: config.get(CONFIG.appName) })
  const metrics = config.get(CONFIG.metricsPort) < 0 ? undefined : new DriverMetrics()
  const driver = new Driver({
    connectors: CONNECTORS,
    expectedSlots: plan.expectedSlots,
    maxFailures: config.get(CONFIG.taskMaxFailures),
    executorTimeoutMs: config.get(CONFIG.executorTimeout),
    executorWaitMs: config.get(CONFIG.executorWait),
    logger,
    ...(metrics ? { metrics } : {}),
  })
  const served =
    metrics &&
    (await serve(driver, metrics, config).catch(async (error: unknown) => {
      await driver.close()
      throw error
    }))
  const fleet = await startExecutors(plan, driver, config, metrics).catch(async (error: unknown) => {
    await driver.close()
    await served?.close()
    throw error
  })
  const close = async (): Promise<void> => {
    await served?.close()
    await fleet.close()
    await closeConnectors()
    forget()
  }
  const engine = new QueryEngine({
    driver,
    connectors: CONNECTORS,
    isFormat: (name) => textFormat(name) !== undefined || isStateFormat(name) || isSourceName(name),
    codeOf: async (stage) => (await import('../executor/pipelines/module-text.js')).moduleText(stage),
    stored: new Warehouse(config.get(CONFIG.warehouseDir)),
    config,
    logger,
    ...(process.stderr.isTTY && config.get(CONFIG.showConsoleProgress)
      ? { progress: new ProgressLine(process.stderr) }
      : {}),
    metrics: served,
    close,
  })
  const forget = stopOnSignal(() => engine.stop())
  return engine
}

/** @throws CANNOT_LISTEN */
async function serve(driver: Driver, metrics: DriverMetrics, config: Config) {
  // What speaks HTTP is loaded for those alone who want it.
  const { serveMetrics } = await import('../driver/prometheus/index.js')
  const address = [config.get(CONFIG.metricsHost), config.get(CONFIG.metricsPort)] as const
  const { server, streams } = await serveMetrics(...address, driver, metrics)
  return { url: server.url, streams, close: () => server.close() }
}

function startExecutors(
  plan: LaunchPlan,
  driver: Driver,
  config: Config,
  metrics: DriverMetrics | undefined,
): Promise<Fleet> {
  const inProcess = (slots: number): { close(): Promise<void> } => {
    const memoryBytes = config.get(CONFIG.executorMemory)
    const executor = createLocalExecutor({ driver, slots, memoryBytes, modules: OWN_MODULES })
    metrics?.watch('local', () => executor.memoryUsage)
    return executor
  }
  const context = { config, logger: driver.logger, executorMain: EXECUTOR_MAIN, modules: OWN_MODULES, inProcess }
  return Fleet.start({ plan, driver, context })
}
