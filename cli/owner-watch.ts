/**
 * A thread of a driver's process that asks whether the worker is still there: code of a user that does not return keeps the process from
 * noticing the end of its input. Where the worker is gone, however it ended, the process gets the same grace as from a worker, and is killed.
 */
import { workerData } from 'node:worker_threads'

export interface OwnerWatch {
  /** The process that started this one. */
  readonly owner: number
  readonly graceMs: number
}

const ASK_EVERY_MS = 500

const { owner, graceMs } = workerData as OwnerWatch

const asking = setInterval(() => {
  if (process.ppid === owner) return
  clearInterval(asking)
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
}, ASK_EVERY_MS)
