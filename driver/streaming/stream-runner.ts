import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Block } from '../../columnar/blocks/block.js'
import type { Schema } from '../../columnar/types.js'
import { localCheckpoint } from '../../common/checkpoint-files.js'
import type { Split } from '../../connectors/api.js'
import type { StageGraph } from '../../planner/plan/physical/plan.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import type { DriverConnectors } from '../connectors.js'
import type { JobResult } from '../job-result.js'
import type { JobHandle } from '../job-run.js'
import { observedMetrics } from '../observed-metrics.js'
import type { BatchOutcome } from './batch-outcome.js'
import type { PlannedBatch } from './batch-planner.js'
import { BatchPlans, type CurrentPartitions } from './batch-plans.js'
import { BatchSplits } from './batch-splits.js'
import { type CheckedPart, checkedParts } from './checked-parts.js'
import { Checkpoint, type CheckpointOptions } from './checkpoint.js'
import { MicroBatchQuery } from './micro-batch-query.js'
import { movingStates, type RowPlanning } from './move-states.js'
import { type OpenSource, openSource, streamedScans, streamProvider } from './open-source.js'
import type { ObservedByName } from './progress.js'
import type { StreamDriver } from './stream-driver.js'
import type { StreamEvents } from './stream-events.js'
import { StreamSink, type StreamTarget } from './stream-sink.js'
import { StreamStates } from './stream-states.js'
import { StreamTimes, type WatermarkRules } from './stream-times.js'
import { systemClock } from './system-clock.js'
import type { Trigger } from './trigger.js'
import type { WatermarkPolicy } from './watermarks.js'

/** What is done with the blocks of a job. */
type Take = (blocks: AsyncIterable<Block>) => Promise<void>

export interface StreamRunnerOptions {
  readonly driver: StreamDriver
  readonly connectors: DriverConnectors
  readonly schema: Schema
  /** The query, planned once; each batch only cuts it for its own sink. */
  readonly planned: PlannedQuery
  readonly sink: StreamTarget
  readonly outputMode: OutputMode
  readonly trigger: Trigger
  readonly queryName: string | undefined
  readonly checkpointLocation: string | undefined
  /** What several watermarks of a new query are together. */
  readonly watermarkPolicy: WatermarkPolicy
  readonly watermarkLimits: Omit<WatermarkRules, 'policy'>
  /** Of how many batches logs and state are kept. */
  readonly minBatchesToRetain: number
  readonly rows: RowPlanning
  /** Of tables that the stream is joined with. */
  readonly partitionsOf: CurrentPartitions
  /** Into how many partitions the plan divides the state. */
  readonly partitions: number
  /** What the driver may hold of a batch. */
  readonly mostBytes: number
  readonly events: StreamEvents
}

/** Runs the micro-batches of one streaming query as jobs of the driver. */
export class StreamRunner {
  readonly query: MicroBatchQuery
  readonly queryId: string
  readonly #options: StreamRunnerOptions
  readonly #checkpoint: Checkpoint
  readonly #sources: readonly OpenSource[]
  readonly #sink: StreamSink
  readonly #times: StreamTimes
  readonly #states: StreamStates
  readonly #temporary: string | undefined
  readonly #splits: BatchSplits
  /** What batches behind the first one run. */
  readonly #plans: BatchPlans

  private constructor(
    options: StreamRunnerOptions,
    checkpoint: Checkpoint,
    sources: readonly OpenSource[],
    sink: StreamSink,
    temporary: string | undefined,
  ) {
    const { planned } = options
    this.#options = options
    this.#checkpoint = checkpoint
    this.#sources = sources
    this.#sink = sink
    this.#temporary = temporary
    this.#splits = new BatchSplits(sources, this.#slotsFor)
    this.#plans = new BatchPlans(planned.physical, options.connectors, options.partitionsOf)
    this.queryId = checkpoint.queryId
    const rules = { ...options.watermarkLimits, policy: checkpoint.watermarkPolicy }
    const times = new StreamTimes(planned.physical.root, rules, systemClock)
    this.#times = times
    this.#states = new StreamStates(planned.physical.root, options.partitions)
    this.query = new MicroBatchQuery({
      name: options.queryName,
      pool: options.driver.pool,
      checkpoint,
      sources: sources.map(({ identity, stream }) => ({ description: identity, stream })),
      trigger: options.trigger,
      clock: systemClock,
      slots: () => options.driver.slots,
      sinkDescription: sinkText(options.sink),
      events: options.events,
      wantsBatch: (position) => times.isDue(position) || this.#states.isDue(systemClock.nowMs()),
      atNow: (position) => times.withoutIdle(position),
      eventTimeOf: (watermarks, seen) => times.progress(watermarks, seen),
      prepareBatch: (batch) => this.#splits.begin(batch),
      runBatch: (batch, signal) => this.#states.withinMemory(batch.batchId, this.#runBatch(batch, signal)),
    })
    void this.query.finished.catch(() => undefined).then(() => this.#ended())
  }

  /** What would become of a checkpoint if the query were started from it. Nothing is read from the sources, and nothing changed. @throws as `start` */
  static async check(location: string, options: StreamRunnerOptions): Promise<readonly CheckedPart[]> {
    const identities: string[] = []
    for (const scan of streamedScans(options.planned))
      identities.push((await streamProvider(scan, options.connectors)).identity(scan.source))
    const { place, signature } = checkpointOptions(location, identities, options)
    return checkedParts(place, signature)
  }

  /** @throws STREAMING_CHECKPOINT_MISMATCH, CHECKPOINT_LOCATION_REQUIRED, UNSUPPORTED_FEATURE, the connectors' conditions */
  static async start(options: StreamRunnerOptions): Promise<StreamRunner> {
    const scans = streamedScans(options.planned)
    const sink = await StreamSink.open(options)
    const sources: OpenSource[] = []
    let temporary: string | undefined
    try {
      for (const scan of scans) sources.push(await openSource(scan, options.connectors, options.driver.logger))
      const { checkpointLocation } = options
      if (checkpointLocation === undefined) temporary = await mkdtemp(join(tmpdir(), 'millrace-checkpoint-'))
      const identities = sources.map(({ identity }) => identity)
      const checkpoint = await Checkpoint.open(checkpointOptions(checkpointLocation ?? temporary!, identities, options))
      for (const [i, { stream }] of sources.entries()) await stream.restore?.(checkpoint.sourceFolder(i))
      return new StreamRunner(options, checkpoint, sources, sink, temporary)
    } catch (error) {
      await Promise.all(sources.map(({ stream }) => stream.close()))
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
      throw error
    }
  }

  /** Whether each record has its effect at the sink once, whatever fails; otherwise once at least. */
  get isExactlyOnce(): boolean {
    return this.#sink.isExactlyOnce && this.#sources.every(({ isReplayable }) => isReplayable)
  }

  async stop(): Promise<void> {
    await this.query.stop()
    await this.#removeTemporary()
  }

  async #ended(): Promise<void> {
    this.#options.driver.dropState(this.queryId)
    await this.#removeTemporary()
  }

  async #removeTemporary(): Promise<void> {
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true })
  }

  async #runBatch(batch: PlannedBatch, signal: AbortSignal): Promise<BatchOutcome> {
    const { splits, tookMs } = await this.#splits.of(batch)
    const dividedMs = performance.now()
    const stages = await this.#stages(batch, this.#stageSink(batch))
    const cutMs = performance.now()
    const run = (graph: StageGraph, take: Take): Promise<JobResult> =>
      this.#runJob(this.#submit(batch, graph, splits), take, signal)
    const written = await run(stages, (blocks) => this.#consume(batch, blocks))
    // A sink that has the output from an earlier start needs no more, but the state and the watermark behind the batch have to be made.
    const isIncomplete = written.skipped && (this.#states.isStateful || this.#times.hasWatermarks)
    const result = isIncomplete ? await run(await this.#stages(batch, { kind: 'collect' }), drained) : written
    const { scans, eventTimes, operators } = result
    return {
      rowsRead: this.#sources.map(({ scan }) => scans.get(scan.scanId) ?? 0),
      rowsWritten: written.skipped ? -1 : written.rowsWritten,
      eventTimes,
      watermarks: this.#times.after(batch, eventTimes),
      ...this.#states.after(batch, operators),
      observedMetrics: await this.#observed(result),
      durationMs: { getBatch: Math.round(tookMs), queryPlanning: Math.round(cutMs - dividedMs) },
    }
  }

  /** What was observed, unless nothing ran. */
  async #observed(result: JobResult): Promise<ObservedByName> {
    if (result.skipped) return {}
    const all = await observedMetrics(this.#options.driver, this.#options.planned.physical, result)
    return Object.fromEntries(all.map(({ observation, row }) => [observation.name, row]))
  }

  async #stages(batch: PlannedBatch, sink: StageSink): Promise<StageGraph> {
    return cutStages(await this.#plans.of(batch.batchId), sink, this.#slotsFor(batch))
  }

  /** For how many slots a batch is divided. */
  readonly #slotsFor = ({ slots }: PlannedBatch): number => slots ?? this.#options.driver.slots

  async #runJob(job: JobHandle, take: Take, signal: AbortSignal): Promise<JobResult> {
    const cancel = (): void => job.cancel()
    signal.addEventListener('abort', cancel)
    try {
      await take(job.blocks)
      return await job.result
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  async #consume(batch: PlannedBatch, blocks: AsyncIterable<Block>): Promise<void> {
    const { schema, mostBytes } = this.#options
    const { take } = this.#sink
    if (!take) return drained(blocks)
    await take({ schema, blocks: this.#owned(batch, blocks), mostBytes }, batch.batchId)
  }

  /** At the end of the rows: the process may have been stopped while a later start ran the batch and those after it. */
  async *#owned(batch: PlannedBatch, blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
    yield* blocks
    await this.#checkpoint.assertOwned(batch.batchId)
  }

  #submit(batch: PlannedBatch, graph: StageGraph, splits: Readonly<Record<number, readonly Split[]>>): JobHandle {
    const { batchId, timeMs } = batch
    const { epoch, location: checkpointLocation } = this.#checkpoint
    const streaming = {
      ...{ queryId: this.queryId, batchId, timeMs, epoch, checkpointLocation },
      minBatchesToRetain: this.#options.minBatchesToRetain,
      stateKey: this.#options.rows.stateKey,
      operators: this.#states.before(batch, this.#times.ofOperators(batch)),
    }
    return this.#options.driver.submit(graph, {
      splits,
      streaming,
      slots: this.#slotsFor(batch),
      ...(this.#options.sink.beforeCommit ? { beforeCommit: this.#options.sink.beforeCommit } : {}),
      keepPrepared: (messages) => this.#checkpoint.writePrepared(batchId, messages),
    })
  }

  #stageSink({ batchId }: PlannedBatch): StageSink {
    const { epoch: start, lastCommit } = this.#checkpoint
    const prepared = this.#checkpoint.prepared(batchId)
    const isFirst = batchId === (lastCommit?.batchId ?? -1) + 1
    return this.#sink.stageSink({ queryId: this.queryId, batchId, start, isFirst, prepared })
  }
}

function checkpointOptions(
  location: string,
  sources: readonly string[],
  { driver, planned, rows, partitions, watermarkPolicy, minBatchesToRetain }: StreamRunnerOptions,
): CheckpointOptions {
  const { operators } = new StreamStates(planned.physical.root, partitions)
  const signature = { sources, operators, watermarkPolicy }
  const place = localCheckpoint(location)
  return { place, signature, partitions, minBatchesToRetain, moveStates: movingStates(driver, rows) }
}

const sinkText = ({ format, path }: StreamTarget): string => (path === undefined ? format : `${format}[${path}]`)

async function drained(blocks: AsyncIterable<Block>): Promise<void> {
  for await (const _ of blocks);
}
