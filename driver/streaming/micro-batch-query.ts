import { randomUUID } from 'node:crypto'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { Json, StreamSource } from '../../connectors/api.js'
import { type PlannedBatch, type Position, planBatch, recover } from './batch-planner.js'
import type { Checkpoint } from './checkpoint.js'
import { RECENT_PROGRESS, type StreamingQueryProgress } from './progress.js'
import { sameJson } from './same-json.js'
import { delayBeforeNextBatchMs, type Trigger } from './trigger.js'

/** What running a batch came to. */
export interface BatchOutcome {
  readonly rowsRead: number
  /** The greatest event time seen, less the allowed delay: the watermark the batch argues for. */
  readonly watermarkMicros?: bigint
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
  /** Whether an operator holds rows back until the watermark passes, so that a batch without data is worth running. */
  readonly needsEmptyBatches: boolean
  /** Runs a batch and commits its output; called again for the same batch after a restart. */
  runBatch(batch: PlannedBatch, signal: AbortSignal): Promise<BatchOutcome>
  onProgress?(progress: StreamingQueryProgress): void
}

/**
 * The loop of a micro-batch query: log the offsets, run the batch, log the commit; every step may be the last before a crash, and
 * `recover` goes on from there. One batch at a time.
 */
export class MicroBatchQuery {
  readonly runId: string = randomUUID()
  readonly finished: Promise<void>
  readonly #options: MicroBatchOptions
  readonly #stop = new AbortController()
  readonly #recent: StreamingQueryProgress[] = []
  #position: Position | undefined
  #pastWatermark: bigint | undefined
  #idleWaiters: (() => void)[] = []
  #failure: MillraceError | undefined
  #active = true
  #phase = 'Initializing sources'

  constructor(options: MicroBatchOptions) {
    this.#options = options
    this.finished = this.#run()
    // The failure is reported by whoever awaits the query; without anyone it must not end the process.
    this.finished.catch(() => undefined)
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

  /** Resolves when every record that was there at the call has been processed and committed. */
  async processAllAvailable(): Promise<void> {
    if (!this.#active) return this.finished
    await Promise.race([this.#waitForPosition(() => true), this.finished])
    if (!this.#position) return
    const goal = await latestOf(this.#streams, this.#position.from)
    await Promise.race([this.#waitForPosition(({ from }) => sameJson(from, goal)), this.finished])
  }

  get #streams(): readonly StreamSource[] {
    return this.#options.sources.map(({ stream }) => stream)
  }

  /** Resolves at the end of a batch, or when there is nothing to do, at a position for which `reached` holds. */
  #waitForPosition(reached: (position: Position) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#position && reached(this.#position)) resolve()
        else this.#idleWaiters.push(check)
      }
      check()
    })
  }

  async #run(): Promise<void> {
    try {
      await this.#loop()
      this.#phase = 'Stopped'
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        const { name } = this.#options
        const cause = toMillraceError(error)
        this.#failure = new MillraceError(
          'STREAM_FAILED',
          { queryName: name ?? this.runId, message: cause.message },
          { cause },
        )
        this.#phase = 'Terminated with exception'
      }
    } finally {
      this.#active = false
      await Promise.all(this.#streams.map((stream) => stream.close())).catch(() => undefined)
      this.#notifyIdle()
    }
    if (this.#failure) throw this.#failure
  }

  async #loop(): Promise<void> {
    const { checkpoint, clock, needsEmptyBatches, trigger } = this.#options
    const { signal } = this.#stop
    const streams = this.#streams
    const { position, unfinished } = await recover(checkpoint, streams)
    this.#position = position
    if (unfinished) await this.#execute(unfinished, {})
    const goal = trigger.kind === 'availableNow' ? await latestOf(streams, this.#position.from) : undefined
    while (!signal.aborted) {
      const startedMs = clock.nowMs()
      this.#phase = 'Getting offsets'
      const wantsEmpty = needsEmptyBatches && this.#position.watermarkMicros !== this.#pastWatermark
      const batch: PlannedBatch | undefined = await planBatch(this.#position, streams, goal, wantsEmpty)
      if (batch) await this.#execute(batch, { latestOffset: clock.nowMs() - startedMs })
      else this.#notifyIdle()
      if (!batch && goal) return
      this.#phase = 'Waiting for next trigger'
      const delayMs = delayBeforeNextBatchMs(trigger, startedMs, batch !== undefined, clock.nowMs())
      if (delayMs > 0) await clock.sleep(delayMs, signal)
    }
  }

  async #execute(batch: PlannedBatch, spent: Record<string, number>): Promise<void> {
    const { checkpoint, clock } = this.#options
    const { batchId, until } = batch
    const watermark = batch.watermarkMicros === undefined ? {} : { watermarkMicros: batch.watermarkMicros }
    const beganMs = clock.nowMs()
    this.#phase = 'Processing new data'
    if (!batch.logged) await checkpoint.writeOffsets({ batchId, until, ...watermark })
    const loggedMs = clock.nowMs()
    const outcome = await this.#options.runBatch(batch, this.#stop.signal)
    if (this.#stop.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const ranMs = clock.nowMs()
    const next = laterOf(batch.watermarkMicros, outcome.watermarkMicros)
    await checkpoint.writeCommit({ batchId, ...(next === undefined ? {} : { nextWatermarkMicros: next }) })
    await Promise.all(this.#options.sources.map(({ stream }, i) => stream.committed?.(until[i]!)))
    this.#pastWatermark = batch.watermarkMicros
    this.#position = { batchId: batchId + 1, from: until, watermarkMicros: next }
    const durations = {
      ...spent,
      walCommit: loggedMs - beganMs,
      addBatch: ranMs - loggedMs,
      commitOffsets: clock.nowMs() - ranMs,
    }
    await this.#report(batch, outcome.rowsRead, beganMs, durations)
    this.#notifyIdle()
  }

  async #report(batch: PlannedBatch, rows: number, beganMs: number, durationMs: Record<string, number>): Promise<void> {
    const { checkpoint, clock, name, sources } = this.#options
    const nowMs = clock.nowMs()
    const perSecond = rows / Math.max(0.001, (nowMs - beganMs) / 1000)
    const lags = await Promise.all(sources.map(({ stream }, i) => stream.lag?.(batch.until[i]!)))
    const progress: StreamingQueryProgress = {
      id: checkpoint.queryId,
      runId: this.runId,
      name,
      timestamp: new Date(beganMs).toISOString(),
      batchId: batch.batchId,
      batchDurationMs: nowMs - beganMs,
      numInputRows: rows,
      inputRowsPerSecond: perSecond,
      processedRowsPerSecond: perSecond,
      durationMs,
      watermarkMicros: batch.watermarkMicros,
      sources: sources.map(({ description }, i) => ({
        description,
        startOffset: batch.from[i]!,
        endOffset: batch.until[i]!,
        lag: lags[i],
      })),
    }
    this.#recent.push(progress)
    if (this.#recent.length > RECENT_PROGRESS) this.#recent.shift()
    this.#options.onProgress?.(progress)
  }

  #notifyIdle(): void {
    const waiters = this.#idleWaiters
    this.#idleWaiters = []
    for (const check of waiters) check()
  }
}

const latestOf = (streams: readonly StreamSource[], from: readonly Json[]): Promise<Json[]> =>
  Promise.all(streams.map((stream, i) => stream.latestOffset(from[i]!, false)))

/** A watermark never goes back. */
function laterOf(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}
