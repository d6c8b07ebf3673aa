/** Gives one decoder its inputs in a thread of its own, which may hang or run out of memory without harm to the others. */
import { parentPort, workerData } from 'node:worker_threads'
import { fuzzDecoder } from './decoder-fuzz.js'
import { DECODERS } from './decoders.js'
import type { WorkerReport, WorkerTask } from './worker-protocol.js'

const { name, seed, roundMs, until, progress } = workerData as WorkerTask
const at = new Int32Array(progress)
const post = (report: WorkerReport): void => parentPort!.postMessage(report)

const decoder = DECODERS.find((one) => one.name === name)!
const roundEnd = Math.min(until, Date.now() + roundMs)
const goesOn = (number: number): boolean => {
  Atomics.store(at, 0, number)
  return Date.now() < roundEnd
}
post({
  kind: 'ended',
  counts: await fuzzDecoder(decoder, seed, goesOn, (finding) => post({ kind: 'finding', finding })),
})
