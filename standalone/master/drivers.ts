import type { EndedDriver } from '../../proto/cluster.js'
import { type DriverOutcome, type DriverSpec, type DriverStatus, type HeldDriver, isOver } from '../../proto/drivers.js'
import { type DriverRecord, isWaiting, newDriver, statusOfDriver } from './driver-record.js'
import type { DriverEvent, MasterAction } from './events.js'
import type { Worker } from './members.js'
import { whyNoRoom, workerFor } from './placement.js'
import { failuresAfter, MOST_RELAUNCHES, pauseBeforeRelaunch } from './relaunch.js'

export interface DriversOptions {
  readonly workers: ReadonlyMap<string, Worker>
  readonly records: readonly DriverRecord[]
  readonly nowMs: number
  act(action: MasterAction): void
  changed(): void
  /** A start of it is over: what it left on the cluster goes. */
  onOver(driverId: string): void
}

interface Driver {
  record: DriverRecord
  startedMs: number
  notBeforeMs: number
  waitsFor: string
}

/** Of drivers that are over so many are remembered. */
const MOST_REMEMBERED = 100

/** Decides for the master of a cluster which driver runs where, and which is started again; a part of its pure core. */
export class Drivers {
  readonly #options: DriversOptions
  /** In the order in which they were submitted, which is that in which they get room. */
  readonly #drivers = new Map<string, Driver>()

  constructor(options: DriversOptions) {
    this.#options = options
    const { records, nowMs, workers } = options
    for (const record of records) {
      const driver = { record, startedMs: nowMs, notBeforeMs: nowMs, waitsFor: '' }
      this.#drivers.set(record.spec.driverId, driver)
      const worker = record.isPlaced ? workers.get(record.workerId) : undefined
      if (worker) take(worker, record.spec, 1)
      else if (record.isPlaced) this.#failed(driver, 'FAILED', 'its worker is gone', nowMs)
    }
  }

  get records(): readonly DriverRecord[] {
    return [...this.#drivers.values()].map(({ record }) => record)
  }

  get statuses(): readonly DriverStatus[] {
    return [...this.#drivers.values()].map(({ record, waitsFor }) => statusOfDriver(record, waitsFor))
  }

  handle(event: DriverEvent, nowMs: number): void {
    switch (event.kind) {
      case 'driverSubmitted':
        return this.#submitted(event.driver, nowMs)
      case 'driverKilled':
        return this.#killed(event.driverId)
      case 'driverStarted':
        return this.#started(event.workerId, event.driverId, event.launch)
      case 'driverEnded':
        return this.#ended(event.workerId, event, nowMs)
    }
  }

  /** One that is known is not submitted again. */
  #submitted(spec: DriverSpec, nowMs: number): void {
    if (this.#drivers.has(spec.driverId)) return
    this.#drivers.set(spec.driverId, { record: newDriver(spec), startedMs: nowMs, notBeforeMs: nowMs, waitsFor: '' })
    this.#options.changed()
  }

  #killed(driverId: string): void {
    const driver = this.#drivers.get(driverId)
    if (driver) this.#kill(driver, '')
  }

  /** Of users, or by tokens, that are not let in any more: neither do their programs run on, nor do those start that wait. */
  endOf(revoked: ReadonlySet<string>): void {
    for (const driver of [...this.#drivers.values()]) {
      const { user, token } = driver.record.spec
      if (user !== undefined && revoked.has(user)) this.#kill(driver, 'the tokens of its user were revoked')
      else if (token !== undefined && revoked.has(token))
        this.#kill(driver, 'the token by which it was submitted was revoked')
    }
  }

  #kill(driver: Driver, reason: string): void {
    if (isOver(driver.record.state)) return
    this.#endThere(driver)
    this.#over(driver, { state: 'KILLED', reason })
  }

  /** A session of it is on the cluster. */
  joined(driverId: string): void {
    const driver = this.#drivers.get(driverId)
    if (driver?.record.isPlaced && !driver.record.hasJoined) this.#change(driver, { hasJoined: true })
  }

  #started(workerId: string, driverId: string, launch: number): void {
    const driver = this.#heldAs(workerId, driverId, launch)
    if (driver) this.#change(driver, { state: 'RUNNING', reason: '' })
  }

  #ended(workerId: string, { driverId, launch, outcome, reason }: EndedDriver, nowMs: number): void {
    this.#options.act({ kind: 'endDriver', workerId, driverId, launch })
    const driver = this.#heldAs(workerId, driverId, launch)
    if (!driver) return
    const { hasJoined } = driver.record
    const told =
      hasJoined || outcome === 'ERROR' ? reason : `it ended before a session of it joined the cluster: ${reason}`
    this.#leavePlace(driver)
    if (outcome === 'FINISHED') this.#over(driver, { state: 'FINISHED', reason: hasJoined ? '' : told })
    else this.#failed(driver, outcome, told, nowMs)
  }

  /** What is held there counts, and what should be there and is not is lost. */
  workerJoined(workerId: string, held: readonly HeldDriver[], nowMs: number): void {
    for (const { driverId, launch, outcome, reason } of held) {
      const driver = this.#heldAs(workerId, driverId, launch)
      if (outcome !== '') this.#ended(workerId, { driverId, launch, outcome, reason }, nowMs)
      else if (driver) this.#started(workerId, driverId, launch)
      else this.#options.act({ kind: 'endDriver', workerId, driverId, launch })
    }
    for (const driver of this.#placedOn(workerId)) {
      const { spec, launch } = driver.record
      const isHeld = held.some((one) => one.driverId === spec.driverId && one.launch === launch)
      if (!isHeld) this.#lost(driver, 'its worker came back without it', nowMs)
    }
  }

  /** Before the worker is forgotten. */
  workerGone(workerId: string, reason: string, nowMs: number): void {
    for (const driver of this.#placedOn(workerId)) this.#lost(driver, reason, nowMs)
  }

  place(nowMs: number): void {
    const { workers, changed, act } = this.#options
    for (const driver of this.#drivers.values()) {
      if (!isWaiting(driver.record) || driver.notBeforeMs > nowMs) continue
      const { spec } = driver.record
      const worker = workerFor(spec, workers.values())
      driver.waitsFor = worker ? '' : whyNoRoom(spec, workers.values())
      if (!worker) continue
      const { workerId } = worker.record
      const launch = driver.record.launch + 1
      take(worker, spec, 1)
      driver.startedMs = nowMs
      driver.record = { ...driver.record, workerId, isPlaced: true, launch, hasJoined: false }
      changed()
      act({ kind: 'startDriver', workerId, driver: spec, launch })
    }
  }

  #lost(driver: Driver, reason: string, nowMs: number): void {
    this.#leavePlace(driver)
    this.#failed(driver, 'FAILED', reason, nowMs)
  }

  #failed(driver: Driver, outcome: Exclude<DriverOutcome, 'FINISHED'>, reason: string, nowMs: number): void {
    const { spec, failures: before } = driver.record
    const failures = failuresAfter(before, nowMs - driver.startedMs)
    if (!spec.isSupervised) return this.#over(driver, { state: outcome, reason })
    const pauseMs = pauseBeforeRelaunch(spec.driverId, failures)
    if (pauseMs === undefined) {
      const last = `it was started again ${MOST_RELAUNCHES} times in a row, and ended the last time as: ${reason}`
      return this.#over(driver, { state: outcome, reason: last })
    }
    driver.notBeforeMs = nowMs + pauseMs
    this.#change(driver, { state: 'RELAUNCHING', isPlaced: false, failures, reason })
    this.#options.onOver(spec.driverId)
  }

  #over(driver: Driver, end: Pick<DriverRecord, 'state' | 'reason'>): void {
    driver.waitsFor = ''
    this.#change(driver, { ...end, isPlaced: false })
    this.#options.onOver(driver.record.spec.driverId)
    const over = [...this.#drivers.values()].filter(({ record }) => isOver(record.state))
    for (const { record } of over.slice(0, -MOST_REMEMBERED)) this.#drivers.delete(record.spec.driverId)
  }

  #endThere(driver: Driver): void {
    const { spec, workerId, launch, isPlaced } = driver.record
    if (isPlaced) this.#options.act({ kind: 'endDriver', workerId, driverId: spec.driverId, launch })
    this.#leavePlace(driver)
  }

  #leavePlace({ record: { isPlaced, workerId, spec } }: Driver): void {
    const worker = isPlaced ? this.#options.workers.get(workerId) : undefined
    if (worker) take(worker, spec, -1)
  }

  #change(driver: Driver, change: Partial<DriverRecord>): void {
    driver.record = { ...driver.record, ...change }
    this.#options.changed()
  }

  #heldAs(workerId: string, driverId: string, launch: number): Driver | undefined {
    const driver = this.#drivers.get(driverId)
    const isSame = driver?.record.isPlaced && driver.record.workerId === workerId && driver.record.launch === launch
    return isSame ? driver : undefined
  }

  #placedOn(workerId: string): readonly Driver[] {
    return [...this.#drivers.values()].filter(({ record }) => record.isPlaced && record.workerId === workerId)
  }
}

function take(worker: Worker, { cores, memoryBytes }: DriverSpec, sign: 1 | -1): void {
  worker.usedCores += sign * cores
  worker.usedBytes += sign * memoryBytes
}
