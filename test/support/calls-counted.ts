import { type Profiler, Session } from 'node:inspector'
import { promisify } from 'node:util'

/** Counts calls of functions of the planner: a measure of work that neither the clock nor other processes change. */
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

  static async start(): Promise<CallCounter> {
    const counter = new CallCounter()
    const post = promisify(counter.#session.post.bind(counter.#session)) as (
      method: string,
      parameters?: object,
    ) => Promise<unknown>
    await post('Profiler.enable')
    await post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    return counter
  }

  /** How often functions below folders of the compiled project are called while something runs. */
  async callsOf(run: () => unknown, isCounted: (url: string) => boolean): Promise<number> {
    await this.#take()
    run()
    const scripts = (await this.#take()).filter(({ url }) => isCounted(url))
    return scripts.flatMap(({ functions }) => functions).reduce((sum, { ranges }) => sum + ranges[0]!.count, 0)
  }

  stop(): void {
    this.#session.disconnect()
  }
}
