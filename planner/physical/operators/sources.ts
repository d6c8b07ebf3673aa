import { filterText } from '../../explain/filter-text.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalCached, LogicalProject, LogicalRange, LogicalScan } from '../../plan/logical/plan.js'
import type {
  PhysicalBroadcastRead,
  PhysicalCachedScan,
  PhysicalLocal,
  PhysicalOneRow,
  PhysicalPlan,
  PhysicalRange,
  PhysicalScan,
  PhysicalShuffleRead,
  PhysicalValues,
} from '../../plan/physical/plan.js'
import { Binder, boundTo } from '../bind.js'
import { wantedBuckets } from '../bucket-pruning.js'
import { estimateRows } from '../estimate.js'
import type { Planning } from '../planning.js'
import { SINGLE, UNKNOWN } from '../properties.js'
import type { SourceOperator } from './operator.js'
import { names } from './text.js'

/* Operators that read from outside their stage. */

const reads = { requires: () => [], provides: () => UNKNOWN }

export const scan: SourceOperator<PhysicalScan> = {
  requires: () => [],
  provides: ({ source: { buckets }, isByBucket, attributes }) => {
    const keys = isByBucket && buckets ? columnsOf(attributes, buckets.columns) : undefined
    return keys ? { partitioning: { kind: 'bucket', keys, partitions: buckets!.count }, ordering: [] } : UNKNOWN
  },
  tasks: ({ scanId, source, isByBucket }) =>
    isByBucket ? { kind: 'fixed', count: source.buckets!.count } : { kind: 'splits', scanId },
  line: ({ source, attributes, filters, buckets, isByBucket }) => {
    const pushed = filters.length > 0 ? `, PushedFilters: [${filters.map(filterText).join(', ')}]` : ''
    const bucketed = isByBucket ? ', Bucketed: true' : ''
    const selected = buckets ? `, SelectedBucketsCount: ${buckets.length} out of ${source.buckets!.count}` : ''
    return `Scan ${source.provider} ${names(attributes)}${pushed}${bucketed}${selected}`
  },
}

/** The columns of these names; undefined unless all are there. */
function columnsOf(attributes: readonly Attribute[], wanted: readonly string[]): readonly Expression[] | undefined {
  const ordinals = wanted.map((column) => attributes.findIndex(({ name }) => name === column))
  return ordinals.includes(-1) ? undefined : ordinals.map((ordinal) => boundTo(attributes, ordinal))
}

/** Of a table in buckets each task reads one, until it is known that nobody asks for that (used-buckets.ts). */
export function planScan(planning: Planning, plan: LogicalScan): PhysicalPlan {
  const attributes = outputOf(plan)
  const { source, filters, streaming } = plan
  const inBuckets = planning.options.ignoresBuckets ? undefined : source.buckets
  const buckets = inBuckets && wantedBuckets(plan)
  const isByBucket = inBuckets && !streaming && columnsOf(attributes, inBuckets.columns)
  return Object.freeze({
    kind: 'scan',
    scanId: planning.nextScanId(),
    source,
    columns: attributes.map((a) => a.name),
    filters,
    streaming,
    attributes,
    ...(buckets ? { buckets } : {}),
    ...(isByBucket ? { isByBucket: true as const } : {}),
  })
}

export const local: SourceOperator<PhysicalLocal> = {
  ...reads,
  tasks: (_, { parallelism }) => ({ kind: 'fixed', count: parallelism }),
  line: ({ attributes }) => `LocalTableScan ${names(attributes)}`,
}

const inOneTask = { requires: () => [], provides: () => SINGLE, tasks: () => ({ kind: 'fixed', count: 1 }) as const }

export const oneRow: SourceOperator<PhysicalOneRow> = { ...inOneTask, line: () => 'Scan OneRowRelation' }

export const range: SourceOperator<PhysicalRange> = {
  requires: () => [],
  provides: ({ partitions }) => (partitions === 1 ? SINGLE : UNKNOWN),
  tasks: ({ partitions }) => ({ kind: 'fixed', count: partitions }),
  line: ({ start, end, step }) => `Range (${start}, ${end}, step=${step})`,
}

/** Fewer numbers are counted sooner by one task. */
const SHARED_RANGE_ROWS = 100_000

/** All tasks share a range of many numbers, unless the query says how many do. */
export function planRange({ options }: Planning, plan: LogicalRange): PhysicalPlan {
  const { start, end, step } = plan
  const partitions = plan.partitions ?? (estimateRows(plan) < SHARED_RANGE_ROWS ? 1 : options.parallelism)
  return Object.freeze({ kind: 'range', start, end, step, partitions, attributes: outputOf(plan) })
}

export const values: SourceOperator<PhysicalValues> = {
  ...inOneTask,
  line: ({ attributes, rows }) => `LocalTableScan ${names(attributes)}, ${rows.length} rows`,
}

export const cachedScan: SourceOperator<PhysicalCachedScan> = {
  ...reads,
  tasks: ({ cacheId }) => ({ kind: 'cache', cacheId }),
  line: ({ attributes }) => `InMemoryTableScan ${names(attributes)}`,
}

/** A cached relation, or some of its columns. */
export function planCached(planning: Planning, plan: LogicalCached, above?: LogicalProject): PhysicalPlan {
  planning.make(plan.cacheId, plan.input)
  const relation = outputOf(plan)
  const wanted = above === undefined ? relation.map((_, i) => i) : cachedColumns(above, plan)!
  const attributes = above === undefined ? relation : above.projections.map(attributeOf)
  return Object.freeze({ kind: 'cachedScan', cacheId: plan.cacheId, columns: wanted, relation, attributes })
}

/** The positions that a projection takes of a cached relation, when it is nothing but columns. */
export function cachedColumns(above: LogicalProject, plan: LogicalCached): readonly number[] | undefined {
  const columns = new Binder(outputOf(plan))
  const ids = above.projections.map(({ expression }) => (expression.kind === 'attribute' ? expression.id : undefined))
  return ids.every((id) => id !== undefined) ? ids.map((id) => columns.ordinal(id, 'cached')) : undefined
}

export const shuffleRead: SourceOperator<PhysicalShuffleRead> = {
  ...reads,
  tasks: ({ stageId }, cut) => ({ kind: 'fixed', count: cut.partitionsOf(stageId) }),
  line: ({ stageId, attributes }) => `ShuffleRead stage ${stageId} ${names(attributes)}`,
}

export const broadcastRead: SourceOperator<PhysicalBroadcastRead> = {
  ...reads,
  tasks: () => undefined,
  line: ({ stageId, attributes }) => `BroadcastRead stage ${stageId} ${names(attributes)}`,
}
