import type { WriteDescription } from '../api.js'
import { CommitLog } from './commit/commit-log.js'
import { removeLeftovers } from './commit/leftovers.js'

export type Streaming = NonNullable<WriteDescription['streaming']>

/** So many directories are remembered; one more and the log of the oldest is read again at its next batch. */
const MOST_OUTPUTS = 64

const outputs = new Map<string, StreamOutput>()

/** A directory that a query of this process writes, as it is known from the batches before: looked at once, not at every batch. */
class StreamOutput {
  readonly queryId: string
  readonly log: CommitLog
  readonly #directory: string
  #hasLeftovers: boolean

  private constructor(directory: string, queryId: string, log: CommitLog, hasLeftovers: boolean) {
    this.#directory = directory
    this.queryId = queryId
    this.log = log
    this.#hasLeftovers = hasLeftovers
  }

  static async open(directory: string, queryId: string): Promise<StreamOutput> {
    const log = await CommitLog.open(directory, queryId)
    return new StreamOutput(directory, queryId, log, await removeLeftovers(directory, queryId, log.latest ?? -1))
  }

  /** What earlier runs left of the batch that was just committed is of no use any more. */
  async afterCommit(): Promise<void> {
    if (!this.#hasLeftovers) return
    this.#hasLeftovers = await removeLeftovers(this.#directory, this.queryId, this.log.latest ?? -1)
  }
}

/** @throws SINK_OWNED_BY_ANOTHER_QUERY, FAILED_READ_FILE, FAILED_WRITE_FILE */
export async function streamOutput(directory: string, queryId: string): Promise<StreamOutput> {
  const known = outputs.get(directory)
  if (known?.queryId === queryId) {
    await known.log.checkIntact()
    return known
  }
  const output = await StreamOutput.open(directory, queryId)
  outputs.set(directory, output)
  if (outputs.size > MOST_OUTPUTS) outputs.delete(outputs.keys().next().value!)
  return output
}

export function forgetStreamOutput(directory: string): void {
  outputs.delete(directory)
}
