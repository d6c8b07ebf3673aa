import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { CURSOR_BYTES } from '../../../executor/kernels/interface/parquet.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { ChunkRange, ValuesSource } from '../split.js'
import { ChunkPages } from './chunk-pages.js'
import { codecOf } from './decompress.js'
import { Dictionary } from './dictionary.js'
import { type Gather, gatherOf } from './gather.js'
import { PageBuffers } from './page-buffers.js'
import type { PageFile } from './page-file.js'
import { type LoadedPage, PageLoader, pointsToPages } from './page-loader.js'

/** The pages of one leaf column of a file, opened one after the other, and the values in them. */
export class ChunkReader {
  readonly dictionary: Dictionary
  /** Entries of the current page, and of the chunk behind it, that were not read yet. The reader of the column counts the first down. */
  left = 0
  #chunkLeft = 0
  readonly #source: ValuesSource
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #gather: Gather
  readonly #pointsToPages: boolean
  readonly #window: Region
  readonly #cursors: Region
  readonly #buffers: PageBuffers
  #pages: ChunkPages | undefined
  #loader: PageLoader | undefined
  #page: LoadedPage | undefined

  constructor(source: ValuesSource, memory: Memory, kernels: Kernels) {
    this.#source = source
    this.#memory = memory
    this.#kernels = kernels
    this.#gather = gatherOf(kernels, source.targetBytes)
    this.#pointsToPages = pointsToPages(source)
    this.#window = new Region(memory)
    this.#cursors = new Region(memory)
    this.#buffers = new PageBuffers(memory)
    this.dictionary = new Dictionary(memory, kernels, source)
  }

  /** The cursors of the current page: of definition levels, of indices or bits, and of repetition levels. */
  get levels(): number {
    return this.#cursors.address
  }

  get indices(): number {
    return this.#cursors.address + CURSOR_BYTES
  }

  get repetitions(): number {
    return this.#cursors.address + 2 * CURSOR_BYTES
  }

  get page(): LoadedPage {
    return this.#page!
  }

  /** Whether all pages of the chunk were opened. */
  get isAtLastPage(): boolean {
    return this.#chunkLeft === 0
  }

  /** Begins with the chunk of the next row group. */
  open(file: PageFile, chunk: ChunkRange): void {
    const [, , values, codecNumber] = chunk
    const codec = codecOf(codecNumber, this.#source.name)
    this.#leavePage(false)
    this.#pages = new ChunkPages(file, this.#memory, this.#window, this.#source.name, chunk)
    this.#loader = new PageLoader(this.#source, codec, this.#pages, this.#memory, this.#kernels, this.#buffers)
    this.dictionary.clear()
    this.left = 0
    this.#chunkLeft = values
  }

  /** The last batch is done with. */
  leaveBatch(): void {
    this.#buffers.leaveBatch()
  }

  corrupt(reason: string): Error {
    return this.#pages!.corrupt(reason)
  }

  release(): void {
    for (const region of [this.#window, this.#cursors]) region.release()
    this.#buffers.release()
    this.dictionary.release()
  }

  #leavePage(isReferred: boolean): void {
    this.#page = undefined
    this.#buffers.leavePage(isReferred && this.#pointsToPages)
  }

  /** Opens the next page with values, but passes over whole ones of up to `pass` values; returns how many those had. The batch being made may point into the one before (`isReferred`). */
  nextPage(isReferred: boolean, pass: number): number {
    this.#leavePage(isReferred)
    let passed = 0
    const cursors = this.#cursors.reserve(3 * CURSOR_BYTES)
    for (;;) {
      const raw = this.#pages!.next()
      if (raw === undefined) throw this.#pages!.corrupt('values are missing at the end of the column chunk')
      const { kind, details } = raw.header
      if (kind === 'other') continue
      if (kind === 'dictionary') {
        this.dictionary.load(raw, this.#loader!, this.#pages!)
        continue
      }
      const { values } = details
      if (values > this.#chunkLeft) throw this.#pages!.corrupt('it has more values than the column chunk')
      this.#chunkLeft -= values
      if (values <= pass - passed) {
        passed += values
        if (passed === pass && pass > 0) return passed
        continue
      }
      this.#page = this.#loader!.load(raw, cursors, this.indices, this.repetitions)
      this.left = values
      if (this.#page.kind === 'dictionary' && !this.dictionary.isLoaded) {
        throw this.#pages!.corrupt('it needs a dictionary and there is none')
      }
      return passed
    }
  }

  /** The next codes of a page of them, which are so many that are not NULL. */
  decodeCodes(count: number, target: number): void {
    const { entries, capacity } = this.dictionary
    if (!this.#kernels.parquetCodes(this.indices, count, entries, capacity, target)) {
      throw this.corrupt('its dictionary indices are malformed')
    }
  }

  /** Decodes the next values of the page, which are so many that are not NULL. */
  decode(count: number, target: number): void {
    const page = this.page
    const { conversion, sourceBytes } = this.#source
    const cursor = this.indices
    switch (page.kind) {
      case 'plain': {
        const { position, end } = page
        const next = this.#kernels.parquetPlain(conversion, position, end, sourceBytes, count, target) >>> 0
        if (next === 0) throw this.corrupt('its values are malformed')
        page.position = next
        return
      }
      case 'bits':
        if (this.#kernels.parquetBytes(cursor, count, 1, target) < 0) {
          throw this.corrupt('its booleans are malformed')
        }
        return
      case 'dictionary': {
        const { address, entries, capacity } = this.dictionary
        if (!this.#gather(cursor, count, address, entries, capacity, target)) {
          throw this.corrupt('its dictionary indices are malformed')
        }
      }
    }
  }
}
