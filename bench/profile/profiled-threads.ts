import { Session as Inspector } from 'node:inspector'
import type { ThreadProfile } from './where-time-goes.js'

/** Microseconds between two looks at a thread. */
const INTERVAL = { interval: 200 }
const STAY_ALIVE_MS = 60_000

/** Takes profiles of this thread and of those that it starts. */
export class ProfiledThreads {
  readonly #inspector = new Inspector()
  readonly #workers = new Set<string>()
  readonly #waiting = new Map<number, (result: unknown) => void>()
  #asked = 0
  #isProfiling = false
  /** Waiting for threads that have nothing to do keeps no process alive. */
  #alive: NodeJS.Timeout | undefined

  /** Connects to all threads that there are, and from now on to new ones. */
  async connect(): Promise<void> {
    this.#alive = setInterval(() => undefined, STAY_ALIVE_MS)
    this.#inspector.connect()
    this.#inspector.on('NodeWorker.attachedToWorker', ({ params }) => this.#attached(params.sessionId))
    this.#inspector.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const { id, result } = JSON.parse(params.message) as { id: number; result: unknown }
      this.#waiting.get(id)?.(result)
      this.#waiting.delete(id)
    })
    await this.#ask('Profiler.enable')
    await this.#ask('Profiler.setSamplingInterval', INTERVAL)
    await this.#ask('NodeWorker.enable', { waitForDebuggerOnStart: false })
  }

  /** Messages to a thread are answered in their order, so none is waited for here. */
  #attached(worker: string): void {
    this.#workers.add(worker)
    void this.#askWorker(worker, 'Profiler.enable')
    void this.#askWorker(worker, 'Profiler.setSamplingInterval', INTERVAL)
    if (this.#isProfiling) void this.#askWorker(worker, 'Profiler.start')
  }

  /** What all threads did while something ran. */
  async profile(run: () => Promise<void>): Promise<readonly ThreadProfile[]> {
    this.#isProfiling = true
    await this.#askAll('Profiler.start')
    await run()
    this.#isProfiling = false
    const stopped = (await this.#askAll('Profiler.stop')) as readonly { readonly profile: ThreadProfile }[]
    return stopped.map(({ profile }) => profile)
  }

  disconnect(): void {
    clearInterval(this.#alive)
    this.#inspector.disconnect()
  }

  #askAll(method: string): Promise<readonly unknown[]> {
    return Promise.all([this.#ask(method), ...[...this.#workers].map((worker) => this.#askWorker(worker, method))])
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#inspector.post(method, params, (error, result) => (error ? reject(error) : resolve(result)))
    })
  }

  async #askWorker(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#asked
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve))
    await this.#ask('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) })
    return answer
  }
}
