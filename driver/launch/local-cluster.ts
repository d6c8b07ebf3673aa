import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import { newSecret } from '../../proto/rpc/secret.js'
import { DriverServer, type DriverServerOptions } from '../wire/driver-server.js'
import { Replacements } from './replacements.js'

export interface LocalClusterOptions {
  readonly driver: DriverServerOptions['driver']
  readonly executors: number
  readonly slotsPerExecutor: number
  readonly memoryBytesPerExecutor: number
  /** URL of `executor/main.js`; the composition root knows where it is. */
  readonly executorMain: string
  /** `ThreadModules` for its threads, as the executor reads them. */
  readonly modules: {
    readonly taskModule: string
    readonly connectorModule: string | undefined
    readonly kernels: string | undefined
  }
  readonly heartbeatIntervalMs: number
  readonly logger: Logger
  /** How long the first executors may take to register; default 30 s. */
  readonly startTimeoutMs?: number
  /** How long an executor that the driver is done with may take to end, or to register again; default 3 s. */
  readonly stopGraceMs?: number
}

const DEFAULT_START_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 20_000
const DEFAULT_STOP_GRACE_MS = 3_000

interface Child {
  /** Changes when the driver lost it and it came back. */
  executorId: string
  /** Kills it when it was dismissed and neither ends nor comes back. */
  kill: NodeJS.Timeout | undefined
  readonly process: ChildProcess
  readonly startedMs: number
  readonly exited: Promise<void>
}

/** Executors in child processes on this machine, and the door through which they reach the driver. */
export class LocalCluster {
  readonly #options: LocalClusterOptions
  readonly #secret = newSecret()
  readonly #children = new Set<Child>()
  #server: DriverServer | undefined
  readonly #replacements: Replacements
  #nextExecutor = 0
  readonly #stopGraceMs: number
  #isClosed = false
  #onRegistered: () => void = () => undefined
  #onFailed: (error: MillraceError) => void = () => undefined

  private constructor(options: LocalClusterOptions) {
    this.#options = options
    this.#replacements = new Replacements(options.executors)
    this.#stopGraceMs = options.stopGraceMs ?? DEFAULT_STOP_GRACE_MS
  }

  /** Resolves when all executors have registered. @throws LOCAL_CLUSTER_FAILED */
  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const cluster = new LocalCluster(options)
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  /** Process ids of the executors that run. */
  get pids(): readonly number[] {
    return [...this.#children].flatMap(({ process: { pid } }) => pid ?? [])
  }

  /** Where other executors could join. */
  get address(): string {
    return this.#server!.address
  }

  /** Ends all executors and waits until they are gone; the driver should be closed before, which asks them to. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#children].map((child) => stopChild(child, this.#stopGraceMs)))
    await this.#server?.close()
  }

  async #start(): Promise<void> {
    const { driver, logger, executors, startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = this.#options
    const onRegistered = (executorId: string, previousId: string): void => {
      if (previousId === '') return this.#onRegistered()
      this.#cameBack(executorId, previousId)
    }
    const onDismissed = (executorId: string): void => this.#dismissed(executorId)
    const door = { driver, logger, host: '127.0.0.1', port: 0, secret: this.#secret, onRegistered, onDismissed }
    this.#server = await DriverServer.listen(door)
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      let registered = 0
      this.#onRegistered = () => {
        registered++
        if (registered === executors) resolve()
      }
      this.#onFailed = reject
      timer = setTimeout(() => reject(failed(`it did not register within ${startTimeoutMs / 1000} s`)), startTimeoutMs)
      for (let i = 0; i < executors; i++) this.#spawn()
    }).finally(() => clearTimeout(timer))
    this.#onFailed = (error) => logger.error({ err: error }, 'an executor is not replaced any more')
  }

  #spawn(): void {
    const executorId = `executor-${this.#nextExecutor++}`
    // A process group of its own: Ctrl-C is for the driver, which then ends its executors in order.
    const child = spawn(process.execPath, [fileURLToPath(this.#options.executorMain)], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    })
    const exited = once(child, 'exit').then(
      () => undefined,
      () => undefined,
    )
    const entry: Child = { executorId, kill: undefined, process: child, startedMs: performance.now(), exited }
    this.#children.add(entry)
    child.on('error', (error) => this.#onFailed(failed(error.message)))
    child.on('exit', (code, signal) => this.#exited(entry, signal ?? `exit status ${code}`))
    // It may die before it has read its configuration; its exit is what counts.
    child.stdin!.on('error', () => undefined)
    child.stdin!.write(`${JSON.stringify(this.#configOf(executorId))}\n`)
    // Neither the child nor the pipe to it are reasons for this process to live on.
    child.unref()
    ;(child.stdin as unknown as { unref(): void }).unref()
  }

  #spawnAfter(pauseMs: number): void {
    setTimeout(() => {
      if (!this.#isClosed) this.#spawn()
    }, pauseMs).unref()
  }

  #configOf(executorId: string): object {
    const { slotsPerExecutor, memoryBytesPerExecutor, heartbeatIntervalMs, modules } = this.#options
    return {
      executorId,
      driverAddress: this.address,
      secret: this.#secret,
      slots: slotsPerExecutor,
      memoryBytes: memoryBytesPerExecutor,
      host: '127.0.0.1',
      port: 0,
      heartbeatIntervalMs,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      modules,
    }
  }

  /** One that hangs would neither end nor make room for another by itself; one that lives registers again under another id. */
  #dismissed(executorId: string): void {
    for (const child of this.#children) {
      if (child.executorId !== executorId) continue
      clearTimeout(child.kill)
      child.kill = setTimeout(() => child.process.kill('SIGKILL'), this.#stopGraceMs).unref()
    }
  }

  #cameBack(executorId: string, previousId: string): void {
    for (const child of this.#children) {
      if (child.executorId !== previousId) continue
      clearTimeout(child.kill)
      child.executorId = executorId
    }
  }

  /** An executor ended by itself or was killed: another takes its place. */
  #exited(child: Child, reason: string): void {
    this.#children.delete(child)
    clearTimeout(child.kill)
    if (this.#isClosed) return
    this.#options.driver.disconnected(child.executorId, `its process ended: ${reason}`)
    const pauseMs = this.#replacements.pauseAfterEnd(child.startedMs, performance.now())
    if (pauseMs !== undefined) return this.#spawnAfter(pauseMs)
    this.#onFailed(failed(`too many executors ended, the last with ${reason}`))
  }
}

const failed = (reason: string): MillraceError => new MillraceError('LOCAL_CLUSTER_FAILED', { reason })

async function stopChild({ process: child, exited }: Child, graceMs: number): Promise<void> {
  // The end of its input tells an executor to stop, should the driver not have.
  child.stdin?.end()
  child.ref()
  const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await exited
  clearTimeout(kill)
}
