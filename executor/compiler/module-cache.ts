/**
 * Compiled modules by what they were compiled from (a fingerprint of the plan, or the module's own bytes as text), the least
 * recently used dropped first. V8 throws optimised code away with its module, so holding on to modules also keeps them fast.
 */
export class ModuleCache<T> {
  readonly #limit: number
  readonly #entries = new Map<string, T>()

  /** @param limit how many to keep */
  constructor(limit = 256) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  /** The entry of a fingerprint, made by `compile` when it is not there. What throws is not kept. */
  getOrCompile(fingerprint: string, compile: () => T): T {
    const known = this.#entries.get(fingerprint)
    if (known !== undefined) {
      this.#entries.delete(fingerprint)
      this.#entries.set(fingerprint, known)
      return known
    }
    const compiled = compile()
    this.#entries.set(fingerprint, compiled)
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
    return compiled
  }
}
