/** In which order jobs get slots: those that came first, or those that have the least. */
export type SchedulingMode = 'FIFO' | 'FAIR'
export const SCHEDULING_MODES = ['FIFO', 'FAIR'] as const

/** The pool of jobs for which none was chosen. */
export const DEFAULT_POOL = 'default'

/** What a pool gets of the slots, and how its jobs share that. */
export interface PoolOptions {
  readonly schedulingMode: SchedulingMode
  /** How much it gets beside others, when all have what they must have. */
  readonly weight: number
  /** So many slots it gets before others get more than they must have. */
  readonly minShare: number
}

/** How the jobs of an application share its slots. */
export interface PoolsOptions {
  /** `FAIR` knows pools; without, the jobs of all get slots in the order in which they came. */
  readonly mode: SchedulingMode
  readonly declared: ReadonlyMap<string, PoolOptions>
}

/** A pool that nobody declared, as in Spark. */
const UNDECLARED: PoolOptions = { schedulingMode: 'FIFO', weight: 1, minShare: 0 }
/** In the one for which nobody chose anything, queries and streams do not wait for one another. */
const UNDECLARED_DEFAULT: PoolOptions = { ...UNDECLARED, schedulingMode: 'FAIR' }

export const poolOptions = (name: string, { declared }: PoolsOptions): PoolOptions =>
  declared.get(name) ?? (name === DEFAULT_POOL ? UNDECLARED_DEFAULT : UNDECLARED)
