import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import kafkajs from 'kafkajs'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { kafkaClient } from '../support/kafka-client.js'
import { nodeArguments } from '../support/programs.js'

const CHILD = fileURLToPath(new URL('../support/stream-child.js', import.meta.url))
const KILL_AT_STEP = new URL('../support/kill-at-step.js', import.meta.url).href
const RECORDS = 1200
const GROUPS = 7

/** A driver in a process of its own. */
class DriverProcess {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #ended: Promise<number | null>
  readonly stopped: Promise<boolean>

  constructor(args: readonly string[], stop?: { readonly step: string; readonly below: string }) {
    this.#child = spawn(process.execPath, nodeArguments(CHILD, args, stop ? [KILL_AT_STEP] : []), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...(stop && { KILL_AT: stop.step, KILL_BELOW: stop.below, STOP_ONCE: `${stop.below}-stopped-${randomUUID()}` }),
      },
    })
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null)
    const lines = createInterface({ input: this.#child.stdout! })
    const stopped = new Promise<boolean>((resolve) => {
      lines.on('line', (line) => {
        this.#lines.push(line)
        if (line === 'stopped') resolve(true)
      })
    })
    this.stopped = Promise.race([stopped, this.#ended.then(() => false)])
  }

  goOn(): void {
    this.#child.kill('SIGCONT')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Whether it handed a batch to its function after it was stopped. */
  get wroteLate(): boolean {
    return this.#lines.slice(this.#lines.indexOf('stopped')).some((line) => line.startsWith('wrote'))
  }

  /** The line of its failure; undefined when it came to its end. */
  async outcome(): Promise<string | undefined> {
    const code = await this.#ended
    const failure = this.#lines.find((line) => line.startsWith('failed'))
    if (code !== 0 && failure === undefined) throw new Error(`it ended with ${code}: ${this.#lines.join('; ')}`)
    return failure
  }
}

async function withTopic(
  body: (
    servers: string,
    directory: string,
    start: (...args: ConstructorParameters<typeof DriverProcess>) => DriverProcess,
  ) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-drivers-'))
  const processes: DriverProcess[] = []
  const broker = await startBroker({ directory: join(directory, 'broker'), port: 0, defaultPartitions: 3 })
  try {
    const kafka = kafkaClient(broker.bootstrapServers)
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    const messages = Array.from({ length: RECORDS }, (_, id) => ({
      partition: id % 3,
      value: JSON.stringify({ id, ts: id }),
    }))
    await producer.send({ topic: 'events', messages })
    await producer.disconnect()
    await body(broker.bootstrapServers, directory, (...given) => {
      const process = new DriverProcess(...given)
      processes.push(process)
      return process
    })
  } finally {
    // One that is stopped would keep its connection to the broker open.
    for (const process of processes) process.kill()
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Each group counts each of its records once in the end, and there are as many batches as the limit asks for. */
async function countedOnce(t: ExecutionContext, output: string, message: string): Promise<void> {
  const names = (await readdir(output)).toSorted()
  t.deepEqual(names, ['0.json', '1.json', '2.json'], message)
  const groups = new Map<number, readonly number[]>()
  for (const name of names) {
    for (const [group, ...sums] of JSON.parse(await readFile(join(output, name), 'utf8')) as number[][])
      groups.set(group!, sums)
  }
  for (let group = 0; group < GROUPS; group++) {
    const ids = Array.from({ length: RECORDS }, (_, id) => id).filter((id) => id % GROUPS === group)
    t.deepEqual(groups.get(group), [ids.length, ids.reduce((sum, id) => sum + id, 0)], message)
  }
}

/** Where the earlier driver is stopped: spread over the steps of the main thread and of its workers. */
const STEPS = ['main:3', 'main:14', 'main:19', 'main:21+', 'main:23', 'main:27', 'main:33', 'worker:2', 'worker:5']

for (const step of STEPS) {
  test.serial(
    `a driver stopped at ${step} that goes on after another took its checkpoint is refused, nothing is lost or repeated`,
    (t) =>
      withTopic(async (servers, directory, start) => {
        const [output, checkpoint] = [join(directory, 'out'), join(directory, 'checkpoint')]
        await mkdir(output)
        const args = [servers, 'events', output, checkpoint, 'batches']
        const earlier = start(args, { step, below: checkpoint })
        t.true(await earlier.stopped, 'it is stopped on its way')
        t.is(await start(args).outcome(), undefined)
        await countedOnce(t, output, step)
        earlier.goOn()
        t.regex(String(await earlier.outcome()), /CONCURRENT_STREAM_LOG_UPDATE/)
        t.false(earlier.wroteLate)
        await countedOnce(t, output, step)
        t.is(await start(args).outcome(), undefined, 'the checkpoint is sound')
        await countedOnce(t, output, step)
      }),
  )
}

test.serial(
  'a driver that goes on while the one that took its checkpoint is on its way is refused, and that one comes to its end',
  (t) =>
    withTopic(async (servers, directory, start) => {
      const [output, checkpoint] = [join(directory, 'out'), join(directory, 'checkpoint')]
      await mkdir(output)
      const args = [servers, 'events', output, checkpoint, 'batches']
      const earlier = start(args, { step: 'main:23', below: checkpoint })
      t.true(await earlier.stopped)
      const later = start(args, { step: 'main:20', below: checkpoint })
      t.true(await later.stopped)
      earlier.goOn()
      t.regex(String(await earlier.outcome()), /CONCURRENT_STREAM_LOG_UPDATE/)
      later.goOn()
      t.is(await later.outcome(), undefined)
      await countedOnce(t, output, 'both')
    }),
)
