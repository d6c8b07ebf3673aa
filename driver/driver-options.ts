import type { Logger } from '../common/log.js'
import type { Json, Split } from '../connectors/api.js'
import type { BarrierOptions } from './barriers/barrier-options.js'
import type { DriverConnectors } from './connectors.js'
import type { EventBus } from './events/event-bus.js'
import type { ExclusionOptions } from './executors/exclusion.js'
import type { DriverProtection } from './file-protection.js'
import type { DecommissionOptions } from './jobs/decommissions.js'
import type { SchedulerOptions } from './jobs/scheduler-options.js'
import type { SpeculationOptions } from './jobs/speculation.js'
import type { PoolsOptions } from './pools/pool-options.js'
import type { StreamingJobInputs } from './streaming-inputs.js'

const DEFAULT_EXECUTOR_WAIT_MS = 60_000
const DEFAULT_LOCALITY_WAIT_MS = 500

export interface DriverOptions {
  readonly connectors: DriverConnectors
  /** Slots the cluster will have, for the number of tasks planned before its executors have registered. */
  readonly expectedSlots: number
  /** `task.maxFailures` */
  readonly maxFailures: number
  /** `executor.timeout` */
  readonly executorTimeoutMs: number
  /** How long jobs wait without any executor before they fail; default 60 s. */
  readonly executorWaitMs?: number
  /** How long closing waits for writes that begin, are committed or are taken back; default 60 s. */
  readonly closePatienceMs?: number
  /** How long a task waits for a slot where its cached input is; default 500 ms. */
  readonly localityWaitMs?: number
  /** `scheduler.*`; without it jobs share slots as those of one pool. */
  readonly pools?: PoolsOptions
  /** `barrier.*`; without it waits are bounded as in Spark. */
  readonly barrier?: BarrierOptions
  /** `speculation.*`; without it no task is run a second time while it runs. */
  readonly speculation?: SpeculationOptions | undefined
  /** `excludeOnFailure.*`; without it no executor is excluded. */
  readonly exclusion?: ExclusionOptions | undefined
  /** How files are encrypted; without it they are not. */
  readonly protection?: DriverProtection | undefined
  /** `decommission.*` */
  readonly decommission?: DecommissionOptions | undefined
  readonly logger: Logger
  /** Tells listeners what happens; without one nobody else listens. */
  readonly events?: EventBus
}

export const schedulerOptions = (options: DriverOptions): SchedulerOptions => ({
  maxFailures: options.maxFailures,
  executorTimeoutMs: options.executorTimeoutMs,
  executorWaitMs: options.executorWaitMs ?? DEFAULT_EXECUTOR_WAIT_MS,
  localityWaitMs: options.localityWaitMs ?? DEFAULT_LOCALITY_WAIT_MS,
  pools: options.pools,
  barrier: options.barrier,
  speculation: options.speculation,
  exclusion: options.exclusion,
  decommission: options.decommission,
})

export interface SubmitOptions {
  /** With whose jobs it shares slots; without one those for which none was chosen. */
  readonly pool?: string
  /** Splits by scan id for scans that are not to ask their connector: a stream's. */
  readonly splits?: Readonly<Record<number, readonly Split[]>>
  readonly streaming?: StreamingJobInputs
  /** For how many slots splits are divided among tasks; for those that there are, if it is not given. */
  readonly slots?: number
  /** Of the query or write that the job is part of, as events name it. */
  readonly executionId?: number | undefined
  /** Told the folders of partitions that a write has rows for, before these can be seen. */
  readonly beforeCommit?: (folders: readonly string[]) => void
  /** Keeps what tasks prepared for a transactional sink, before it is committed. */
  readonly keepPrepared?: (messages: readonly Json[]) => Promise<void>
}
