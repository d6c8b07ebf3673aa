import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { readonly type: 'major'; readonly execution: 'async' }) => unknown

let collect: Collect | undefined

/**
 * Blocks lie on `SharedArrayBuffer`s, whose size V8 does not count when it decides to collect: without help the resident size grows by
 * all that passes through. So whoever lets go of blocks tells it here, and every so many bytes garbage is collected.
 */
export class BlockGarbage {
  readonly #thresholdBytes: number
  #bytes = 0

  constructor(thresholdBytes: number) {
    this.#thresholdBytes = thresholdBytes
  }

  released(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < this.#thresholdBytes) return
    this.#bytes = 0
    collect ??= exposed()
    collect({ type: 'major', execution: 'async' })
  }
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
