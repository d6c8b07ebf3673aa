/** What bounds the waits of stages whose tasks run together. */
export interface BarrierOptions {
  /** `barrier.sync.timeout`: how long a task waits for the others. */
  readonly syncTimeoutMs: number
  /** How long a job waits for as many slots as such a stage has tasks. */
  readonly slotsWaitMs: number
}

/** Those of Spark. */
export const BARRIER_DEFAULTS: BarrierOptions = { syncTimeoutMs: 365 * 86_400_000, slotsWaitMs: 40 * 15_000 }
