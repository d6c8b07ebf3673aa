import test from 'ava'
import type { TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import type { PoolOptions } from '../../driver/pools/pool-options.js'
import { Random } from '../support/random.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const HISTORIES = 30
const STEPS = 1_000

interface Member {
  readonly name: string
  readonly weight: number
  /** Whether each of its jobs is in a pool of its own that nobody declared. */
  readonly isMade: boolean
  waiting: number
  running: number
  /** Slots that others were given while it waited and had none. */
  passedOver: number
  mostPassedOver: number
  launches: number
  /** For how long it had how many slots. */
  slotMs: number
}

/** Pools that always have more to do than there are slots, in jobs of many sizes, with tasks of many lengths. */
class Crowd {
  readonly members: readonly Member[]
  readonly slots: number
  nowMs = 0
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #running: { readonly task: TaskAttempt; readonly endMs: number }[] = []
  readonly #owner = new Map<number, Member>()
  #nextJobId = 1

  constructor(random: Random, slotsOf: (weights: number) => number, hasMade: boolean) {
    this.#random = random
    this.members = Array.from({ length: random.integer(2, 5) }, (_, i) => {
      const isMade = hasMade && i === 0
      const name = `p${i}`
      const counts = { waiting: 0, running: 0, passedOver: 0, mostPassedOver: 0, launches: 0, slotMs: 0 }
      return { name, weight: isMade ? 1 : random.integer(1, 4), isMade, ...counts }
    })
    this.slots = slotsOf(this.members.reduce((sum, { weight }) => sum + weight, 0))
    const declared = new Map<string, PoolOptions>()
    for (const { name, weight, isMade } of this.members)
      if (!isMade) declared.set(name, { weight, minShare: 0, schedulingMode: random.pick(['FIFO', 'FAIR']) })
    const pools = { mode: 'FAIR', declared } as const
    this.#scheduler = new Scheduler({
      maxFailures: 4,
      executorTimeoutMs: 1e9,
      localityWaitMs: 0,
      executorWaitMs: 1e9,
      pools,
    })
    for (const member of this.members) this.#supply(member)
    for (let left = this.slots; left > 0; ) {
      const slots = Math.min(left, random.integer(1, 4))
      this.#handle({ kind: 'executorRegistered', executorId: `e${left}`, slots, heartbeats: false })
      left -= slots
    }
  }

  /** The task that is due next ends. */
  step(): void {
    const next = this.#running.reduce((a, b) => (b.endMs < a.endMs ? b : a))
    this.#running.splice(this.#running.indexOf(next), 1)
    for (const member of this.members) member.slotMs += member.running * (next.endMs - this.nowMs)
    this.nowMs = next.endMs
    const { jobId, executorId, attemptId } = next.task
    const member = this.#owner.get(jobId)!
    member.running--
    this.#supply(member)
    this.#handle({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: true })
  }

  #supply(member: Member): void {
    while (member.waiting < this.slots + 1) {
      const [jobId, taskCount] = [this.#nextJobId++, member.isMade ? 1 : this.#random.pick([1, 2, 5, 40])]
      this.#owner.set(jobId, member)
      member.waiting += taskCount
      const output = { kind: 'write', keepsAttemptsApart: true } as const
      const stages = [{ key: 0, taskCount, inputs: [], cacheReads: [], output }]
      const pool = member.isMade ? `${member.name}-${jobId}` : member.name
      this.#handle({ kind: 'jobSubmitted', job: { jobId, pool, stages } })
    }
  }

  #handle(event: SchedulerEvent): void {
    for (const action of this.#scheduler.handle(event, this.nowMs))
      if (action.kind === 'launchTask') this.#launched(action.task)
  }

  #launched(task: TaskAttempt): void {
    this.#running.push({ task, endMs: this.nowMs + this.#random.integer(1, 1000) })
    for (const member of this.members) {
      if (member === this.#owner.get(task.jobId)) {
        member.waiting--
        member.running++
        member.launches++
        member.passedOver = 0
      } else if (member.running === 0) member.mostPassedOver = Math.max(member.mostPassedOver, ++member.passedOver)
    }
  }
}

test('over time pools have as much of the slots as their weights say', (t) => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = new Random(seed)
    const crowd = new Crowd(random, (weights) => weights * random.integer(1, 3), false)
    for (let step = 0; step < STEPS; step++) crowd.step()
    const weights = crowd.members.reduce((sum, { weight }) => sum + weight, 0)
    for (const { name, weight, slotMs } of crowd.members) {
      const [share, expected] = [slotMs / (crowd.nowMs * crowd.slots), weight / weights]
      t.true(Math.abs(share / expected - 1) < 0.05, `seed ${seed}: ${name} has ${share}, not ${expected}`)
    }
  }
})

test('of one slot pools are given turns as their weights say', (t) => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const crowd = new Crowd(new Random(seed), () => 1, false)
    for (let step = 0; step < STEPS; step++) crowd.step()
    const weights = crowd.members.reduce((sum, { weight }) => sum + weight, 0)
    const launches = crowd.members.reduce((sum, member) => sum + member.launches, 0)
    for (const { name, weight, launches: own } of crowd.members)
      t.true(
        Math.abs(own - (launches * weight) / weights) <= 2,
        `seed ${seed}: ${name} had ${own} of ${launches} turns`,
      )
  }
})

test('no pool that waits is passed over for long, also where pools come and go that nobody declared', (t) => {
  let most = 0
  for (let seed = 1; seed <= HISTORIES * 2; seed++) {
    const random = new Random(seed)
    const crowd = new Crowd(random, () => random.integer(1, 6), true)
    for (let step = 0; step < STEPS; step++) crowd.step()
    for (const { name, weight, isMade, mostPassedOver } of crowd.members) {
      if (isMade) continue
      // Each job that waits of those in pools of their own counts as a pool.
      const others = crowd.members.filter((member) => member.name !== name && !member.isMade)
      const pools = others.length + crowd.slots + 1
      const weights = others.reduce((sum, member) => sum + member.weight, crowd.slots + 1)
      // As many turns as their weight gives the others until its own comes, and one of each that has begun.
      const bound = Math.ceil(weights / weight) + pools
      t.true(mostPassedOver <= bound, `seed ${seed}: ${name} was passed over ${mostPassedOver} times, not ${bound}`)
      most = Math.max(most, mostPassedOver)
    }
  }
  t.true(most > 1, 'some did have to wait')
})
