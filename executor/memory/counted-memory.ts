import type { CountedMemory } from '../../connectors/api.js'

/** Who holds memory, for the condition that it runs out with. */
export interface NamedHolder {
  readonly operator: string
  readonly bytes: number
  /** Of a state of a stream. */
  readonly stateOperatorId?: number | undefined
}

/** Memory of JavaScript that is counted in the thread's slot of the pool. */
export class Counted implements CountedMemory, NamedHolder {
  readonly operator: string
  readonly stateOperatorId: number | undefined
  readonly #reserve: (more: number) => void
  readonly #changed: (difference: number) => void
  #bytes = 0

  /** @param reserve throws unless there is so much more; `changed` is told what is held more, or less */
  constructor(
    operator: string,
    reserve: (more: number) => void,
    changed: (difference: number) => void,
    stateOperatorId?: number,
  ) {
    this.stateOperatorId = stateOperatorId
    this.operator = operator
    this.#reserve = reserve
    this.#changed = changed
  }

  get bytes(): number {
    return this.#bytes
  }

  hold(bytes: number): void {
    const difference = bytes - this.#bytes
    if (difference > 0) this.#reserve(difference)
    this.#bytes = bytes
    this.#changed(difference)
  }
}
