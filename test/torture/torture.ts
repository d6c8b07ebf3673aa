import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type kafkajs from 'kafkajs'
import { kafkaClient } from '../support/kafka-client.js'
import { Random } from '../support/random.js'
import type { TorturedBrokers } from './brokers.js'
import { type Aim, DriverProcess, pause, strike } from './driver-process.js'
import { eventText, lastText, QUERIES, type QueryName } from './events.js'
import { type Epochs, epochsIn, takenFrom } from './owners.js'
import { aimsIn, type Strike, strikesOf } from './strikes.js'
import { type Verdict, verify } from './verify.js'

export interface TortureOptions {
  readonly seed: number
  /** With SIGKILL; stops come on top. */
  readonly kills: number
  readonly eventsPerStrike: number
  readonly tell: (line: string) => void
}

export interface TortureReport {
  /** How often what was struck, `driver kill` and so on. */
  readonly strikes: ReadonlyMap<string, number>
  readonly kills: number
  /** With which conditions drivers ended by themselves, and how often. */
  readonly failures: ReadonlyMap<string, number>
  readonly verdicts: readonly Verdict[]
}

/** With these a driver may end when brokers, executors or other drivers are struck: the next start goes on. */
const EXPECTED = new Set([
  'KAFKA_UNAVAILABLE',
  'CONCURRENT_STREAM_LOG_UPDATE',
  'TASK_RETRIES_EXHAUSTED',
  'NO_EXECUTORS',
  'LOCAL_CLUSTER_FAILED',
])

const PARTITIONS = 3
const PER_BATCH = 150
/** How long a process is stopped at most: shorter and longer than what counts as silence. */
const LONGEST_STOP_MS = 7_000
/** How long is waited for something to happen before the next strike comes. */
const PATIENCE_MS = 60_000
/** The same where only what must not be takes so long. */
const MOST_PATIENCE_MS = 300_000
const MOST_ENDS = 10

/** Strikes at the processes of queries that go on all the while, then lets these come to their end and looks at what they wrote. */
export async function torture(brokers: TorturedBrokers, options: TortureOptions): Promise<TortureReport> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-torture-'))
  const run = new Torture(brokers, folder, options)
  try {
    return await run.toEnd()
  } finally {
    await run.close()
    await rm(folder, { recursive: true, force: true })
  }
}

class Torture {
  readonly #brokers: TorturedBrokers
  readonly #folder: string
  readonly #options: TortureOptions
  readonly #random: Random
  readonly #producer: kafkajs.Producer
  readonly #strikes = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  #driver: DriverProcess | undefined
  /** Who had the checkpoints when it began. */
  #begun: Epochs | undefined
  #kills = 0
  #nextId = 0

  constructor(brokers: TorturedBrokers, folder: string, options: TortureOptions) {
    this.#brokers = brokers
    this.#folder = folder
    this.#options = options
    this.#random = new Random(options.seed)
    const client = kafkaClient(brokers.servers)
    this.#producer = client.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 30 } })
  }

  async toEnd(): Promise<TortureReport> {
    const { kills, tell } = this.#options
    await this.#brokers.createTopic('events', PARTITIONS)
    for (const query of QUERIES)
      await this.#brokers.createTopic(query, query === 'counts' || query === 'totals' ? 1 : 2)
    await this.#producer.connect()
    await this.#produce()
    const beganMs = performance.now()
    for (const next of strikesOf(this.#random, aimsIn(this.#folder))) {
      if (this.#kills >= kills) break
      await this.#produce()
      await this.#perform(next)
      const seconds = Math.round((performance.now() - beganMs) / 1000)
      tell(`${this.#kills} kills after ${seconds} s: ${JSON.stringify(next)}`)
    }
    await this.#stopDriver()
    await this.#send([lastText(this.#nextId)])
    await this.#finish()
    const verdicts = await verify(this.#brokers)
    return { strikes: this.#strikes, kills: this.#kills, failures: this.#failures, verdicts }
  }

  async close(): Promise<void> {
    await this.#driver?.kill()
    await this.#producer.disconnect().catch(() => undefined)
  }

  /** The next events, some of them twice. */
  async #produce(): Promise<void> {
    const texts: string[] = []
    for (let i = 0; i < this.#options.eventsPerStrike; i++) {
      const text = eventText(this.#nextId++)
      texts.push(text)
      if (this.#random.chance(0.2))
        texts.splice(this.#random.integer(Math.max(0, texts.length - 20), texts.length), 0, text)
    }
    await this.#send(texts)
  }

  async #send(texts: readonly string[]): Promise<void> {
    const messages = texts.map((value) => ({ partition: this.#random.integer(0, PARTITIONS - 1), value }))
    await this.#producer.send({ topic: 'events', messages, acks: -1 })
  }

  async #perform(next: Strike): Promise<void> {
    switch (next.kind) {
      case 'aimed':
        return await this.#aimed(next.aim)
      case 'rival':
        return await this.#rival()
      case 'driver': {
        const driver = await this.#working()
        if (next.how === 'pause') return await this.#stopped('driver pause', (signal) => driver.signal(signal))
        await driver.kill()
        return this.#struck('driver kill')
      }
      case 'executor': {
        const executors = (await this.#working()).executors()
        if (executors.length === 0) return
        const pid = this.#random.pick(executors)
        if (next.how === 'pause') return await this.#stopped('executor pause', (signal) => void strike(pid, signal))
        if (strike(pid, 'SIGKILL')) this.#struck('executor kill')
        return
      }
      case 'broker':
        return await this.#broker(next.how)
    }
  }

  async #broker(how: 'kill' | 'pause'): Promise<void> {
    const driver = await this.#working()
    const broker = this.#random.integer(1, this.#brokers.count)
    if (how === 'kill') {
      await this.#brokers.kill(broker)
      this.#struck('broker kill')
      await driver.untilBatches(2, this.#random.integer(0, LONGEST_STOP_MS))
      return await this.#brokers.startAgain(broker)
    }
    await this.#brokers.pause(broker)
    try {
      await pause(this.#random.integer(100, LONGEST_STOP_MS))
    } finally {
      await this.#brokers.resume(broker)
    }
    this.#struck('broker pause')
  }

  async #stopped(name: string, signal: (signal: NodeJS.Signals) => void): Promise<void> {
    signal('SIGSTOP')
    try {
      await pause(this.#random.integer(100, LONGEST_STOP_MS))
    } finally {
      signal('SIGCONT')
    }
    this.#struck(name)
  }

  /** A start of its own, which ends at a step, or loses an executor at one. */
  async #aimed(aim: Aim): Promise<void> {
    await this.#stopDriver()
    const driver = await this.#start(aim)
    const isHit = (): boolean => (aim.of === 'driver' ? !driver.isRunning : driver.hasLostExecutor)
    await driver.untilBatches(Number.POSITIVE_INFINITY, PATIENCE_MS / 4, isHit)
    if (driver.failure === undefined && isHit())
      this.#struck(`${aim.of} at ${aim.below === undefined ? 'request' : 'file'}`)
    // Each executor that takes the place of another is struck there, too.
    if (aim.of === 'executor') await this.#stopDriver()
  }

  async #rival(): Promise<void> {
    const first = await this.#working()
    const begun = this.#begun!
    first.signal('SIGSTOP')
    let taken: readonly QueryName[] = []
    try {
      const stopped = await epochsIn(this.#folder)
      const second = await this.#start()
      await second.untilBatches(QUERIES.length, PATIENCE_MS / 2)
      taken = takenFrom(begun, stopped, await epochsIn(this.#folder))
    } finally {
      first.signal('SIGCONT')
    }
    // On a machine with much else to do it may have taken nothing yet: then the first one may go on.
    if (taken.length === 0) return await first.kill()
    // It hears of it with its next batch.
    await this.#produce()
    await Promise.race([first.ended, pause(MOST_PATIENCE_MS)])
    if (first.isRunning) {
      await first.kill()
      throw new Error(`a driver goes on from which another has taken ${taken.join(', ')}`)
    }
    this.#failed(first)
    this.#struck('rival drivers')
  }

  /** A driver that has just finished some batches. */
  async #working(): Promise<DriverProcess> {
    if (!this.#driver?.isRunning) {
      this.#failed(this.#driver)
      await this.#start()
    }
    const driver = this.#driver!
    await driver.untilBatches(this.#random.integer(1, 6), PATIENCE_MS)
    await pause(this.#random.integer(0, 150))
    return driver
  }

  async #start(aim?: Aim): Promise<DriverProcess> {
    this.#begun = await epochsIn(this.#folder)
    this.#driver = new DriverProcess([this.#brokers.servers, this.#folder, 'run', String(PER_BATCH)], aim)
    return this.#driver
  }

  async #stopDriver(): Promise<void> {
    const driver = this.#driver
    if (driver?.isRunning) {
      await driver.kill()
      this.#struck('driver kill')
    } else this.#failed(driver)
    this.#driver = undefined
  }

  /** Runs the queries to the end of what there is. */
  async #finish(): Promise<void> {
    for (let tries = 0; tries < MOST_ENDS; tries++) {
      this.#driver = new DriverProcess([this.#brokers.servers, this.#folder, 'end', '2000'])
      await this.#driver.ended
      if (this.#driver.isDone) return
      this.#failed(this.#driver)
    }
    throw new Error(`the queries did not come to their end in ${MOST_ENDS} starts`)
  }

  #struck(name: string): void {
    this.#strikes.set(name, (this.#strikes.get(name) ?? 0) + 1)
    if (/kill| at /.test(name)) this.#kills++
  }

  /** @throws when it failed with a condition that no strike explains */
  #failed(driver: DriverProcess | undefined): void {
    if (driver?.failure === undefined) return
    const [condition = ''] = driver.failure.split(' ')
    this.#failures.set(condition, (this.#failures.get(condition) ?? 0) + 1)
    this.#options.tell(`a driver ended: ${driver.failure}`)
    if (!EXPECTED.has(condition)) throw new Error(`seed ${this.#options.seed}: a driver failed: ${driver.failure}`)
  }
}
