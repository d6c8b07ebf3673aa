import type { Memory } from '../../api.js'
import { FileStream } from '../../files/file-stream.js'
import { Region } from '../../files/region.js'
import type { PlannedFile } from '../../files/systems/open-file.js'
import { type Decoding, damaged, type FileBytes } from './decoding.js'

/** Hadoop writes blocks of 256 KiB; one of more than this is none. */
const MOST_BLOCK_BYTES = 64 * 1024 ** 2
const WORD_BYTES = 4

/**
 * A file of blocks as Hadoop frames them: the length of what a block is without compression, then pieces of it, each as its compressed length and its
 * bytes, until they make up the block.
 */
export class HadoopBlocks implements FileBytes {
  readonly #file: FileStream
  readonly #codec: 'lz4' | 'snappy'
  readonly #decoding: Decoding
  readonly #compressed: Region
  readonly #made: Region
  readonly #word = new DataView(new ArrayBuffer(WORD_BYTES))
  /** Of the piece decompressed last what was not taken yet, and of its block what was not decompressed. */
  #at = 0
  #filled = 0
  #left = 0

  constructor(file: PlannedFile, codec: 'lz4' | 'snappy', decoding: Decoding) {
    this.#file = new FileStream(file, 0, decoding.reader)
    this.#codec = codec
    this.#decoding = decoding
    this.#compressed = new Region(decoding.memory)
    this.#made = new Region(decoding.memory)
  }

  async read(memory: Memory, address: number, bytes: number): Promise<number> {
    while (this.#at === this.#filled) if (!(await this.#nextPiece())) return 0
    const count = Math.min(bytes, this.#filled - this.#at)
    const from = this.#made.address + this.#at
    memory.bytes.copyWithin(address, from, from + count)
    this.#at += count
    return count
  }

  close(): void {
    this.#file.close()
    this.#compressed.release()
    this.#made.release()
  }

  /** Decompresses the next piece; false at the end of the file. @throws FAILED_READ_FILE */
  async #nextPiece(): Promise<boolean> {
    // There are blocks of nothing.
    while (this.#left === 0) {
      const block = await this.#nextWord()
      if (block === undefined) return false
      this.#left = this.#checked(block)
    }
    const length = this.#checked(await this.#nextWord())
    const source = this.#compressed.reserve(length)
    if ((await this.#readInto(this.#decoding.memory, source, length)) < length) throw this.#damaged()
    const made = this.#decompress(source, length)
    if (made <= 0 || made > this.#left) throw this.#damaged()
    this.#left -= made
    this.#at = 0
    this.#filled = made
    return true
  }

  #decompress(source: number, length: number): number {
    const { kernels } = this.#decoding
    if (this.#codec === 'lz4')
      return kernels.lz4DecompressUpTo(source, length, this.#made.reserve(this.#left), this.#left)
    const size = Number(kernels.snappyLength(source, length))
    if (size <= 0 || size > this.#left) return -1
    return kernels.snappyDecompress(source, length, this.#made.reserve(size), size) === 0 ? -1 : size
  }

  /** A number of four bytes, highest first; undefined at the end of the file. */
  async #nextWord(): Promise<number | undefined> {
    const count = await this.#readInto({ bytes: new Uint8Array(this.#word.buffer) }, 0, WORD_BYTES)
    if (count === 0) return undefined
    if (count < WORD_BYTES) throw this.#damaged()
    return this.#word.getUint32(0)
  }

  async #readInto(target: Pick<Memory, 'bytes'>, offset: number, length: number): Promise<number> {
    let done = 0
    while (done < length) {
      const coming = this.#file.read(target, offset + done, length - done)
      const count = typeof coming === 'number' ? coming : await coming
      if (count === 0) break
      done += count
    }
    return done
  }

  #checked(length: number | undefined): number {
    if (length === undefined || length > MOST_BLOCK_BYTES) throw this.#damaged()
    return length
  }

  #damaged(): Error {
    return damaged(this.#file.path, this.#codec)
  }
}
