import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { PageHeader } from '../metadata.js'
import type { ValuesSource } from '../split.js'
import type { ChunkPages } from './chunk-pages.js'
import { PageBuffers } from './page-buffers.js'

const PLAIN = 0
const PLAIN_DICTIONARY = 2

/** The dictionary of a column chunk, in the engine's form: a page of indices is then a gather, for strings as for numbers. */
export class Dictionary {
  /** Hold the dictionary page itself, which strings point into. */
  readonly buffers: PageBuffers
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #source: ValuesSource
  readonly #values: Region
  #entries = 0
  #capacity = 0
  #isLoaded = false
  #number = 0

  constructor(memory: Memory, kernels: Kernels, source: ValuesSource) {
    this.#memory = memory
    this.#kernels = kernels
    this.#source = source
    this.#values = new Region(memory)
    this.buffers = new PageBuffers(memory)
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get address(): number {
    return this.#values.address
  }

  /** See `Codes.dictionary`. */
  get number(): number {
    return this.#number
  }

  get entries(): number {
    return this.#entries
  }

  /** A power of two: entries behind `entries` are zeros, so that an index of the usual width needs no check before it is used. */
  get capacity(): number {
    return this.#capacity
  }

  load(header: PageHeader, address: number, bytes: number, pages: ChunkPages): void {
    const { conversion, sourceBytes, targetBytes } = this.#source
    if (this.#isLoaded) throw pages.corrupt('a second dictionary')
    if (header.encoding !== PLAIN && header.encoding !== PLAIN_DICTIONARY) {
      throw pages.corrupt(`a dictionary in encoding ${header.encoding}`)
    }
    if (conversion < 0) throw pages.corrupt('a dictionary of booleans')
    const entries = header.values
    // A byte array takes at least the four bytes of its length.
    if (entries * (sourceBytes || 4) > bytes) throw pages.corrupt('the dictionary ends too early')
    let capacity = 1
    while (capacity < entries) capacity *= 2
    const target = this.#values.reserve(capacity * targetBytes)
    this.#memory.bytes.fill(0, target + entries * targetBytes, target + capacity * targetBytes)
    const end = address + bytes
    if (!this.#kernels.parquetPlain(conversion, address, end, sourceBytes, entries, target)) {
      throw pages.corrupt('the dictionary is malformed')
    }
    this.#entries = entries
    this.#capacity = capacity
    this.#isLoaded = true
    this.#number = this.#kernels.dictionaryNumber() >>> 0
  }

  /** The next chunk has its own. */
  clear(): void {
    this.#isLoaded = false
    this.buffers.leavePage(false)
    this.buffers.leaveBatch()
  }

  release(): void {
    this.#values.release()
    this.buffers.release()
  }
}
