import type { CheckedPart } from '../../driver/index.js'

/** A check of the streams that a program would start: none is started. */
export interface AskedCheck {
  /** Told of each stream in place of its start. */
  tell(checkpointLocation: string | undefined, parts: readonly CheckedPart[]): void
}

/** Whoever asks may run another copy of this package than the program does. */
const ASKED = Symbol.for('millrace.streams.check')

type WithCheck = { [ASKED]?: AskedCheck }

/** Has all streams of this process checked from now on. */
export function askCheck(check: AskedCheck): void {
  ;(globalThis as WithCheck)[ASKED] = check
}

export const askedCheck = (): AskedCheck | undefined => (globalThis as WithCheck)[ASKED]
