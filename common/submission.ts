/** How the program of this process was submitted: what its sessions have unless the program says otherwise. */
export interface Submission {
  readonly master: string
  readonly settings: Readonly<Record<string, string>>
  /** What the master of a cluster asks for. It is handed over in memory, so that neither arguments nor the environment show it. */
  readonly credentials?: {
    /** As the user has it: a token, or the secret of the cluster. */
    readonly secret: string
    readonly tls?: { readonly authority: string; readonly certificate: string; readonly key: string } | undefined
  }
  /** Of a driver that a worker runs: its id on the cluster. */
  readonly driverId?: string
}

/** The program may have a copy of the package of its own, so that this is found by a name that all copies know. */
const PLACE = Symbol.for('millrace.submission')
const places = globalThis as { [PLACE]?: Submission }

/** Undefined when the program was started in another way. */
export const submission = (): Submission | undefined => places[PLACE]

/** Before the program begins. */
export function submitHere(submitted: Submission): void {
  places[PLACE] = submitted
}
