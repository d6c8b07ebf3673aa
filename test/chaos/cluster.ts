import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createLogger } from '../../common/log.js'
import { childrenOf } from '../../examples/support/processes.js'
import type { ClusterStatus } from '../../proto/cluster.js'
import { clusterStatus } from '../../proto/rpc/master-link.js'
import { CLI } from '../support/cli.js'
import { Network } from '../support/network.js'
import type { Hosts } from './hosts.js'

/** A machine of the cluster: the last number of its address. */
export type Place = number
export const MASTER_PLACE: Place = 2
export const WORKER_PLACES: readonly Place[] = [3, 4]
export const JOBS_PLACE: Place = 5
export const STREAM_PLACE: Place = 6
export const PLACES: readonly Place[] = [MASTER_PLACE, ...WORKER_PLACES, JOBS_PLACE, STREAM_PLACE]

/** All of 127.0.0.0/8 is this machine, so that a process may listen at an address that is its alone. */
const SAME_MACHINE = '127.0.0.'

const SECRET = 'the-secret-of-the-chaos'
const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url))
const STREAM = fileURLToPath(new URL('./stream.js', import.meta.url))
const THROUGH_NETWORK = './connections.js'
const LOADED_BEFORE = ['./jumping-clock.js', '../support/failing-disk.js']
/** What the heap of a thread may hold at most: code of the user that eats it up shall not take long. */
const HEAP_MIB = 256
/** How long members may be silent. */
export const MEMBER_TIMEOUT_S = 6

/** A process of the cluster, and the lines that it has printed. */
export class Member {
  readonly place: Place
  readonly lines: string[] = []
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  #status: string | undefined

  constructor(place: Place, command: readonly string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void) {
    this.place = place
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#child = child
    child.stdin.on('error', () => undefined)
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output }).on('line', (line) => {
        this.lines.push(line)
        onLine(line)
      })
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.#status = String(code ?? signal)
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Exit status or signal of one that has ended, with what it said last. */
  get end(): string {
    return `${this.#status}: ${this.lines.slice(-3).join(' | ')}`
  }

  get isDone(): boolean {
    return this.#status === '0'
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  say(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }
}

/** A master and two workers, each on a machine of its own, and what they share with the programs: folders, network, clock. */
export class Cluster {
  /** In the environment of all processes of the cluster, by which they are found. */
  readonly marker = `MILLRACE_CHAOS=${randomUUID()}`
  readonly #network: Network
  readonly #hosts: Hosts | undefined
  readonly #folder: string
  readonly #workers = new Map<Place, Member>()
  #master: Member | undefined
  #address = ''

  private constructor(folder: string, network: Network, hosts: Hosts | undefined) {
    this.#folder = folder
    this.#network = network
    this.#hosts = hosts
  }

  static async start(folder: string, hosts: Hosts | undefined): Promise<Cluster> {
    const cluster = new Cluster(folder, await Network.start(), hosts)
    try {
      await cluster.startMaster()
      for (const place of WORKER_PLACES) await cluster.startWorker(place)
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  get master(): Member {
    return this.#master!
  }

  worker(place: Place): Member {
    return this.#workers.get(place)!
  }

  /** Process ids. */
  executors(): readonly number[] {
    return [...this.#workers.values()].flatMap(({ pid }) => childrenOf(pid))
  }

  /** At the address that it had. */
  async startMaster(): Promise<void> {
    const [, port = '0'] = this.#address.split(':')
    const where = ['--host', this.#addressOf(MASTER_PLACE), '--port', port, '--dir', join(this.#folder, 'master')]
    const args = [CLI, 'master', ...where, '--timeout', `${MEMBER_TIMEOUT_S}s`]
    const [member, line] = await this.#started(MASTER_PLACE, args, / millrace:\/\/(\S+:\d+)/)
    this.#master = member
    this.#address = line
  }

  async startWorker(place: Place): Promise<void> {
    const room = ['--cores', '2', '--memory', '256m']
    const args = [CLI, 'worker', '--master', this.#url, '--host', this.#addressOf(place), ...room]
    const [member] = await this.#started(place, args, /(\S+) has joined/)
    this.#workers.set(place, member)
  }

  startJobs(onLine: (line: string) => void): Member {
    return this.#member(JOBS_PLACE, [PROGRAM, this.#url, this.#addressOf(JOBS_PLACE), this.#folder], onLine)
  }

  startStream(mode: 'run' | 'end', onLine: (line: string) => void): Member {
    return this.#member(STREAM_PLACE, [STREAM, this.#url, this.#addressOf(STREAM_PLACE), this.#folder, mode], onLine)
  }

  status(): Promise<ClusterStatus> {
    return clusterStatus({ address: this.#address, secret: SECRET }, createLogger('status', 'silent'))
  }

  /** What connects machines, as far as it is known. */
  get connections(): readonly string[] {
    return this.#network.open
  }

  /** Breaks the connections of a machine with others, so that all are told. @returns whether there were any */
  cut(place: Place): boolean {
    return this.#network.cut(this.#addressOf(place)) > 0
  }

  /** Breaks them so that only those who were connected to are told. */
  halfOpen(place: Place): boolean {
    return this.#network.halfOpen(this.#addressOf(place)) > 0
  }

  /** From now on nothing passes between a machine and others, and nobody is told so. */
  separate(place: Place): boolean {
    if (this.#hosts) this.#hosts.separate(this.#addressOf(place))
    else this.#network.separate(this.#addressOf(place))
    return true
  }

  /** From now on everything is late; on machines of their own, as packets are lost. */
  delay(place: Place, delayMs: number): boolean {
    if (this.#hosts) return this.#hosts.drop(this.#addressOf(place))
    this.#network.delay(delayMs)
    return true
  }

  heal(): void {
    this.#hosts?.heal()
    this.#network.heal()
  }

  /** The disk for temporary files of a place is full from now on, or no more. */
  fill(place: Place, isFull: boolean): void {
    const path = this.#fullOf(place)
    if (isFull) writeFileSync(path, '')
    else rmSync(path, { force: true })
  }

  /** The clock of a place is as much ahead from now on, or behind. */
  setClock(place: Place, aheadMs: number): void {
    writeFileSync(this.#clockOf(place), String(aheadMs))
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    await Promise.all([this.#master, ...this.#workers.values()].map((member) => member?.kill()))
    this.#network.close()
  }

  get #url(): string {
    return `millrace://${this.#address}`
  }

  readonly #addressOf = (place: Place): string => `${this.#hosts?.prefix ?? SAME_MACHINE}${place}`
  readonly #temporaryOf = (place: Place): string => join(this.#folder, 'tmp', String(place))

  readonly #fullOf = (place: Place): string => join(this.#folder, `full-${place}`)
  readonly #clockOf = (place: Place): string => join(this.#folder, `clock-${place}`)

  async #started(place: Place, args: readonly string[], said: RegExp): Promise<[Member, string]> {
    let hear!: (found: string) => void
    const heard = new Promise<string>((resolve) => {
      hear = resolve
    })
    const member = this.#member(place, args, (line) => {
      const [, found] = said.exec(line) ?? []
      if (found !== undefined) hear(found)
    })
    const found = await Promise.race([heard, member.ended])
    if (found === undefined) throw new Error(`${args[1]} of ${place} did not start: ${member.end}`)
    return [member, found]
  }

  #member(place: Place, args: readonly string[], onLine: (line: string) => void): Member {
    const at = this.#hosts?.commandAt(this.#addressOf(place)) ?? []
    return new Member(place, [...at, process.execPath, ...args], this.#env(place), onLine)
  }

  #env(place: Place): NodeJS.ProcessEnv {
    const temporary = this.#temporaryOf(place)
    const before = this.#hosts ? LOADED_BEFORE : [THROUGH_NETWORK, ...LOADED_BEFORE]
    mkdirSync(temporary, { recursive: true })
    const [name, value] = this.marker.split('=') as [string, string]
    return {
      [name]: value,
      MILLRACE_SECRET: SECRET,
      TMPDIR: temporary,
      CHAOS_PLACE: this.#addressOf(place),
      CHAOS_NETWORK: String(this.#network.port),
      CHAOS_CLOCK: this.#clockOf(place),
      FAIL_WHEN: this.#fullOf(place),
      FAIL_BELOW: temporary,
      FAIL_WITH: 'ENOSPC',
      NODE_OPTIONS: [
        `--max-old-space-size=${HEAP_MIB}`,
        ...before.map((file) => `--import ${new URL(file, import.meta.url).href}`),
      ].join(' '),
    }
  }
}
