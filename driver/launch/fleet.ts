import { CONFIG } from '../../common/config/entries.js'
import { type MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { DriverPort } from '../../proto/protocol.js'
import type { DriverServer } from '../wire/driver-server.js'
import type { DriverDoor, LaunchContext, LaunchEvent, Launcher, LaunchPlan } from './launcher.js'

export interface FleetOptions {
  readonly plan: LaunchPlan
  readonly driver: DriverPort & { disconnected(executorId: string, reason: string): void }
  readonly context: LaunchContext
  /** How many there are first, where that is not fixed. */
  readonly initialExecutors?: number | undefined
  /** How long an executor that the driver is done with may take to end, or to register again; default 3 s. */
  readonly stopGraceMs?: number
}

const DEFAULT_STOP_GRACE_MS = 3_000

/** Who still waits for executors then is told why. */
const WAIT_TOLD_AFTER_MS = 5_000

interface Launched {
  /** Changes when the driver lost it and it came back. */
  currentId: string
  isRegistered: boolean
  /** Releases it when the driver is done with it and it neither ends nor comes back. */
  release: NodeJS.Timeout | undefined
}

/** The executors of one application: it has a launcher start them, lets them in at the driver's door, and has those ended that the driver gave up. */
export class Fleet {
  readonly #options: FleetOptions
  /** By the id under which they were started. */
  readonly #launched = new Map<string, Launched>()
  /** Those that are not needed, and go as soon as the driver is done with them: by their current ids. */
  readonly #retiring = new Set<string>()
  #wanted = 0
  #launcher: Launcher | undefined
  #server: DriverServer | undefined
  #onChange: () => void = () => undefined
  #onFailed: (error: MillraceError) => void

  private constructor(options: FleetOptions) {
    this.#options = options
    this.#onFailed = (error) => options.context.logger.error({ err: error }, 'executors are not replaced any more')
  }

  /** Resolves when at least one executor has registered, and all that were started first. @throws what the launcher raises */
  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options)
    try {
      await fleet.#start()
      return fleet
    } catch (error) {
      await fleet.close()
      throw error
    }
  }

  /** From now on there are to be so many executors, beside those that retire. */
  request(executors: number): void {
    this.#wanted = executors
    this.#ask()
  }

  /** Whether an executor was started for this fleet, and not by others. */
  started(currentId: string): boolean {
    return this.#known(currentId) !== undefined
  }

  /** None takes the place of this executor when the driver is done with it. */
  retire(currentId: string): void {
    if (this.started(currentId)) this.#retiring.add(currentId)
  }

  /** Ends all executors; the driver should be closed before, which asks them to. */
  async close(): Promise<void> {
    const launcher = this.#launcher
    for (const { release } of this.#launched.values()) clearTimeout(release)
    if (launcher) await Promise.all([...this.#launched.keys()].map((executorId) => launcher.decommission(executorId)))
    await launcher?.close()
    await this.#server?.close()
  }

  async #start(): Promise<void> {
    const { plan, context } = this.#options
    if (plan.place === 'in process') return await this.#request(plan.launcher(context))
    const launcher = await plan.launcher(context, await this.#openDoor(await plan.door(context)))
    if (this.#options.initialExecutors === 0) return await this.#request(launcher)
    const first = this.#firstExecutors(launcher, plan.startTimeoutMs(context))
    // The request may take longer than the first executors are waited for: that is heard below, and must not end the process before.
    first.catch(() => undefined)
    await this.#request(launcher).catch((error: unknown) => this.#onFailed(toMillraceError(error)))
    await first
  }

  async #request(launcher: Launcher): Promise<void> {
    this.#launcher = launcher
    launcher.watch((event) => this.#happened(event))
    const { plan, context, initialExecutors } = this.#options
    this.#wanted = initialExecutors ?? plan.executors(context)
    await launcher.request(this.#wanted)
  }

  #ask(): void {
    this.#launcher
      ?.request(this.#wanted + this.#retiring.size)
      .catch((error: unknown) => this.#onFailed(toMillraceError(error)))
  }

  async #openDoor({ host, secret, tls }: Omit<DriverDoor, 'address'>): Promise<DriverDoor> {
    // What speaks gRPC is loaded for those alone who need it: it takes as long as a query.
    const { DriverServer } = await import('../wire/driver-server.js')
    const { driver, context } = this.#options
    this.#server = await DriverServer.listen({
      driver,
      logger: context.logger,
      host,
      port: context.config.get(CONFIG.driverPort),
      secret,
      tls,
      onRegistered: (executorId, previousId) => this.#registered(executorId, previousId),
      onDismissed: (executorId) => this.#dismissed(executorId),
    })
    return { address: this.#server.address, host, secret, tls }
  }

  async #firstExecutors(launcher: Launcher, timeoutMs: number): Promise<void> {
    const reportLater = this.#onFailed
    const { logger } = this.#options.context
    const tell = (): void => {
      const { text } = launcher.notStarted(WAIT_TOLD_AFTER_MS / 1000)
      logger.warn({ reason: text, waitsForSeconds: timeoutMs / 1000 }, 'executors are still waited for')
    }
    let timer: NodeJS.Timeout | undefined
    let told: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      this.#onFailed = reject
      this.#onChange = () => {
        const all = [...this.#launched.values()]
        if (all.length > 0 && all.every(({ isRegistered }) => isRegistered)) resolve()
      }
      timer = setTimeout(() => reject(launcher.notStarted(timeoutMs / 1000)), timeoutMs)
      if (timeoutMs > WAIT_TOLD_AFTER_MS) told = setTimeout(tell, WAIT_TOLD_AFTER_MS)
    }).finally(() => {
      clearTimeout(timer)
      clearTimeout(told)
    })
    this.#onFailed = reportLater
    this.#onChange = () => undefined
  }

  #happened(event: LaunchEvent): void {
    switch (event.kind) {
      case 'started':
        // A launcher may tell again what it is told again.
        if (this.#launched.has(event.executorId)) return
        this.#launched.set(event.executorId, {
          currentId: event.executorId,
          isRegistered: false,
          release: undefined,
        })
        return
      case 'ended':
        return this.#ended(event.executorId, event.reason)
      case 'failed':
        return this.#onFailed(event.error)
    }
  }

  #ended(executorId: string, reason: string): void {
    const launched = this.#launched.get(executorId)
    if (!launched) return
    clearTimeout(launched.release)
    this.#launched.delete(executorId)
    if (this.#retiring.delete(launched.currentId)) this.#ask()
    this.#options.driver.disconnected(launched.currentId, reason)
    this.#onChange()
  }

  #registered(executorId: string, previousId: string): void {
    const [, launched] = this.#known(previousId === '' ? executorId : previousId) ?? []
    // Others may join by themselves.
    if (!launched) return
    clearTimeout(launched.release)
    launched.currentId = executorId
    launched.isRegistered = true
    this.#onChange()
  }

  /** One that hangs would neither end nor make room for another by itself; one that lives registers again under another id. */
  #dismissed(currentId: string): void {
    const [executorId, launched] = this.#known(currentId) ?? []
    if (!launched) return
    clearTimeout(launched.release)
    if (this.#retiring.delete(currentId)) {
      void this.#launcher?.decommission(executorId!)
      return this.#ask()
    }
    const graceMs = this.#options.stopGraceMs ?? DEFAULT_STOP_GRACE_MS
    launched.release = setTimeout(() => this.#launcher?.release(executorId!), graceMs).unref()
  }

  #known(currentId: string): readonly [executorId: string, Launched] | undefined {
    return [...this.#launched].find(([, launched]) => launched.currentId === currentId)
  }
}
