import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { MillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import { OwnedProcess } from '../../common/owned-process.js'
import type { FromMaster, HeldExecutor, StartExecutor, ToMaster } from '../../proto/cluster.js'
import { MasterLink } from '../../proto/rpc/master-link.js'

export interface WorkerOptions {
  /** host:port of the master. */
  readonly master: string
  readonly secret: string
  /** The address of this machine at which executors serve blocks. */
  readonly host: string
  readonly cores: number
  readonly memoryBytes: number
  /** URL of `executor/main.js`, and what its threads load; the composition root knows where these are. */
  readonly executorMain: string
  readonly modules: object
  readonly logger: Logger
}

/** How long an executor may try to reach its driver. */
const CONNECT_TIMEOUT_MS = 20_000
/** How long an executor that is to end may take before it is killed. */
const STOP_GRACE_MS = 3_000

interface Running {
  readonly held: HeldExecutor
  readonly process: OwnedProcess
}

/** A worker of a standalone cluster: offers the cores and the memory of its machine, and runs executors of applications as the master says. They end with it. */
export class Worker {
  readonly workerId = `worker-${hostname()}-${randomBytes(3).toString('hex')}`
  /** Resolves with the reason when the master was away for too long. */
  readonly givenUp: Promise<MillraceError>
  readonly #options: WorkerOptions
  readonly #running = new Map<string, Running>()
  #link: MasterLink | undefined
  #giveUp!: (error: MillraceError) => void
  #isClosed = false

  private constructor(options: WorkerOptions) {
    this.#options = options
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** Resolves when the master knows it. @throws what `MasterLink.open` does */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options)
    const { master: address, secret, logger } = options
    worker.#link = await MasterLink.open({
      address,
      secret,
      logger,
      keepsAlive: true,
      greeting: () => worker.#greeting(),
      onMessage: (message) => worker.#receive(message),
      onGivenUp: (error) => worker.#giveUp(error),
    })
    return worker
  }

  /** Leaves the cluster and ends its executors; in this order, or the master would count their ends as failures and start others here. */
  async close(): Promise<void> {
    this.#isClosed = true
    const left = this.#link?.leave()
    await Promise.all([left, ...[...this.#running.values()].map(({ process }) => process.stop(STOP_GRACE_MS))])
  }

  #greeting(): ToMaster {
    const { host, cores, memoryBytes } = this.#options
    const executors = [...this.#running.values()].map(({ held }) => held)
    return { kind: 'joinWorker', workerId: this.workerId, host, cores, memoryBytes, executors }
  }

  #receive(message: FromMaster): void {
    if (message.kind === 'startExecutor') this.#start(message)
    else if (message.kind === 'endExecutor') void this.#running.get(message.executorId)?.process.stop(STOP_GRACE_MS)
  }

  #start({ executor: held, ...start }: StartExecutor): void {
    const { executorId } = held
    if (this.#isClosed || this.#running.has(executorId)) return
    this.#options.logger.info(held, 'an executor starts')
    const process = new OwnedProcess({
      module: this.#options.executorMain,
      firstLine: JSON.stringify(this.#configOf(held, start)),
      tellsLastLine: true,
      onEnded: (reason) => this.#ended(executorId, reason),
    })
    this.#running.set(executorId, { held, process })
  }

  #configOf({ executorId, cores, memoryBytes }: HeldExecutor, start: Omit<StartExecutor, 'executor'>): object {
    const { host, modules } = this.#options
    const { driverAddress, secret, heartbeatIntervalMs } = start
    const sizes = { slots: cores, memoryBytes }
    const how = { host, port: 0, heartbeatIntervalMs, connectTimeoutMs: CONNECT_TIMEOUT_MS, modules }
    return { executorId, driverAddress, secret, ...sizes, ...how }
  }

  #ended(executorId: string, reason: string): void {
    this.#options.logger.info({ executorId, reason }, 'an executor ended')
    this.#running.delete(executorId)
    this.#link?.send({ kind: 'executorEnded', executorId, reason: `its process ended: ${reason}` })
  }
}
