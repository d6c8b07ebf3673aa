import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { failedWrite } from '../file-errors.js'
import { entryPath, LOG_FOLDER, latestBatch, readBatches } from './commit-log-reader.js'
import { compactAfter, exists, isCompacted } from './compaction.js'
import { addExclusively, makeRealDirectory } from './durable.js'
import { formatBatches } from './log-entry.js'

/** What one run of a batch made. */
export interface Attempt {
  readonly batchId: number
  readonly files: readonly string[]
}

/**
 * The log of a directory that a streaming query writes: a file `_millrace_metadata/<batch>` for each committed batch lists its files, so a
 * batch appears at once or not at all. An entry is never written over: of two drivers that run the same batch, one makes it, the other fails.
 * The log is read when it is opened; from then on a batch costs the same, however many there were.
 */
export class CommitLog {
  readonly #directory: string
  readonly #queryId: string
  #latest: number | undefined

  private constructor(directory: string, queryId: string, latest: number | undefined) {
    this.#directory = directory
    this.#queryId = queryId
    this.#latest = latest
  }

  /** Opens or creates it. @throws SINK_OWNED_BY_ANOTHER_QUERY, FAILED_READ_FILE, FAILED_WRITE_FILE */
  static async open(directory: string, queryId: string): Promise<CommitLog> {
    await makeRealDirectory(join(directory, LOG_FOLDER), 'flushed')
    const latest = await latestBatch(directory)
    if (latest !== undefined && latest.queryId !== queryId) {
      throw new MillraceError('SINK_OWNED_BY_ANOTHER_QUERY', { path: directory, owner: latest.queryId })
    }
    return new CommitLog(directory, queryId, latest?.batchId)
  }

  /** The newest batch that was there when the log was opened or that was added since. */
  get latest(): number | undefined {
    return this.#latest
  }

  /** @throws FAILED_WRITE_FILE when what was committed has vanished since: rows would be missing without a word */
  async checkIntact(): Promise<void> {
    const latest = this.#latest
    if (latest === undefined || (await this.#isThere(latest))) return
    throw failedWrite(
      this.#path(latest),
      'the entry of the last batch is gone: something removed it while the query ran',
    )
  }

  taken({ batchId }: Attempt): MillraceError {
    return new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId, path: this.#path(batchId) })
  }

  /** Which attempt has committed a batch. Names of files are unique to an attempt. */
  async holderOf({ batchId, files }: Attempt): Promise<'nobody' | 'us' | 'another'> {
    const entry = (await readBatches(this.#path(batchId)))?.[0]
    if (entry === undefined) return (await isCompacted(this.#directory, batchId)) ? 'another' : 'nobody'
    return files.length > 0 && entry.files.join('/') === files.join('/') ? 'us' : 'another'
  }

  /** Makes a batch visible. @throws CONCURRENT_STREAM_LOG_UPDATE when another driver has, FAILED_WRITE_FILE */
  async add(attempt: Attempt): Promise<void> {
    const { batchId, files } = attempt
    const path = this.#path(batchId)
    try {
      const entry = { queryId: this.#queryId, batchId, previous: this.#latest ?? null, files }
      if (!(await addExclusively(path, formatBatches([entry])))) throw this.taken(attempt)
      // An entry that was compacted and then removed can be made again by a driver that slept; it counts for no reader.
      if (await isCompacted(this.#directory, batchId)) {
        await unlink(path)
        throw this.taken(attempt)
      }
      this.#latest = batchId
      await compactAfter(this.#directory, batchId)
    } catch (error) {
      throw MillraceError.is(error) ? error : failedWrite(path, error)
    }
  }

  async #isThere(batchId: number): Promise<boolean> {
    return (await exists(this.#path(batchId))) || isCompacted(this.#directory, batchId)
  }

  #path(batchId: number): string {
    return entryPath(this.#directory, batchId)
  }
}
