import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process can do about garbage. */
export interface GarbageControl {
  /** Bytes of memory that the process has. */
  readonly resident: () => number
  readonly collect: (options: { readonly type: 'minor' | 'major'; readonly execution: 'async' }) => Promise<unknown>
}

/**
 * The process may grow by so much before all garbage is collected, not only what is young. That also lets V8 forget the shapes of objects
 * of which none lives at that moment, and with them the optimized code that knows those shapes: compiling it again took up to a fifth of
 * the time of queries, when all was collected each time that so many bytes had passed.
 */
const MOST_GROWTH = 256 * 1024 ** 2

/** All is collected after so many collections of what is young, too: a process of which parts are swapped out does not seem to grow. */
const MOST_OF_YOUNG = 64

/**
 * Blocks lie on `SharedArrayBuffer`s, whose size V8 does not count when it decides to collect: without help the resident size grows by
 * all that passes through. So whoever lets go of blocks tells it here, and every so many bytes garbage is collected.
 */
export class BlockGarbage {
  readonly #thresholdBytes: number
  readonly #control: GarbageControl
  #bytes = 0
  /** The least that the process had since all was collected last. */
  #least: number
  #isCollectingAll = false
  #ofYoung = 0

  constructor(thresholdBytes: number, control: GarbageControl = ofThisProcess) {
    this.#thresholdBytes = thresholdBytes
    this.#control = control
    this.#least = control.resident()
  }

  released(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < this.#thresholdBytes) return
    this.#bytes = 0
    const resident = this.#control.resident()
    this.#least = Math.min(this.#least, resident)
    const isDue = resident - this.#least > MOST_GROWTH || this.#ofYoung >= MOST_OF_YOUNG
    if (isDue && !this.#isCollectingAll) void this.#collectAll()
    else {
      this.#ofYoung++
      void this.#control.collect({ type: 'minor', execution: 'async' })
    }
  }

  async #collectAll(): Promise<void> {
    this.#isCollectingAll = true
    this.#ofYoung = 0
    await this.#control.collect({ type: 'major', execution: 'async' })
    this.#isCollectingAll = false
    this.#least = this.#control.resident()
  }
}

let exposed: GarbageControl['collect'] | undefined

function collector(): GarbageControl['collect'] {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as GarbageControl['collect']
}

const ofThisProcess: GarbageControl = {
  resident: () => process.memoryUsage.rss(),
  collect: (options) => {
    exposed ??= collector()
    return exposed(options)
  },
}
