import { AwakeClock } from '../../common/awake-clock.js'
import type { HeldExecutor } from '../../proto/cluster.js'
import { type ClusterRecord, type MasterCoreOptions, recordOf } from './cluster-record.js'
import { Drivers } from './drivers.js'
import type { ApplicationNews, MasterAction, MasterEvent, WorkerJoined } from './events.js'
import type { Application, ApplicationRecord, PlacedExecutor, Worker } from './members.js'
import { newApplication, newWorker, placedExecutor, placedOn, stayingOf, wantsMore } from './members.js'
import { freeOn, whyNoRoom, workerFor } from './placement.js'

/**
 * Decides what the master of a cluster does: which executors run where, for which application. It knows neither connections nor files nor
 * a clock. What is said of or by those who are gone, or of executors that it does not know, changes nothing.
 */
export class MasterCore {
  readonly #clock: AwakeClock
  readonly #timeoutMs: number
  readonly #epoch: string
  readonly #workers = new Map<string, Worker>()
  /** In the order in which they came, which is that in which they get executors. */
  readonly #applications = new Map<string, Application>()
  readonly drivers: Drivers
  #nextExecutor = 1
  #actions: MasterAction[] = []
  #isChanged = false

  constructor({ timeoutMs, epoch, record, nowMs }: MasterCoreOptions) {
    this.#timeoutMs = timeoutMs
    this.#epoch = epoch
    this.#clock = new AwakeClock(timeoutMs)
    this.#clock.advance(nowMs)
    for (const worker of record?.workers ?? []) this.#workers.set(worker.workerId, newWorker(worker, true, 0))
    for (const application of record?.applications ?? [])
      this.#applications.set(application.applicationId, newApplication(application, true, 0))
    for (const { held, workerId, isLeaving } of record?.executors ?? []) this.#add(held, workerId, nowMs, isLeaving)
    this.drivers = new Drivers({
      workers: this.#workers,
      records: record?.drivers ?? [],
      nowMs,
      act: (action) => this.#actions.push(action),
      changed: () => {
        this.#isChanged = true
      },
      onOver: (driverId) => this.#removeApplicationsOf(driverId),
    })
  }

  get workers(): Iterable<Worker> {
    return this.#workers.values()
  }

  get applications(): Iterable<Application> {
    return this.#applications.values()
  }

  get record(): ClusterRecord {
    return recordOf([...this.#workers.values()], [...this.#applications.values()], this.drivers.records)
  }

  handle(event: MasterEvent, nowMs: number): readonly MasterAction[] {
    this.#clock.advance(nowMs)
    this.#actions = []
    this.#isChanged = false
    this.#take(event, nowMs)
    this.#dropSilent(nowMs)
    this.#place(nowMs)
    return this.#isChanged ? [{ kind: 'save' }, ...this.#actions] : this.#actions
  }

  #take(event: MasterEvent, nowMs: number): void {
    switch (event.kind) {
      case 'workerJoined':
        return this.#workerJoined(event, nowMs)
      case 'applicationJoined':
        return this.#applicationJoined(event.application)
      case 'heard':
        return this.#heard(event.memberId)
      case 'disconnected': {
        const member = this.#memberOf(event.memberId)
        if (member) member.isConnected = false
        return
      }
      case 'left':
        return this.#remove(event.memberId, 'its worker was stopped', nowMs)
      case 'executorReleased':
        return this.#released(event.applicationId, event.executorId, event.isReplaced, nowMs)
      case 'executorEnded':
        return this.#executorEnded(event.workerId, event.executorId, event.reason, nowMs)
      case 'decommissionAsked':
        return this.#decommission(event.name)
      case 'driverSubmitted':
      case 'driverKilled':
      case 'driverStarted':
      case 'driverEnded':
        return this.drivers.handle(event, nowMs)
      case 'tick':
        return event.revoked && this.drivers.endOf(event.revoked)
    }
  }

  #workerJoined({ worker: greeting, executors: held, drivers }: WorkerJoined, nowMs: number): void {
    const { workerId } = greeting
    const known = this.#workers.get(workerId)
    const { usedCores, usedBytes } = known ?? { usedCores: 0, usedBytes: 0 }
    const record = { ...greeting, isLeaving: greeting.isLeaving || known?.record.isLeaving === true }
    const before = placedOn(this.applications, workerId)
    this.#workers.set(workerId, { ...newWorker(record, false, this.#clock.awakeMs), usedCores, usedBytes })
    this.#isChanged = true
    for (const placed of before) {
      placed.isLeaving ||= record.isLeaving
      const isHeld = held.some(({ executorId }) => executorId === placed.held.executorId)
      if (!isHeld) this.#lose(placed, 'its worker came back without it')
      // What it was told may have been lost with its line; to be told twice changes nothing.
      else if (placed.isLeaving && !record.isLeaving) this.#haveGo(workerId, placed.held.executorId)
    }
    if (record.isLeaving && !greeting.isLeaving) this.#haveGo(workerId, workerId)
    for (const executor of held) {
      if (before.some((placed) => placed.held.executorId === executor.executorId)) continue
      const application = this.#applications.get(executor.applicationId)
      if (application && wantsMore(application) && !application.placed.has(executor.executorId)) {
        this.#add(executor, workerId, nowMs)
        this.#tell(application, { kind: 'executorStarted', executorId: executor.executorId })
      } else this.#actions.push({ kind: 'endExecutor', workerId, executorId: executor.executorId })
    }
    this.drivers.workerJoined(workerId, drivers, nowMs)
  }

  #applicationJoined(record: ApplicationRecord): void {
    const before = this.#applications.get(record.applicationId)
    const application = before ?? newApplication(record, false, this.#clock.awakeMs)
    application.record = record
    application.isConnected = true
    application.isAwaited = false
    application.waitsFor = ''
    application.heardAwakeMs = this.#clock.awakeMs
    this.#applications.set(record.applicationId, application)
    this.#isChanged = true
    this.drivers.joined(record.driverId)
    // What it missed while it was away.
    for (const executorId of application.placed.keys()) this.#tell(application, { kind: 'executorStarted', executorId })
    for (const [executorId, reason] of application.lostWhileAway)
      this.#tell(application, { kind: 'executorEnded', executorId, reason })
    application.lostWhileAway.clear()
    if (application.refusal !== '') this.#tell(application, { kind: 'refused', reason: application.refusal })
  }

  #heard(memberId: string): void {
    const member = this.#memberOf(memberId)
    if (member) member.heardAwakeMs = this.#clock.awakeMs
  }

  #released(applicationId: string, executorId: string, isReplaced: boolean, nowMs: number): void {
    const application = this.#applications.get(applicationId)
    const placed = application?.placed.get(executorId)
    if (!application || !placed) return
    this.#free(placed)
    const executors = Math.min(application.record.executors, stayingOf(application))
    if (!isReplaced) application.record = { ...application.record, executors }
    this.#actions.push({ kind: 'endExecutor', workerId: placed.workerId, executorId })
    if (isReplaced && !placed.isLeaving) this.#replaceLater(application, placed, 'its driver gave it up', nowMs)
  }

  #executorEnded(workerId: string, executorId: string, reason: string, nowMs: number): void {
    const placed = placedOn(this.applications, workerId).find(({ held }) => held.executorId === executorId)
    if (!placed) return
    this.#lose(placed, reason)
    if (placed.isLeaving) return
    this.#replaceLater(this.#applications.get(placed.held.applicationId)!, placed, reason, nowMs)
  }

  /** Another executor takes the place of one that is to go, as soon as there is room. */
  #decommission(name: string): void {
    const placed = placedExecutor(this.applications, name)
    const worker = this.#workers.get(name)
    if (worker) worker.record = { ...worker.record, isLeaving: true }
    for (const leaver of placed ? [placed] : placedOn(this.applications, name)) leaver.isLeaving = true
    this.#isChanged = true
    this.#haveGo(placed?.workerId ?? name, name)
  }

  #haveGo(workerId: string, name: string): void {
    this.#actions.push({ kind: 'decommission', workerId, name })
  }

  /** One that ended by itself or hung is replaced after a pause, unless too many are in a row. */
  #replaceLater(application: Application, placed: PlacedExecutor, reason: string, nowMs: number): void {
    const pauseMs = application.replacements.pauseAfterEnd(placed.startedMs, nowMs)
    if (pauseMs !== undefined) {
      application.notBeforeMs = nowMs + pauseMs
      return
    }
    application.refusal = `too many executors ended, the last one on ${placed.workerId}: ${reason}`
    this.#tell(application, { kind: 'refused', reason: application.refusal })
  }

  #dropSilent(nowMs: number): void {
    if (this.#clock.isCatchingUp(nowMs)) return
    const silentSinceMs = this.#clock.awakeMs - this.#timeoutMs
    for (const [memberId, { heardAwakeMs, isConnected }] of [...this.#workers, ...this.#applications]) {
      if (heardAwakeMs > silentSinceMs) continue
      if (isConnected) this.#actions.push({ kind: 'disconnect', memberId })
      this.#remove(memberId, `its worker was silent for ${this.#timeoutMs / 1000} s`, nowMs)
    }
  }

  #remove(memberId: string, reason: string, nowMs: number): void {
    if (this.#memberOf(memberId)) this.#isChanged = true
    for (const placed of this.#workers.has(memberId) ? placedOn(this.applications, memberId) : [])
      this.#lose(placed, reason)
    this.drivers.workerGone(memberId, reason, nowMs)
    this.#workers.delete(memberId)
    this.#removeApplication(memberId)
  }

  /** What a driver that is over left. */
  #removeApplicationsOf(driverId: string): void {
    for (const { record } of [...this.#applications.values()])
      if (record.driverId === driverId) this.#removeApplication(record.applicationId)
  }

  #removeApplication(applicationId: string): void {
    for (const placed of [...(this.#applications.get(applicationId)?.placed.values() ?? [])]) {
      this.#free(placed)
      const { workerId, held } = placed
      this.#actions.push({ kind: 'endExecutor', workerId, executorId: held.executorId })
    }
    if (this.#applications.delete(applicationId)) this.#isChanged = true
  }

  /** Gives room to drivers, and then executors to those who want more, first come first served; after a new start once all are back who were there before, or count as gone. */
  #place(nowMs: number): void {
    if ([...this.#workers.values(), ...this.#applications.values()].some(({ isAwaited }) => isAwaited)) return
    this.drivers.place(nowMs)
    for (const application of this.#applications.values()) {
      if (!application.isConnected || application.notBeforeMs > nowMs) continue
      while (wantsMore(application)) {
        const worker = workerFor(application.record, this.#workers.values())
        if (!worker) break
        this.#startExecutor(application, worker, nowMs)
      }
      this.#tellWhyItWaits(application)
    }
  }

  #startExecutor(application: Application, worker: Worker, nowMs: number): void {
    const { applicationId, cores, memoryBytes } = application.record
    const executorId = `executor-${this.#epoch}-${this.#nextExecutor++}`
    const held = { executorId, applicationId, cores: cores || freeOn(worker).cores, memoryBytes }
    const { workerId } = worker.record
    this.#add(held, workerId, nowMs)
    this.#tell(application, { kind: 'executorStarted', executorId })
    this.#actions.push({ kind: 'startExecutor', workerId, executor: held })
  }

  #tellWhyItWaits(application: Application): void {
    const isWaiting = wantsMore(application) && application.placed.size === 0
    const reason = isWaiting ? whyNoRoom(application.record, this.#workers.values()) : ''
    if (application.waitsFor === reason) return
    application.waitsFor = reason
    this.#tell(application, { kind: 'waiting', reason })
  }

  #tell({ record: { applicationId }, isConnected }: Application, news: ApplicationNews): void {
    if (isConnected) this.#actions.push({ kind: 'tell', applicationId, news })
  }

  #add(held: HeldExecutor, workerId: string, startedMs: number, isToGo = false): void {
    const application = this.#applications.get(held.applicationId)
    const worker = this.#workers.get(workerId)!
    const isLeaving = isToGo || worker.record.isLeaving
    application?.placed.set(held.executorId, { held, workerId, startedMs, isLeaving })
    application?.lostWhileAway.delete(held.executorId)
    worker.usedCores += held.cores
    worker.usedBytes += held.memoryBytes
    this.#isChanged = true
  }

  #lose(placed: PlacedExecutor, reason: string): void {
    const { executorId, applicationId } = placed.held
    const application = this.#applications.get(applicationId)!
    this.#free(placed)
    if (application.isConnected) this.#tell(application, { kind: 'executorEnded', executorId, reason })
    else application.lostWhileAway.set(executorId, reason)
  }

  #free({ workerId, held }: PlacedExecutor): void {
    this.#applications.get(held.applicationId)?.placed.delete(held.executorId)
    const worker = this.#workers.get(workerId)
    if (worker) {
      worker.usedCores -= held.cores
      worker.usedBytes -= held.memoryBytes
    }
    this.#isChanged = true
  }

  #memberOf(memberId: string): Worker | Application | undefined {
    return this.#workers.get(memberId) ?? this.#applications.get(memberId)
  }
}
