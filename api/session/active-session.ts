import type { Session } from './session.js'

/** The session of this process that `getOrCreate` gives. */
export interface Active {
  readonly master: string
  readonly starting: Promise<Session>
  /** Once it has started. */
  session?: Session
}

let active: Active | undefined

export const currentActive = (): Active | undefined => active

export function setActive(next: Active | undefined): void {
  active = next
}

/** The session that this process runs, if it has started. */
export const activeSession = (): Session | undefined =>
  active?.session?.isStopped === false ? active.session : undefined
