import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { Config } from '../../common/config/config.js'
import type { DriverDoor, LaunchContext, LaunchEvent } from '../../driver/launch/launcher.js'
import { LocalProcesses } from '../../driver/launch/local-processes/local-processes.js'

/** Longer than any pause before an executor is replaced. */
const LONG_MS = 60_000
const LIVES = "process.stdin.resume().on('end', () => process.exit(0))"
const DIES = 'process.exit(3)'

/** Executors that run this, on a clock of the test. */
async function withProcesses(
  t: ExecutionContext,
  code: string,
  executors: number,
  body: (processes: LocalProcesses, told: Told) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'local-processes-test-'))
  const main = join(directory, 'main.mjs')
  writeFileSync(main, code)
  const context = { config: new Config(), executorMain: pathToFileURL(main).href, modules: {} } as LaunchContext
  const processes = new LocalProcesses(context, {} as DriverDoor, { executors, slots: 1, memoryBytes: 1 })
  const told = new Told(processes)
  // Executors keep nobody alive.
  const alive = setInterval(() => undefined, LONG_MS)
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    await body(processes, told)
  } finally {
    mock.timers.reset()
    await processes.close()
    clearInterval(alive)
    rmSync(directory, { recursive: true })
  }
  t.deepEqual(processes.pids, [])
}

/** What is told of executors. */
class Told {
  readonly started: string[] = []
  readonly failed: LaunchEvent[] = []
  readonly #ended = new Map<string, Promise<void>>()
  readonly #ends = new Map<string, () => void>()

  constructor(processes: LocalProcesses) {
    processes.watch((event) => {
      if (event.kind === 'failed') this.failed.push(event)
      else if (event.kind === 'ended') this.#ends.get(event.executorId)!()
      else {
        this.started.push(event.executorId)
        this.#ended.set(event.executorId, new Promise((resolve) => this.#ends.set(event.executorId, resolve)))
      }
    })
  }

  async ended(executorId: string): Promise<void> {
    await this.#ended.get(executorId)
  }
}

test.serial('an executor that ends is replaced after a pause, unless there are enough by then', (t) =>
  withProcesses(t, LIVES, 2, async (processes, told) => {
    await processes.request(2)
    await processes.request(2)
    t.deepEqual(told.started, ['executor-0', 'executor-1'])
    processes.release('executor-0')
    await told.ended('executor-0')
    await processes.request(2)
    t.is(told.started.length, 2, 'one is on its way')
    mock.timers.tick(LONG_MS)
    t.deepEqual(told.started.slice(2), ['executor-2'])
    processes.release('executor-1')
    await told.ended('executor-1')
    await processes.request(1)
    mock.timers.tick(LONG_MS)
    t.is(told.started.length, 3, 'less are wanted than were')
    await processes.request(2)
    t.deepEqual(told.started.slice(3), ['executor-3'])
  }),
)

test.serial('what is let go is not replaced, nor what ends beyond what is wanted', (t) =>
  withProcesses(t, LIVES, 3, async (processes, told) => {
    await processes.request(3)
    await processes.decommission('executor-0')
    await told.ended('executor-0')
    mock.timers.tick(LONG_MS)
    t.is(told.started.length, 3)
    await processes.request(1)
    t.is(processes.pids.length, 2, 'none ends as less are wanted')
    processes.release('executor-1')
    await told.ended('executor-1')
    await processes.request(2)
    t.deepEqual(told.started.slice(3), ['executor-3'], 'none was on its way')
    mock.timers.tick(LONG_MS)
    t.is(told.started.length, 4)
  }),
)

test.serial('nothing is started any more once it is closed, also when one was to be replaced', (t) =>
  withProcesses(t, LIVES, 1, async (processes, told) => {
    await processes.request(1)
    processes.release('executor-0')
    await told.ended('executor-0')
    await processes.close()
    mock.timers.tick(LONG_MS)
    t.is(told.started.length, 1)
  }),
)

test.serial('executors that end as soon as they start are not started for ever', (t) =>
  withProcesses(t, DIES, 1, async (processes, told) => {
    await processes.request(1)
    for (let made = 0; told.failed.length === 0; made++) {
      await told.ended(`executor-${made}`)
      mock.timers.tick(LONG_MS)
    }
    t.is(told.started.length, 5)
    const [failed] = told.failed
    t.regex(failed?.kind === 'failed' ? failed.error.text : '', /LOCAL_CLUSTER_FAILED.*the last with exit status 3/)
  }),
)
