/** Waiting is counted in this many steps. */
const STEPS = 6

/**
 * Says when one has waited too long. Time is counted in steps in which this process ran: while it was stopped or busy nothing that came
 * could be read, and that time must not count against the other side.
 */
export class Patience {
  readonly #timer: NodeJS.Timeout
  #waited = 0
  #isWaiting = false

  constructor(patienceMs: number, onOver: () => void) {
    this.#timer = setInterval(() => {
      if (this.#isWaiting && ++this.#waited > STEPS) onOver()
    }, patienceMs / STEPS).unref()
  }

  /** Something is awaited from now on. */
  begin(): void {
    this.#isWaiting = true
    this.#waited = 0
  }

  /** It came. */
  end(): void {
    this.#isWaiting = false
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
