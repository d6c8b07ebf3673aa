import { crc32 } from 'node:zlib'
import type { Memory } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import type { Region } from '../../files/region.js'
import { MalformedThrift } from '../compact-reader.js'
import type { PageHeader } from '../metadata.js'
import type { ChunkRange } from '../split.js'
import { parsePageHeader } from '../thrift.js'
import type { PageFile } from './page-file.js'

/** A page header takes tens of bytes, unless it has statistics of long strings. */
const USUAL_HEADER_BYTES = 8 * 1024
const MAX_HEADER_BYTES = 16 * 1024 * 1024
/** What is read at a time: small chunks at once, large ones in pieces, so that memory does not grow with the row group. */
const WINDOW_BYTES = 128 * 1024

export interface RawPage {
  readonly header: PageHeader
  /** Where its bytes, as stored, are in linear memory; until the next page is asked for. */
  readonly address: number
}

/** The pages of one column chunk, read through a window in linear memory. */
export class ChunkPages {
  readonly #file: PageFile
  readonly #memory: Memory
  readonly #window: Region
  readonly #column: string
  /** In the file. */
  #position: number
  readonly #end: number
  /** Of the window: what it holds is at [start, start + filled) of the file. */
  #start: number
  #filled = 0
  /** Of the current page, from 0, dictionary included; for error messages. */
  #ordinal = -1

  constructor(file: PageFile, memory: Memory, window: Region, column: string, [offset, bytes]: ChunkRange) {
    this.#file = file
    this.#memory = memory
    this.#window = window
    this.#column = column
    this.#position = offset
    this.#start = offset
    this.#end = offset + bytes
  }

  /** The next page, or undefined at the end of the chunk. */
  next(): RawPage | undefined {
    if (this.#position >= this.#end) return undefined
    this.#ordinal++
    const header = this.#readHeader()
    this.#position += header.headerBytes
    if (header.compressedBytes > this.#end - this.#position) {
      throw this.corrupt('it is longer than what is left of the column chunk')
    }
    const address = this.#load(header.compressedBytes)
    this.#position += header.compressedBytes
    return { header, address }
  }

  /** Compares a page that was read last with its checksum. @throws FAILED_READ_FILE */
  verify({ address, header }: RawPage): void {
    const { compressedBytes, checksum } = header
    if (checksum === undefined || !this.#file.verifiesChecksums) return
    const actual = crc32(this.#memory.bytes.subarray(address, address + compressedBytes))
    if (actual !== checksum) throw this.corrupt('its checksum is wrong')
  }

  corrupt(reason: string, cause?: unknown): Error {
    const page = `column ${this.#column}, page ${this.#ordinal}`
    return failedRead(this.#file.path, `${page} is corrupt: ${reason}`, cause)
  }

  #readHeader(): PageHeader {
    const available = Math.min(this.#end - this.#position, MAX_HEADER_BYTES)
    for (let bytes = Math.min(USUAL_HEADER_BYTES, available); ; bytes = Math.min(bytes * 8, available)) {
      const address = this.#load(bytes)
      try {
        return parsePageHeader(this.#memory.bytes.subarray(address, address + bytes))
      } catch (error) {
        if (!(error instanceof MalformedThrift)) throw error
        if (bytes === available) throw this.corrupt(`malformed header: ${error.message}`, error)
      }
    }
  }

  /** Has so many bytes from the current position in the window; returns their address. */
  #load(bytes: number): number {
    const offset = this.#position - this.#start
    if (offset + bytes <= this.#filled) return this.#window.address + offset
    const kept = Math.max(this.#filled - offset, 0)
    const wanted = Math.min(Math.max(bytes, WINDOW_BYTES), this.#end - this.#position)
    // What is kept need not move where the rest has room behind it.
    if (kept === 0 || offset + wanted > this.#window.capacity) this.#moveToFront(offset, kept, wanted)
    const from = this.#window.address + this.#position - this.#start
    // Until the read succeeds only what was kept counts.
    this.#file.read(this.#memory, from + kept, wanted - kept, this.#position + kept)
    this.#filled = this.#position - this.#start + wanted
    return from
  }

  /** Has the window begin at the current position, with room for so many bytes, and hold so many of those from `offset` on. */
  #moveToFront(offset: number, kept: number, bytes: number): void {
    const old = this.#window.address
    if (kept > 0) {
      this.#memory.bytes.copyWithin(old, old + offset, old + offset + kept)
      this.#window.extend(bytes, kept)
    } else this.#window.reserve(bytes)
    this.#start = this.#position
    this.#filled = kept
  }
}
