import type { EngineListener } from '../events/engine-event.js'
import type { StreamingQueryProgress } from '../streaming/progress.js'
import type { QueryProgressEvent, QueryStartedEvent, QueryTerminatedEvent } from '../streaming/stream-events.js'
import type { MetricFamily, Sample } from './exposition.js'

/** What a query that runs has done since it was started. */
interface StreamTotals {
  readonly labels: { readonly query: string; readonly id: string }
  batches: number
  inputRows: number
  outputRows: number
  batchMs: number
  readonly phaseMs: Map<string, number>
  /** By operators. */
  readonly lateRows: Map<string, number>
  last: StreamingQueryProgress | undefined
}

/** Metrics of the streaming queries of a session, of what they tell. Series of a query end with it. */
export class StreamMetrics implements EngineListener {
  readonly #running = new Map<string, StreamTotals>()
  #stopped = 0
  #failed = 0

  onQueryStarted({ id, runId, name }: QueryStartedEvent): void {
    const labels = { query: name ?? '', id }
    const zero = { batches: 0, inputRows: 0, outputRows: 0, batchMs: 0, last: undefined }
    this.#running.set(runId, { labels, ...zero, phaseMs: new Map(), lateRows: new Map() })
  }

  onQueryProgress({ progress }: QueryProgressEvent): void {
    const totals = this.#running.get(progress.runId)
    if (totals === undefined || progress.exception !== undefined) return
    totals.batches++
    totals.inputRows += progress.numInputRows
    totals.outputRows += Math.max(0, progress.sink.numOutputRows)
    totals.batchMs += progress.batchDuration
    for (const [phase, ms] of Object.entries(progress.durationMs)) add(totals.phaseMs, phase, ms)
    for (const [operator, { numRowsDroppedByWatermark }] of namedOperators(progress))
      add(totals.lateRows, operator, numRowsDroppedByWatermark)
    totals.last = progress
  }

  onQueryTerminated({ runId, exception }: QueryTerminatedEvent): void {
    this.#running.delete(runId)
    if (exception === undefined) this.#stopped++
    else this.#failed++
  }

  families(): readonly MetricFamily[] {
    return [...this.#ofSession(), ...this.#totals(), ...this.#ofLastBatch()]
  }

  #ofSession(): readonly MetricFamily[] {
    return [
      family('millrace_streams', 'gauge', 'Streaming queries that run.', [{ value: this.#running.size }]),
      family('millrace_streams_terminated_total', 'counter', 'Streaming queries that ended.', [
        { labels: { outcome: 'stopped' }, value: this.#stopped },
        { labels: { outcome: 'failed' }, value: this.#failed },
      ]),
    ]
  }

  #totals(): readonly MetricFamily[] {
    const total = (name: string, help: string, of: (totals: StreamTotals) => number): MetricFamily =>
      family(
        `millrace_stream_${name}_total`,
        'counter',
        help,
        this.#each((totals) => [{ value: of(totals) }]),
      )
    return [
      total('batches', 'Batches that the query has finished since it was started.', ({ batches }) => batches),
      total('input_rows', 'Rows that it read.', ({ inputRows }) => inputRows),
      total('output_rows', 'Rows that its sink took.', ({ outputRows }) => outputRows),
      total('batch_seconds', 'Time that its batches took.', ({ batchMs }) => batchMs / 1000),
      family(
        'millrace_stream_phase_seconds_total',
        'counter',
        'Time that phases of its batches took.',
        this.#each(({ phaseMs }) => [...phaseMs].map(([phase, ms]) => ({ labels: { phase }, value: ms / 1000 }))),
      ),
      family(
        'millrace_stream_late_rows_total',
        'counter',
        'Rows that came too late for an operator.',
        this.#each(({ lateRows }) => [...lateRows].map(([operator, value]) => ({ labels: { operator }, value }))),
      ),
    ]
  }

  #ofLastBatch(): readonly MetricFamily[] {
    const gauge = (name: string, help: string, of: (last: StreamingQueryProgress) => readonly Sample[]): MetricFamily =>
      family(
        `millrace_stream_${name}`,
        'gauge',
        help,
        this.#each(({ last }) => (last === undefined ? [] : of(last))),
      )
    const operators =
      (of: (operator: StreamingQueryProgress['stateOperators'][number]) => number) =>
      (last: StreamingQueryProgress): readonly Sample[] =>
        namedOperators(last).map(([name, operator]) => ({ labels: { operator: name }, value: of(operator) }))
    return [
      gauge('batch_id', 'The number of its last batch.', ({ batchId }) => [{ value: batchId }]),
      gauge('batch_duration_seconds', 'How long the last batch took.', ({ batchDuration }) => [
        { value: batchDuration / 1000 },
      ]),
      gauge('input_rows_per_second', 'Rows that came for each second before the last batch.', (last) => [
        { value: last.inputRowsPerSecond },
      ]),
      gauge('processed_rows_per_second', 'Rows a second of the last batch.', (last) => [
        { value: last.processedRowsPerSecond },
      ]),
      gauge('lag_records', 'Records that waited in a source after the last batch.', lagOf('totalOffsetsBehindLatest')),
      gauge('lag_records_max', 'The same of the partition with the most.', lagOf('maxOffsetsBehindLatest')),
      gauge('watermark_timestamp_seconds', 'The watermark of the last batch.', ({ eventTime }) =>
        eventTime === undefined ? [] : [{ value: Date.parse(eventTime.watermark) / 1000 }],
      ),
      gauge(
        'state_rows',
        'Rows that an operator keeps.',
        operators(({ numRowsTotal }) => numRowsTotal),
      ),
      gauge(
        'state_bytes',
        'Memory of executors that these rows take.',
        operators(({ memoryUsedBytes }) => memoryUsedBytes),
      ),
    ]
  }

  /** Samples of each query that runs, labelled with it. */
  #each(of: (totals: StreamTotals) => readonly Sample[]): readonly Sample[] {
    return [...this.#running.values()].flatMap((totals) =>
      of(totals).map(({ labels, value }) => ({ labels: { ...totals.labels, ...labels }, value })),
    )
  }
}

const family = (name: string, type: MetricFamily['type'], help: string, samples: readonly Sample[]): MetricFamily => ({
  name,
  type,
  help,
  samples,
})

const add = (sums: Map<string, number>, key: string, more: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + more)

/** Operators of one name are told apart by their numbers, counted from the last one of the query. */
const namedOperators = ({ stateOperators }: StreamingQueryProgress) =>
  stateOperators.map((operator, i) => [`${i}-${operator.operatorName}`, operator] as const)

const lagOf =
  (metric: string) =>
  ({ sources }: StreamingQueryProgress): readonly Sample[] =>
    sources.flatMap(({ description, metrics }, i) => {
      const value = metrics?.[metric]
      return value === undefined ? [] : [{ labels: { source: `${i}-${description}` }, value: Number(value) }]
    })
