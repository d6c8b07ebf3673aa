import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { PLAIN_COPY } from '../../../executor/kernels/interface/parquet.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { ValuesSource } from '../split.js'
import type { ChunkPages, RawPage } from './chunk-pages.js'
import { PageBuffers } from './page-buffers.js'
import type { PageLoader } from './page-loader.js'

const PLAIN = 0
const PLAIN_DICTIONARY = 2

/** The dictionary of a column chunk, in the engine's form: a page of indices is then a gather, for strings as for numbers. */
export class Dictionary {
  /** Hold the dictionary page itself: its values, or what strings point into. */
  readonly buffers: PageBuffers
  readonly #kernels: Kernels
  readonly #source: ValuesSource
  /** Of values that are converted. */
  readonly #values: Region
  #address = 0
  #entries = 0
  #capacity = 0
  #isLoaded = false
  #number = 0

  constructor(memory: Memory, kernels: Kernels, source: ValuesSource) {
    this.#kernels = kernels
    this.#source = source
    this.#values = new Region(memory)
    this.buffers = new PageBuffers(memory)
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  get address(): number {
    return this.#address
  }

  /** See `Codes.dictionary`. */
  get number(): number {
    return this.#number
  }

  get entries(): number {
    return this.#entries
  }

  /** A power of two: so many entries are readable, so that an index of the usual width needs no check before it is used. */
  get capacity(): number {
    return this.#capacity
  }

  load(raw: RawPage, loader: PageLoader, pages: ChunkPages): void {
    const { conversion, sourceBytes, targetBytes } = this.#source
    const { details, uncompressedBytes: bytes } = raw.header
    if (this.#isLoaded) throw pages.corrupt('a second dictionary')
    if (details.encoding !== PLAIN && details.encoding !== PLAIN_DICTIONARY) {
      throw pages.corrupt(`a dictionary in encoding ${details.encoding}`)
    }
    if (conversion < 0) throw pages.corrupt('a dictionary of booleans')
    const entries = details.values
    // A byte array takes at least the four bytes of its length.
    if (entries * (sourceBytes || 4) > bytes) throw pages.corrupt('the dictionary ends too early')
    let capacity = 1
    while (capacity < entries) capacity *= 2
    // Values that need no conversion are used where they are decompressed.
    const isInPlace = conversion === PLAIN_COPY
    const page = loader.dictionary(raw, this.buffers, isInPlace ? capacity * targetBytes : 0)
    this.#address = isInPlace ? page : this.#values.reserve(capacity * targetBytes)
    if (
      !isInPlace &&
      !this.#kernels.parquetPlain(conversion, page, page + bytes, sourceBytes, entries, this.#address)
    ) {
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
