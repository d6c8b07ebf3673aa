import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import type { Json, StreamLag, StreamSource } from '../../connectors/api.js'

/**
 * A source whose duties that are only for display cannot fail a query: what they fail with is logged, each cause once until the duty
 * succeeds again.
 */
export function withHarmlessDisplay(stream: StreamSource, logger: Logger): StreamSource {
  return new HarmlessDisplay(stream, logger)
}

class HarmlessDisplay implements StreamSource {
  readonly #stream: StreamSource
  readonly #logger: Logger
  /** What the last call of a duty failed with. */
  readonly #told = new Map<string, string>()

  constructor(stream: StreamSource, logger: Logger) {
    this.#stream = stream
    this.#logger = logger
  }

  async restore(folder: string): Promise<void> {
    await this.#stream.restore?.(folder)
  }

  initialOffset(): Promise<Json> {
    return this.#stream.initialOffset()
  }

  latestOffset(from: Json, limited: boolean, goal?: Json): Promise<Json> {
    return this.#stream.latestOffset(from, limited, goal)
  }

  planSplits(...args: Parameters<StreamSource['planSplits']>): ReturnType<StreamSource['planSplits']> {
    return this.#stream.planSplits(...args)
  }

  async committed(until: Json): Promise<void> {
    await this.#harmless('telling others how far a stream is failed; the stream goes on', async () =>
      this.#stream.committed?.(until),
    )
  }

  shown(offset: Json): Json {
    return this.#stream.shown?.(offset) ?? offset
  }

  lag(from: Json): Promise<StreamLag | undefined> {
    return this.#harmless('the lag of a stream is not known; the stream goes on', async () => this.#stream.lag?.(from))
  }

  close(): Promise<void> {
    return this.#stream.close()
  }

  async #harmless<T>(line: string, duty: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const result = await duty()
      this.#told.delete(line)
      return result
    } catch (error) {
      // A stream that is being stopped.
      if (MillraceError.is(error) && error.condition === 'OPERATION_CANCELED') return undefined
      const text = error instanceof Error ? error.message : String(error)
      if (this.#told.get(line) !== text) this.#logger.warn({ cause: text }, line)
      this.#told.set(line, text)
      return undefined
    }
  }
}
