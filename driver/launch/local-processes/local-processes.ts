import { CONFIG } from '../../../common/config/entries.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { OwnedProcess } from '../../../common/owned-process.js'
import { Replacements } from '../../../common/replacements.js'
import type { DriverDoor, LaunchContext, LaunchEvent, Launcher } from '../launcher.js'

export interface ProcessSizes {
  readonly executors: number
  readonly slots: number
  readonly memoryBytes: number
}

const CONNECT_TIMEOUT_MS = 20_000
/** How long an executor that is not needed may take to end before it is killed. */
const STOP_GRACE_MS = 3_000

interface Child {
  readonly process: OwnedProcess
  readonly startedMs: number
  /** Another takes its place when it ends. */
  isWanted: boolean
}

/** Executors in child processes on this machine. */
export class LocalProcesses implements Launcher {
  readonly #context: LaunchContext
  readonly #door: DriverDoor
  readonly #sizes: ProcessSizes
  readonly #children = new Map<string, Child>()
  readonly #replacements: Replacements
  #tell: (event: LaunchEvent) => void = () => undefined
  #nextExecutor = 0
  /** How many there are to be, and how many take the place of others after a pause. */
  #wanted = 0
  #awaited = 0
  #isClosed = false

  constructor(context: LaunchContext, door: DriverDoor, sizes: ProcessSizes) {
    this.#context = context
    this.#door = door
    this.#sizes = sizes
    this.#replacements = new Replacements(sizes.executors)
  }

  /** Process ids of the executors that run. */
  get pids(): readonly number[] {
    return [...this.#children.values()].flatMap((child) => child.process.pid ?? [])
  }

  watch(watcher: (event: LaunchEvent) => void): void {
    this.#tell = watcher
  }

  async request(executors: number): Promise<void> {
    this.#wanted = executors
    for (let missing = executors - this.#present; missing > 0; missing--) this.#start()
  }

  notStarted(seconds: number): MillraceError {
    return failed(`it did not register within ${seconds} s`)
  }

  release(executorId: string): void {
    this.#children.get(executorId)?.process.kill()
  }

  async decommission(executorId: string): Promise<void> {
    const child = this.#children.get(executorId)
    if (!child) return
    child.isWanted = false
    this.#wanted = Math.min(this.#wanted, this.#present)
    await child.process.stop(STOP_GRACE_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#children.keys()].map((executorId) => this.decommission(executorId)))
  }

  /** Those that are needed, and are there or on their way. */
  get #present(): number {
    return [...this.#children.values()].filter(({ isWanted }) => isWanted).length + this.#awaited
  }

  #start(): void {
    const executorId = `executor-${this.#nextExecutor++}`
    const process = new OwnedProcess({
      module: this.#context.executorMain,
      firstLine: JSON.stringify(this.#configOf(executorId)),
      tellsLastWords: false,
      onEnded: (reason) => this.#ended(executorId, reason),
    })
    this.#children.set(executorId, { process, startedMs: performance.now(), isWanted: true })
    this.#tell({ kind: 'started', executorId })
  }

  #startAfter(pauseMs: number): void {
    this.#awaited++
    setTimeout(() => {
      this.#awaited--
      if (!this.#isClosed && this.#present < this.#wanted) this.#start()
    }, pauseMs).unref()
  }

  #configOf(executorId: string): object {
    const { config, modules } = this.#context
    return {
      executorId,
      driverAddress: this.#door.address,
      secret: this.#door.secret,
      tls: this.#door.tls,
      slots: this.#sizes.slots,
      memoryBytes: this.#sizes.memoryBytes,
      host: this.#door.host,
      port: 0,
      heartbeatIntervalMs: config.get(CONFIG.heartbeatInterval),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      modules,
    }
  }

  /** An executor ended by itself or was killed: another takes its place. */
  #ended(executorId: string, reason: string): void {
    const child = this.#children.get(executorId)
    if (!child) return
    this.#children.delete(executorId)
    this.#tell({ kind: 'ended', executorId, reason: `its process ended: ${reason}` })
    if (this.#isClosed || !child.isWanted || this.#present >= this.#wanted) return
    const pauseMs = this.#replacements.pauseAfterEnd(child.startedMs, performance.now())
    if (pauseMs !== undefined) return this.#startAfter(pauseMs)
    this.#tell({ kind: 'failed', error: failed(`too many executors ended, the last with ${reason}`) })
  }
}

const failed = (reason: string): MillraceError => new MillraceError('LOCAL_CLUSTER_FAILED', { reason })
