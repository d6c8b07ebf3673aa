import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { LaunchContext, LaunchEvent, Launcher, LauncherKind } from '../launcher.js'

const MAX_THREADS = 1024
const EXECUTOR_ID = 'local'

/** One executor in the driver's process, whose threads run tasks. */
export const LOCAL_THREADS: LauncherKind = {
  forms: `local, local[N] or local[*], of at most ${MAX_THREADS} threads`,
  plan(master, availableThreads) {
    const [, written] = /^local(?:\[(\*|\d+)\])?$/.exec(master) ?? []
    if (written === undefined && master !== 'local') return undefined
    const threads = written === '*' ? availableThreads : Number(written ?? 1)
    if (threads < 1 || threads > MAX_THREADS) return undefined
    const launcher = (context: LaunchContext): Launcher => new LocalThreads(context, threads)
    return { place: 'in process', executors: () => 1, expectedSlots: threads, launcher }
  },
}

class LocalThreads implements Launcher {
  readonly #context: LaunchContext
  readonly #threads: number
  #executor: { close(): Promise<void> } | undefined
  #tell: (event: LaunchEvent) => void = () => undefined

  constructor(context: LaunchContext, threads: number) {
    this.#context = context
    this.#threads = threads
  }

  watch(watcher: (event: LaunchEvent) => void): void {
    this.#tell = watcher
  }

  /** There is one, however many are wanted. */
  async request(): Promise<void> {
    if (this.#executor) return
    this.#executor = this.#context.inProcess(this.#threads)
    this.#tell({ kind: 'started', executorId: EXECUTOR_ID })
  }

  notStarted(): MillraceError {
    return new MillraceError('INTERNAL_ERROR', { message: 'an executor in this process is there at once' })
  }

  /** It cannot be lost without the driver. */
  release(): void {}

  async decommission(): Promise<void> {
    await this.close()
  }

  async close(): Promise<void> {
    await this.#executor?.close()
    this.#executor = undefined
  }
}
