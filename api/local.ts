/** The composition root of a session in this process: wires driver, executors and connectors for a master. */
import { availableParallelism } from 'node:os'
import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import { createLogger } from '../common/log.js'
import { closeConnectors, connectorPart, isSourceName, rowSinkOf } from '../connectors/registry.js'
import { Warehouse } from '../connectors/warehouse/warehouse.js'
import {
  Allocation,
  type AllocationOptions,
  allocationOptions,
  Driver,
  type DriverConnectors,
  DriverMetrics,
  DynamicAllocation,
  decommissionOptions,
  fileProtection,
  isStateFormat,
  loadStreams,
  type StateFormat,
  schedulingOptions,
} from '../driver/index.js'
import { Fleet } from '../driver/launch/fleet.js'
import type { LaunchPlan } from '../driver/launch/launcher.js'
import { launchPlan } from '../driver/launch/registry.js'
import { createLocalExecutor } from '../executor/local-executor.js'
import { EXECUTOR_MAIN, OWN_MODULES } from '../executor/own-modules.js'
import { textFormat } from '../planner/analyze/text-formats/registry.js'
import type { Engine } from './engine/engine.js'
import { QueryEngine } from './engine/query-engine.js'
import type { QueryEngineOptions } from './engine/query-engine-options.js'
import { stopOnSignal } from './session/stop-on-signal.js'
import { startEvents } from './session-events.js'

const SLOTS_WITHOUT_MAXIMUM = 64

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
  const parts = await startParts(masterText, config)
  const close = async (): Promise<void> => {
    try {
      await parts.close()
    } finally {
      forget()
    }
  }
  const engine = new QueryEngine({ ...parts, close })
  const forget = stopOnSignal(() => engine.stop())
  return engine
}

/** Starts what an engine is made of. @throws INVALID_MASTER, LOCAL_CLUSTER_FAILED */
export async function startParts(masterText: string, config: Config): Promise<QueryEngineOptions> {
  const plan = launchPlan(masterText, availableParallelism())
  const protection = fileProtection(config)
  const logger = createLogger('driver', config.get(CONFIG.logLevel)).child({ app: config.get(CONFIG.appName) })
  const allocation = plan.place === 'in process' ? undefined : allocationOptions(config, plan.room(config))
  const events = await startEvents(masterText, config, logger)
  const metrics = config.get(CONFIG.metricsPort) < 0 ? undefined : new DriverMetrics()
  if (metrics) events.bus.add(metrics)
  const driver = new Driver({
    connectors: CONNECTORS,
    expectedSlots: allocation ? plannedSlots(allocation) : plan.expectedSlots,
    maxFailures: config.get(CONFIG.taskMaxFailures),
    executorTimeoutMs: config.get(CONFIG.executorTimeout),
    executorWaitMs: config.get(CONFIG.executorWait),
    ...schedulingOptions(config, plan.place === 'in process'),
    decommission: decommissionOptions(config),
    protection,
    logger,
    events: events.bus,
  })
  const served =
    metrics &&
    (await serve(driver, metrics, config).catch(async (error: unknown) => {
      await driver.close()
      await events.end()
      throw error
    }))
  const fleet = await startExecutors(plan, driver, config, metrics, allocation?.initialExecutors).catch(
    async (error: unknown) => {
      await driver.close()
      await served?.close()
      await events.end()
      throw error
    },
  )
  const scaling = allocation && new DynamicAllocation(driver, fleet, new Allocation(allocation))
  const close = async (): Promise<void> => {
    scaling?.close()
    try {
      await served?.close()
      await fleet.close()
    } finally {
      await events.end()
      await closeConnectors()
    }
  }
  return {
    driver,
    connectors: CONNECTORS,
    isFormat: (name) => textFormat(name) !== undefined || isStateFormat(name) || isSourceName(name),
    codeOf: async (stage) => (await import('../executor/pipelines/module-text.js')).moduleText(stage),
    stored: new Warehouse(config.get(CONFIG.warehouseDir)),
    config,
    logger,
    metricsUrl: served?.url,
    close,
  }
}

/** How many tasks at once queries are planned for that run on executors which come when there are tasks. */
const plannedSlots = ({ maxExecutors, slots }: AllocationOptions): number =>
  Number.isFinite(maxExecutors) ? maxExecutors * slots : SLOTS_WITHOUT_MAXIMUM

/** @throws CANNOT_LISTEN */
async function serve(driver: Driver, metrics: DriverMetrics, config: Config) {
  // What speaks HTTP is loaded for those alone who want it.
  const { serveMetrics } = await import('../driver/prometheus/index.js')
  const address = [config.get(CONFIG.metricsHost), config.get(CONFIG.metricsPort)] as const
  return await serveMetrics(...address, driver, metrics)
}

function startExecutors(
  plan: LaunchPlan,
  driver: Driver,
  config: Config,
  metrics: DriverMetrics | undefined,
  initialExecutors: number | undefined,
): Promise<Fleet> {
  const inProcess = (slots: number): { close(): Promise<void> } => {
    const memoryBytes = config.get(CONFIG.executorMemory)
    const executor = createLocalExecutor({ driver, slots, memoryBytes, modules: OWN_MODULES })
    metrics?.watch('local', () => executor.memoryUsage)
    return executor
  }
  const context = { config, logger: driver.logger, executorMain: EXECUTOR_MAIN, modules: OWN_MODULES, inProcess }
  return Fleet.start({ plan, driver, context, initialExecutors })
}
