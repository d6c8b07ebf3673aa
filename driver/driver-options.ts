import type { Logger } from '../common/log.js'
import type { Json, Split } from '../connectors/api.js'
import type { DriverConnectors } from './connectors.js'
import type { DriverMetrics } from './prometheus/driver-metrics.js'
import type { StreamingJobInputs } from './streaming-inputs.js'

export const DEFAULT_EXECUTOR_WAIT_MS = 60_000
export const DEFAULT_LOCALITY_WAIT_MS = 500

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
  /** How long a task waits for a slot where its cached input is; default 500 ms. */
  readonly localityWaitMs?: number
  readonly logger: Logger
  /** Counts what the driver hears and does, when someone wants to know. */
  readonly metrics?: DriverMetrics
}

export interface SubmitOptions {
  /** Splits by scan id for scans that are not to ask their connector: a stream's. */
  readonly splits?: Readonly<Record<number, readonly Split[]>>
  readonly streaming?: StreamingJobInputs
  /** Told the folders of partitions that a write has rows for, before these can be seen. */
  readonly beforeCommit?: (folders: readonly string[]) => void
  /** Keeps what tasks prepared for a transactional sink, before it is committed. */
  readonly keepPrepared?: (messages: readonly Json[]) => Promise<void>
}
