import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { AdaptiveOptions, PhysicalOptions } from '../../planner/physical/options.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { KnownCaches } from './known-caches.js'

/** How queries are planned, by the settings as they are and the slots that tasks have. */
export function physicalOptions(
  config: Config,
  slots: number,
  caches: KnownCaches,
  outputMode?: OutputMode,
): PhysicalOptions {
  const partitions = config.get(CONFIG.shufflePartitions)
  return {
    shufflePartitions: partitions || slots,
    dividesLargeTables: partitions === 0,
    parallelism: slots,
    broadcastThresholdBytes: broadcastBytes(config),
    runtimeFilters: config.get(CONFIG.runtimeFilters),
    ignoresBuckets: !config.get(CONFIG.bucketing),
    rangeSortRows: config.get(CONFIG.rangeSortRows),
    isCached: (cacheId) => caches.has(cacheId),
    ...(outputMode || !config.get(CONFIG.adaptive) ? {} : { adaptive: adaptiveOptions(config) }),
    ...(outputMode ? { outputMode } : {}),
  }
}

/** The tables of several joins are in memory at once, beside what their tasks hold. */
const MOST_OF_MEMORY = 1 / 16

function broadcastBytes(config: Config): number {
  const most = config.get(CONFIG.autoBroadcastJoinThreshold)
  if (config.isSet(CONFIG.autoBroadcastJoinThreshold)) return most
  return Math.min(most, Math.floor(config.get(CONFIG.executorMemory) * MOST_OF_MEMORY))
}

function adaptiveOptions(config: Config): AdaptiveOptions {
  const [leastBytes, mostBytes] = [
    config.get(CONFIG.adaptiveLeastPartition),
    config.get(CONFIG.adaptiveAdvisoryPartition),
  ]
  const isParallel = config.get(CONFIG.adaptiveParallelismFirst)
  const factor = config.get(CONFIG.adaptiveSkewFactor)
  const split = { factor, leastBytes: config.get(CONFIG.adaptiveSkewThreshold), partBytes: mostBytes }
  return {
    ...(config.get(CONFIG.adaptiveCoalesce) ? { merge: { leastBytes, mostBytes, isParallel } } : {}),
    ...(config.get(CONFIG.adaptiveSkewJoin) ? { split } : {}),
    broadcastBytes: config.get(CONFIG.adaptiveBroadcastThreshold) || broadcastBytes(config),
    swapFactor: config.get(CONFIG.adaptiveSwapFactor),
  }
}
