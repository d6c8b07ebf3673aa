import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json, StreamLag, StreamSource } from '../../connectors/api.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { BatchOutcome } from './batch-outcome.js'
import type { PlannedBatch, Position } from './batch-planner.js'
import { type EventTimeProgress, RECENT_PROGRESS, type StreamingQueryProgress } from './progress.js'
import { type BatchFacts, ProgressReports, type SourceFacts, timeText } from './progress-report.js'
import type { StreamEvents } from './stream-events.js'
import type { StreamClock } from './system-clock.js'
import type { Watermarks } from './watermarks.js'

/** What is told of a query beside its batches, and to whom. */
export interface ReportedQuery {
  readonly id: string
  readonly runId: string
  readonly name: string | undefined
  /** The pool that was chosen for its jobs, if one was. */
  readonly pool?: string | undefined
  readonly sources: readonly { readonly description: string; readonly stream: StreamSource }[]
  readonly sinkDescription: string
  readonly clock: Pick<StreamClock, 'nowMs'>
  readonly events: StreamEvents
  /** What is told of event time; undefined without a watermark in the query. */
  eventTimeOf(watermarks: Watermarks, seen: ReadonlyMap<number, EventTime>): EventTimeProgress | undefined
}

/** How long a query has nothing to do before it says so, and says so again; Spark's `noDataProgressEventInterval`. */
const IDLE_AFTER_MS = 10_000

/** What one start of a query tells of itself: the last reports are kept, and listeners hear of each. */
export class QueryReports {
  readonly #query: ReportedQuery
  readonly #reports: ProgressReports
  readonly #recent: StreamingQueryProgress[] = []
  /** When it last told of a batch, or that it had nothing to do. */
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(query: ReportedQuery) {
    this.#query = query
    const { name, pool } = query
    this.#reports = new ProgressReports({ ...this.#ids, name: name ?? null, ...(pool === undefined ? {} : { pool }) })
  }

  get recent(): readonly StreamingQueryProgress[] {
    return this.#recent
  }

  started(): void {
    const { clock, events, name } = this.#query
    events.onQueryStarted({ ...this.#ids, name: name ?? null, timestamp: timeText(clock.nowMs()) })
  }

  done(
    { batchId, from, until, watermarks }: PlannedBatch,
    times: Pick<BatchFacts, 'startedMs' | 'endedMs' | 'durationMs'>,
    { rowsRead, rowsWritten, eventTimes, stateOperators, observedMetrics }: BatchOutcome,
    lags: readonly (StreamLag | undefined)[],
  ): void {
    const sources = this.#sources(from, until, rowsRead, lags)
    const eventTime = this.#query.eventTimeOf(watermarks, eventTimes)
    const facts = { batchId, ...times, eventTime, sources, stateOperators, observedMetrics }
    this.#report({ ...facts, numOutputRows: rowsWritten })
  }

  /** @param until of the batch that ran, if one did */
  failed(
    at: Position | undefined,
    until: readonly Json[] | undefined,
    startedMs: number,
    failure: MillraceError,
  ): void {
    this.#report({
      batchId: at?.batchId ?? -1,
      startedMs,
      endedMs: this.#query.clock.nowMs(),
      durationMs: {},
      eventTime: this.#query.eventTimeOf(at?.watermarks ?? {}, new Map()),
      sources: this.#sources(at?.from, until),
      stateOperators: [],
      observedMetrics: {},
      numOutputRows: 0,
      exception: failure.message,
    })
  }

  /** There was nothing to do; it is told when it has been so for a while. */
  idle(): void {
    const nowMs = this.#query.clock.nowMs()
    if (nowMs - this.#toldMs < IDLE_AFTER_MS) return
    this.#toldMs = nowMs
    this.#query.events.onQueryIdle({ ...this.#ids, timestamp: timeText(nowMs) })
  }

  ended(failure: MillraceError | undefined): void {
    const { cause, message } = failure ?? {}
    this.#query.events.onQueryTerminated({
      ...this.#ids,
      ...(message === undefined ? {} : { exception: message }),
      ...(MillraceError.is(cause) ? { errorClassOnException: cause.condition } : {}),
    })
  }

  get #ids(): { readonly id: string; readonly runId: string } {
    return { id: this.#query.id, runId: this.#query.runId }
  }

  #sources(
    from: readonly Json[] | undefined,
    until: readonly Json[] | undefined,
    rows: readonly number[] = [],
    lags: readonly (StreamLag | undefined)[] = [],
  ): readonly SourceFacts[] {
    return this.#query.sources.map(({ description, stream }, i) => ({
      description,
      startOffset: from ? shown(stream, from[i]!) : null,
      endOffset: until ? shown(stream, until[i]!) : null,
      rows: rows[i] ?? 0,
      lag: lags[i],
    }))
  }

  #report({ numOutputRows, ...batch }: Omit<BatchFacts, 'sink'> & { readonly numOutputRows: number }): void {
    const { clock, events, sinkDescription } = this.#query
    const sink = { description: sinkDescription, numOutputRows }
    this.#toldMs = clock.nowMs()
    const progress = this.#reports.of({ ...batch, sink })
    this.#recent.push(progress)
    if (this.#recent.length > RECENT_PROGRESS) this.#recent.shift()
    events.onQueryProgress({ progress })
  }
}

const shown = (stream: StreamSource, offset: Json): Json => stream.shown?.(offset) ?? offset
