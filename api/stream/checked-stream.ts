import type { StreamingQuery } from './streaming-query.js'

/** What a program gets in place of a stream that is only checked: one that ended before its first batch. */
export class CheckedStream implements StreamingQuery {
  readonly id = ''
  readonly runId = ''
  readonly name: string | undefined
  readonly isActive = false
  /** It reads and writes nothing. */
  readonly guarantee = 'exactly-once'
  readonly status = { message: 'Checked, not started', isDataAvailable: false, isTriggerActive: false }
  readonly recentProgress = []
  readonly lastProgress = undefined
  readonly exception = undefined

  constructor(name: string | undefined) {
    this.name = name
  }

  async awaitTermination(): Promise<boolean> {
    return true
  }

  async processAllAvailable(): Promise<void> {}

  async stop(): Promise<void> {}
}
