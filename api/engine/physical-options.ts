import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
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
    broadcastThresholdBytes: config.get(CONFIG.autoBroadcastJoinThreshold),
    runtimeFilters: config.get(CONFIG.runtimeFilters),
    rangeSortRows: config.get(CONFIG.rangeSortRows),
    isCached: (cacheId) => caches.has(cacheId),
    ...(outputMode ? { outputMode } : {}),
  }
}
