import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { crc32 } from 'node:zlib'
import { damagedSpill, failedSpill, spillPath } from './spill-errors.js'

/** A part of a scratch file. */
export interface Extent {
  readonly offset: number
  readonly length: number
  readonly checksum: number
}

/**
 * What one task puts on disk while its memory is short. Reads and writes wait: the thread has nothing else to do, and the bytes go between the file
 * and the linear memory without a copy, which is only safe while no other code runs.
 */
export class ScratchFile {
  readonly #directory: string
  #open: { readonly path: string; readonly descriptor: number } | undefined
  #size = 0

  constructor(directory: string = tmpdir()) {
    this.#directory = directory
  }

  /** How many bytes were written. */
  get size(): number {
    return this.#size
  }

  /** Appends pieces as one extent. @throws FAILED_WRITE_FILE */
  append(...pieces: readonly Uint8Array[]): Extent {
    const offset = this.#size
    let checksum = 0
    for (const piece of pieces) {
      checksum = crc32(piece, checksum)
      this.#write(piece, this.#size)
      this.#size += piece.length
    }
    return { offset, length: this.#size - offset, checksum }
  }

  /** Puts an extent back that was read, of which no more than the first `changed` bytes are others now. @throws FAILED_WRITE_FILE */
  overwrite({ offset, length }: Extent, bytes: Uint8Array, changed: number): Extent {
    this.#write(bytes.subarray(0, changed), offset)
    return { offset, length, checksum: crc32(bytes) }
  }

  #write(bytes: Uint8Array, offset: number): void {
    const { path, descriptor } = this.#opened()
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
    } catch (cause) {
      throw failedSpill(path, cause)
    }
  }

  /** Fills `into` with an extent, whose length it has. @throws BLOCK_CORRUPT when it is not what was written */
  read({ offset, length, checksum }: Extent, into: Uint8Array): void {
    const { path, descriptor } = this.#opened()
    for (let done = 0; done < length; ) {
      let count = 0
      try {
        count = readSync(descriptor, into, done, length - done, offset + done)
      } catch (cause) {
        throw damagedSpill(path, cause)
      }
      if (count === 0) throw damagedSpill(path, 'the file is cut short')
      done += count
    }
    if (crc32(into) !== checksum) throw damagedSpill(path, 'its content does not belong to its checksum')
  }

  close(): void {
    if (this.#open) closeSync(this.#open.descriptor)
    this.#open = undefined
  }

  #opened(): { readonly path: string; readonly descriptor: number } {
    if (this.#open) return this.#open
    const path = spillPath(this.#directory)
    try {
      const descriptor = openSync(path, 'wx+', 0o600)
      unlinkSync(path)
      this.#open = { path, descriptor }
      return this.#open
    } catch (cause) {
      throw failedSpill(path, cause)
    }
  }
}
