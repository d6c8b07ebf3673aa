import { AsyncLocalStorage } from 'node:async_hooks'

/** So many answers are kept of one query; what is asked beyond them is asked each time. */
const MOST_ANSWERS = 10_000

const current = new AsyncLocalStorage<AskedOnce>()
/** How many queries have not ended. */
let open = 0

/**
 * What others were asked while one query was planned: several steps of it, which do not know of each other, ask the same of the same server. Nothing is kept beyond the end
 * of the query, also not by work that goes on and that the query happened to start.
 */
export class AskedOnce {
  #answers: Map<string, Promise<unknown>> | undefined = new Map()
  /** The query that this one is a part of, as the columns of texts are found by queries of their own. */
  readonly #outer: AskedOnce | undefined

  constructor() {
    const outer = current.getStore()
    this.#outer = outer?.isOver ? undefined : outer
    open++
  }

  get isOver(): boolean {
    return this.#answers === undefined
  }

  /** Runs what belongs to the query. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return current.run(this, work)
  }

  end(): void {
    if (this.isOver) return
    this.#answers = undefined
    open--
    // What tells promises apart by their query makes them all slower.
    if (open === 0) current.disable()
  }

  of<T>(key: string, ask: () => Promise<T>): Promise<T> {
    if (this.#outer && !this.#outer.isOver) return this.#outer.of(key, ask)
    const answers = this.#answers
    const known = answers?.get(key) as Promise<T> | undefined
    if (known) return known
    const answer = ask()
    if (!answers || answers.size >= MOST_ANSWERS) return answer
    answers.set(key, answer)
    // Who asks again after a failure may be luckier.
    answer.catch(() => answers.delete(key))
    return answer
  }
}

/** The answer that the query that is being planned has already, or else that of asking. */
export const askedOnce = <T>(key: string, ask: () => Promise<T>): Promise<T> =>
  current.getStore()?.of(key, ask) ?? ask()
