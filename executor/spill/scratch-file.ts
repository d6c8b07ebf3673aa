import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { crc32 } from 'node:zlib'
import { PieceCipher, SEAL_BYTES } from '../../common/encryption/piece-cipher.js'
import { localKeyBits } from '../thread-protection.js'
import { damagedSpill, failedSpill, NOT_ENCRYPTED, spillPath } from './spill-errors.js'

/** A part of a scratch file. */
export interface Extent {
  readonly offset: number
  readonly length: number
  readonly checksum: number
}

interface OpenFile {
  readonly path: string
  readonly descriptor: number
  /** Undefined when the file is not encrypted. */
  readonly cipher: PieceCipher | undefined
}

/**
 * What one task puts on disk while its memory is short. Reads and writes wait: the thread has nothing else to do, and the bytes go between the file
 * and the linear memory without a copy, which is only safe while no other code runs.
 */
export class ScratchFile {
  readonly #directory: string | undefined
  #open: OpenFile | undefined
  #size = 0

  /** @param directory where it is, once something is put there; that of the machine for such files unless given */
  constructor(directory?: string) {
    this.#directory = directory
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size
  }

  /** Appends pieces as one extent. @throws FAILED_WRITE_FILE */
  append(...pieces: readonly Uint8Array[]): Extent {
    const offset = this.#size
    const { cipher } = this.#opened()
    let [checksum, length] = [0, 0]
    for (const piece of pieces) {
      checksum = crc32(piece, checksum)
      length += piece.length
    }
    for (const piece of cipher ? cipher.seal(offset, pieces) : pieces) {
      this.#write(piece, this.#size)
      this.#size += piece.length
    }
    return { offset, length, checksum }
  }

  /** Puts an extent back that was read, of which no more than the first `changed` bytes are others now. @throws FAILED_WRITE_FILE */
  overwrite({ offset, length }: Extent, bytes: Uint8Array, changed: number): Extent {
    const { cipher } = this.#opened()
    // One that is encrypted is another as a whole.
    const written = cipher ? Buffer.concat(cipher.seal(offset, [bytes])) : bytes.subarray(0, changed)
    this.#write(written, offset)
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
    const { path, cipher } = this.#opened()
    if (cipher) {
      const piece = new Uint8Array(SEAL_BYTES + length)
      this.#fill(piece, offset)
      if (!cipher.unseal(offset, piece, into)) throw damagedSpill(path, NOT_ENCRYPTED)
    } else this.#fill(into, offset)
    if (crc32(into) !== checksum) throw damagedSpill(path, 'its content does not belong to its checksum')
  }

  #fill(into: Uint8Array, offset: number): void {
    const { path, descriptor } = this.#opened()
    for (let done = 0; done < into.length; ) {
      let count = 0
      try {
        count = readSync(descriptor, into, done, into.length - done, offset + done)
      } catch (cause) {
        throw damagedSpill(path, cause)
      }
      if (count === 0) throw damagedSpill(path, 'the file is cut short')
      done += count
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#open.descriptor)
    this.#open = undefined
  }

  #opened(): OpenFile {
    if (this.#open) return this.#open
    const path = spillPath(this.#directory ?? tmpdir())
    try {
      const descriptor = openSync(path, 'wx+', 0o600)
      unlinkSync(path)
      const keyBits = localKeyBits()
      this.#open = { path, descriptor, cipher: keyBits && new PieceCipher(keyBits) }
      return this.#open
    } catch (cause) {
      throw failedSpill(path, cause)
    }
  }
}
