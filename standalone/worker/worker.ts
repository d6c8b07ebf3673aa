import { hostname } from 'node:os'
import { type MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { Logger } from '../../common/log.js'
import { OwnedProcess } from '../../common/owned-process.js'
import type { FromMaster, HeldExecutor, StartExecutor, ToMaster } from '../../proto/cluster.js'
import { secretOfApplication } from '../../proto/rpc/application-secret.js'
import type { Credentials } from '../../proto/rpc/credentials.js'
import { MasterLink } from '../../proto/rpc/master-link.js'
import { newWorkerId } from '../../proto/worker-id.js'
import { DriverProcesses, type DriverPrograms } from './driver-processes.js'

export interface WorkerOptions extends Credentials {
  /** host:port of the master. */
  readonly master: string
  /** The address of this machine at which executors serve blocks. */
  readonly host: string
  readonly cores: number
  readonly memoryBytes: number
  /** URL of `executor/main.js`, and what its threads load; the composition root knows where these are. */
  readonly executorMain: string
  readonly modules: object
  readonly drivers: DriverPrograms
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

/** A worker of a standalone cluster: offers the cores and the memory of its machine, and runs executors and drivers of applications as the master says. They end with it. */
export class Worker {
  readonly workerId = newWorkerId(hostname())
  /** Resolves with the reason when the master was away for too long. */
  readonly givenUp: Promise<MillraceError>
  /** Resolves when somebody wants it to go by way of the master. */
  readonly isToLeave: Promise<void>
  readonly #options: WorkerOptions
  readonly #running = new Map<string, Running>()
  readonly #drivers: DriverProcesses
  #link: MasterLink | undefined
  #giveUp!: (error: MillraceError) => void
  #leave: () => void = () => undefined
  #isLeaving = false
  #isClosed = false

  private constructor(options: WorkerOptions) {
    this.#options = options
    const { master, secret, tls, logger, drivers } = options
    this.#drivers = new DriverProcesses({
      ...drivers,
      workerId: this.workerId,
      master,
      credentials: { secret, tls },
      logger,
      tell: (message) => this.#link?.send(message),
    })
    this.isToLeave = new Promise((resolve) => {
      this.#leave = resolve
    })
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** Resolves when the master knows it. @throws what `MasterLink.open` does */
  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options)
    const { master: address, secret, tls, logger } = options
    worker.#link = await MasterLink.open({
      address,
      secret,
      tls,
      logger,
      keepsAlive: true,
      greeting: () => worker.#greeting(),
      onMessage: (message) => worker.#receive(message),
      onGivenUp: (error) => worker.#giveUp(error),
    })
    return worker
  }

  /** Has others take what its executors hold, which end when that is done, and nothing new start here. Resolves when none is left, or the time is over. */
  async decommission(timeoutMs: number): Promise<void> {
    this.#isLeaving = true
    this.#link?.send(this.#greeting())
    const leaving = [...this.#running.values()].map(({ process }) => process)
    for (const process of leaving) process.tell('its worker is stopped')
    let timer: NodeJS.Timeout | undefined
    const isOver = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([isOver, Promise.all(leaving.map(({ ended }) => ended))])
    clearTimeout(timer)
  }

  /**
   * Ends its drivers, which stop their sessions, then leaves the cluster and ends its executors; in this order, or the master would count their
   * ends as failures and start others here, and start a driver elsewhere while it still runs here.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#drivers.close()
    const left = this.#link?.leave()
    await Promise.all([left, ...[...this.#running.values()].map(({ process }) => process.stop(STOP_GRACE_MS))])
  }

  #greeting(): ToMaster {
    const { host, cores, memoryBytes } = this.#options
    const executors = [...this.#running.values()].map(({ held }) => held)
    const { held: drivers } = this.#drivers
    const what = { host, cores, memoryBytes, executors, drivers, isLeaving: this.#isLeaving }
    return { kind: 'joinWorker', workerId: this.workerId, ...what }
  }

  #receive(message: FromMaster): void {
    switch (message.kind) {
      case 'startExecutor':
        return this.#start(message)
      case 'endExecutor':
        return void this.#running.get(message.executorId)?.process.stop(STOP_GRACE_MS)
      case 'startDriver':
        return void this.#drivers.start(message.driver, message.launch)
      case 'endDriver':
        return this.#drivers.end(message.driverId, message.launch)
      case 'archivePart':
        return this.#drivers.received(message)
      case 'decommission':
        if (message.name === this.workerId) return this.#leave()
        return this.#running.get(message.name)?.process.tell('it is decommissioned')
      // The others are for applications and clients, and for the line itself.
      case 'welcome':
      case 'alive':
      case 'executorStarted':
      case 'executorEnded':
      case 'waiting':
      case 'refused':
      case 'status':
      case 'driver':
      case 'archiveWanted':
        return
    }
  }

  #start({ executor: held, ...start }: StartExecutor): void {
    const { executorId } = held
    if (this.#isClosed || this.#running.has(executorId)) return
    // It was on its way when the master heard that this worker is stopped.
    if (this.#isLeaving) return this.#ended(executorId, 'its worker is stopped')
    this.#options.logger.info(held, 'an executor starts')
    let config: object
    try {
      config = this.#configOf(held, start)
    } catch (error) {
      // That is between the application and those who wrote to it: this worker goes on.
      const { message } = toMillraceError(error)
      return this.#link?.send({ kind: 'executorEnded', executorId, reason: message })
    }
    const process = new OwnedProcess({
      module: this.#options.executorMain,
      firstLine: JSON.stringify(config),
      tellsLastWords: true,
      onEnded: (reason) => this.#ended(executorId, reason),
    })
    this.#running.set(executorId, { held, process })
  }

  /** @throws SEALED_OTHERWISE for a secret that it cannot read */
  #configOf(
    { executorId, applicationId, cores, memoryBytes }: HeldExecutor,
    start: Omit<StartExecutor, 'executor'>,
  ): object {
    const { host, modules, tls } = this.#options
    const { driverAddress, sealedSecret, heartbeatIntervalMs } = start
    const secret = secretOfApplication(this.#options.secret, applicationId, sealedSecret)
    const sizes = { slots: cores, memoryBytes }
    const how = { host, port: 0, heartbeatIntervalMs, connectTimeoutMs: CONNECT_TIMEOUT_MS, modules }
    return { executorId, driverAddress, secret, tls, ...sizes, ...how }
  }

  #ended(executorId: string, reason: string): void {
    this.#options.logger.info({ executorId, reason }, 'an executor ended')
    this.#running.delete(executorId)
    this.#link?.send({ kind: 'executorEnded', executorId, reason: `its process ended: ${reason}` })
  }
}
