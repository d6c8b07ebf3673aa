import type { FilePlace } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import { type Batch, type BatchReader, MAX_BATCH_ROWS, type Memory, type ReadContext } from '../../api.js'
import type { FileFaults } from '../../files/file-faults.js'
import { BEHIND_SHARE_BYTES } from '../../files/file-stream.js'
import { givenLeaf } from '../../files/given-columns.js'
import { Region } from '../../files/region.js'
import { type FileReader, fileReader } from '../../files/systems/open-file.js'
import type { LineRules } from '../options.js'
import type { FileShare, TextSplit } from '../split.js'
import type { Decoding, FileBytes } from './decoding.js'
import { isReadAsStored, openBytes } from './file-bytes.js'
import { LinePlaces } from './line-places.js'
import { writeLineRules } from './line-rules.js'

/** Of what is read at once; a line that is longer takes more. */
const WINDOW_BYTES = 1024 ** 2
/** A task's share of memory is at least so many windows. */
const SHARES = 4
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
/** Address and length of a line. */
const REF_BYTES = 8
/** No line begins behind it. */
const NO_STOP = 0xffffffff

/**
 * Reads the lines that begin in each share of a split. They point into a window over the file, which moves on when a batch is done with. Small files stand in the window one
 * behind the other, so that their lines are one batch.
 */
export class LineReader implements BatchReader {
  readonly #files: readonly FileShare[]
  readonly #rules: LineRules
  readonly #faults: FileFaults
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #signal: AbortSignal
  readonly #fileReader: FileReader
  readonly #window: Region
  readonly #refs: Region
  /** The rules, those by which the first line of a share is found, and where the kernel tells how far it came. */
  readonly #spec: number
  readonly #plainSpec: number
  readonly #progress: number
  readonly #places = new LinePlaces()
  #nextFile = 0
  #share: FileShare | undefined
  #bytes: FileBytes | undefined
  #constants: readonly Region[] = []
  /** Lines of the batch that is being made. */
  #rows = 0
  /** Of the window: where the first line begins that was not taken, and where what was read ends. */
  #at = 0
  #filled = 0
  /** The position in the file of the window's first byte. */
  #position = 0
  #isAtEnd = false
  /** The rest of the file is passed over; the line that it begins in is none. */
  #isCut = false

  constructor({ files }: TextSplit, rules: LineRules, faults: FileFaults, { memory, kernels, signal }: ReadContext) {
    this.#files = files
    this.#rules = rules
    this.#faults = faults
    this.#memory = memory
    this.#kernels = kernels
    this.#signal = signal
    this.#fileReader = fileReader({ memory, signal })
    this.#window = new Region(memory)
    this.#refs = new Region(memory)
    this.#spec = writeLineRules(rules, memory)
    this.#plainSpec = writeLineRules({ ...rules, skipsBlank: false, comment: '' }, memory)
    this.#progress = memory.allocate(4)
  }

  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
      if (!this.#bytes && !(await this.#openNext())) return undefined
      this.#rows = 0
      this.#places.begin()
      do {
        const count = await this.#lines(this.#spec, MAX_BATCH_ROWS - this.#rows)
        this.#places.add({ firstRow: this.#rows, share: this.#share!, position: this.#position })
        this.#rows += count
      } while (this.#rows < MAX_BATCH_ROWS && this.#isReadToEnd && (await this.#appendNext()))
      if (this.#rows > 0) return { rows: this.#rows, columns: this.#columns() }
      this.#closeFile()
    }
  }

  async placeOf(address: number): Promise<FilePlace | undefined> {
    const { view } = this.#memory
    for (let row = 0; row < this.#rows; row++) {
      if (view.getUint32(this.#refs.address + REF_BYTES * row, true) !== address) continue
      return this.#places.placeOf(row, address - this.#window.address, this.#rules, this.#decoding)
    }
    return undefined
  }

  get #decoding(): Decoding {
    return { memory: this.#memory, kernels: this.#kernels, reader: this.#fileReader }
  }

  close(): void {
    this.#closeFile()
    this.#nextFile = this.#files.length
    this.#window.release()
    this.#refs.release()
    for (const address of [this.#spec, this.#plainSpec, this.#progress]) this.#memory.release(address)
  }

  async #openNext(): Promise<boolean> {
    let share = this.#files[this.#nextFile++]
    while (share && !this.#open(share, share.from - this.#overlapOf(share), 0)) share = this.#files[this.#nextFile++]
    if (!share) return false
    // What begins before the share is of the one before: its end, which may be all of the overlap, is looked for.
    if (share.from > 0) await this.#lines(this.#plainSpec, 1)
    else await this.#begin()
    return true
  }

  /** The bytes before a share in which its beginning is looked for. */
  #overlapOf({ from }: FileShare): number {
    return Math.min(from, Buffer.byteLength(this.#rules.separator ?? '\n'))
  }

  /** Opens a file from a position on, whose bytes stand in the window from another one on; false when it is passed over. */
  #open(share: FileShare, from: number, at: number): boolean {
    const bytes = this.#faults.unless(() => openBytes(share, from, this.#rules, this.#decoding), undefined)
    if (!bytes) return false
    this.#closeFile()
    this.#bytes = bytes
    this.#share = share
    this.#constants = share.columns.map(() => new Region(this.#memory))
    this.#position = from - at
    this.#at = at
    this.#filled = at
    this.#isAtEnd = false
    this.#isCut = false
    return true
  }

  /** Goes on with the next file in the same batch, if all of it fits behind what is in the window; false when it does not. */
  async #appendNext(): Promise<boolean> {
    const share = this.#files[this.#nextFile]
    if (!share || !isWhole(share) || !isReadAsStored(share, this.#rules)) return false
    if (share.size > this.#window.capacity - this.#filled || share.columns.some(({ kind }) => kind !== 'lines'))
      return false
    this.#nextFile++
    if (!this.#open(share, 0, this.#filled)) return false
    await this.#read(this.#filled + share.size)
    this.#isAtEnd = true
    await this.#passBeginning()
    return true
  }

  async #begin(): Promise<void> {
    await this.#fill()
    await this.#passBeginning()
  }

  /** Passes over what stands at the beginning of a file and is no line. */
  async #passBeginning(): Promise<void> {
    const start = this.#window.address + this.#at
    const rest = this.#filled - this.#at
    if (BYTE_ORDER_MARK.every((byte, i) => rest > i && this.#memory.bytes[start + i] === byte))
      this.#at += BYTE_ORDER_MARK.length
    if (this.#rules.hasHeader) await this.#lines(this.#spec, 1)
  }

  /** Finds lines from where the last ended; returns how many, 0 only when none is left. */
  async #lines(spec: number, most: number): Promise<number> {
    const refs = this.#refs.reserve(REF_BYTES * MAX_BATCH_ROWS) + REF_BYTES * this.#rows
    for (;;) {
      // Less than half a window makes small batches.
      const present = this.#filled - this.#at
      if (present <= this.#window.capacity / 2 && present < this.#rest && !this.#isAtEnd) await this.#fill()
      const start = this.#window.address
      const stop = this.#stop()
      const rows = this.#kernels.textLines(
        spec,
        start + this.#at,
        start + this.#filled,
        Number(this.#isAtEnd && !this.#isCut),
        stop,
        most,
        refs,
        this.#progress,
      )
      this.#at = this.#memory.view.getUint32(this.#progress, true) - start
      if (rows > 0 || this.#isDone(stop)) return rows
      // A line that does not end in the window, or lines that do not count up to its end.
      await this.#fill()
    }
  }

  #isDone(stop: number): boolean {
    return (this.#isAtEnd && (this.#isCut || this.#at === this.#filled)) || this.#window.address + this.#at >= stop
  }

  get #isReadToEnd(): boolean {
    return this.#isAtEnd && this.#at === this.#filled && this.#share!.columns.every(({ kind }) => kind === 'lines')
  }

  /** The address from which on no line of the share begins. A file that is not divided has none, also when it is longer without its compression. */
  #stop(): number {
    const share = this.#share!
    return isWhole(share) ? NO_STOP : Math.max(0, this.#window.address + share.until - this.#position)
  }

  /** Moves what is not taken to the front of the window and reads on behind it. */
  async #fill(): Promise<void> {
    const rest = this.#filled - this.#at
    const least = Math.min(WINDOW_BYTES, Math.max(4096, this.#memory.share / SHARES))
    const start = this.#window.address === 0 ? this.#window.reserve(least) : this.#window.address
    if (this.#at > 0) this.#memory.bytes.copyWithin(start, start + this.#at, start + this.#filled)
    this.#position += this.#at
    this.#at = 0
    this.#filled = rest
    if (rest > this.#window.capacity / 2) this.#window.extend(2 * this.#window.capacity, rest)
    // A line that goes on and on behind its share is looked through each time: ever more of it is read.
    const behind = rest > this.#rest ? Math.max(BEHIND_SHARE_BYTES, rest) : BEHIND_SHARE_BYTES
    this.#isAtEnd = await this.#read(Math.min(this.#window.capacity, Math.max(this.#rest, rest) + behind))
  }

  /** How many bytes of the share come behind the place of the window that was come to, where the share ends before its file. */
  get #rest(): number {
    const share = this.#share!
    return isWhole(share) ? Number.POSITIVE_INFINITY : share.until - this.#position - this.#at
  }

  /** Reads until the window is filled up to a place; whether the file ended before. */
  async #read(until: number): Promise<boolean> {
    while (this.#filled < until && this.#bytes!.isAtEnd !== true) {
      const address = this.#window.address + this.#filled
      const count = await this.#readSome(address, until - this.#filled)
      if (count === 0) return true
      this.#filled += count
    }
    return this.#bytes!.isAtEnd === true
  }

  /** What cannot be read and is passed over ends the file. */
  async #readSome(address: number, most: number): Promise<number> {
    try {
      const coming = this.#bytes!.read(this.#memory, address, most)
      return typeof coming === 'number' ? coming : await coming
    } catch (error) {
      if (!this.#faults.passesOver(error)) throw error
      this.#isCut = true
      return 0
    }
  }

  #columns(): Batch['columns'] {
    return this.#share!.columns.map((column, i) =>
      column.kind === 'lines'
        ? { data: this.#refs.address, validity: 0 }
        : givenLeaf(column, this.#constants[i]!, this.#memory),
    )
  }

  #closeFile(): void {
    for (const region of this.#constants) region.release()
    this.#constants = []
    this.#bytes?.close()
    this.#bytes = undefined
    this.#share = undefined
  }
}

const isWhole = ({ from, until, size }: FileShare): boolean => from === 0 && until === size
