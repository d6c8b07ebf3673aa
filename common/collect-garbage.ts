import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'minor' | 'major'; readonly execution: 'async' }) => unknown

/**
 * Of so many collections one is of all, the others of what is young. One of all lets V8 also forget the shapes of objects of which none
 * lives at that moment, and with them the optimized code that knows those shapes: it was a quarter of the time of short queries.
 */
const COLLECTIONS_TO_ONE_OF_ALL = 4

let collect: Collect | undefined

/**
 * Blocks lie on `SharedArrayBuffer`s, whose size V8 does not count when it decides to collect: without help the resident size grows by
 * all that passes through. So whoever lets go of blocks tells it here, and every so many bytes garbage is collected.
 */
export class BlockGarbage {
  readonly #thresholdBytes: number
  #bytes = 0
  #collections = 0

  constructor(thresholdBytes: number) {
    this.#thresholdBytes = thresholdBytes
  }

  released(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < this.#thresholdBytes) return
    this.#bytes = 0
    this.#collections += 1
    collect ??= exposed()
    collect({ type: this.#collections % COLLECTIONS_TO_ONE_OF_ALL === 0 ? 'major' : 'minor', execution: 'async' })
  }
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
