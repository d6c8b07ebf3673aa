/**
 * `npm run fuzz -- decoders [seed] [minutes] [decoder]`: gives damaged inputs to all decoders of bytes from outside in turn, or to one of them, in as many threads as there are processors, until the time is over. Each input must be
 * read or refused by a condition, soon, and with little memory. At the end it prints what became of the inputs of each decoder.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { DecoderCounts, DecoderFinding } from './decoder-fuzz.js'
import { DECODERS } from './decoders.js'
import type { WorkerReport, WorkerTask } from './worker-protocol.js'

/** Decoders have the same time each, so that slow ones do not take that of others; a thread loads modules first, for which it is to be worth it. */
const ROUND_MS = 30_000
/** An input that takes more of the time that processors give the threads, of which there are few, hangs. Time by the clock says nothing where others have the processors. */
const MOST_CPU_MS = 60_000 * availableParallelism()
const LOOK_MS = 1000
const NOT_BEGUN = -1
/** Of memory of JavaScript. */
const MOST_HEAP_MB = 384

/** What became of the inputs of each decoder. */
const outcomes = new Map<string, DecoderCounts>()
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
      console.log(`${name}, seed ${seed}: ${told(outcomes.get(name) ?? {})}; ${inputsOfAll()} inputs of all`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, takeRounds))
  for (const [name, counts] of outcomes) console.log(`${name}: ${inputsOf(counts)} inputs, ${told(counts)}`)
  console.log(`${inputsOfAll()} inputs, ${findings} findings`)
  process.exitCode = findings > 0 ? 1 : 0
}

const inputsOf = (counts: DecoderCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0)
const inputsOfAll = (): number => [...outcomes.values()].reduce((sum, counts) => sum + inputsOf(counts), 0)
const told = (counts: DecoderCounts): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')

function count(name: string, more: DecoderCounts): void {
  const counts = outcomes.get(name) ?? {}
  for (const [kind, many] of Object.entries(more)) counts[kind] = (counts[kind] ?? 0) + many
  outcomes.set(name, counts)
}

/** One thread, which ends with its inputs or the time, and is ended when an input takes too long. */
function runRound(name: string, seed: number, until: number): Promise<void> {
  const progress = new SharedArrayBuffer(4)
  const at = new Int32Array(progress)
  // Until it has begun it loads modules.
  Atomics.store(at, 0, NOT_BEGUN)
  const task: WorkerTask = { name, seed, roundMs: ROUND_MS, until, progress }
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  return new Promise((resolve) => {
    let last = NOT_BEGUN
    let sinceMs = cpuMs()
    let isOver = false
    const fail = (why: string): void => {
      isOver = true
      tell({ decoder: name, seed, number: Atomics.load(at, 0), why })
    }
    const watch = setInterval(() => {
      const now = Atomics.load(at, 0)
      if (now !== last || now === NOT_BEGUN) {
        last = now
        sinceMs = cpuMs()
      } else if (cpuMs() - sinceMs > MOST_CPU_MS) {
        fail('it does not end')
        void worker.terminate()
      }
    }, LOOK_MS)
    worker.on('message', (report: WorkerReport) => {
      if (report.kind === 'finding') return tell(report.finding)
      isOver = true
      count(name, report.counts)
    })
    worker.on('error', (error) => fail(String(error)))
    worker.on('exit', () => {
      clearInterval(watch)
      // A thread ends also when nothing is left that it could wait for.
      if (!isOver) fail('it waits for nothing')
      resolve()
    })
  })
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
