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
  /** One line per stateful operator: its keys and aggregates. */
  readonly operators: readonly string[]
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

  private constructor(location: string, queryId: string) {
    this.location = location
    this.queryId = queryId
    this.#offsets = new CheckpointLog(join(location, 'offsets'))
    this.#commits = new CheckpointLog(join(location, 'commits'))
  }

  /** Opens or creates it. @throws STREAMING_CHECKPOINT_MISMATCH when another query made it */
  static async open(location: string, signature: QuerySignature): Promise<Checkpoint> {
    const metadata = new CheckpointLog(join(location, 'metadata'))
    const existing = await metadata.get(0)
    if (existing === undefined) {
      const queryId = randomUUID()
      await metadata.add(0, [JSON.stringify({ queryId, ...signature })])
      return new Checkpoint(location, queryId)
    }
    const known = parse<QuerySignature & { queryId: string }>(existing[0], join(location, 'metadata', '0'))
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
    return new Checkpoint(location, known.queryId)
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
    const lines = await this.#commits.get(batchId)
    return {
      batchId,
      ...parse<Omit<BatchCommit, 'batchId'>>(lines?.[0], join(this.location, 'commits', String(batchId))),
    }
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
    return {
      batchId,
      ...parse<Omit<BatchOffsets, 'batchId' | 'until'>>(header, path),
      until: until.map((line) => parse<Json>(line, path)),
    }
  }
}

function parse<T>(line: string | undefined, path: string): T {
  try {
    return fromTaggedJson(line ?? '') as T
  } catch (cause) {
    throw new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason: 'a line is not JSON' }, { cause })
  }
}
