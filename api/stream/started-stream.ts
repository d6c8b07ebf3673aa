import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { StreamingQueryProgress, StreamRunner } from '../../driver/index.js'
import { tellingCaller } from '../call-site.js'
import type { StreamingQuery } from './streaming-query.js'
import { withinTime } from './within-time.js'

/** The user's handle on a streaming query. */
export class StartedStream implements StreamingQuery {
  readonly name: string | undefined
  readonly #runner: StreamRunner

  constructor(runner: StreamRunner, name: string | undefined) {
    this.#runner = runner
    this.name = name
  }

  get id(): string {
    return this.#runner.queryId
  }

  get runId(): string {
    return this.#runner.query.runId
  }

  get isActive(): boolean {
    return this.#runner.query.isActive
  }

  get guarantee(): StreamingQuery['guarantee'] {
    return this.#runner.isExactlyOnce ? 'exactly-once' : 'at-least-once'
  }

  get status(): StreamingQuery['status'] {
    const { phase } = this.#runner.query
    const isTriggerActive = phase === 'Processing new data' || phase === 'Getting offsets'
    return { message: phase, isDataAvailable: phase === 'Processing new data', isTriggerActive }
  }

  get recentProgress(): readonly StreamingQueryProgress[] {
    return this.#runner.query.recentProgress
  }

  get lastProgress(): StreamingQueryProgress | undefined {
    return this.recentProgress.at(-1)
  }

  get exception(): MillraceError | undefined {
    return this.#runner.query.exception
  }

  awaitTermination(timeoutMs?: number): Promise<boolean> {
    return tellingCaller(this.awaitTermination, () => withinTime(this.#runner.query.finished, timeoutMs))
  }

  processAllAvailable(): Promise<void> {
    return tellingCaller(this.processAllAvailable, () => this.#runner.query.processAllAvailable())
  }

  stop(): Promise<void> {
    return tellingCaller(this.stop, () => this.#runner.stop())
  }
}
