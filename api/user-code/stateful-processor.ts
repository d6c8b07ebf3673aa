import { ProcessorBase } from '../../common/processor-base.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow, Value } from '../column/row.js'

/** A row of state as it is put: columns that may be NULL may be left out. */
export type Put<R> = string extends keyof R
  ? object
  : { readonly [K in keyof R as null extends R[K] ? never : K]: R[K] } & {
      readonly [K in keyof R as null extends R[K] ? K : never]?: R[K]
    }

/** One row for each group. */
export interface ValueState<R> {
  exists(): boolean
  get(): R | undefined
  update(row: Put<R>): void
  clear(): void
}

/** Rows in an order for each group. */
export interface ListState<R> {
  exists(): boolean
  get(): Iterable<R>
  put(rows: Iterable<Put<R>>): void
  appendValue(row: Put<R>): void
  appendList(rows: Iterable<Put<R>>): void
  clear(): void
}

/** Rows by keys, which are rows as well, for each group. */
export interface MapState<K, R> {
  exists(): boolean
  getValue(key: Put<K>): R | undefined
  containsKey(key: Put<K>): boolean
  updateValue(key: Put<K>, row: Put<R>): void
  iterator(): Iterable<readonly [key: K, value: R]>
  keys(): Iterable<K>
  values(): Iterable<R>
  removeKey(key: Put<K>): void
  clear(): void
}

/** How long after it was put something is forgotten, as `1 hour`; in time mode `processingTime`. */
export interface TtlOptions {
  readonly ttlDuration?: string
}

/** What a processor has of its query: state, which is declared when an object is made, and timers. */
export interface StatefulProcessorHandle {
  getValueState<const T extends string>(name: string, schema: T, options?: TtlOptions): ValueState<DdlRow<T>>
  getListState<const T extends string>(name: string, schema: T, options?: TtlOptions): ListState<DdlRow<T>>
  getMapState<const K extends string, const T extends string>(
    name: string,
    keySchema: K,
    schema: T,
    options?: TtlOptions,
  ): MapState<DdlRow<K>, DdlRow<T>>
  /** Has `handleExpiredTimer` called for the group once the clock of the time mode is past a time, in milliseconds since 1970. */
  registerTimer(expiryTimestampMs: number): void
  deleteTimer(expiryTimestampMs: number): void
  listTimers(): Iterable<number>
  getQueryInfo(): { readonly queryId: string; readonly batchId: number }
}

/** The time by which a batch runs. */
export interface TimerValues {
  getCurrentProcessingTimeInMs(): number
  /** 0 as long as no row has been seen, -1 where the query declares none. */
  getCurrentWatermarkInMs(): number
}

export interface ExpiredTimerInfo {
  getExpiryTimeInMs(): number
}

/** What a method gives: rows, one by one, or none. */
// biome-ignore lint/suspicious/noConfusingVoidType: methods that return nothing are meant
export type OutputRows<O> = Iterable<O> | AsyncIterable<O> | Promise<Iterable<O> | undefined> | void

/**
 * Keeps state of each group of a stream, and gives rows: `groupBy(…).transformWithState(Class, …)`. State is declared by fields of the class:
 * `readonly total = this.getHandle().getValueState('total', 'sum bigint')`. An object is made in each task, so fields keep nothing else from batch to batch.
 */
export abstract class StatefulProcessor<
  I extends object = AnyRow,
  O extends object = object,
  K extends readonly Value[] = readonly Value[],
> extends ProcessorBase<StatefulProcessorHandle> {
  /** Called once in a batch for each group that has rows in it. */
  abstract handleInputRows(key: K, rows: Iterable<I>, timerValues: TimerValues): OutputRows<O>
  /** Called in the first batch with each row of `initialState` of a group, before the group's rows are handled. */
  handleInitialState?(key: K, initialState: AnyRow, timerValues: TimerValues): void | Promise<void>
  /** Called for each timer that is past, after the rows of the batch. */
  handleExpiredTimer?(key: K, timerValues: TimerValues, expiredTimerInfo: ExpiredTimerInfo): OutputRows<O>
  /** Called when a task has handled its groups. */
  close?(): unknown
}

export type StatefulProcessorClass<I extends object, O extends object> = new (
  handle: StatefulProcessorHandle,
) => StatefulProcessor<I, O>

/** Whether the rows `O` that a class says it gives are rows `R`; one that does not say so is looked at when the query runs. */
export type GivingRows<O, R> = object extends O ? unknown : O extends R ? unknown : { readonly '~gives': R }
