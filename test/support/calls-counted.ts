import { type Profiler, Session } from 'node:inspector'
import { promisify } from 'node:util'

type Counted = 'functions' | 'blocks'

/**
 * Counts calls of functions, or how often blocks within them run, such as those of loops: a measure of work that neither the clock nor other processes change.
 * Blocks are counted of code that is loaded later than the counter.
 */
export class CallCounter {
  readonly #session = new Session()
  readonly #take: () => Promise<readonly Profiler.ScriptCoverage[]>

  private constructor() {
    this.#session.connect()
    this.#take = () =>
      new Promise((resolve, reject) => {
        this.#session.post('Profiler.takePreciseCoverage', (error, { result }) =>
          error ? reject(error) : resolve(result),
        )
      })
  }

  static async start(counted: Counted = 'functions'): Promise<CallCounter> {
    const counter = new CallCounter()
    const post = promisify(counter.#session.post.bind(counter.#session)) as (
      method: string,
      parameters?: object,
    ) => Promise<unknown>
    await post('Profiler.enable')
    await post('Profiler.startPreciseCoverage', { callCount: true, detailed: counted === 'blocks' })
    return counter
  }

  /** How often functions below folders of the compiled project are called while something runs. */
  async callsOf(run: () => unknown, isCounted: (url: string) => boolean): Promise<number> {
    await this.#take()
    run()
    const scripts = (await this.#take()).filter(({ url }) => isCounted(url))
    return scripts
      .flatMap(({ functions }) => functions)
      .reduce((sum, { ranges }) => ranges.reduce((own, { count }) => own + count, sum), 0)
  }

  stop(): void {
    this.#session.disconnect()
  }
}
