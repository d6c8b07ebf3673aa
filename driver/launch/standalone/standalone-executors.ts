import { randomBytes } from 'node:crypto'
import { CONFIG } from '../../../common/config/entries.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { submission } from '../../../common/submission.js'
import type { FromMaster, ToMaster } from '../../../proto/cluster.js'
import { sealedForWorkers } from '../../../proto/rpc/application-secret.js'
import { type MasterAddress, MasterLink } from '../../../proto/rpc/master-link.js'
import type { DriverDoor, LaunchContext, LaunchEvent, Launcher } from '../launcher.js'

const MOST_RELEASED = 1_000

/** Asks the master of a cluster for executors. When the master is away they go on, and none takes the place of one that ends until it is back. */
export class StandaloneExecutors implements Launcher {
  readonly #context: LaunchContext
  readonly #door: DriverDoor
  readonly #master: MasterAddress
  readonly #applicationId = newApplicationId(new Date())
  #executors = 0
  /** As far as the master told. */
  readonly #started = new Set<string>()
  /** The last ones that were given up, and whether another takes their place: a master that was away when it was told is told again. */
  readonly #released = new Map<string, boolean>()
  #link: MasterLink | undefined
  #tell: (event: LaunchEvent) => void = () => undefined
  /** Why the master starts none, as it told last; empty when it starts what it is asked for. */
  #waitsFor = ''
  /** Why the last one ended. */
  #lastEnd = ''

  constructor(context: LaunchContext, door: DriverDoor, master: MasterAddress) {
    this.#context = context
    this.#door = door
    this.#master = master
  }

  watch(watcher: (event: LaunchEvent) => void): void {
    this.#tell = watcher
  }

  async request(executors: number): Promise<void> {
    this.#executors = executors
    if (this.#link) return this.#link.send(this.#greeting())
    this.#link = await MasterLink.open({
      ...this.#master,
      logger: this.#context.logger,
      keepsAlive: false,
      greeting: () => this.#greeting(),
      onMessage: (message) => this.#receive(message),
      onGivenUp: (error) => this.#tell({ kind: 'failed', error }),
    })
  }

  notStarted(seconds: number): MillraceError {
    const { address } = this.#master
    const reason = this.#waitsFor || this.#lastEnd || this.#notSeen()
    return new MillraceError('EXECUTORS_NOT_STARTED', { address, seconds, reason })
  }

  release(executorId: string): void {
    this.#started.delete(executorId)
    this.#giveUp(executorId, true)
  }

  async decommission(executorId: string): Promise<void> {
    if (!this.#started.delete(executorId)) return
    // As the master counts: a greeting that is said later must not ask for another in its place.
    this.#executors = Math.min(this.#executors, this.#started.size)
    this.#giveUp(executorId, false)
  }

  /** The master ends what is left. */
  async close(): Promise<void> {
    await this.#link?.leave()
  }

  #notSeen(): string {
    if (this.#started.size === 0) return 'the master has started none so far, and not told why'
    return `they were started, and have not reached this driver at ${this.#door.address}: see whether their machines reach it, or set driver.host to an address that they do`
  }

  #giveUp(executorId: string, isReplaced: boolean): void {
    this.#released.set(executorId, isReplaced)
    if (this.#released.size > MOST_RELEASED) this.#released.delete(this.#released.keys().next().value!)
    this.#link?.send({ kind: 'releaseExecutor', executorId, isReplaced })
  }

  #greeting(): ToMaster {
    const { config } = this.#context
    return {
      kind: 'joinApplication',
      applicationId: this.#applicationId,
      name: config.get(CONFIG.appName),
      executors: this.#executors,
      cores: config.get(CONFIG.executorCores),
      memoryBytes: config.get(CONFIG.executorMemory),
      driverAddress: this.#door.address,
      sealedSecret: sealedForWorkers(this.#master.secret, this.#applicationId, this.#door.secret),
      heartbeatIntervalMs: config.get(CONFIG.heartbeatInterval),
      driverId: submission()?.driverId ?? '',
    }
  }

  #receive(message: FromMaster): void {
    switch (message.kind) {
      case 'executorStarted': {
        const isReplaced = this.#released.get(message.executorId)
        if (isReplaced !== undefined) return this.#giveUp(message.executorId, isReplaced)
        this.#started.add(message.executorId)
        return this.#tell({ kind: 'started', executorId: message.executorId })
      }
      case 'executorEnded':
        this.#started.delete(message.executorId)
        this.#released.delete(message.executorId)
        this.#lastEnd = `${message.executorId} ended: ${message.reason}`
        return this.#tell({ kind: 'ended', executorId: message.executorId, reason: message.reason })
      case 'waiting':
        this.#waitsFor = message.reason
        return
      case 'refused': {
        const { address } = this.#master
        return this.#tell({
          kind: 'failed',
          error: new MillraceError('CLUSTER_REFUSES', { address, reason: message.reason }),
        })
      }
      // The others are for workers, and for the line itself.
      case 'welcome':
      case 'alive':
      case 'startExecutor':
      case 'endExecutor':
      case 'status':
      case 'driver':
      case 'archiveWanted':
      case 'archivePart':
      case 'startDriver':
      case 'endDriver':
      case 'decommission':
        return
    }
  }
}

/** Sorts by time. */
function newApplicationId(now: Date): string {
  const time = now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return `app-${time}-${randomBytes(3).toString('hex')}`
}
