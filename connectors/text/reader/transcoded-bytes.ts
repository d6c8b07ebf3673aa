import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { Encoding } from '../encoding.js'
import type { FileBytes } from './decoding.js'
import { type TextPieces, textPieces } from './text-pieces.js'

/** So many bytes are transcoded at once. */
const PIECE_BYTES = 64 * 1024

/** The bytes of a file of another encoding as UTF-8, which is what kernels read. What stands for no character becomes U+FFFD, as in Java. */
export class TranscodedBytes implements FileBytes {
  readonly #bytes: FileBytes
  readonly #pieces: TextPieces
  readonly #raw: Region
  #rest: Uint8Array = new Uint8Array()
  #isAtEnd = false

  constructor(bytes: FileBytes, encoding: Exclude<Encoding, 'UTF-8'>, memory: Memory) {
    this.#bytes = bytes
    this.#pieces = textPieces(encoding)
    this.#raw = new Region(memory)
  }

  async read(memory: Memory, address: number, bytes: number): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#isAtEnd) return 0
      await this.#nextPiece(memory)
    }
    const some = this.#rest.subarray(0, bytes)
    memory.bytes.set(some, address)
    this.#rest = this.#rest.subarray(some.length)
    return some.length
  }

  async #nextPiece(memory: Memory): Promise<void> {
    const address = this.#raw.reserve(PIECE_BYTES)
    const count = await this.#bytes.read(memory, address, PIECE_BYTES)
    this.#isAtEnd = count === 0
    // A copy: the memory may be one that threads share, which decoders do not take.
    const piece = Buffer.from(memory.bytes.subarray(address, address + count))
    this.#rest = Buffer.from(this.#isAtEnd ? this.#pieces.end() : this.#pieces.next(piece))
  }

  close(): void {
    this.#bytes.close()
    this.#raw.release()
  }
}
