import type { BarrierOptions } from '../barriers/barrier-options.js'
import type { ExclusionOptions } from '../executors/exclusion.js'
import type { PoolsOptions } from '../pools/pool-options.js'
import type { DecommissionOptions } from './decommissions.js'
import type { SpeculationOptions } from './speculation.js'

/** What a scheduler is told once. */
export interface SchedulerOptions {
  /** Failures of one task that its job survives, plus one. Losing the executor under it counts. */
  readonly maxFailures: number
  /** Silence after which an executor counts as lost. */
  readonly executorTimeoutMs: number
  /** How long a task waits for a slot where its input is. */
  readonly localityWaitMs: number
  /** How long jobs wait without any executor before they fail. */
  readonly executorWaitMs: number
  /** How jobs share slots; by default as those of one pool, each as many as the others. */
  readonly pools?: PoolsOptions | undefined
  /** Of stages whose tasks run together; by default those of Spark. */
  readonly barrier?: BarrierOptions | undefined
  /** How executors go that are to; a minute, and with all that they hold, unless told. */
  readonly decommission?: DecommissionOptions | undefined
  /** Present when tasks that take long are run a second time. */
  readonly speculation?: SpeculationOptions | undefined
  /** Present when executors and hosts are excluded on which tasks fail. */
  readonly exclusion?: ExclusionOptions | undefined
}
