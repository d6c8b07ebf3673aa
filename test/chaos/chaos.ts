import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '../../api/index.js'
import { Random } from '../support/random.js'
import { pause, strike } from '../torture/driver-process.js'
import { Cluster, type Member, WORKER_PLACES } from './cluster.js'
import type { Hosts } from './hosts.js'
import { damageSpilled, describeProcess, filesBelow, processesWith, socketsOf } from './leaks.js'
import { type Strike, strikesOf, type Target } from './strikes.js'

export interface ChaosOptions {
  readonly seed: number
  /** After so long there are no more strikes. */
  readonly forMs: number
  /** How long a process is stopped, a network broken or a disk full at most. */
  readonly longestMs: number
  readonly tell: (line: string) => void
  /** Machines with networks of their own; without, all is on this one, and connections go through what misbehaves as one. */
  readonly hosts?: Hosts | undefined
}

export interface ChaosReport {
  /** How often what was struck. */
  readonly strikes: ReadonlyMap<string, number>
  readonly right: number
  /** With which conditions jobs and programs ended, and how often. */
  readonly failures: ReadonlyMap<string, number>
  /** What is not as it must be: wrong answers, numbers lost or repeated by the stream, what was left behind. */
  readonly faults: readonly string[]
}

/** With these a job or a program may end when what it needs is struck; drivers that were killed are started again. */
const EXPECTED = new Set([
  'TASK_RETRIES_EXHAUSTED',
  'NO_EXECUTORS',
  'EXECUTORS_NOT_STARTED',
  'MASTER_UNREACHABLE',
  'CLUSTER_REFUSES',
])

/** Within this time after a strike is over a job must have ended, right or with a condition. */
const PATIENCE_MS = 180_000
const PER_FILE = 200
const MOST_ENDS = 6
const POLL_MS = 20

/** Strikes at a cluster while jobs and a stream run on it, lets them come to their end, and looks at what they answered and left behind. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-chaos-'))
  await mkdir(join(folder, 'numbers'))
  const cluster = await Cluster.start(folder, options.hosts)
  const run = new Chaos(cluster, folder, options)
  try {
    return await run.toEnd()
  } finally {
    await run.close()
    await cluster.close()
    for (const pid of processesWith(cluster.marker)) strike(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}

class Chaos {
  readonly #cluster: Cluster
  readonly #folder: string
  readonly #options: ChaosOptions
  readonly #random: Random
  readonly #strikes = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  readonly #faults: string[] = []
  #jobs: Member | undefined
  #stream: Member | undefined
  #outcomes = 0
  #right = 0
  #files = 0
  /** Drivers of jobs that did not end by themselves. */
  #killedJobs = 0

  constructor(cluster: Cluster, folder: string, options: ChaosOptions) {
    this.#cluster = cluster
    this.#folder = folder
    this.#options = options
    this.#random = new Random(options.seed)
  }

  async toEnd(): Promise<ChaosReport> {
    const { forMs, tell } = this.#options
    const beganMs = performance.now()
    const sockets = this.#socketsOfMembers()
    for (const next of strikesOf(this.#random, this.#options.longestMs)) {
      await this.#produce()
      await this.#untilRight(1)
      // On a busy machine the first right answer may take as long: something is struck all the same.
      if (performance.now() - beganMs >= forMs && this.#strikes.size > 0) break
      tell(`after ${Math.round((performance.now() - beganMs) / 1000)} s: ${JSON.stringify(next)}`)
      await pause(this.#random.integer(0, 500))
      if (await this.#perform(next)) this.#count(this.#strikes, nameOf(next))
    }
    await this.#finish()
    await this.#lookForLeaks(sockets)
    return { strikes: this.#strikes, right: this.#right, failures: this.#failures, faults: this.#faults }
  }

  async close(): Promise<void> {
    await Promise.all([this.#jobs?.kill(), this.#stream?.kill()])
  }

  /** A file of numbers for the stream, some of which an earlier one had. */
  async #produce(): Promise<void> {
    const first = this.#files++ * PER_FILE
    const ids = Array.from({ length: PER_FILE }, (_, i) => first + i)
    for (let i = 0; i < PER_FILE / 4; i++) ids.push(this.#random.integer(0, first + PER_FILE - 1))
    const draft = join(this.#folder, 'draft')
    await writeFile(draft, ids.map((id) => `{"id":${id}}\n`).join(''))
    await rename(draft, join(this.#folder, 'numbers', `${this.#files}.json`))
  }

  /** @returns false when there was nothing to strike */
  async #perform(next: Strike): Promise<boolean> {
    const cluster = this.#cluster
    switch (next.kind) {
      case 'kill':
        return await this.#kill(next.target)
      case 'stop':
        return await this.#stop(next.target, next.forMs)
      case 'cut':
        return cluster.cut(next.place)
      case 'halfOpen':
        return cluster.halfOpen(next.place)
      case 'separate':
        return await this.#during(next.forMs, cluster.separate(next.place))
      case 'delay':
        return await this.#during(next.forMs, cluster.delay(next.place, next.delayMs))
      case 'fullDisk':
        cluster.fill(next.place, true)
        await pause(next.forMs)
        cluster.fill(next.place, false)
        return true
      case 'damage':
        return await this.#damage()
      case 'clock':
        cluster.setClock(next.place, next.aheadMs)
        return true
      case 'misdeed':
        this.#jobs!.say(next.misdeed)
        return await this.#until(() => this.#jobs!.lines.some((line) => line.includes(` ${next.misdeed}`)), PATIENCE_MS)
    }
  }

  /** The network is as it is for a while. */
  async #during(forMs: number, isStruck: boolean): Promise<boolean> {
    await pause(isStruck ? forMs : 0)
    this.#cluster.heal()
    return isStruck
  }

  async #kill(target: Target): Promise<boolean> {
    const cluster = this.#cluster
    switch (target) {
      case 'executor': {
        const executors = cluster.executors()
        return executors.length > 0 && strike(this.#random.pick(executors), 'SIGKILL')
      }
      case 'worker': {
        const place = this.#random.pick(WORKER_PLACES)
        await cluster.worker(place).kill()
        await cluster.startWorker(place)
        return true
      }
      case 'master':
        await cluster.master.kill()
        await pause(this.#random.integer(0, 3_000))
        await cluster.startMaster()
        return true
      case 'jobs':
        await this.#jobs!.kill()
        this.#killedJobs++
        return true
      case 'stream':
        await this.#stream!.kill()
        return true
    }
  }

  async #stop(target: Target, forMs: number): Promise<boolean> {
    const cluster = this.#cluster
    const executors = cluster.executors()
    if (target === 'executor' && executors.length === 0) return false
    const pids: Readonly<Record<Target, () => number>> = {
      executor: () => this.#random.pick(executors),
      worker: () => cluster.worker(this.#random.pick(WORKER_PLACES)).pid,
      master: () => cluster.master.pid,
      jobs: () => this.#jobs!.pid,
      stream: () => this.#stream!.pid,
    }
    const pid = pids[target]()
    strike(pid, 'SIGSTOP')
    try {
      await pause(forMs)
    } finally {
      strike(pid, 'SIGCONT')
    }
    return true
  }

  /** Until there was a file to damage, for a bounded time. */
  async #damage(): Promise<boolean> {
    const outcomes = this.#outcomes
    await this.#until(
      () => damageSpilled(this.#cluster.executors(), this.#random) > 0 || this.#outcomes > outcomes + 8,
      PATIENCE_MS,
    )
    return this.#outcomes <= outcomes + 8
  }

  /** Waits until more jobs have given the right answer; starts programs that are gone. */
  async #untilRight(count: number): Promise<void> {
    const wanted = this.#right + count
    let [outcomes, untilMs] = [this.#outcomes, performance.now() + PATIENCE_MS]
    while (this.#right < wanted) {
      this.#startGone()
      await pause(POLL_MS)
      if (this.#outcomes !== outcomes) [outcomes, untilMs] = [this.#outcomes, performance.now() + PATIENCE_MS]
      if (performance.now() > untilMs)
        throw new Error(
          `seed ${this.#options.seed}: no job ended in ${PATIENCE_MS / 1000} s: ${this.#jobs!.lines.slice(-3)}`,
        )
    }
  }

  #startGone(): void {
    if (!this.#jobs?.isRunning) this.#jobs = this.#cluster.startJobs((line) => this.#jobSays(line))
    if (!this.#stream?.isRunning) this.#stream = this.#cluster.startStream('run', (line) => this.#streamSays(line))
  }

  #jobSays(line: string): void {
    const [what, name, condition = ''] = line.split(' ')
    if (what === 'started' || what === 'stopped') return
    this.#outcomes++
    if (what === 'right') this.#right++
    else if (what === 'failed') {
      this.#failed(condition, line)
      // A session whose executors are not replaced any more gets none: another program does.
      if (condition !== 'NO_EXECUTORS') return
      this.#jobs?.signal('SIGKILL')
      this.#killedJobs++
    } else this.#fault(`${name}: ${line}`)
  }

  #streamSays(line: string): void {
    if (line.startsWith('batch ')) return
    if (line.startsWith('failed ')) this.#failed(line.split(' ')[2]!, line)
    else this.#fault(`stream: ${line}`)
  }

  #failed(condition: string, line: string): void {
    this.#options.tell(line.slice(0, 300))
    this.#count(this.#failures, condition)
    if (!EXPECTED.has(condition)) this.#fault(line)
  }

  #fault(text: string): void {
    this.#options.tell(`FAULT ${text}`)
    this.#faults.push(text)
  }

  #count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }

  /** Ends the jobs in order, and has the stream write all that there is. */
  async #finish(): Promise<void> {
    this.#jobs!.say('end')
    await this.#endOf(this.#jobs!, 'the program of the jobs')
    await this.#stream!.kill()
    for (let tries = 0; ; tries++) {
      this.#stream = this.#cluster.startStream('end', (line) => this.#streamSays(line))
      await this.#endOf(this.#stream, 'the stream', tries < MOST_ENDS)
      if (this.#stream.isDone || tries >= MOST_ENDS) break
    }
    const local = await Session.builder().master('local[1]').config('log.level', 'silent').create()
    const unique = existsSync(join(this.#folder, 'unique'))
      ? await local.read
          .schema('id bigint')
          .json(join(this.#folder, 'unique'))
          .selectExpr('count(*) n', 'count(distinct id) d', 'max(id) m')
          .collect()
      : []
    await local.stop()
    const [due, answer] = [this.#files * PER_FILE, Object.values(unique[0] ?? {}).join()]
    if (answer !== [due, due, due - 1].join())
      this.#fault(`the stream wrote ${answer}, due are ${due} numbers once each`)
  }

  async #endOf(member: Member, name: string, mayFail = false): Promise<void> {
    await this.#until(() => !member.isRunning, PATIENCE_MS)
    if (member.isRunning) {
      this.#fault(`${name} does not end: ${member.lines.slice(-3)}`)
      await member.kill()
    }
    await member.ended
    if (!member.isDone && !mayFail) this.#fault(`${name} ended with ${member.end}`)
  }

  #socketsOfMembers(): number {
    const { master } = this.#cluster
    const pids = [master.pid, ...WORKER_PLACES.map((place) => this.#cluster.worker(place).pid)]
    return pids.reduce((sum, pid) => sum + socketsOf(pid), 0)
  }

  /** When programs have ended, master and workers are as in the beginning; when they end as well, nothing is left. */
  async #lookForLeaks(sockets: number): Promise<void> {
    const cluster = this.#cluster
    const within = async (holds: () => boolean, what: () => string): Promise<void> => {
      if (!(await this.#until(holds, PATIENCE_MS / 6))) this.#fault(what())
    }
    await within(
      () => cluster.executors().length === 0,
      () => `executors are left: ${cluster.executors()}`,
    )
    const { workers, applications } = await cluster.status()
    if (workers.length !== WORKER_PLACES.length || applications.length > 0)
      this.#fault(`the cluster has ${workers.length} workers and ${applications.length} applications`)
    await within(
      () => this.#socketsOfMembers() <= sockets,
      () => `master and workers had ${sockets} sockets, and have ${this.#socketsOfMembers()}`,
    )
    await within(
      () => cluster.connections.length <= WORKER_PLACES.length,
      () => `connections are open: ${cluster.connections.join(', ')}`,
    )
    for (const member of [...WORKER_PLACES.map((place) => cluster.worker(place)), cluster.master]) {
      member.signal('SIGTERM')
      await this.#endOf(member, `what runs at ${member.place}`)
    }
    await within(
      () => processesWith(cluster.marker).length === 0,
      () => `processes are left: ${processesWith(cluster.marker).map(describeProcess).join('; ')}`,
    )
    const left = [...filesBelow(join(this.#folder, 'tmp')).filter((name) => name.includes('/')), ...this.#unfinished()]
    if (left.length > 0) this.#fault(`files are left: ${left.slice(0, 20).join(', ')}`)
  }

  /** What writes left that were taken back; a driver that is killed in the middle of one leaves its folder, which no reader sees. */
  #unfinished(): readonly string[] {
    const folder = join(this.#folder, 'written')
    if (!existsSync(folder)) return []
    const left = filesBelow(folder).filter((name) => !/^(part-[^/]*|_SUCCESS|_temporary)$/.test(name))
    const jobs = new Set(left.map((name) => name.split('/').slice(0, 2).join('/')))
    return jobs.size > this.#killedJobs ? left : []
  }

  /** @returns whether it came to hold in time */
  async #until(holds: () => boolean, withinMs: number): Promise<boolean> {
    const untilMs = performance.now() + withinMs
    while (!holds()) {
      if (performance.now() > untilMs) return false
      await pause(POLL_MS)
    }
    return true
  }
}

const nameOf = (next: Strike): string =>
  'target' in next
    ? `${next.kind} ${next.target}`
    : 'misdeed' in next
      ? next.misdeed
      : 'place' in next
        ? `${next.kind} ${next.place}`
        : next.kind
