/** Programs that workers of a cluster run for their users: `millrace submit --deploy-mode cluster`. */
export interface DriverSpec {
  /** Whoever submits it names it, so that saying it again submits nothing else. */
  readonly driverId: string
  readonly name: string
  /** Its path within the archive. */
  readonly file: string
  readonly args: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  readonly cores: number
  readonly memoryBytes: number
  /** Started again when it fails or its worker is lost. */
  readonly isSupervised: boolean
  /** SHA-256 of the archive of its code, in hexadecimal digits. */
  readonly archiveDigest: string
  readonly archiveBytes: number
  /** Whose it is, as the master knows; without one that of who has the secret of the cluster. */
  readonly user?: string | undefined
  /** The name of the token by which it was submitted: known to the master alone. */
  readonly token?: string | undefined
}

/** How it ended: by itself, with a failure, or before it could begin. */
const OUTCOMES = ['FINISHED', 'FAILED', 'ERROR'] as const
export type DriverOutcome = (typeof OUTCOMES)[number]

/** As Spark calls them. `SUBMITTED` and `RELAUNCHING` wait for a worker, or are on their way to it. */
const STATES = ['SUBMITTED', 'RUNNING', 'RELAUNCHING', 'KILLED', ...OUTCOMES] as const
export type DriverState = (typeof STATES)[number]

export const isOutcome = (text: string): text is DriverOutcome => OUTCOMES.some((one) => one === text)
export const isDriverState = (text: string): text is DriverState => STATES.some((one) => one === text)

/** Nothing happens to it any more. */
export const isOver = (state: DriverState): boolean => state === 'KILLED' || isOutcome(state)

/** One start of a driver on a worker. */
export interface HeldDriver {
  readonly driverId: string
  /** From 1. */
  readonly launch: number
  /** Empty while it runs. */
  readonly outcome: DriverOutcome | ''
  readonly reason: string
}

export interface DriverStatus {
  readonly driverId: string
  readonly name: string
  readonly state: DriverState
  /** Where it runs, or ran last; empty before. */
  readonly workerId: string
  /** How often it was started. */
  readonly launches: number
  readonly isSupervised: boolean
  /** Why it waits, or how it ended. */
  readonly reason: string
}
