import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { childrenOf } from '../../examples/support/processes.js'
import { isAlive } from '../support/fake-cluster.js'

const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url))
const KILL_AT_STEP = new URL('../support/kill-at-step.js', import.meta.url).href
const POLL_MS = 20
/** Those of a driver, as program.ts starts it. */
const EXECUTORS = 2

/** Where a process kills itself (see test/support/kill-at-step.ts). */
export interface Aim {
  readonly of: 'driver' | 'executor'
  readonly step: string
  readonly asking?: number
  readonly below?: string
  /** That steps are the parts that are written to files below, not files. */
  readonly ofParts?: boolean
}

/** The driver under torture, with its executors. */
export class DriverProcess {
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  readonly #executors = new Set<number>()
  #batches = 0
  #failure: string | undefined
  #status: number | null | undefined

  constructor(args: readonly string[], aim?: Aim) {
    const aimed = aim && {
      KILL_AT: `${aim.of === 'driver' ? 'main' : 'worker'}:${aim.step}`,
      KILL_BELOW: aim.below ?? '',
      KILL_PARTS: aim.ofParts ? '1' : '',
      ...(aim.asking === undefined ? {} : { KILL_ASKING: String(aim.asking) }),
      // Executors take it over by their environment alone; of the driver they must not.
      ...(aim.of === 'executor' ? { NODE_OPTIONS: `--import ${KILL_AT_STEP}` } : {}),
    }
    const flags = aim?.of === 'driver' ? ['--import', KILL_AT_STEP] : []
    this.#child = spawn(process.execPath, [...flags, PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...aimed },
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (line.startsWith('batch ')) this.#batches++
      if (line.startsWith('failed ')) this.#failure = line.slice('failed '.length)
    })
    this.ended = once(this.#child, 'close').then(([status]) => {
      this.#status = status as number | null
    })
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What a query failed with; undefined of one that was killed or came to its end. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Whether all queries came to their end. */
  get isDone(): boolean {
    return this.#status === 0
  }

  /** Process ids of the executors that live. */
  executors(): readonly number[] {
    const living = childrenOf(this.#child.pid!)
    for (const pid of living) this.#executors.add(pid)
    return living
  }

  /** Whether one of the executors that were seen is gone. */
  get hasLostExecutor(): boolean {
    // To find children is to read of all processes, and this is asked often.
    if (this.#executors.size < EXECUTORS) this.executors()
    return [...this.#executors].some((pid) => !isAlive(pid))
  }

  /** Waits for so many more batches of any query, or for something else, for a bounded time. */
  async untilBatches(count: number, withinMs: number, isOther: () => boolean = () => false): Promise<void> {
    const [wanted, until] = [this.#batches + count, performance.now() + withinMs]
    while (this.isRunning && this.#batches < wanted && performance.now() < until && !isOther()) await pause(POLL_MS)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it and what it left of executors that are stopped. */
  async kill(): Promise<void> {
    const executors = [...this.#executors, ...this.executors()]
    this.#child.kill('SIGKILL')
    await this.ended
    for (const pid of executors) strike(pid, 'SIGCONT')
  }
}

/** A signal to a process that may be gone. */
export function strike(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
