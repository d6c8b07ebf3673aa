import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Block } from '../../columnar/block.js'
import { type Schema, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, Split, StreamSource, WriteDescription } from '../../connectors/api.js'
import { watermarkDelay } from '../../planner/physical/streaming.js'
import { aggregateText, sqlText } from '../../planner/plan/expression/sql-text.js'
import { physicalInputs } from '../../planner/plan/physical/inputs.js'
import type { OutputMode, PhysicalPlan, PhysicalScan, StageSink } from '../../planner/plan/physical/plan.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import { cutStages } from '../../planner/stages/cut-stages.js'
import type { DriverConnectors } from '../connectors.js'
import type { Driver } from '../driver.js'
import { planReads } from '../plan-reads.js'
import type { PlannedBatch } from './batch-planner.js'
import { Checkpoint } from './checkpoint.js'
import { type BatchOutcome, MicroBatchQuery } from './micro-batch-query.js'
import type { StreamingQueryProgress } from './progress.js'
import { systemClock } from './system-clock.js'
import type { Trigger } from './trigger.js'

/** Where the output of batches goes. */
export type StreamTarget =
  | {
      readonly kind: 'connector'
      readonly format: string
      readonly options: Options
      readonly path: string | undefined
    }
  | {
      readonly kind: 'consumer'
      readonly consume: (schema: Schema, blocks: readonly Block[], batchId: number) => Promise<void>
    }

export interface StreamRunnerOptions {
  readonly driver: Driver
  readonly connectors: DriverConnectors
  readonly schema: Schema
  /** The query, planned once; each batch only cuts it for its own sink. */
  readonly planned: PlannedQuery
  readonly sink: StreamTarget
  readonly outputMode: OutputMode
  readonly trigger: Trigger
  readonly queryName: string | undefined
  readonly checkpointLocation: string | undefined
  /** Into how many partitions the plan divides the state. */
  readonly partitions: number
  readonly parallelism: number
  readonly onProgress?: (progress: StreamingQueryProgress) => void
}

interface OpenSource {
  readonly scan: PhysicalScan
  readonly stream: StreamSource
}

/** Runs the micro-batches of one streaming query as jobs of the driver. */
export class StreamRunner {
  readonly query: MicroBatchQuery
  readonly queryId: string
  readonly #options: StreamRunnerOptions
  readonly #checkpoint: Checkpoint
  readonly #sources: readonly OpenSource[]
  readonly #delayMicros: bigint | undefined
  readonly #temporary: string | undefined

  private constructor(
    options: StreamRunnerOptions,
    checkpoint: Checkpoint,
    sources: readonly OpenSource[],
    planned: PlannedQuery,
    temporary: string | undefined,
  ) {
    this.#options = options
    this.#checkpoint = checkpoint
    this.#sources = sources
    this.#temporary = temporary
    this.queryId = checkpoint.queryId
    this.#delayMicros = watermarkDelay(planned.optimized)
    this.query = new MicroBatchQuery({
      name: options.queryName,
      checkpoint,
      sources: sources.map(({ scan, stream }) => ({ description: sourceText(scan), stream })),
      trigger: options.trigger,
      clock: systemClock,
      needsEmptyBatches: options.outputMode === 'append' && statefulOperators(planned.physical.root).length > 0,
      runBatch: (batch, signal) => this.#runBatch(batch, signal),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    })
    void this.query.finished.catch(() => undefined).then(() => this.#removeTemporary())
  }

  /** @throws STREAMING_CHECKPOINT_MISMATCH, UNSUPPORTED_FEATURE, the connectors' conditions */
  static async start(options: StreamRunnerOptions): Promise<StreamRunner> {
    const { planned } = options
    const scans = planReads(planned.physical.root).scans.filter((scan) => scan.streaming)
    if (scans.length === 0)
      throw new MillraceError('INVALID_API_USE', { reason: 'writeStream needs a streaming DataFrame (readStream)' })
    await checkSink(options)
    const { checkpointLocation } = options
    const temporary =
      checkpointLocation === undefined ? await mkdtemp(join(tmpdir(), 'millrace-checkpoint-')) : undefined
    const signature = {
      sources: scans.map(sourceText),
      operators: statefulOperators(planned.physical.root).map((operator) => operatorText(operator)),
    }
    const checkpoint = await Checkpoint.open(checkpointLocation ?? temporary!, signature, options.partitions)
    const sources: OpenSource[] = []
    try {
      for (const scan of scans) sources.push({ scan, stream: await openStream(scan, options.connectors) })
    } catch (error) {
      await Promise.all(sources.map(({ stream }) => stream.close()))
      throw error
    }
    return new StreamRunner(options, checkpoint, sources, planned, temporary)
  }

  async stop(): Promise<void> {
    await this.query.stop()
    await this.#removeTemporary()
  }

  async #removeTemporary(): Promise<void> {
    if (this.#temporary !== undefined) await rm(this.#temporary, { recursive: true, force: true })
  }

  async #runBatch(batch: PlannedBatch, signal: AbortSignal): Promise<BatchOutcome> {
    const { driver, planned, sink, schema, parallelism } = this.#options
    const splits: Record<number, readonly Split[]> = {}
    for (const [i, { scan, stream }] of this.#sources.entries()) {
      splits[scan.scanId] = await stream.planSplits(batch.from[i]!, batch.until[i]!, scan.columns, parallelism)
    }
    const stages = cutStages(planned.physical, this.#stageSink(batch.batchId), parallelism)
    const streaming = {
      queryId: this.queryId,
      batchId: batch.batchId,
      ...(batch.watermarkMicros === undefined ? {} : { watermarkMicros: batch.watermarkMicros }),
      checkpointLocation: this.#checkpoint.location,
    }
    const job = driver.submit(stages, { splits, streaming })
    const cancel = (): void => job.cancel()
    signal.addEventListener('abort', cancel)
    try {
      if (sink.kind === 'consumer') {
        const blocks: Block[] = []
        for await (const block of job.blocks) blocks.push(block)
        await sink.consume(schema, blocks, batch.batchId)
      }
      const { rowsRead, maxEventTimeMicros } = await job.result
      const watermark = maxEventTimeMicros === undefined ? undefined : maxEventTimeMicros - (this.#delayMicros ?? 0n)
      return { rowsRead, ...(watermark === undefined ? {} : { watermarkMicros: watermark }) }
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  #stageSink(batchId: number): StageSink {
    const { sink, schema, outputMode } = this.#options
    if (sink.kind === 'consumer') return { kind: 'collect' }
    const write: WriteDescription = {
      provider: sink.format,
      options: sink.options,
      ...(sink.path === undefined ? {} : { path: sink.path }),
      mode: outputMode === 'complete' ? 'overwrite' : 'append',
      schema,
      jobId: `${this.queryId}-${batchId}`,
      streaming: { queryId: this.queryId, batchId },
    }
    return { kind: 'write', write }
  }
}

/** @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE, STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE */
async function checkSink({ sink, connectors, outputMode }: StreamRunnerOptions): Promise<void> {
  if (sink.kind !== 'connector') return
  const { streamModes } = await connectors.sink(sink.format)
  if (!streamModes.includes(outputMode)) {
    throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', { outputMode, provider: sink.format })
  }
}

async function openStream(scan: PhysicalScan, connectors: DriverConnectors): Promise<StreamSource> {
  const provider = await connectors.source(scan.source.provider)
  if (!provider.openStream)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `streaming reads of the format ${scan.source.provider}` })
  return provider.openStream(scan.source)
}

type StateAggregate = Extract<PhysicalPlan, { kind: 'stateAggregate' }>

function statefulOperators(plan: PhysicalPlan): readonly StateAggregate[] {
  const below = physicalInputs(plan).flatMap(statefulOperators)
  return plan.kind === 'stateAggregate' ? [plan, ...below] : below
}

/** What a source reads, without what may change between restarts (servers, limits). */
function sourceText({ source }: PhysicalScan): string {
  const subject = [
    ...source.paths,
    ...['subscribe', 'subscribePattern', 'assign'].flatMap((key) => source.options[key] ?? []),
  ]
  return `${source.provider}[${subject.join(', ')}]`
}

function operatorText(operator: StateAggregate): string {
  const keys = operator.keys.map(
    ({ name, expression }) => `${name} ${typeName(expression.type)}: ${sqlText(expression)}`,
  )
  const aggregates = operator.aggregates.map(
    (call) => `${aggregateText(call)} of (${call.args.map(({ type }) => typeName(type)).join(', ')})`,
  )
  return `aggregate by [${keys.join(', ')}] of [${aggregates.join(', ')}]`
}
