import type { TimeMode } from '../../planner/plan/expression/user-function.js'
import type { AnyGroups } from '../frame/cogrouped-data.js'
import type { CodeOptions } from './shipped.js'
import type { Put } from './stateful-processor.js'

/** What a function sees of a group in a call: the one row that is kept of it, and when the function is to be called again if no rows come before. */
export interface GroupState<R> {
  exists(): boolean
  /** @throws INVALID_API_USE when there is none */
  get(): R
  getOption(): R | undefined
  update(row: Put<R>): void
  remove(): void
  /** Whether the function is called since the group has timed out; it has no rows then. */
  hasTimedOut(): boolean
  /** In milliseconds, or as `1 hour`, from the time of the batch; with `timeoutConf: 'processingTime'`. */
  setTimeoutDuration(duration: number | string): void
  /** In milliseconds since 1970, and so long after; with `timeoutConf: 'eventTime'`. */
  setTimeoutTimestamp(timestamp: number | Date, additionalDuration?: string): void
  /** @throws _LEGACY_ERROR_TEMP_2204 without `withWatermark` */
  getCurrentWatermarkMs(): number
  getCurrentProcessingTimeMs(): number
}

/** What a function gives that gives one row of each group. */
export type OneRow<O> = O | Promise<O>

/** By which clock groups time out, and where the code comes from. */
export interface GroupStateOptions extends CodeOptions {
  readonly timeoutConf?: TimeMode
  /** Groups of a table: their rows, one of each group, are its state in the first batch. They need the columns of the state. */
  readonly initialState?: AnyGroups
}

/** As what the rows of a function are meant: of groups that are final, or of those that have changed. */
export interface GroupRowsOptions extends GroupStateOptions {
  readonly outputMode: 'append' | 'update'
}
