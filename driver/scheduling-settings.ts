import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '../common/config/config.js'
import { CONFIG } from '../common/config/entries.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { DriverOptions } from './driver-options.js'
import type { ExclusionOptions } from './executors/exclusion.js'
import type { SpeculationOptions } from './jobs/speculation.js'
import { readPools } from './pools/allocation-file.js'
import type { PoolsOptions } from './pools/pool-options.js'

/** What settings say of how tasks are scheduled. @param isFixed whether there will never be more slots. @throws INVALID_CONF_VALUE */
export const schedulingOptions = (
  config: Config,
  isFixed = false,
): Pick<DriverOptions, 'pools' | 'barrier' | 'speculation' | 'exclusion'> => ({
  pools: pools(config),
  barrier: {
    syncTimeoutMs: config.get(CONFIG.barrierSyncTimeout),
    slotsWaitMs: isFixed ? 0 : config.get(CONFIG.barrierCheckInterval) * config.get(CONFIG.barrierCheckMaxFailures),
  },
  speculation: config.get(CONFIG.speculation) ? speculation(config) : undefined,
  exclusion: config.get(CONFIG.excludeOnFailure) ? exclusion(config) : undefined,
})

function pools(config: Config): PoolsOptions {
  const mode = config.get(CONFIG.schedulerMode)
  const path = config.get(CONFIG.schedulerAllocationFile)
  if (path === '') return { mode, declared: new Map() }
  const fault = (reason: string): MillraceError =>
    new MillraceError('INVALID_CONF_VALUE', { key: CONFIG.schedulerAllocationFile.key, value: path, reason })
  return { mode, declared: readPools(textOfFile(path, fault), fault) }
}

function textOfFile(path: string, fault: (reason: string) => MillraceError): string {
  try {
    return readFileSync(path.startsWith('file:') ? fileURLToPath(path) : path, 'utf8')
  } catch (error) {
    throw fault(`it cannot be read: ${(error as Error).message}`)
  }
}

const speculation = (config: Config): SpeculationOptions => ({
  intervalMs: config.get(CONFIG.speculationInterval),
  multiplier: config.get(CONFIG.speculationMultiplier),
  quantile: config.get(CONFIG.speculationQuantile),
  minRuntimeMs: config.get(CONFIG.speculationMinTaskRuntime),
  fewTasksMs: config.get(CONFIG.speculationTaskDurationThreshold),
})

function exclusion(config: Config): ExclusionOptions {
  const { key } = CONFIG.excludeOnFailureTaskAttemptsPerNode
  const taskAttemptsPerHost = config.get(CONFIG.excludeOnFailureTaskAttemptsPerNode)
  // A bad host could fail the job before it is excluded.
  if (taskAttemptsPerHost >= config.get(CONFIG.taskMaxFailures)) {
    const reason = `it must be less than ${CONFIG.taskMaxFailures.key}, which is ${config.get(CONFIG.taskMaxFailures)}`
    throw new MillraceError('INVALID_CONF_VALUE', { key, value: String(taskAttemptsPerHost), reason })
  }
  return {
    taskAttemptsPerHost,
    taskAttemptsPerExecutor: config.get(CONFIG.excludeOnFailureTaskAttemptsPerExecutor),
    stageFailedTasksPerExecutor: config.get(CONFIG.excludeOnFailureStageTasksPerExecutor),
    stageFailedExecutorsPerHost: config.get(CONFIG.excludeOnFailureStageExecutorsPerNode),
    failedTasksPerExecutor: config.get(CONFIG.excludeOnFailureTasksPerExecutor),
    failedExecutorsPerHost: config.get(CONFIG.excludeOnFailureExecutorsPerNode),
    timeoutMs: config.get(CONFIG.excludeOnFailureTimeout),
    waitMs: config.get(CONFIG.excludeOnFailureWait),
    endsExcluded: config.get(CONFIG.excludeOnFailureKill),
  }
}
