import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import {
  CURSOR_BYTES,
  PLAIN_BYTES_TO_REFS,
  PLAIN_COPY,
  PLAIN_FIXED_TO_REFS,
} from '../../../executor/kernels/interface/parquet.js'
import type { BatchColumn, Memory, RowSelection } from '../../api.js'
import { MAX_BATCH_ROWS } from '../../api.js'
import type { ChunkRange, LeafSource } from '../split.js'
import { ChunkPages } from './chunk-pages.js'
import { codecOf } from './decompress.js'
import { Dictionary } from './dictionary.js'
import { type Gather, type GatherAt, gatherAtOf, gatherOf } from './gather.js'
import type { OpenFile } from './open-file.js'
import { type LoadedPage, PageLoader } from './page-loader.js'
import { PageBuffers, Region } from './region.js'

export type ValuesSource = Extract<LeafSource, { kind: 'values' }>

/** Decoding every row is as fast as picking this share of them. */
const WORTH_SELECTING = 3

/** The rest of a list of selected rows. */
interface Selected {
  at: number
  readonly end: number
}

/** Reads one leaf column of a file, batch by batch, across its pages. */
export class ColumnReader {
  readonly #source: ValuesSource
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #gather: Gather
  readonly #gatherSelected: GatherAt
  readonly #pointsToPages: boolean
  readonly #window: Region
  readonly #data: Region
  readonly #levels: Region
  readonly #cursors: Region
  readonly #buffers: PageBuffers
  readonly #dictionary: Dictionary
  #pages: ChunkPages | undefined
  #loader: PageLoader | undefined
  #page: LoadedPage | undefined
  /** Values of the current page, and of the chunk behind it, that were not read yet. */
  #left = 0
  #chunkLeft = 0
  /** Rows that were deferred and turned out not to be wanted; they are passed over before the next are read. */
  #owed = 0

  constructor(source: ValuesSource, memory: Memory, kernels: Kernels) {
    this.#source = source
    this.#memory = memory
    this.#kernels = kernels
    this.#gather = gatherOf(kernels, source.targetBytes)
    this.#gatherSelected = gatherAtOf(kernels, source.targetBytes)
    this.#pointsToPages = source.conversion === PLAIN_BYTES_TO_REFS || source.conversion === PLAIN_FIXED_TO_REFS
    this.#window = new Region(memory)
    this.#data = new Region(memory)
    this.#levels = new Region(memory)
    this.#cursors = new Region(memory)
    this.#buffers = new PageBuffers(memory)
    this.#dictionary = new Dictionary(memory, kernels, source)
  }

  /** Definition levels of the last batch, a byte each. */
  get levels(): number {
    return this.#levels.address
  }

  /** Begins with the chunk of the next row group. */
  open(file: OpenFile, chunk: ChunkRange): void {
    const [, , values, codecNumber] = chunk
    const codec = codecOf(codecNumber, this.#source.name)
    this.#leavePage(false)
    this.#pages = new ChunkPages(file, this.#memory, this.#window, this.#source.name, chunk)
    this.#loader = new PageLoader(this.#source, codec, this.#pages, this.#memory, this.#kernels, this.#buffers)
    this.#dictionary.clear()
    this.#left = 0
    this.#owed = 0
    this.#chunkLeft = values
  }

  /** Leaves the next `rows` values for `readSelected`, which may come before anything else is read. */
  defer(rows: number): void {
    this.#owed += rows
  }

  /** Of the `rows` values deferred last, those of some rows, at the place of their row. */
  readSelected(rows: number, { address, count }: RowSelection): BatchColumn {
    this.#owed -= rows
    if (count * WORTH_SELECTING > rows) return this.read(rows)
    return this.#read(rows, { at: address, end: address + count * 4 })
  }

  /** Reads the next `rows` values. `validity` is where the levels are when some value is NULL, otherwise 0. */
  read(rows: number): BatchColumn {
    return this.#read(rows, undefined)
  }

  #read(rows: number, selected: Selected | undefined): BatchColumn {
    this.#buffers.leaveBatch()
    this.#passOwed()
    const { targetBytes, level } = this.#source
    const data = this.#data.reserve(MAX_BATCH_ROWS * targetBytes)
    const levels = level > 0 ? this.#levels.reserve(MAX_BATCH_ROWS) : 0
    let hasNulls = false
    for (let done = 0; done < rows; ) {
      if (this.#left === 0) this.#nextPage(done > 0, 0)
      const count = Math.min(rows - done, this.#left)
      const page = this.#page!
      const present = level > 0 && page.hasLevels ? this.#readLevels(count, levels + done) : count
      if (level > 0 && !page.hasLevels) this.#memory.bytes.fill(level, levels + done, levels + done + count)
      const target = data + done * targetBytes
      const inPlace = present === rows ? this.#valuesInPlace(page, rows) : 0
      if (inPlace !== 0) {
        this.#left -= count
        return { data: inPlace, validity: 0 }
      }
      if (selected && page.kind === 'dictionary' && present === count) this.#gatherAt(count, data, done, selected)
      else {
        if (selected) selected.at = this.#behind(selected, done + count)
        if (present > 0) this.#decode(page, present, target)
        if (present < count) {
          hasNulls = true
          this.#kernels.parquetSpread(targetBytes, target, levels + done, count, present, level)
        }
      }
      this.#left -= count
      done += count
    }
    return { data, validity: hasNulls ? levels : 0 }
  }

  release(): void {
    for (const region of [this.#window, this.#data, this.#levels, this.#cursors]) region.release()
    this.#buffers.release()
    this.#dictionary.release()
  }

  #leavePage(isReferred: boolean): void {
    this.#page = undefined
    this.#buffers.leavePage(isReferred && this.#pointsToPages)
  }

  /** Passes over rows without reading them; pages of which none is wanted are not even decompressed. */
  #passOwed(): void {
    while (this.#owed > 0) {
      if (this.#left === 0) this.#owed -= this.#nextPage(false, this.#owed)
      const count = Math.min(this.#owed, this.#left, MAX_BATCH_ROWS)
      if (count > 0) this.#passOver(count)
      this.#left -= count
      this.#owed -= count
    }
  }

  #passOver(count: number): void {
    const page = this.#page!
    const { level, sourceBytes, targetBytes, conversion } = this.#source
    const hasLevels = level > 0 && page.hasLevels
    const present = hasLevels ? this.#readLevels(count, this.#levels.reserve(MAX_BATCH_ROWS)) : count
    if (present === 0) return
    if (page.kind === 'dictionary') {
      if (!this.#kernels.parquetSkip(this.#cursors.address + CURSOR_BYTES, present)) {
        throw this.#pages!.corrupt('its dictionary indices are malformed')
      }
    } else if (page.kind === 'plain' && sourceBytes > 0 && conversion >= 0) {
      if (present * sourceBytes > page.end - page.position) throw this.#pages!.corrupt('it ends within its values')
      page.position += present * sourceBytes
    } else this.#decode(page, present, this.#data.reserve(MAX_BATCH_ROWS * targetBytes))
  }

  /** Opens the next page with values, but passes over whole ones of up to `pass` values; returns how many those had. */
  #nextPage(isReferred: boolean, pass: number): number {
    this.#leavePage(isReferred)
    let passed = 0
    const cursors = this.#cursors.reserve(2 * CURSOR_BYTES)
    for (;;) {
      const raw = this.#pages!.next()
      if (raw === undefined) throw this.#pages!.corrupt('values are missing at the end of the column chunk')
      if (raw.kind === 'other') continue
      if (raw.kind === 'dictionary') {
        const { address, bytes } = this.#loader!.dictionary(raw, this.#dictionary.buffers)
        this.#dictionary.load(raw, address, bytes, this.#pages!)
        continue
      }
      if (raw.values > this.#chunkLeft) throw this.#pages!.corrupt('it has more values than the column chunk')
      this.#chunkLeft -= raw.values
      if (raw.values <= pass - passed) {
        passed += raw.values
        if (passed === pass && pass > 0) return passed
        continue
      }
      this.#page = this.#loader!.load(raw, cursors, cursors + CURSOR_BYTES)
      this.#left = raw.values
      if (this.#page.kind === 'dictionary' && !this.#dictionary.isLoaded) {
        throw this.#pages!.corrupt('it needs a dictionary and there is none')
      }
      return passed
    }
  }

  #gatherAt(count: number, data: number, first: number, selected: Selected): void {
    const { address, entries } = this.#dictionary
    const cursor = this.#cursors.address + CURSOR_BYTES
    const next = this.#gatherSelected(cursor, count, address, entries, data, first, selected.at, selected.end) >>> 0
    if (next === 0) throw this.#pages!.corrupt('its dictionary indices are malformed')
    selected.at = next
  }

  /** Where the list of selected rows goes on behind a row. */
  #behind({ at, end }: Selected, row: number): number {
    const { view } = this.#memory
    let next = at
    while (next < end && view.getUint32(next, true) < row) next += 4
    return next
  }

  #readLevels(count: number, target: number): number {
    const present = this.#kernels.parquetBytes(this.#cursors.address, count, this.#source.level, target)
    if (present < 0) throw this.#pages!.corrupt('malformed definition levels')
    return present
  }

  /** Where the values are, if they can be used as they stand in the page. */
  #valuesInPlace(page: LoadedPage, rows: number): number {
    const { conversion, sourceBytes } = this.#source
    if (page.kind !== 'plain' || conversion !== PLAIN_COPY || page.position % sourceBytes !== 0) return 0
    const { position } = page
    if (rows * sourceBytes > page.end - position) throw this.#pages!.corrupt('it ends within its values')
    page.position += rows * sourceBytes
    return position
  }

  #decode(page: LoadedPage, count: number, target: number): void {
    const { conversion, sourceBytes } = this.#source
    const cursor = this.#cursors.address + CURSOR_BYTES
    switch (page.kind) {
      case 'plain': {
        const { position, end } = page
        const next = this.#kernels.parquetPlain(conversion, position, end, sourceBytes, count, target) >>> 0
        if (next === 0) throw this.#pages!.corrupt('its values are malformed')
        page.position = next
        return
      }
      case 'bits':
        if (this.#kernels.parquetBytes(cursor, count, 1, target) < 0) {
          throw this.#pages!.corrupt('its booleans are malformed')
        }
        return
      case 'dictionary': {
        const { address, entries, capacity } = this.#dictionary
        if (!this.#gather(cursor, count, address, entries, capacity, target)) {
          throw this.#pages!.corrupt('its dictionary indices are malformed')
        }
      }
    }
  }
}
