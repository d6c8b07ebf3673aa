import { MillraceError } from '../common/errors/millrace-error.js'
import type { Json, ScanRequest, SourceDescription, SourceProvider, Split } from '../connectors/api.js'
import { statefulOperators, statesOf } from '../planner/physical/stateful-operators.js'
import { runsUserCode } from '../planner/plan/physical/inputs.js'
import type { PhysicalScan, Stage } from '../planner/plan/physical/plan.js'
import type { StageTasks } from '../planner/plan/physical/stage-parts.js'
import { planReads } from './plan-reads.js'
import { groupSplits, shareOf } from './split-groups.js'
import type { StreamingJobInputs } from './streaming-inputs.js'

/** A stage with its scans divided: all that making its tasks takes. */
export interface PreparedStage {
  readonly stage: Stage
  readonly taskCount: number
  /** Shares of each scan, one per task; the last tasks of a union may have none. */
  readonly shares: ReadonlyMap<number, readonly (readonly Json[])[]>
  readonly localIds: readonly string[]
  readonly cacheIds: readonly string[]
  readonly streaming: StreamingJobInputs | undefined
  /** Its operators that keep state. */
  readonly operatorIds: readonly number[]
}

export interface PrepareOptions {
  /** Splits already known (a stream's), by scan id; other scans ask their connector. */
  readonly splits?: Readonly<Record<number, readonly Split[]>> | undefined
  readonly streaming?: StreamingJobInputs | undefined
  /** Slots of the cluster. */
  readonly slots: number
  source(provider: string): Promise<SourceProvider>
  /** How many partitions a cache has. */
  cachePartitions(cacheId: string): number
}

/** Asks connectors for the splits of a stage's scans and divides them among tasks. @throws what a connector raises */
export async function prepareStage(stage: Stage, options: PrepareOptions): Promise<PreparedStage> {
  const { scans, localIds, cacheIds } = planReads(stage.root)
  const splits = new Map<number, readonly Split[]>()
  const shares = new Map<number, readonly (readonly Json[])[]>()
  for (const scan of scans)
    if (scan.isByBucket) shares.set(scan.scanId, await sharesByBucket(scan, options))
    else splits.set(scan.scanId, await splitsOf(scan, options))
  const countOf = (tasks: StageTasks): number => {
    switch (tasks.kind) {
      case 'fixed':
        return tasks.count
      case 'cache':
        return options.cachePartitions(tasks.cacheId)
      case 'splits': {
        const groups = groupSplits(splits.get(tasks.scanId) ?? [], options.slots, !hasUserCode(stage))
        shares.set(tasks.scanId, groups)
        return groups.length
      }
      case 'most':
        return tasks.of.map(countOf).reduce((most, count) => Math.max(most, count))
    }
  }
  const taskCount = countOf(stage.tasks)
  for (const [scanId, all] of splits) if (!shares.has(scanId)) shares.set(scanId, divide(all, taskCount))
  const operatorIds = statefulOperators(stage.root).flatMap(({ state }) =>
    statesOf(state).map(({ operatorId }) => operatorId),
  )
  return { stage, taskCount, shares, localIds, cacheIds, streaming: options.streaming, operatorIds }
}

/** Whether a function of the user gets rows on the way or at the end. */
const hasUserCode = ({ root, sink }: Stage): boolean =>
  runsUserCode(root) || (sink.kind === 'write' && sink.write.program !== undefined)

/** So many buckets are planned at once: those of a server are waited for together. */
const BUCKETS_AT_ONCE = 16

/** For each bucket what the task reads that has it. */
async function sharesByBucket(scan: PhysicalScan, options: PrepareOptions): Promise<readonly (readonly Json[])[]> {
  const provider = await options.source(scan.source.provider)
  const sources = provider.byBucket?.(scan.source)
  if (!sources) throw new MillraceError('INTERNAL_ERROR', { message: `${scan.source.provider} has no buckets` })
  const shares: (readonly Json[])[] = sources.map(() => [])
  const wanted = (scan.buckets ?? [...sources.keys()]).values()
  const planSome = async (): Promise<void> => {
    for (const bucket of wanted) {
      const splits = await provider.planSplits(requestOf(scan, sources[bucket]!, options))
      shares[bucket] = splits.map(({ data }) => data)
    }
  }
  await Promise.all(Array.from({ length: BUCKETS_AT_ONCE }, planSome))
  return shares
}

function splitsOf(scan: PhysicalScan, options: PrepareOptions): Promise<readonly Split[]> | readonly Split[] {
  const known = options.splits?.[scan.scanId]
  if (known) return known
  if (scan.streaming) {
    throw new MillraceError('INTERNAL_ERROR', { message: `no splits were given for the streaming scan ${scan.scanId}` })
  }
  return options.source(scan.source.provider).then((provider) =>
    provider.planSplits({
      ...requestOf(scan, scan.source, options),
      ...(scan.buckets ? { buckets: scan.buckets } : {}),
    }),
  )
}

const requestOf = (
  { columns, filters }: PhysicalScan,
  source: SourceDescription,
  { slots }: PrepareOptions,
): ScanRequest => ({ source, columns, filters, parallelism: slots })

function divide(splits: readonly Split[], taskCount: number): readonly (readonly Json[])[] {
  return Array.from({ length: taskCount }, (_, partition) => {
    const { from, until } = shareOf(splits.length, partition, taskCount)
    return splits.slice(from, until).map((split) => split.data)
  })
}
