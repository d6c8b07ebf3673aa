/** Work that has begun and must have ended before something is closed. */
export class UnderWay {
  readonly #work = new Set<Promise<unknown>>()

  /** Passes on what work comes to. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work)
    try {
      return await work
    } finally {
      this.#work.delete(work)
    }
  }

  /** However it ended: who began it hears of that. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#work)
  }
}
