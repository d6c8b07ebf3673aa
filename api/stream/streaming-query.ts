import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { StreamingQueryProgress } from '../../driver/index.js'

/** A streaming query that runs, or ran. */
export interface StreamingQuery {
  /** The same over restarts from one checkpoint. */
  readonly id: string
  /** Of this start. */
  readonly runId: string
  readonly name: string | undefined
  readonly isActive: boolean
  /** What becomes of a record at the sink when something fails on the way: it is there once, or once at least. */
  readonly guarantee: 'exactly-once' | 'at-least-once'
  readonly status: { readonly message: string; readonly isDataAvailable: boolean; readonly isTriggerActive: boolean }
  readonly recentProgress: readonly StreamingQueryProgress[]
  readonly lastProgress: StreamingQueryProgress | undefined
  /** What ended it, when it failed. */
  readonly exception: MillraceError | undefined
  /** Resolves when the query has ended (true), or after the time (false). Throws STREAM_FAILED when it failed. */
  awaitTermination(timeoutMs?: number): Promise<boolean>
  /** Resolves when all that was there at the call is processed. */
  processAllAvailable(): Promise<void>
  /** Ends the query; a batch under way is cancelled and will be run again after a restart. */
  stop(): Promise<void>
}
