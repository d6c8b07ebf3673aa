import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'
import type { Json } from '../../connectors/api.js'
import { CheckpointLog } from './checkpoint-log.js'

/** What identifies a streaming query over restarts; a checkpoint made by another one is refused. */
export interface QuerySignature {
  /** One line per source: provider and what it reads. */
  readonly sources: readonly string[]
  /** One line per stateful operator: its keys and aggregates, with their types. */
  readonly operators: readonly string[]
}

interface Metadata extends QuerySignature {
  readonly queryId: string
  /** Into how many partitions the keys of the state are divided: a restart with other cores must divide them alike. */
  readonly partitions: number
}

/** A batch as the offset log has it: up to where it reads each source, and the watermark it runs with. */
export interface BatchOffsets {
  readonly batchId: number
  readonly watermarkMicros?: bigint
  readonly until: readonly Json[]
}

/** What the commit log says of a finished batch: the watermark that the next one runs with. */
export interface BatchCommit {
  readonly batchId: number
  readonly nextWatermarkMicros?: bigint
}

/** Entries kept in the logs, so that earlier batches can be looked at; Spark's `minBatchesToRetain`. */
const RETAINED_BATCHES = 100

/**
 * The checkpoint of a streaming query: `metadata/0` (id and signature), `offsets/N` written before batch N runs, `commits/N` after
 * its output is committed. State lies beside it in `state/`, written by the tasks.
 */
export class Checkpoint {
  readonly location: string
  readonly queryId: string
  readonly #offsets: CheckpointLog
  readonly #commits: CheckpointLog
  readonly #sources: number

  private constructor(location: string, queryId: string, sources: number) {
    this.location = location
    this.queryId = queryId
    this.#sources = sources
    this.#offsets = new CheckpointLog(join(location, 'offsets'))
    this.#commits = new CheckpointLog(join(location, 'commits'))
  }

  /**
   * Opens or creates it.
   * @param partitions into how many partitions the state of a new query is divided
   * @throws STREAMING_CHECKPOINT_MISMATCH when another query made it, STREAMING_CHECKPOINT_CORRUPT
   */
  static async open(location: string, signature: QuerySignature, partitions: number): Promise<Checkpoint> {
    const known = await readMetadata(location)
    if (known === undefined) {
      const metadata: Metadata = { queryId: randomUUID(), partitions, ...signature }
      await metadataLog(location).add(0, [JSON.stringify(metadata)])
      return new Checkpoint(location, metadata.queryId, signature.sources.length)
    }
    for (const part of ['sources', 'operators'] as const) {
      if (known[part].join('\n') !== signature[part].join('\n')) {
        throw new MillraceError('STREAMING_CHECKPOINT_MISMATCH', {
          location,
          part,
          expected: known[part].join('; ') || 'none',
          actual: signature[part].join('; ') || 'none',
        })
      }
    }
    return new Checkpoint(location, known.queryId, signature.sources.length)
  }

  /** Into how many partitions a query that was here before divides its state; undefined for a new one. @throws STREAMING_CHECKPOINT_CORRUPT */
  static async partitions(location: string): Promise<number | undefined> {
    return (await readMetadata(location))?.partitions
  }

  /** The newest batch that was begun, and the one before it, whose end is its beginning. */
  async lastOffsets(): Promise<{ readonly last: BatchOffsets; readonly before: BatchOffsets | undefined } | undefined> {
    const id = await this.#offsets.latest()
    if (id === undefined) return undefined
    const last = await this.#offsetsOf(id)
    return last && { last, before: id === 0 ? undefined : await this.#offsetsOf(id - 1) }
  }

  async lastCommit(): Promise<BatchCommit | undefined> {
    const batchId = await this.#commits.latest()
    if (batchId === undefined) return undefined
    const [header] = (await this.#commits.get(batchId)) ?? []
    return { batchId, ...parse(header, isCommit, join(this.location, 'commits', String(batchId))) }
  }

  async writeOffsets(batch: BatchOffsets): Promise<void> {
    const { batchId, until, ...header } = batch
    await this.#offsets.add(batchId, [toTaggedJson(header), ...until.map(toTaggedJson)])
  }

  async writeCommit(commit: BatchCommit): Promise<void> {
    const { batchId, ...rest } = commit
    await this.#commits.add(batchId, [toTaggedJson(rest)])
    await this.#offsets.purgeBefore(batchId - RETAINED_BATCHES)
    await this.#commits.purgeBefore(batchId - RETAINED_BATCHES)
  }

  async #offsetsOf(batchId: number): Promise<BatchOffsets | undefined> {
    const lines = await this.#offsets.get(batchId)
    if (lines === undefined) return undefined
    const path = join(this.location, 'offsets', String(batchId))
    const [header, ...until] = lines
    if (until.length !== this.#sources) {
      throw corrupt(path, `it has offsets of ${until.length} sources, not ${this.#sources}`)
    }
    return { batchId, ...parse(header, isOffsets, path), until: until.map((line) => parse(line, isOffset, path)) }
  }
}

const metadataLog = (location: string): CheckpointLog => new CheckpointLog(join(location, 'metadata'))

async function readMetadata(location: string): Promise<Metadata | undefined> {
  const lines = await metadataLog(location).get(0)
  return lines && parse(lines[0], isMetadata, join(location, 'metadata', '0'))
}

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null
const isMicros = (value: unknown): boolean => value === undefined || typeof value === 'bigint'
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((text) => typeof text === 'string')
const isOffset = (value: unknown): value is Json => value !== null
const isCommit = (value: unknown): value is Omit<BatchCommit, 'batchId'> =>
  isMembers(value) && isMicros(value['nextWatermarkMicros'])
const isOffsets = (value: unknown): value is Omit<BatchOffsets, 'batchId' | 'until'> =>
  isMembers(value) && isMicros(value['watermarkMicros'])
const isMetadata = (value: unknown): value is Metadata =>
  isMembers(value) &&
  typeof value['queryId'] === 'string' &&
  Number.isInteger(value['partitions']) &&
  isTexts(value['sources']) &&
  isTexts(value['operators'])

function parse<T>(line: string | undefined, isValid: (value: unknown) => value is T, path: string): T {
  let value: unknown
  try {
    value = fromTaggedJson(line ?? '')
  } catch (cause) {
    throw corrupt(path, 'a line is not JSON', cause)
  }
  if (!isValid(value)) throw corrupt(path, `${toTaggedJson(value)} is not what belongs there`)
  return value
}

const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })
