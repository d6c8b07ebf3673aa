import assert from 'node:assert/strict'
import type { HeldExecutor } from '../../proto/cluster.js'
import { type DriverSpec, type HeldDriver, isOver } from '../../proto/drivers.js'
import type { ClusterRecord } from '../../standalone/master/cluster-record.js'
import type { MasterAction, MasterEvent } from '../../standalone/master/events.js'
import { MasterCore } from '../../standalone/master/master-core.js'
import type { ApplicationRecord, WorkerRecord } from '../../standalone/master/members.js'
import { Random } from '../support/random.js'

const TIMEOUT_MS = 4_000
const TICK_MS = 250
const STEPS = 120
/** When faults have ended, everything must be settled within this. */
const CALM_MS = 20_000

interface Member {
  isAlive: boolean
  isConnected: boolean
  /** A member that hangs says nothing, and its connection stays open. */
  isStopped: boolean
  /** When it last said that it lives. */
  heardMs: number
  /** What it said on its connection and the master has not read. */
  said: MasterEvent[]
}

interface SimulatedWorker extends Member {
  readonly record: WorkerRecord
  readonly running: Map<string, HeldExecutor>
  /** What the master said and it has not read. */
  told: Extract<MasterAction, { kind: 'startExecutor' | 'endExecutor' | 'startDriver' | 'endDriver' }>[]
  /** By id and start; those that ended until the master has heard it. */
  readonly drivers: Map<string, HeldDriver & { readonly spec: DriverSpec }>
}

interface SimulatedApplication extends Member {
  record: ApplicationRecord
}

/** One random history of a cluster, driven through the decisions of its master with a clock of its own; any broken invariant throws. */
export class SimulatedMaster {
  starts = 0
  losses = 0
  restarts = 0
  late = 0
  relaunches = 0
  readonly #random: Random
  readonly #workers: SimulatedWorker[] = []
  readonly #applications: SimulatedApplication[] = []
  readonly #known = new Set<string>()
  readonly #submitted: string[] = []
  readonly #launched = new Set<string>()
  #nowMs = 1_000
  #life = 0
  #saved: ClusterRecord | undefined
  #core: MasterCore
  /** Of broken connections: what is read nevertheless, some time. */
  #late: MasterEvent[] = []

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#core = this.#newCore()
  }

  run(): void {
    for (let i = 0; i < STEPS; i++) this.#step()
    this.#calmDown()
  }

  #newCore(): MasterCore {
    return new MasterCore({
      timeoutMs: TIMEOUT_MS,
      epoch: String(this.#life++),
      record: this.#saved,
      nowMs: this.#nowMs,
    })
  }

  #step(): void {
    const steps: readonly (() => void)[] = [
      () => this.#passTime(this.#random.integer(1, 8)),
      () => this.#passTime(1),
      () => this.#readSome(),
      () => this.#readSome(),
      () => this.#comeBack(),
      () => this.#newWorker(),
      () => this.#newApplication(),
      () => this.#fault(),
      () => this.#executorEnds(),
      () => this.#release(),
      () => this.#submitDriver(),
      () => this.#driverEnds(),
      () => this.#driverEnds(),
    ]
    this.#random.pick(steps)()
  }

  #fault(): void {
    const member = this.#random.pick([...this.#workers, ...this.#applications, undefined])
    const kind = this.#random.pick(['break', 'break', 'die', 'stop', 'go on', 'leave', 'restart'] as const)
    if (kind === 'restart') return this.#restart()
    if (!member?.isAlive) return
    if (kind === 'stop') member.isStopped = true
    else if (kind === 'go on') member.isStopped = false
    else if (kind === 'leave' && member.isConnected && !member.isStopped) {
      member.isAlive = false
      this.#say(member, { kind: 'left', memberId: idOf(member) })
      if ('running' in member) this.#clear(member)
    } else {
      this.#break(member)
      if (kind === 'die') this.#die(member)
    }
  }

  #die(member: SimulatedWorker | SimulatedApplication): void {
    member.isAlive = false
    this.losses++
    if ('running' in member) this.#clear(member)
  }

  #clear({ running, drivers }: SimulatedWorker): void {
    running.clear()
    drivers.clear()
  }

  #restart(): void {
    for (const member of [...this.#workers, ...this.#applications]) this.#drop(member)
    this.restarts++
    this.#core = this.#newCore()
  }

  #break(member: SimulatedWorker | SimulatedApplication): void {
    if (!member.isConnected) return
    this.#late.push(...member.said)
    this.#drop(member)
    this.#handle({ kind: 'disconnected', memberId: idOf(member) })
  }

  #drop(member: SimulatedWorker | SimulatedApplication): void {
    member.isConnected = false
    member.said = []
    if ('told' in member) member.told = []
  }

  #newWorker(): void {
    if (this.#workers.length >= 5) return
    const workerId = `w${this.#workers.length}`
    const sizes = { cores: this.#random.integer(1, 8), memoryBytes: this.#random.integer(1, 8) }
    const record = { workerId, host: 'h', ...sizes, isLeaving: false }
    const member = { isAlive: true, isConnected: false, isStopped: false, heardMs: 0, said: [] }
    this.#workers.push({ ...member, record, running: new Map(), drivers: new Map(), told: [] })
  }

  #newApplication(): void {
    if (this.#applications.length >= 6) return
    const record = {
      applicationId: `a${this.#applications.length}`,
      name: 'n',
      driverAddress: 'd:1',
      cores: this.#random.integer(0, 3),
      memoryBytes: this.#random.integer(1, 4),
      executors: this.#random.pick([1, 2, 3, 2 ** 31 - 1]),
      driverId: '',
    }
    this.#applications.push({ record, isAlive: true, isConnected: false, isStopped: false, heardMs: 0, said: [] })
  }

  #comeBack(): void {
    const away = [...this.#workers, ...this.#applications].filter((one) => one.isAlive && !one.isConnected)
    if (away.length > 0) this.#join(this.#random.pick(away))
  }

  #join(member: SimulatedWorker | SimulatedApplication): void {
    if (member.isStopped) return
    member.isConnected = true
    member.heardMs = this.#nowMs
    if ('running' in member) {
      const held = { executors: [...member.running.values()], drivers: [...member.drivers.values()] }
      this.#handle({ kind: 'workerJoined', worker: member.record, ...held })
    } else this.#handle({ kind: 'applicationJoined', application: member.record })
  }

  #executorEnds(): void {
    const running = this.#workers.flatMap((worker) => [...worker.running.keys()].map((id) => ({ worker, id })))
    if (running.length === 0) return
    const { worker, id } = this.#random.pick(running)
    worker.running.delete(id)
    this.#say(worker, { kind: 'executorEnded', workerId: worker.record.workerId, executorId: id, reason: 'r' })
  }

  #submitDriver(): void {
    const isKilled = this.#random.chance(0.2)
    if (isKilled || this.#submitted.length >= 5) {
      const driverId = this.#random.pick([...this.#submitted, 'nobody'])
      return isKilled ? this.#handle({ kind: 'driverKilled', driverId }) : undefined
    }
    const driverId = `d${this.#submitted.length}`
    this.#submitted.push(driverId)
    const asked = { cores: this.#random.integer(1, 2), memoryBytes: 1, isSupervised: this.#random.chance(0.7) }
    const code = { name: 'n', file: 'f', args: [], settings: {}, archiveDigest: 'd', archiveBytes: 1 }
    this.#handle({ kind: 'driverSubmitted', driver: { driverId, ...code, ...asked } })
  }

  #driverEnds(): void {
    const running = this.#workers.flatMap((worker) =>
      [...worker.drivers].filter(([, { outcome }]) => outcome === '').map(([key, held]) => ({ worker, key, held })),
    )
    if (running.length === 0) return
    const { worker, key, held } = this.#random.pick(running)
    const outcome = this.#random.pick(['FINISHED', 'FAILED', 'FAILED', 'ERROR'] as const)
    worker.drivers.set(key, { ...held, outcome })
    const { driverId, launch } = held
    this.#say(worker, { kind: 'driverEnded', workerId: worker.record.workerId, driverId, launch, outcome, reason: 'r' })
  }

  #release(): void {
    const application = this.#random.pick([...this.#applications, undefined])
    const executorId = this.#random.pick([...this.#known, 'nobody'])
    if (!application?.isAlive) return
    const { applicationId } = application.record
    const isReplaced = this.#random.chance(0.7)
    this.#say(application, { kind: 'executorReleased', applicationId, executorId, isReplaced })
  }

  #heard(member: SimulatedWorker | SimulatedApplication): void {
    member.heardMs = this.#nowMs
    this.#handle({ kind: 'heard', memberId: idOf(member) })
  }

  #say(member: SimulatedWorker | SimulatedApplication, event: MasterEvent): void {
    if (member.isConnected) member.said.push(event)
  }

  #passTime(ticks: number): void {
    // A master that was stopped reads nothing meanwhile, and is called once.
    if (this.#random.chance(0.03)) this.#nowMs += 3 * TIMEOUT_MS
    for (let i = 0; i < ticks; i++) {
      this.#nowMs += TICK_MS
      for (const member of [...this.#workers, ...this.#applications])
        if (member.isAlive && member.isConnected && !member.isStopped) this.#heard(member)
      this.#handle({ kind: 'tick' })
    }
  }

  #readSome(): void {
    for (const member of [...this.#workers, ...this.#applications]) {
      while (member.said.length > 0 && this.#random.chance(0.7)) this.#handle(member.said.shift()!)
      if (!('told' in member) || member.isStopped) continue
      while (member.told.length > 0 && this.#random.chance(0.7)) this.#obey(member, member.told.shift()!)
    }
    if (this.#late.length > 0 && this.#random.chance(0.5)) {
      this.late++
      this.#handle(this.#late.shift()!)
    }
  }

  #obey(worker: SimulatedWorker, action: SimulatedWorker['told'][number]): void {
    if (!worker.isAlive) return
    this.#do(worker, action)
    const present = [...worker.drivers.values()].filter(({ outcome }) => outcome === '').map(({ spec }) => spec)
    const taken = [...worker.running.values(), ...present]
    const cores = taken.reduce((sum, one) => sum + one.cores, 0)
    const bytes = taken.reduce((sum, one) => sum + one.memoryBytes, 0)
    assert.ok(cores <= worker.record.cores && bytes <= worker.record.memoryBytes, 'a worker runs more than it has')
  }

  #do({ running, drivers }: SimulatedWorker, action: SimulatedWorker['told'][number]): void {
    switch (action.kind) {
      case 'startExecutor':
        return void running.set(action.executor.executorId, action.executor)
      case 'endExecutor':
        return void running.delete(action.executorId)
      case 'startDriver': {
        const { driver: spec, launch } = action
        const { driverId } = spec
        return void drivers.set(`${driverId}/${launch}`, { driverId, launch, outcome: '', reason: '', spec })
      }
      case 'endDriver':
        return void drivers.delete(`${action.driverId}/${action.launch}`)
    }
  }

  #handle(event: MasterEvent): void {
    for (const action of this.#core.handle(event, this.#nowMs)) this.#perform(action)
    this.#check()
  }

  #perform(action: MasterAction): void {
    switch (action.kind) {
      case 'save':
        this.#saved = structuredClone(this.#core.record)
        return
      case 'startExecutor': {
        const { executorId } = action.executor
        assert.ok(!this.#known.has(executorId), 'an id of an executor is used twice')
        this.#known.add(executorId)
        assert.ok(
          this.#saved!.executors.some(({ held }) => held.executorId === executorId),
          'an executor is started before it is on disk',
        )
        this.starts++
        return this.#tell(action)
      }
      case 'endExecutor':
        return this.#tell(action)
      case 'startDriver': {
        const { driver, launch } = action
        assert.ok(!this.#launched.has(`${driver.driverId}/${launch}`), 'a start of a driver is made twice')
        this.#launched.add(`${driver.driverId}/${launch}`)
        const saved = this.#saved!.drivers.find(({ spec }) => spec.driverId === driver.driverId)
        assert.ok(saved?.launch === launch && saved.isPlaced, 'a driver is started before it is on disk')
        if (launch > 1) this.relaunches++
        return this.#tell(action)
      }
      case 'endDriver':
        return this.#tell(action)
      case 'tell':
        assert.ok(this.#applications.some(({ record }) => record.applicationId === action.applicationId))
        return
      case 'disconnect': {
        const member = [...this.#workers, ...this.#applications].find((one) => idOf(one) === action.memberId)!
        assert.ok(this.#nowMs - member.heardMs >= TIMEOUT_MS, 'one that said it lives is dropped')
        this.#drop(member)
      }
    }
  }

  #tell(action: SimulatedWorker['told'][number]): void {
    const worker = this.#workers.find(({ record }) => record.workerId === action.workerId)!
    if (worker.isConnected) worker.told.push(action)
  }

  #check(): void {
    const placed = [...this.#core.applications].flatMap((application) => {
      assert.ok(application.placed.size <= Math.max(0, application.record.executors), 'more executors than wanted')
      return [...application.placed.values()]
    })
    // Without the rest of the record, which takes most of the time of a history to make.
    const { records } = this.#core.drivers
    for (const { record, usedCores, usedBytes } of this.#core.workers) {
      const executors = placed.filter(({ workerId }) => workerId === record.workerId).map(({ held }) => held)
      const drivers = records.filter((one) => one.isPlaced && one.workerId === record.workerId)
      const there = [...executors, ...drivers.map(({ spec }) => spec)]
      assert.equal(
        usedCores,
        there.reduce((sum, one) => sum + one.cores, 0),
      )
      assert.equal(
        usedBytes,
        there.reduce((sum, one) => sum + one.memoryBytes, 0),
      )
      assert.ok(usedCores <= record.cores && usedBytes <= record.memoryBytes, 'a worker has no room for what it got')
    }
    const workers = new Set([...this.#core.workers].map(({ record }) => record.workerId))
    assert.ok(
      placed.every(({ workerId }) => workers.has(workerId)),
      'an executor is on a worker that is gone',
    )
  }

  /** No more faults: all that live come back and read everything, and what is gone is noticed. */
  #calmDown(): void {
    this.#late = []
    for (const member of [...this.#workers, ...this.#applications]) member.isStopped = false
    for (const untilMs = this.#nowMs + CALM_MS; this.#nowMs < untilMs; ) {
      for (const member of [...this.#workers, ...this.#applications]) {
        if (member.isAlive && !member.isConnected) this.#join(member)
        while (member.said.length > 0) this.#handle(member.said.shift()!)
        if ('told' in member) while (member.told.length > 0) this.#obey(member, member.told.shift()!)
      }
      this.#nowMs += TICK_MS
      for (const member of [...this.#workers, ...this.#applications])
        if (member.isAlive && member.isConnected) this.#heard(member)
      this.#handle({ kind: 'tick' })
    }
    this.#checkSettled()
  }

  #checkSettled(): void {
    const applications = [...this.#core.applications]
    const alive = (members: readonly (SimulatedWorker | SimulatedApplication)[]): string[] =>
      members.filter(({ isAlive }) => isAlive).map(idOf)
    assert.deepEqual([...this.#core.workers].map(({ record }) => record.workerId).sort(), alive(this.#workers).sort())
    assert.deepEqual(
      applications.map(({ record }) => record.applicationId).sort(),
      alive(this.#applications).sort(),
      'those who are gone are known, or those who live are not',
    )
    const placed = applications.flatMap((one) => [...one.placed.keys()]).sort()
    assert.deepEqual(
      this.#workers.flatMap(({ running }) => [...running.keys()]).sort(),
      placed,
      'what runs and what should',
    )
    const drivers = this.#core.record.drivers
    assert.deepEqual(
      this.#workers.flatMap((worker) => [...worker.drivers.keys()]).sort(),
      drivers
        .filter(({ isPlaced }) => isPlaced)
        .map(({ spec, launch }) => `${spec.driverId}/${launch}`)
        .sort(),
      'which drivers run and which should, and what is over is forgotten by workers',
    )
    for (const { state, isPlaced, spec } of drivers) {
      assert.ok(!(isPlaced && isOver(state)), 'a driver that is over is on a worker')
      assert.ok(spec.isSupervised || state !== 'RELAUNCHING', 'a driver that nobody supervises is started again')
    }
    for (const { record, placed, refusal } of applications) {
      if (refusal !== '' || placed.size >= record.executors) continue
      const hasRoom = [...this.#core.workers].some(
        (worker) =>
          worker.record.cores - worker.usedCores >= Math.max(1, record.cores) &&
          worker.record.memoryBytes - worker.usedBytes >= record.memoryBytes,
      )
      assert.ok(!hasRoom, `${record.applicationId} waits, and there is room`)
    }
    assert.deepEqual(
      this.#saved ?? { workers: [], applications: [], executors: [], drivers: [] },
      this.#core.record,
      'the record',
    )
  }
}

const idOf = (member: SimulatedWorker | SimulatedApplication): string =>
  'workerId' in member.record ? member.record.workerId : member.record.applicationId
