import type { DecoderCounts, DecoderFinding } from './decoder-fuzz.js'

/** What a thread is to do, and where it notes which input it is at. */
export interface WorkerTask {
  readonly name: string
  readonly seed: number
  /** How long it lasts, in milliseconds. */
  readonly roundMs: number
  /** When the time is over, in milliseconds since 1970. */
  readonly until: number
  readonly progress: SharedArrayBuffer
}

export type WorkerReport =
  | { readonly kind: 'finding'; readonly finding: DecoderFinding }
  | { readonly kind: 'ended'; readonly counts: DecoderCounts }
