import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import {
  LEAF_AT,
  LEAF_DEFINITIONS,
  LEAF_ENTRIES,
  LEAF_MOST,
  LEAF_REPETITIONS,
  LEAF_VALUES,
} from '../../../executor/kernels/interface/parquet-nested.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { ChunkRange, ValuesSource } from '../split.js'
import { ChunkReader } from './chunk-reader.js'
import type { PageFile } from './page-file.js'

/**
 * Reads a leaf column below arrays or maps: for the rows of a batch all of its entries, which are levels and, for some, values. Where a row ends only
 * the levels behind it tell, so those of a page are decoded at once; values are decoded when they are wanted.
 */
export class RepeatedReader {
  readonly source: ValuesSource
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #chunk: ChunkReader
  /** Levels of the current page, of which the last `left` were not read yet. */
  readonly #pageDefinitions: Region
  readonly #pageRepetitions: Region
  #pageEntries = 0
  /** Of the batch. */
  readonly #definitions: Region
  readonly #repetitions: Region
  readonly #values: Region
  #entries = 0
  #present = 0

  constructor(source: ValuesSource, memory: Memory, kernels: Kernels) {
    this.source = source
    this.#memory = memory
    this.#kernels = kernels
    this.#chunk = new ChunkReader(source, memory, kernels)
    this.#pageDefinitions = new Region(memory)
    this.#pageRepetitions = new Region(memory)
    this.#definitions = new Region(memory)
    this.#repetitions = new Region(memory)
    this.#values = new Region(memory)
  }

  open(file: PageFile, chunk: ChunkRange): void {
    this.#chunk.open(file, chunk)
    this.#pageEntries = 0
  }

  /** Reads the entries of the next `rows` rows and writes where they are to a leaf's state (executor/kernels/interface/parquet-nested.ts). */
  read(rows: number, state: number): void {
    const chunk = this.#chunk
    chunk.leaveBatch()
    this.#entries = 0
    this.#present = 0
    for (let begun = 0; this.#hasEntries(); ) {
      const repetitions = this.#pageRepetitions.address + this.#pageEntries - chunk.left
      const more = this.#kernels.parquetLevelsUpTo(repetitions, chunk.left, 0)
      const isLast = begun + more > rows
      this.#take(isLast ? this.#kernels.parquetEntriesOf(repetitions, rows - begun) : chunk.left)
      begun = isLast ? rows : begun + more
      if (isLast) break
      if (begun < rows && chunk.left === 0 && chunk.isAtLastPage) throw chunk.corrupt('it ends within its rows')
    }
    const { view } = this.#memory
    view.setUint32(state + LEAF_DEFINITIONS, this.#definitions.address, true)
    view.setUint32(state + LEAF_REPETITIONS, this.#repetitions.address, true)
    view.setUint32(state + LEAF_VALUES, this.#values.address, true)
    view.setInt32(state + LEAF_AT, 0, true)
    view.setInt32(state + LEAF_ENTRIES, this.#entries, true)
    view.setInt32(state + LEAF_MOST, this.source.level, true)
  }

  corrupt(reason: string): Error {
    return this.#chunk.corrupt(reason)
  }

  release(): void {
    const batch = [this.#definitions, this.#repetitions, this.#values]
    for (const region of [this.#pageDefinitions, this.#pageRepetitions, ...batch]) region.release()
    this.#chunk.release()
  }

  /** Has a page with entries that were not read, unless the chunk is at its end. */
  #hasEntries(): boolean {
    const chunk = this.#chunk
    if (chunk.left > 0) return true
    if (chunk.isAtLastPage) return false
    chunk.nextPage(this.#present > 0, 0)
    const { level, repetition } = this.source
    const entries = chunk.left
    const definitions = this.#pageDefinitions.reserve(entries)
    const repetitions = this.#pageRepetitions.reserve(entries)
    const isRead =
      this.#kernels.parquetBytes(chunk.levels, entries, level, definitions) >= 0 &&
      this.#kernels.parquetBytes(chunk.repetitions, entries, repetition, repetitions) >= 0
    if (!isRead) throw chunk.corrupt('malformed levels')
    this.#pageEntries = entries
    return true
  }

  /** Takes so many entries of the page over to the batch. */
  #take(count: number): void {
    if (count === 0) return
    const chunk = this.#chunk
    const { level, targetBytes } = this.source
    const offset = this.#pageEntries - chunk.left
    const end = this.#entries + count
    grow(this.#definitions, end, this.#entries)
    grow(this.#repetitions, end, this.#entries)
    const { bytes } = this.#memory
    const definitions = this.#pageDefinitions.address + offset
    const repetitions = this.#pageRepetitions.address + offset
    bytes.copyWithin(this.#definitions.address + this.#entries, definitions, definitions + count)
    bytes.copyWithin(this.#repetitions.address + this.#entries, repetitions, repetitions + count)
    const present = count - this.#kernels.parquetLevelsUpTo(definitions, count, level - 1)
    grow(this.#values, (this.#present + present) * targetBytes, this.#present * targetBytes)
    if (present > 0) chunk.decode(present, this.#values.address + this.#present * targetBytes)
    chunk.left -= count
    this.#entries = end
    this.#present += present
  }
}

/** Makes room for so many bytes, in steps that double, and keeps the first `kept`. */
function grow(region: Region, bytes: number, kept: number): void {
  if (region.address === 0) region.reserve(bytes)
  else if (bytes > region.capacity) region.extend(Math.max(bytes, kept > 0 ? region.capacity * 2 : 0), kept)
}
