import { rm } from 'node:fs/promises'
import { AppendFile } from './append-file.js'
import type { OpenFiles } from './open-files.js'

/** A transaction that was given up: readers of what is committed leave out its records, from the first one to the marker. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

interface Entry extends AbortedTransaction {
  readonly markerOffset: bigint
  /** Where the first transaction began that was open until then: all that end later begin there or behind it. */
  readonly stableOffset: bigint
}

const ENTRY_BYTES = 32
const ENTRIES_A_READ = 1024

/**
 * The transactions of a partition that were given up, on disk in the order of their markers. The log tells the same: the file is made
 * anew whenever that is opened, and spares readers from looking for it there.
 */
export class AbortedIndex {
  readonly #files: OpenFiles
  readonly #path: string
  /** Made with the first entry: most partitions have none. */
  #file: AppendFile | undefined
  #newestMarker = -1n

  private constructor(files: OpenFiles, path: string) {
    this.#files = files
    this.#path = path
  }

  /** An index without entries. */
  static async begin(files: OpenFiles, path: string): Promise<AbortedIndex> {
    await rm(path, { force: true })
    return new AbortedIndex(files, path)
  }

  async add({ producerId, firstOffset, markerOffset, stableOffset }: Entry): Promise<void> {
    const bytes = Buffer.alloc(ENTRY_BYTES)
    for (const [i, value] of [producerId, firstOffset, markerOffset, stableOffset].entries())
      bytes.writeBigInt64BE(value, i * 8)
    this.#file ??= await AppendFile.open(this.#files, this.#path)
    await this.#file.append(bytes)
    this.#newestMarker = markerOffset
  }

  /** Those that have records or their marker from `from` on and begin before `until`, in the order in which they begin. */
  async between(from: bigint, until: bigint): Promise<readonly AbortedTransaction[]> {
    if (this.#file === undefined || this.#newestMarker < from) return []
    const found: AbortedTransaction[] = []
    for await (const { producerId, firstOffset, stableOffset } of this.#entriesFrom(this.#file, from)) {
      if (firstOffset < until) found.push({ producerId, firstOffset })
      if (stableOffset >= until) break
    }
    return found.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  /** From the first entry whose marker does not lie before the offset. */
  async *#entriesFrom(file: AppendFile, offset: bigint): AsyncGenerator<Entry> {
    const count = Math.floor(file.bytes / ENTRY_BYTES)
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >> 1
      const [entry] = entriesOf(await file.readAt(middle * ENTRY_BYTES, ENTRY_BYTES))
      if (entry!.markerOffset < offset) low = middle + 1
      else high = middle
    }
    for (let at = low; at < count; at += ENTRIES_A_READ) {
      yield* entriesOf(await file.readAt(at * ENTRY_BYTES, ENTRIES_A_READ * ENTRY_BYTES))
    }
  }
}

const entriesOf = (bytes: Buffer): readonly Entry[] =>
  Array.from({ length: Math.floor(bytes.length / ENTRY_BYTES) }, (_, i) => {
    const value = (field: number): bigint => bytes.readBigInt64BE(i * ENTRY_BYTES + field * 8)
    return { producerId: value(0), firstOffset: value(1), markerOffset: value(2), stableOffset: value(3) }
  })
