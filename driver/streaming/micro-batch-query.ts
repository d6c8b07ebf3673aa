import { writingBigints } from '../../common/bigint-json.js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { Json, StreamSource } from '../../connectors/api.js'
import { type PlannedBatch, type Position, planBatch, recover } from './batch-planner.js'
import type { Checkpoint } from './checkpoint.js'
import type { StateVersions } from './checkpoint-entries.js'
import {
  RECENT_PROGRESS,
  type SourceProgress,
  type StateOperatorProgress,
  type StreamingQueryProgress,
} from './progress.js'
import { sameJson } from './same-json.js'
import { delayBeforeNextBatchMs, type Trigger } from './trigger.js'
import type { Watermarks } from './watermarks.js'

/** What running a batch came to. */
export interface BatchOutcome {
  readonly rowsRead: number
  /** The watermarks after it. */
  readonly watermarks: Watermarks
  readonly states: StateVersions
  readonly stateOperators: readonly StateOperatorProgress[]
}

/** Time as the query sees it, so that tests can hold it. */
export interface StreamClock {
  nowMs(): number
  /** Resolves after so long, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export interface MicroBatchOptions {
  readonly name: string | undefined
  readonly checkpoint: Checkpoint
  readonly sources: readonly { readonly description: string; readonly stream: StreamSource }[]
  readonly trigger: Trigger
  readonly clock: StreamClock
  /** Whether a batch is worth running although there is no data: an operator waits for its watermark, which has moved. */
  wantsBatch(position: Position): boolean
  /** Of several watermarks the one that is told of the query. */
  watermarkOf(watermarks: Watermarks): bigint | undefined
  /** Runs a batch and commits its output; called again for the same batch after a restart. */
  runBatch(batch: PlannedBatch, signal: AbortSignal): Promise<BatchOutcome>
  onProgress?(progress: StreamingQueryProgress): void
}

/**
 * The loop of a micro-batch query: log the offsets, run the batch, log the commit; every step may be the last before a crash, and
 * `recover` goes on from there. One batch at a time.
 */
export class MicroBatchQuery {
  readonly finished: Promise<void>
  readonly #options: MicroBatchOptions
  readonly #stop = new AbortController()
  readonly #recent: StreamingQueryProgress[] = []
  readonly #goals: Goal[] = []
  #position: Position | undefined
  #running: { readonly batch: PlannedBatch; readonly beganMs: number } | undefined
  #failure: MillraceError | undefined
  #active = true
  #phase = 'Initializing sources'
  #onPosition: () => void = () => undefined
  readonly #recovered = new Promise<void>((resolve) => {
    this.#onPosition = resolve
  })

  constructor(options: MicroBatchOptions) {
    this.#options = options
    this.finished = this.#run()
    // The failure is reported by whoever awaits the query; without anyone it must not end the process.
    this.finished.catch(() => undefined)
  }

  get runId(): string {
    return this.#options.checkpoint.runId
  }

  get isActive(): boolean {
    return this.#active
  }

  get phase(): string {
    return this.#phase
  }

  get exception(): MillraceError | undefined {
    return this.#failure
  }

  get recentProgress(): readonly StreamingQueryProgress[] {
    return this.#recent
  }

  /** Ends the query: a batch that runs is cancelled and will be run again on restart. */
  async stop(): Promise<void> {
    this.#stop.abort()
    // A source may be waiting for servers that are down.
    await Promise.all(this.#streams.map((stream) => stream.close())).catch(() => undefined)
    await this.finished.catch(() => undefined)
  }

  /** Resolves when every record that was there at the call has been processed and committed, however many come later. */
  async processAllAvailable(): Promise<void> {
    if (!this.#active) return this.finished
    await Promise.race([this.#recovered, this.finished])
    if (!this.#active || !this.#position) return this.finished
    let offsets: readonly Json[]
    try {
      offsets = await latestOf(this.#streams, this.#position.from)
    } catch (error) {
      // A query that ends closes its sources: what ended it tells more than that.
      if (this.#failure || this.#stop.signal.aborted) return this.finished
      throw error
    }
    await Promise.race([this.#whenReached(offsets), this.finished])
  }

  #whenReached(offsets: readonly Json[]): Promise<void> {
    if (this.#isAt(offsets)) return Promise.resolve()
    return new Promise((resolve) => this.#goals.push({ offsets, resolve }))
  }

  get #streams(): readonly StreamSource[] {
    return this.#options.sources.map(({ stream }) => stream)
  }

  get #wantsEmptyBatch(): boolean {
    return this.#options.wantsBatch(this.#position!)
  }

  #isAt(offsets: readonly Json[]): boolean {
    return !this.#wantsEmptyBatch && offsets.every((offset, i) => sameJson(offset, this.#position!.from[i]!))
  }

  /** Tells those who wait for offsets that are reached. Whether a source is past some, only it can say: nothing is left up to there. */
  async #settleGoals(): Promise<void> {
    for (let goal = this.#goals[0]; goal; goal = this.#goals[0]) {
      const { offsets, resolve } = goal
      if (!this.#isAt(offsets) && (await this.#plan(offsets)) !== undefined) return
      this.#goals.shift()
      resolve()
    }
  }

  #plan(goal: readonly Json[] | undefined): Promise<PlannedBatch | undefined> {
    return planBatch(this.#position!, this.#streams, goal, this.#wantsEmptyBatch)
  }

  async #run(): Promise<void> {
    try {
      await this.#loop()
      this.#phase = 'Stopped'
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(toMillraceError(error))
    } finally {
      this.#active = false
      await Promise.all(this.#streams.map((stream) => stream.close())).catch(() => undefined)
    }
    if (this.#failure) throw this.#failure
  }

  #fail(cause: MillraceError): void {
    const { checkpoint, clock, name } = this.#options
    const ids = { queryName: name ?? 'without a name', id: checkpoint.queryId, runId: this.runId }
    this.#failure = new MillraceError('STREAM_FAILED', { ...ids, message: cause.text }, { cause })
    this.#phase = `Terminated with exception: ${this.#failure.message}`
    const batch = this.#running?.batch ?? this.#position
    this.#report({
      batchId: batch?.batchId ?? -1,
      beganMs: this.#running?.beganMs ?? clock.nowMs(),
      rowsRead: 0,
      durationMs: {},
      watermarkMicros: batch && this.#options.watermarkOf(batch.watermarks),
      sources: this.#sourceProgress(batch?.from, this.#running?.batch.until),
      stateOperators: [],
      exception: this.#failure.message,
    })
  }

  async #loop(): Promise<void> {
    const { checkpoint, clock, trigger } = this.#options
    const { signal } = this.#stop
    const { position, unfinished } = await recover(checkpoint, this.#streams)
    this.#position = position
    this.#onPosition()
    if (unfinished) await this.#execute(unfinished, {})
    const end = trigger.kind === 'availableNow' ? await latestOf(this.#streams, this.#position.from) : undefined
    while (!signal.aborted) {
      const startedMs = clock.nowMs()
      this.#phase = 'Getting offsets'
      await this.#settleGoals()
      const batch = await this.#plan(end ?? this.#goals[0]?.offsets)
      if (batch) await this.#execute(batch, { latestOffset: clock.nowMs() - startedMs })
      if (!batch && end) return
      await this.#settleGoals()
      this.#phase = 'Waiting for next trigger'
      const delayMs = delayBeforeNextBatchMs(trigger, startedMs, batch !== undefined, clock.nowMs())
      if (delayMs > 0) await clock.sleep(delayMs, signal)
    }
  }

  async #execute(batch: PlannedBatch, spent: Record<string, number>): Promise<void> {
    const { checkpoint, clock, sources } = this.#options
    const { batchId, from, until, watermarks, earlierWatermarks } = batch
    const beganMs = clock.nowMs()
    this.#running = { batch, beganMs }
    this.#phase = 'Processing new data'
    if (!batch.logged) await checkpoint.writeOffsets({ batchId, from, until, watermarks, earlierWatermarks })
    const loggedMs = clock.nowMs()
    const outcome = await this.#runBatch(batch)
    if (this.#stop.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const ranMs = clock.nowMs()
    const next = outcome.watermarks
    await checkpoint.writeCommit({ batchId, nextWatermarks: next, states: outcome.states })
    await Promise.all(sources.map(({ stream }, i) => stream.committed?.(until[i]!)))
    const times = { watermarks: next, earlierWatermarks: watermarks }
    this.#position = { batchId: batchId + 1, from: until, ...times, states: outcome.states }
    const durationMs = {
      ...spent,
      walCommit: loggedMs - beganMs,
      addBatch: ranMs - loggedMs,
      commitOffsets: clock.nowMs() - ranMs,
    }
    const lags = await Promise.all(sources.map(({ stream }, i) => stream.lag?.(until[i]!)))
    this.#running = undefined
    this.#report({
      batchId,
      beganMs,
      rowsRead: outcome.rowsRead,
      durationMs,
      watermarkMicros: this.#options.watermarkOf(watermarks),
      sources: this.#sourceProgress(from, until, lags),
      stateOperators: outcome.stateOperators,
    })
  }

  async #runBatch(batch: PlannedBatch): Promise<BatchOutcome> {
    try {
      return await this.#options.runBatch(batch, this.#stop.signal)
    } catch (error) {
      // A later start that took the checkpoint, or whoever removed it, removes files that this batch reads: that is the cause then.
      if (!this.#stop.signal.aborted) await this.#options.checkpoint.assertOwned(batch.batchId)
      throw error
    }
  }

  #sourceProgress(
    from: readonly Json[] | undefined,
    until: readonly Json[] | undefined,
    lags: readonly (bigint | undefined)[] = [],
  ): readonly SourceProgress[] {
    return this.#options.sources.map(({ description, stream }, i) =>
      writingBigints({
        description,
        startOffset: from ? shown(stream, from[i]!) : null,
        endOffset: until ? shown(stream, until[i]!) : null,
        lag: lags[i],
      }),
    )
  }

  #report({ beganMs, rowsRead, ...batch }: ReportedBatch): void {
    const { checkpoint, clock, name, onProgress } = this.#options
    const batchDurationMs = clock.nowMs() - beganMs
    const perSecond = rowsRead / Math.max(0.001, batchDurationMs / 1000)
    const progress: StreamingQueryProgress = writingBigints({
      id: checkpoint.queryId,
      runId: this.runId,
      name,
      timestamp: new Date(beganMs).toISOString(),
      batchDurationMs,
      numInputRows: rowsRead,
      inputRowsPerSecond: perSecond,
      processedRowsPerSecond: perSecond,
      ...batch,
    })
    this.#recent.push(progress)
    if (this.#recent.length > RECENT_PROGRESS) this.#recent.shift()
    onProgress?.(progress)
  }
}

/** What someone waits for to be processed. */
interface Goal {
  readonly offsets: readonly Json[]
  readonly resolve: () => void
}

type ReportedBatch = Pick<
  StreamingQueryProgress,
  'batchId' | 'durationMs' | 'watermarkMicros' | 'sources' | 'stateOperators' | 'exception'
> & { readonly beganMs: number; readonly rowsRead: number }

const latestOf = (streams: readonly StreamSource[], from: readonly Json[]): Promise<Json[]> =>
  Promise.all(streams.map((stream, i) => stream.latestOffset(from[i]!, false)))

const shown = (stream: StreamSource, offset: Json): Json => stream.shown?.(offset) ?? offset
