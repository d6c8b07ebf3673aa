import type { Json } from '../../connectors/api.js'
import type { PartitionVersions } from '../streaming-inputs.js'
import { corrupt, type LogEntry } from './log-entry.js'
import { WATERMARK_POLICIES, type WatermarkPolicy, type Watermarks } from './watermarks.js'

/** What identifies a streaming query over restarts; a checkpoint made by another one is refused. */
export interface QuerySignature {
  /** One line per source: provider and what it reads. */
  readonly sources: readonly string[]
  /** One line per stateful operator: all that shapes its state. */
  readonly operators: readonly string[]
  /** What several watermarks are together. It stays as it was when the query first ran. */
  readonly watermarkPolicy: WatermarkPolicy
}

/** A batch as the offset log has it: between where it reads each source, and the watermarks that it and the one before it run with. */
export interface BatchOffsets {
  readonly batchId: number
  readonly watermarks: Watermarks
  readonly earlierWatermarks: Watermarks
  readonly from: readonly Json[]
  readonly until: readonly Json[]
}

/** What the commit log says of a finished batch. */
/** By the ids of stateful operators. */
export type StateVersions = Readonly<Record<number, PartitionVersions>>

export interface BatchCommit {
  readonly batchId: number
  /** The watermarks that the next batch runs with. */
  readonly nextWatermarks: Watermarks
  /** The versions of the state after it. */
  readonly states: StateVersions
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
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

export function signatureOf({ lines }: LogEntry, path: string): QuerySignature {
  const [value] = lines
  if (isMembers(value)) {
    const { sources, operators } = value
    const watermarkPolicy = WATERMARK_POLICIES.find((policy) => policy === value['watermarkPolicy'])
    if (isTexts(sources) && isTexts(operators) && watermarkPolicy) return { sources, operators, watermarkPolicy }
  }
  throw corrupt(path, 'it does not say what the query is')
}

export const signatureLines = ({ sources, operators, watermarkPolicy }: QuerySignature): readonly unknown[] => [
  { sources, operators, watermarkPolicy },
]

export const firstPositionsOf = ({ lines }: LogEntry): readonly Json[] => lines as readonly Json[]

export function offsetsOf({ header, lines }: LogEntry, path: string): BatchOffsets {
  const [batch, ...ranges] = lines
  const { watermarks, earlierWatermarks } = isMembers(batch) ? batch : {}
  if (!isWatermarks(watermarks) || !isWatermarks(earlierWatermarks) || !ranges.every(isRange))
    throw corrupt(path, 'it does not say what a batch reads')
  return {
    batchId: batchIdOf(header.entry),
    watermarks,
    earlierWatermarks,
    from: ranges.map(({ from }) => from),
    until: ranges.map(({ until }) => until),
  }
}

/** A line for the batch, then one for each source. */
export const offsetsLines = ({ watermarks, earlierWatermarks, from, until }: BatchOffsets): readonly unknown[] => [
  { watermarks, earlierWatermarks },
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

export function commitOf({ header, lines }: LogEntry, path: string): BatchCommit {
  const [commit] = lines
  if (isMembers(commit) && isWatermarks(commit['nextWatermarks'])) {
    const { nextWatermarks, states, oldestBatch } = commit
    const batchId = batchIdOf(header.entry)
    if (isVersions(states) && typeof oldestBatch === 'number' && oldestBatch >= 0 && oldestBatch <= batchId) {
      return { batchId, nextWatermarks, states, oldestBatch }
    }
  }
  throw corrupt(path, 'it does not say how a batch ended')
}

export const commitLines = ({
  nextWatermarks,
  states,
  oldestBatch,
}: Omit<BatchCommit, 'batchId'>): readonly unknown[] => [{ nextWatermarks, states, oldestBatch }]

const batchIdOf = (entry: string): number => Number(entry.slice(entry.indexOf('/') + 1))
