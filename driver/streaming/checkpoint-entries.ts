import type { Json } from '../../connectors/api.js'
import type { KeptPart, KeptParts } from '../../planner/plan/physical/stateful.js'
import type { PartitionVersions } from '../streaming-inputs.js'
import { corrupt, type LogEntry } from './log-entry.js'
import { WATERMARK_POLICIES, type WatermarkPolicy, type Watermarks } from './watermarks.js'

/** What identifies a streaming query over restarts; a checkpoint made by another one is refused. */
export interface QuerySignature {
  /** One line per source: provider and what it reads. */
  readonly sources: readonly string[]
  readonly operators: readonly StoredOperator[]
  /** What several watermarks are together. It stays as it was when the query first ran. */
  readonly watermarkPolicy: WatermarkPolicy
}

/** A stateful operator, and all that shapes its state. */
export interface StoredOperator {
  readonly operatorId: number
  /** What kind of operator it is, and the version of how such ones lay their state out. */
  readonly name: string
  readonly version: number
  /** Into how many partitions its state is divided. */
  readonly partitions: number
  readonly parts: KeptParts
}

/** What a query is from a batch on. A query that is changed goes on as another version of it. */
export interface QueryVersion {
  readonly signature: QuerySignature
  /** Into how many partitions state is divided that is divided by keys. */
  readonly partitions: number
  /** The first batch that it runs. */
  readonly since: number
  /** The entry of the logs that was written before it; null for the first version. */
  readonly after: string | null
  /** The state that its first batch goes on from. */
  readonly states: StateVersions
}

/** A batch as the offset log has it: between where it reads each source, and the watermarks that it and the one before it run with. */
export interface BatchOffsets {
  readonly batchId: number
  /** The time by which it runs. */
  readonly timeMs: number
  /** For how many slots its rows are divided among tasks, also when it is run again: a part of it may be committed. Entries of `v5` do not say it. */
  readonly slots?: number
  readonly watermarks: Watermarks
  readonly earlierWatermarks: Watermarks
  readonly from: readonly Json[]
  readonly until: readonly Json[]
  /** How the batch before it ended, unless an entry of its own says so. */
  readonly ended?: BatchCommit
}

/** By the ids of stateful operators. */
export type StateVersions = Readonly<Record<number, PartitionVersions>>

/** How a batch ended. */
export interface BatchEnd {
  readonly batchId: number
  /** The watermarks that the next batch runs with. */
  readonly nextWatermarks: Watermarks
  /** The versions of the state after it. */
  readonly states: StateVersions
}

/** What the logs say of a finished batch. */
export interface BatchCommit extends BatchEnd {
  /** The entry that says it. */
  readonly entry: string
  /** The oldest batch that the logs keep from now on. */
  readonly oldestBatch: number
}

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isWatermarks = (value: unknown): value is Watermarks =>
  isMembers(value) && Object.values(value).every((micros) => typeof micros === 'bigint')
const isVersion = (value: unknown): boolean =>
  value === null || (isMembers(value) && typeof value['file'] === 'string' && typeof value['digest'] === 'string')
const isVersions = (value: unknown): value is StateVersions =>
  isMembers(value) && Object.values(value).every((each) => Array.isArray(each) && each.every(isVersion))
const isNumber = (value: unknown): value is number => Number.isInteger(value)
const isPart = (value: unknown): value is KeptPart =>
  isMembers(value) && typeof value['meaning'] === 'string' && Array.isArray(value['columns'])
const isParts = (value: unknown): value is KeptParts =>
  isMembers(value) &&
  typeof value['rule'] === 'string' &&
  [value['keys'], value['values']].every((parts) => Array.isArray(parts) && parts.every(isPart)) &&
  (value['cells'] === undefined || isMembers(value['cells']))
const isOperator = (value: unknown): value is StoredOperator =>
  isMembers(value) &&
  typeof value['name'] === 'string' &&
  ['operatorId', 'version', 'partitions'].every((member) => isNumber(value[member])) &&
  isParts(value['parts'])
const isOperators = (value: unknown): value is StoredOperator[] => Array.isArray(value) && value.every(isOperator)
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

export function versionOf({ lines }: LogEntry, path: string): QueryVersion {
  const [value] = lines
  if (isMembers(value)) {
    const { sources, operators, partitions, since, after, states } = value
    const watermarkPolicy = WATERMARK_POLICIES.find((policy) => policy === value['watermarkPolicy'])
    const isPlaced = isNumber(partitions) && isNumber(since) && (after === null || typeof after === 'string')
    if (isTexts(sources) && isOperators(operators) && watermarkPolicy && isPlaced && isVersions(states))
      return { signature: { sources, operators, watermarkPolicy }, partitions, since, after, states }
  }
  throw corrupt(path, 'it does not say what the query is')
}

export const versionLines = ({ signature, ...version }: QueryVersion): readonly unknown[] => [
  { ...signature, ...version },
]

export const firstPositionsOf = ({ lines }: LogEntry): readonly Json[] => lines as readonly Json[]

export function offsetsOf({ header, lines }: LogEntry, path: string): BatchOffsets {
  const [batch, ...ranges] = lines
  const { timeMs, slots, watermarks, earlierWatermarks, ended } = isMembers(batch) ? batch : {}
  const hasTimes = typeof timeMs === 'number' && isWatermarks(watermarks) && isWatermarks(earlierWatermarks)
  const hasSlots = slots === undefined || (isNumber(slots) && slots > 0)
  if (!hasTimes || !hasSlots || !ranges.every(isRange)) throw corrupt(path, 'it does not say what a batch reads')
  const batchId = batchIdOf(header.entry)
  return {
    batchId,
    timeMs,
    ...(slots === undefined ? {} : { slots }),
    watermarks,
    earlierWatermarks,
    from: ranges.map(({ from }) => from),
    until: ranges.map(({ until }) => until),
    ...(ended === undefined ? {} : { ended: endOf(ended, batchId - 1, header.entry, path) }),
  }
}

/** A line for the batch, then one for each source. */
export const offsetsLines = ({
  timeMs,
  slots,
  watermarks,
  earlierWatermarks,
  from,
  until,
  ended,
}: BatchOffsets): readonly unknown[] => [
  {
    timeMs,
    ...(slots === undefined ? {} : { slots }),
    watermarks,
    earlierWatermarks,
    ...(ended ? { ended: endLine(ended) } : {}),
  },
  ...from.map((begin, i) => ({ from: begin, until: until[i]! })),
]

/** The entry of what tasks prepared for an attempt, counted from 0, to commit a batch. */
export const preparedEntry = (batchId: number, attempt: number): string => `prepared/${batchId}.${attempt}`

export const preparedOf = ({ lines }: LogEntry): readonly Json[] => lines as readonly Json[]

interface Range {
  readonly from: Json
  readonly until: Json
}

const isRange = (value: unknown): value is Range => isMembers(value) && 'from' in value && 'until' in value

export const commitOf = ({ header: { entry }, lines }: LogEntry, path: string): BatchCommit =>
  endOf(lines[0], batchIdOf(entry), entry, path)

function endOf(value: unknown, batchId: number, entry: string, path: string): BatchCommit {
  if (isMembers(value) && isWatermarks(value['nextWatermarks'])) {
    const { nextWatermarks, states, oldestBatch } = value
    if (isVersions(states) && typeof oldestBatch === 'number' && oldestBatch >= 0 && oldestBatch <= batchId) {
      return { batchId, nextWatermarks, states, oldestBatch, entry }
    }
  }
  throw corrupt(path, 'it does not say how a batch ended')
}

type EndLine = Omit<BatchCommit, 'batchId' | 'entry'>

const endLine = ({ nextWatermarks, states, oldestBatch }: EndLine): EndLine => ({
  nextWatermarks,
  states,
  oldestBatch,
})

export const commitLines = (commit: EndLine): readonly unknown[] => [endLine(commit)]

const batchIdOf = (entry: string): number => Number(entry.slice(entry.indexOf('/') + 1))
