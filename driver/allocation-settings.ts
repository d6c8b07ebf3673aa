import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import type { ConfigEntry } from '../common/config/entry.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { AllocationOptions } from './executors/allocation.js'
import type { DecommissionOptions } from './jobs/decommissions.js'
import type { ExecutorRoom } from './launch/launcher.js'

/** What settings say of how executors go. */
export function decommissionOptions(config: Config): DecommissionOptions {
  const isEnabled = config.get(CONFIG.decommission)
  const moves = isEnabled && config.get(CONFIG.storageDecommission)
  return {
    // Without it one that is to go does so at once.
    timeoutMs: isEnabled ? config.get(CONFIG.executorDecommissionForceKillTimeout) : 0,
    movesShuffles: moves && config.get(CONFIG.storageDecommissionShuffleBlocks),
    movesCaches: moves && config.get(CONFIG.storageDecommissionRddBlocks),
  }
}

/** What settings say of how many executors there are; undefined when that is fixed. @throws INVALID_CONF_VALUE */
export function allocationOptions(config: Config, room: ExecutorRoom): AllocationOptions | undefined {
  if (!config.get(CONFIG.dynamicAllocation)) return undefined
  const minExecutors = config.get(CONFIG.dynamicAllocationMinExecutors)
  const maxExecutors = Math.min(config.get(CONFIG.dynamicAllocationMaxExecutors), room.mostExecutors)
  if (maxExecutors < 1) throw refused(CONFIG.dynamicAllocationMaxExecutors, config, 'there must be room for one')
  if (minExecutors > maxExecutors) {
    throw refused(CONFIG.dynamicAllocationMinExecutors, config, `there may be at most ${maxExecutors}`)
  }
  const first = Math.max(config.get(CONFIG.dynamicAllocationInitialExecutors), room.firstExecutors, minExecutors)
  const backlogMs = config.get(CONFIG.dynamicAllocationBacklogTimeout)
  return {
    minExecutors,
    maxExecutors,
    initialExecutors: Math.min(first, maxExecutors),
    ratio: config.get(CONFIG.dynamicAllocationRatio),
    slots: room.slots,
    backlogMs,
    sustainedBacklogMs: config.get(CONFIG.dynamicAllocationSustainedBacklogTimeout) || backlogMs,
    idleMs: config.get(CONFIG.dynamicAllocationIdleTimeout),
    cachedIdleMs: config.get(CONFIG.dynamicAllocationCachedIdleTimeout),
    shuffleIdleMs: shuffleIdleMs(config),
  }
}

/** @throws INVALID_CONF_VALUE */
function shuffleIdleMs(config: Config): number {
  if (config.get(CONFIG.dynamicAllocationShuffleTracking)) return config.get(CONFIG.dynamicAllocationShuffleTimeout)
  if (decommissionOptions(config).movesShuffles) return 0
  const reason = `an executor that goes would take along what tasks wrote for later stages; ${CONFIG.decommission.key} with ${CONFIG.storageDecommissionShuffleBlocks.key} has others take it`
  throw refused(CONFIG.dynamicAllocationShuffleTracking, config, reason)
}

const refused = ({ key }: ConfigEntry<unknown>, config: Config, reason: string): MillraceError =>
  new MillraceError('INVALID_CONF_VALUE', { key, value: config.textOf(key)!, reason })
