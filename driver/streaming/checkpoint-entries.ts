import type { Json } from '../../connectors/api.js'
import { corrupt, type LogEntry } from './log-entry.js'

/** What identifies a streaming query over restarts; a checkpoint made by another one is refused. */
export interface QuerySignature {
  /** One line per source: provider and what it reads. */
  readonly sources: readonly string[]
  /** One line per stateful operator: all that shapes its state. */
  readonly operators: readonly string[]
}

/** A batch as the offset log has it: between where it reads each source, and the watermark it runs with. */
export interface BatchOffsets {
  readonly batchId: number
  readonly watermarkMicros?: bigint
  readonly from: readonly Json[]
  readonly until: readonly Json[]
}

/** What the commit log says of a finished batch. */
export interface BatchCommit {
  readonly batchId: number
  /** The watermark that the next batch runs with. */
  readonly nextWatermarkMicros?: bigint
  /** The start that ran the batch, whose files of state count. */
  readonly epoch: number
  /** The oldest batch that the logs keep from now on. */
  readonly oldestBatch: number
}

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isMicros = (value: unknown): value is bigint | undefined => value === undefined || typeof value === 'bigint'
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

export function signatureOf({ lines }: LogEntry, path: string): QuerySignature {
  const [value] = lines
  if (isMembers(value)) {
    const { sources, operators } = value
    if (isTexts(sources) && isTexts(operators)) return { sources, operators }
  }
  throw corrupt(path, 'it does not say what the query is')
}

export const signatureLines = ({ sources, operators }: QuerySignature): readonly unknown[] => [{ sources, operators }]

export const firstPositionsOf = ({ lines }: LogEntry): readonly Json[] => lines as readonly Json[]

export function offsetsOf({ header, lines }: LogEntry, path: string): BatchOffsets {
  const [batch, ...ranges] = lines
  if (!isMembers(batch) || !isMicros(batch['watermarkMicros']) || !ranges.every(isRange))
    throw corrupt(path, 'it does not say what a batch reads')
  const { watermarkMicros } = batch
  return {
    batchId: batchIdOf(header.entry),
    ...(watermarkMicros === undefined ? {} : { watermarkMicros }),
    from: ranges.map(({ from }) => from),
    until: ranges.map(({ until }) => until),
  }
}

/** A line for the batch, then one for each source. */
export const offsetsLines = ({ watermarkMicros, from, until }: BatchOffsets): readonly unknown[] => [
  { watermarkMicros },
  ...from.map((begin, i) => ({ from: begin, until: until[i]! })),
]

interface Range {
  readonly from: Json
  readonly until: Json
}

const isRange = (value: unknown): value is Range => isMembers(value) && 'from' in value && 'until' in value

export function commitOf({ header, lines }: LogEntry, path: string): BatchCommit {
  const [commit] = lines
  if (isMembers(commit) && isMicros(commit['nextWatermarkMicros'])) {
    const { nextWatermarkMicros, oldestBatch } = commit
    const batchId = batchIdOf(header.entry)
    if (typeof oldestBatch === 'number' && oldestBatch >= 0 && oldestBatch <= batchId) {
      const watermark = nextWatermarkMicros === undefined ? {} : { nextWatermarkMicros }
      return { batchId, ...watermark, epoch: header.epoch, oldestBatch }
    }
  }
  throw corrupt(path, 'it does not say how a batch ended')
}

export const commitLines = (commit: Omit<BatchCommit, 'batchId' | 'epoch'>): readonly unknown[] => [
  { nextWatermarkMicros: commit.nextWatermarkMicros, oldestBatch: commit.oldestBatch },
]

const batchIdOf = (entry: string): number => Number(entry.slice(entry.indexOf('/') + 1))
