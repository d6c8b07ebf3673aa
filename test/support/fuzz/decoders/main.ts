/**
 * `npm run fuzz -- decoders [seed] [minutes] [decoder]`: gives damaged inputs to all decoders of bytes from outside in turn, or to one of them, in as many threads as there are processors, until the time is over. Each input must be
 * read or refused by a condition, soon, and with little memory.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { DecoderFinding } from './decoder-fuzz.js'
import { DECODERS } from './decoders.js'
import type { WorkerReport, WorkerTask } from './worker-protocol.js'

/** A thread loads modules first, for which so many inputs are to be worth it. */
const INPUTS_A_ROUND = 20_000
/** An input that takes longer hangs. */
const MOST_MS = 60_000
const LOOK_MS = 1000
const NOT_BEGUN = -1
/** Of memory of JavaScript. */
const MOST_HEAP_MB = 384

const total = new Map<string, number>()
let findings = 0

function tell({ decoder, seed, number, why }: DecoderFinding): void {
  findings++
  console.log(`\n--- ${decoder}, seed ${seed}, input ${number}\n${why}`)
}

export async function fuzzDecoders([seedText, minutes = 'Infinity', only]: readonly string[]): Promise<void> {
  const first = Number(seedText ?? Date.now() % 1_000_000)
  const until = Date.now() + Number(minutes) * 60_000
  const decoders = DECODERS.filter(({ name }) => only === undefined || name === only)
  let next = 0
  const takeRounds = async (): Promise<void> => {
    while (Date.now() < until) {
      const round = next++
      const { name } = decoders[round % decoders.length]!
      const seed = first + Math.floor(round / decoders.length)
      await runRound(name, seed, until)
      console.log(`${name}, seed ${seed}: ${summary()}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, takeRounds))
  process.exitCode = findings > 0 ? 1 : 0
}

const summary = (): string => [...total].map(([kind, count]) => `${count} ${kind}`).join(', ')

/** One thread, which ends with its inputs or the time, and is ended when an input takes too long. */
function runRound(name: string, seed: number, until: number): Promise<void> {
  const progress = new SharedArrayBuffer(4)
  const at = new Int32Array(progress)
  // Until it has begun it loads modules.
  Atomics.store(at, 0, NOT_BEGUN)
  const task: WorkerTask = { name, seed, inputs: INPUTS_A_ROUND, until, progress }
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  return new Promise((resolve) => {
    let last = NOT_BEGUN
    let since = Date.now()
    const watch = setInterval(() => {
      const now = Atomics.load(at, 0)
      if (now !== last || now === NOT_BEGUN) {
        last = now
        since = Date.now()
      } else if (Date.now() - since > MOST_MS) {
        tell({ decoder: name, seed, number: now, why: `it takes longer than ${MOST_MS} ms` })
        void worker.terminate()
      }
    }, LOOK_MS)
    worker.on('message', (report: WorkerReport) => {
      if (report.kind === 'finding') return tell(report.finding)
      for (const [kind, count] of Object.entries(report.counts)) total.set(kind, (total.get(kind) ?? 0) + count)
    })
    worker.on('error', (error) => tell({ decoder: name, seed, number: Atomics.load(at, 0), why: String(error) }))
    worker.on('exit', () => {
      clearInterval(watch)
      resolve()
    })
  })
}
