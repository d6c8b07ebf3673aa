import { MillraceError } from '../../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../../common/growing-pause.js'
import { Deadline } from './deadline.js'
import { isTransient, isUnknownTopic, typeOf } from './failure.js'

/** How often a cluster is tried that has not answered yet: a wrong address is to be told soon. */
const FIRST_RETRIES = 5
/** How often a topic is asked for that should be there, some seconds long. */
const UNKNOWN_RETRIES = 7
/** Between tries. */
export const RETRY_PAUSE = { firstMs: 100, mostMs: 2_000 }

export interface Attempts {
  readonly signal: AbortSignal | undefined
  readonly giveUpMs: number
  /** Whether what the brokers do not know is expected to be there. */
  mayBeThere(): boolean
  /** How a failure is told. */
  condition(error: unknown): MillraceError
}

/** Tries again what may fail because a broker went away or a leader moved, with pauses between, until it is given up. */
export class Retries {
  readonly #servers: string
  /** Whether the cluster has answered since it was given up last: then it is worth to wait for it. */
  #hasAnswered = false

  constructor(servers: string) {
    this.#servers = servers
  }

  /** A broker has answered, if only a part of what is under way. */
  answered(): void {
    this.#hasAnswered = true
  }

  /** @param body is told whether it is a repetition and metadata should be looked at again */
  async run<T>(body: (again: boolean) => Promise<T>, attempts: Attempts): Promise<T> {
    const { signal } = attempts
    const deadline = this.deadline(attempts.giveUpMs, signal)
    let last: unknown
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          const result = await deadline.within(body(attempt > 0))
          this.#hasAnswered = true
          return result
        } catch (error) {
          if (deadline.isOver) throw error
          last = error
          this.#hasAnswered ||= typeOf(error) !== undefined
          if (!this.#isWorthAnother(error, attempt, attempts)) throw error
          await deadline.pause(growingPauseMs(RETRY_PAUSE, attempt))
        }
      }
    } catch (error) {
      const isGivenUp = deadline.isOver && !signal?.aborted
      if (isGivenUp) this.#hasAnswered = false
      throw attempts.condition(isGivenUp ? (last ?? error) : error)
    } finally {
      deadline.release()
    }
  }

  deadline(giveUpMs: number, signal: AbortSignal | undefined): Deadline {
    const reason = `no answer in ${giveUpMs} ms`
    return new Deadline(
      giveUpMs,
      signal,
      () => new MillraceError('KAFKA_UNAVAILABLE', { servers: this.#servers, reason }),
    )
  }

  /** A topic or partition that is being created, or of which another broker has heard already, is unknown to some for a moment. */
  #isWorthAnother(error: unknown, attempt: number, attempts: Attempts): boolean {
    if (!this.#hasAnswered && attempt >= FIRST_RETRIES) return false
    return isTransient(error) || (isUnknownTopic(error) && attempt < UNKNOWN_RETRIES && attempts.mayBeThere())
  }
}
