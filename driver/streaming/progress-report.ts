import { writingBigints } from '../../common/bigint-json.js'
import type { Json, StreamLag } from '../../connectors/api.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type {
  BatchPhase,
  EventTimeProgress,
  ObservedByName,
  SinkProgress,
  SourceProgress,
  StateOperatorProgress,
  StreamingQueryProgress,
} from './progress.js'

/** What is known of a batch when it is reported. */
export interface BatchFacts {
  readonly batchId: number
  /** When its trigger began, and when it ended. */
  readonly startedMs: number
  readonly endedMs: number
  readonly durationMs: Readonly<Partial<Record<BatchPhase, number>>>
  readonly eventTime: EventTimeProgress | undefined
  readonly sources: readonly SourceFacts[]
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sink: SinkProgress
  readonly observedMetrics: ObservedByName
  readonly exception?: string
}

export interface SourceFacts {
  readonly description: string
  readonly startOffset: Json
  readonly endOffset: Json
  readonly rows: number
  readonly lag: StreamLag | undefined
}

/** Makes the reports of one start of a query. */
export class ProgressReports {
  readonly #query: Pick<StreamingQueryProgress, 'id' | 'runId' | 'name' | 'pool'>
  #lastStartedMs: number | undefined

  constructor(query: Pick<StreamingQueryProgress, 'id' | 'runId' | 'name' | 'pool'>) {
    this.#query = query
  }

  of({ startedMs, endedMs, sources, durationMs, ...batch }: BatchFacts): StreamingQueryProgress {
    const sinceLastMs = this.#lastStartedMs === undefined ? Number.POSITIVE_INFINITY : startedMs - this.#lastStartedMs
    this.#lastStartedMs = startedMs
    const tookMs = endedMs - startedMs
    const ratesOf = (rows: number) => ({
      numInputRows: rows,
      inputRowsPerSecond: perSecond(rows, sinceLastMs),
      processedRowsPerSecond: perSecond(rows, tookMs),
    })
    const rows = sources.reduce((sum, source) => sum + source.rows, 0)
    const { batchId, eventTime, stateOperators, sink, observedMetrics, exception } = batch
    return writingBigints({
      ...this.#query,
      timestamp: timeText(startedMs),
      batchId,
      batchDuration: tookMs,
      ...ratesOf(rows),
      durationMs: { ...durationMs, triggerExecution: tookMs },
      ...(eventTime ? { eventTime } : {}),
      stateOperators,
      sources: sources.map((source) =>
        writingBigints({ ...offsetsOf(source), ...ratesOf(source.rows), ...metricsOf(source) }),
      ),
      sink,
      ...(Object.keys(observedMetrics).length > 0 ? { observedMetrics } : {}),
      ...(exception === undefined ? {} : { exception }),
    })
  }
}

const offsetsOf = ({
  description,
  startOffset,
  endOffset,
  lag,
}: SourceFacts): Pick<SourceProgress, 'description' | 'startOffset' | 'endOffset' | 'latestOffset'> => ({
  description,
  startOffset,
  endOffset,
  latestOffset: lag?.latestOffset ?? null,
})

/** As Spark's Kafka source tells them, of any source that knows how many records wait in its parts. */
function metricsOf({ lag }: SourceFacts): Pick<SourceProgress, 'metrics'> {
  const behind = Object.values(lag?.behind ?? {})
  if (behind.length === 0) return {}
  const total = behind.reduce((sum, each) => sum + each, 0n)
  const [least, most] = [behind.reduce((a, b) => (b < a ? b : a)), behind.reduce((a, b) => (b > a ? b : a))]
  const avg = Number(total) / behind.length
  return {
    metrics: {
      avgOffsetsBehindLatest: Number.isInteger(avg) ? avg.toFixed(1) : String(avg),
      maxOffsetsBehindLatest: String(most),
      minOffsetsBehindLatest: String(least),
      totalOffsetsBehindLatest: String(total),
    },
  }
}

/** A batch takes a millisecond at least, so that each rate is a number. */
const perSecond = (rows: number, ms: number): number => rows / (Math.max(1, ms) / 1000)

/** What a Date can hold: some event times are further away. */
const FURTHEST_MS = 8_640_000_000_000_000

export const timeText = (ms: number): string =>
  new Date(Math.max(-FURTHEST_MS, Math.min(FURTHEST_MS, Math.floor(ms)))).toISOString()

/** Rounded down, also before 1970. */
const millisOf = (micros: bigint): number => Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n)

/** @param watermarkMicros undefined as long as there is none yet: it is told as 1970, as in Spark */
export function eventTimeProgress(seen: EventTime | undefined, watermarkMicros: bigint | undefined): EventTimeProgress {
  const ofRows =
    seen === undefined
      ? {}
      : {
          avg: timeText(seen.sumMicros / seen.rows / 1000),
          max: timeText(millisOf(seen.maxMicros)),
          min: timeText(millisOf(seen.minMicros)),
        }
  return { ...ofRows, watermark: timeText(millisOf(watermarkMicros ?? 0n)) }
}
