import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { Json, StreamLag, StreamSource } from '../../connectors/api.js'
import type { BatchOutcome } from './batch-outcome.js'
import { type PlannedBatch, type Position, planBatch, recover } from './batch-planner.js'
import type { Checkpoint } from './checkpoint.js'
import { DueCommit } from './due-commit.js'
import type { BatchPhase, StreamingQueryProgress } from './progress.js'
import type { BatchFacts } from './progress-report.js'
import { QueryReports, type ReportedQuery } from './query-reports.js'
import { sameJson } from './same-json.js'
import type { StreamClock } from './system-clock.js'
import { delayBeforeNextBatchMs, type Trigger } from './trigger.js'

export interface MicroBatchOptions extends Omit<ReportedQuery, 'id' | 'runId'> {
  readonly checkpoint: Checkpoint
  readonly trigger: Trigger
  readonly clock: StreamClock
  /** How many tasks the executors can run at once now. */
  slots(): number
  /** Whether a batch is worth running although there is no data: an operator waits for its watermark, which has moved. */
  wantsBatch(position: Position): boolean
  /** The position as it is by now: watermarks may have become idle. */
  atNow(position: Position): Position
  /** Begins what a batch can have ready before its offsets are on disk: sources are asked how it is divided, none of its rows is read. */
  prepareBatch?(batch: PlannedBatch): void
  /** Runs a batch and commits its output; called again for the same batch after a restart. */
  runBatch(batch: PlannedBatch, signal: AbortSignal): Promise<BatchOutcome>
}

/** How often a batch is run whose prepared output was lost each time. */
const MOST_ATTEMPTS = 3

/**
 * The loop of a micro-batch query: log the offsets, run the batch, log the commit, with the offsets of the next batch where that begins at once; every step
 * may be the last before a crash, and `recover` goes on from there. One batch at a time.
 */
export class MicroBatchQuery {
  readonly finished: Promise<void>
  readonly #options: MicroBatchOptions
  readonly #stop = new AbortController()
  readonly #reports: QueryReports
  readonly #due: DueCommit
  readonly #goals: Goal[] = []
  #position: Position | undefined
  #running: { readonly batch: PlannedBatch; readonly startedMs: number } | undefined
  #failure: MillraceError | undefined
  #active = true
  #phase = 'Initializing sources'
  #onPosition: () => void = () => undefined
  readonly #recovered = new Promise<void>((resolve) => {
    this.#onPosition = resolve
  })

  constructor(options: MicroBatchOptions) {
    this.#options = options
    this.#due = new DueCommit(options.checkpoint, options.clock)
    this.#reports = new QueryReports({ ...options, id: options.checkpoint.queryId, runId: this.runId })
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
    return this.#reports.recent
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
    if (!this.#due.isDue && this.#isAt(offsets)) return Promise.resolve()
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
      await this.#due.write()
      this.#goals.shift()
      resolve()
    }
  }

  #plan(goal: readonly Json[] | undefined): Promise<PlannedBatch | undefined> {
    this.#position = this.#options.atNow(this.#position!)
    const moment = { timeMs: this.#options.clock.nowMs(), slots: this.#options.slots() }
    return this.#due.beside(planBatch(this.#position, this.#streams, goal, this.#wantsEmptyBatch, moment))
  }

  async #run(): Promise<void> {
    this.#reports.started()
    try {
      await this.#loop().catch((error: unknown) => this.#failedWith(error))
      await this.#due.write()
      this.#phase = 'Stopped'
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(toMillraceError(error))
    } finally {
      this.#active = false
      await Promise.all(this.#streams.map((stream) => stream.close())).catch(() => undefined)
    }
    this.#reports.ended(this.#failure)
    if (this.#failure) throw this.#failure
  }

  /** What ran has its commit all the same, where that can be written. */
  async #failedWith(error: unknown): Promise<never> {
    await this.#due.write().catch(() => undefined)
    throw error
  }

  #fail(cause: MillraceError): void {
    const { checkpoint, clock, name } = this.#options
    const ids = { queryName: name ?? 'without a name', id: checkpoint.queryId, runId: this.runId }
    this.#failure = new MillraceError('STREAM_FAILED', { ...ids, message: cause.text }, { cause })
    this.#phase = `Terminated with exception: ${this.#failure.message}`
    const { batch, startedMs = clock.nowMs() } = this.#running ?? {}
    this.#reports.failed(batch ?? this.#position, batch?.until, startedMs, this.#failure)
  }

  async #loop(): Promise<void> {
    const { checkpoint, clock, trigger } = this.#options
    const { signal } = this.#stop
    const { position, unfinished } = await recover(checkpoint, this.#streams)
    this.#position = position
    this.#onPosition()
    if (unfinished) await this.#execute(unfinished, clock.nowMs(), {})
    const latest = (): Promise<Json[]> => latestOf(this.#streams, this.#position!.from)
    const end = trigger.kind === 'availableNow' ? await this.#due.beside(latest()) : undefined
    while (!signal.aborted) {
      const startedMs = clock.nowMs()
      this.#phase = 'Getting offsets'
      await this.#settleGoals()
      const batch = await this.#plan(end ?? this.#goals[0]?.offsets)
      if (batch) await this.#execute(batch, startedMs, { latestOffset: clock.nowMs() - startedMs })
      if (!batch) await this.#due.write()
      if (!batch && end) return
      if (!batch) this.#reports.idle()
      await this.#settleGoals()
      this.#phase = 'Waiting for next trigger'
      const delayMs = delayBeforeNextBatchMs(trigger, startedMs, batch !== undefined, clock.nowMs())
      if (delayMs === 0) continue
      await this.#due.write()
      await this.#settleGoals()
      await clock.sleep(delayMs, signal)
    }
  }

  async #execute(
    batch: PlannedBatch,
    startedMs: number,
    spent: Readonly<Partial<Record<BatchPhase, number>>>,
  ): Promise<void> {
    const { clock, prepareBatch } = this.#options
    const { logged, states: _, ...offsets } = batch
    const beganMs = clock.nowMs()
    this.#running = { batch, startedMs }
    this.#phase = 'Processing new data'
    prepareBatch?.(batch)
    if (!logged) await this.#due.writeWith(offsets)
    const loggedMs = clock.nowMs()
    const outcome = await this.#runBatch(batch)
    if (this.#stop.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const ranMs = clock.nowMs()
    const { getBatch, queryPlanning } = outcome.durationMs
    const plannedMs = Math.max(loggedMs, beganMs + getBatch) + queryPlanning
    const addBatch = Math.max(0, ranMs - plannedMs)
    this.#ran(batch, outcome, {
      startedMs,
      ranMs,
      durationMs: { ...spent, getBatch, queryPlanning, walCommit: loggedMs - beganMs, addBatch },
    })
  }

  /** What is left of a batch is its commit. */
  #ran(batch: PlannedBatch, outcome: BatchOutcome, { startedMs, ranMs, durationMs }: RanBatch): void {
    const { batchId, until, watermarks: earlierWatermarks } = batch
    const { watermarks, states } = outcome
    // What is only shown is asked while the commit is written: the next batch need not wait for it.
    const lagsAsked = Promise.all(this.#streams.map((stream, i) => lagIfKnown(stream, until[i]!)))
    this.#position = { batchId: batchId + 1, from: until, watermarks, earlierWatermarks, states }
    this.#due.add({ batchId, nextWatermarks: watermarks, states }, async (tookMs = 0) => {
      await Promise.all(this.#streams.map((stream, i) => stream.committed?.(until[i]!)))
      const lags = await lagsAsked
      if (this.#running?.batch === batch) this.#running = undefined
      const times = { startedMs, endedMs: ranMs + tookMs, durationMs: { ...durationMs, commitOffsets: tookMs } }
      this.#reports.done(batch, times, outcome, lags)
    })
  }

  async #runBatch(batch: PlannedBatch): Promise<BatchOutcome> {
    const { checkpoint, runBatch } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        return await runBatch(batch, this.#stop.signal)
      } catch (error) {
        if (this.#stop.signal.aborted) throw error
        // A later start that took the checkpoint, or whoever removed it, removes files that this batch reads: that is the cause then.
        await checkpoint.assertOwned(batch.batchId)
        // A late task of an earlier start may have taken away what this batch had prepared.
        const isLost = MillraceError.is(error) && error.retry === 'recompute'
        if (!isLost || attempt === MOST_ATTEMPTS) throw error
      }
    }
  }
}

/** When a batch began and had run, and what was spent on it. */
interface RanBatch {
  readonly startedMs: number
  readonly ranMs: number
  readonly durationMs: BatchFacts['durationMs']
}

/** What someone waits for to be processed. */
interface Goal {
  readonly offsets: readonly Json[]
  readonly resolve: () => void
}

const latestOf = (streams: readonly StreamSource[], from: readonly Json[]): Promise<Json[]> =>
  Promise.all(streams.map((stream, i) => stream.latestOffset(from[i]!, false)))

/** It is for display only, and nobody awaits it while the commit is written: one that fails is not known. */
async function lagIfKnown(stream: StreamSource, from: Json): Promise<StreamLag | undefined> {
  try {
    return await stream.lag?.(from)
  } catch {
    return undefined
  }
}
