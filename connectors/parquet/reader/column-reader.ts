import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { PLAIN_COPY } from '../../../executor/kernels/interface/parquet.js'
import type { BatchColumn, Memory, RowSelection } from '../../api.js'
import { MAX_BATCH_ROWS } from '../../api.js'
import { Region } from '../../files/region.js'
import type { ChunkRange, ValuesSource } from '../split.js'
import { ChunkReader } from './chunk-reader.js'
import { type GatherAt, gatherAtOf } from './gather.js'
import type { PageFile } from './page-file.js'
import type { LoadedPage } from './page-loader.js'

/** Decoding every row is as fast as picking this share of them. */
const WORTH_SELECTING = 3
const CODE_BYTES = 4

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
  readonly #gatherSelected: GatherAt
  readonly #chunk: ChunkReader
  readonly #data: Region
  readonly #levels: Region
  /** Where codes go, if they are wanted. */
  readonly #codes: Region | undefined
  /** Rows that were deferred and turned out not to be wanted; they are passed over before the next are read. */
  #owed = 0

  /** @param givesCodes whether values may come as codes of a dictionary */
  constructor(source: ValuesSource, memory: Memory, kernels: Kernels, givesCodes = false) {
    this.#source = source
    this.#memory = memory
    this.#kernels = kernels
    this.#gatherSelected = gatherAtOf(kernels, source.targetBytes)
    this.#chunk = new ChunkReader(source, memory, kernels)
    this.#data = new Region(memory)
    this.#levels = new Region(memory)
    this.#codes = givesCodes ? new Region(memory) : undefined
  }

  /** Definition levels of the last batch, a byte each. */
  get levels(): number {
    return this.#levels.address
  }

  /** Begins with the chunk of the next row group. */
  open(file: PageFile, chunk: ChunkRange): void {
    this.#chunk.open(file, chunk)
    this.#owed = 0
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
    const chunk = this.#chunk
    chunk.leaveBatch()
    this.#passOwed()
    const { targetBytes, level } = this.#source
    const data = this.#data.reserve(MAX_BATCH_ROWS * targetBytes)
    const levels = level > 0 ? this.#levels.reserve(MAX_BATCH_ROWS) : 0
    let codes = this.#codes?.reserve(MAX_BATCH_ROWS * CODE_BYTES) ?? 0
    let hasNulls = false
    for (let done = 0; done < rows; ) {
      if (chunk.left === 0) chunk.nextPage(done > 0, 0)
      const count = Math.min(rows - done, chunk.left)
      const { page } = chunk
      if (codes !== 0 && page.kind !== 'dictionary') {
        this.#takeCoded(codes, done, data)
        codes = 0
      }
      const present = level > 0 && page.hasLevels ? this.#readLevels(count, levels + done) : count
      if (level > 0 && !page.hasLevels) this.#memory.bytes.fill(level, levels + done, levels + done + count)
      const width = codes === 0 ? targetBytes : CODE_BYTES
      const target = (codes || data) + done * width
      const inPlace = present === rows ? this.#valuesInPlace(page, rows) : 0
      if (inPlace !== 0) {
        chunk.left -= count
        return { data: inPlace, validity: 0 }
      }
      if (selected && page.kind === 'dictionary' && present === count) {
        selected.at = this.#gatherAt(count, codes, data, done, selected)
      } else {
        if (selected) selected.at = this.#behind(selected, done + count)
        if (present > 0 && codes === 0) chunk.decode(present, target)
        else if (present > 0) chunk.decodeCodes(present, target)
        if (present < count) {
          hasNulls = true
          this.#kernels.parquetSpread(width, target, levels + done, count, present, level)
        }
      }
      chunk.left -= count
      done += count
    }
    const validity = hasNulls ? levels : 0
    if (codes === 0) return { data, validity }
    const { address, entries, number } = chunk.dictionary
    return { data: address, validity, codes: { address: codes, dictionary: number, entries } }
  }

  release(): void {
    for (const region of [this.#data, this.#levels, this.#codes]) region?.release()
    this.#chunk.release()
  }

  /** Passes over rows without reading them; pages of which none is wanted are not even decompressed. */
  #passOwed(): void {
    const chunk = this.#chunk
    while (this.#owed > 0) {
      if (chunk.left === 0) this.#owed -= chunk.nextPage(false, this.#owed)
      const count = Math.min(this.#owed, chunk.left, MAX_BATCH_ROWS)
      if (count > 0) this.#passOver(count)
      chunk.left -= count
      this.#owed -= count
    }
  }

  #passOver(count: number): void {
    const { page } = this.#chunk
    const { level, sourceBytes, targetBytes, conversion } = this.#source
    const hasLevels = level > 0 && page.hasLevels
    const present = hasLevels ? this.#readLevels(count, this.#levels.reserve(MAX_BATCH_ROWS)) : count
    if (present === 0) return
    if (page.kind === 'dictionary') {
      if (!this.#kernels.parquetSkip(this.#chunk.indices, present)) {
        throw this.#chunk.corrupt('its dictionary indices are malformed')
      }
    } else if (page.kind === 'plain' && sourceBytes > 0 && conversion >= 0) {
      if (present * sourceBytes > page.end - page.position) throw this.#chunk.corrupt('it ends within its values')
      page.position += present * sourceBytes
    } else this.#chunk.decode(present, this.#data.reserve(MAX_BATCH_ROWS * targetBytes))
  }

  /** Writes the codes of selected rows, or their values where none are wanted. Returns where the list of rows goes on. */
  #gatherAt(count: number, codes: number, data: number, first: number, { at, end }: Selected): number {
    const { dictionary, indices } = this.#chunk
    const { address, entries } = dictionary
    const next =
      codes === 0
        ? this.#gatherSelected(indices, count, address, entries, data, first, at, end)
        : this.#kernels.parquetCodesAt(indices, count, entries, codes, first, at, end)
    if (next === 0) throw this.#chunk.corrupt('its dictionary indices are malformed')
    return next >>> 0
  }

  /** A page without codes came within a batch: the values of the rows before it are written. Codes of rows that are not selected may be anything. */
  #takeCoded(codes: number, rows: number, data: number): void {
    const { view, bytes } = this.#memory
    const { address, entries } = this.#chunk.dictionary
    const { targetBytes } = this.#source
    for (let row = 0; row < rows; row++) {
      const code = view.getUint32(codes + row * CODE_BYTES, true)
      const from = address + (code < entries ? code : 0) * targetBytes
      bytes.copyWithin(data + row * targetBytes, from, from + targetBytes)
    }
  }

  /** Where the list of selected rows goes on behind a row. */
  #behind({ at, end }: Selected, row: number): number {
    const { view } = this.#memory
    let next = at
    while (next < end && view.getUint32(next, true) < row) next += 4
    return next
  }

  #readLevels(count: number, target: number): number {
    const present = this.#kernels.parquetBytes(this.#chunk.levels, count, this.#source.level, target)
    if (present < 0) throw this.#chunk.corrupt('malformed definition levels')
    return present
  }

  /** Where the values are, if they can be used as they stand in the page. */
  #valuesInPlace(page: LoadedPage, rows: number): number {
    const { conversion, sourceBytes } = this.#source
    if (page.kind !== 'plain' || conversion !== PLAIN_COPY) return 0
    const { position } = page
    if (rows * sourceBytes > page.end - position) throw this.#chunk.corrupt('it ends within its values')
    if (position % sourceBytes !== 0) return 0
    page.position += rows * sourceBytes
    return position
  }
}
