import type { Memory } from '../../api.js'
import type { PlannedFile } from '../../files/open-file.js'
import { Region } from '../../files/region.js'
import { compressedBytes, type Decoding, damaged, type FileBytes } from './decoding.js'

/** A file compressed by bzip2: all of it is in memory, and a block at a time without compression. */
export class BzipBytes implements FileBytes {
  readonly #path: string
  readonly #decoding: Decoding
  readonly #compressed: Region
  #state = 0

  constructor(file: PlannedFile, decoding: Decoding) {
    this.#path = file.path
    this.#decoding = decoding
    this.#compressed = new Region(decoding.memory)
    try {
      compressedBytes(file, this.#compressed, decoding.memory)
      this.#state = decoding.kernels.bzip2Begin(this.#compressed.address, file.size)
    } catch (error) {
      this.close()
      throw error
    }
  }

  read(_memory: Memory, address: number, bytes: number): number {
    const count = this.#decoding.kernels.bzip2Read(this.#state, address, bytes)
    if (count < 0) throw damaged(this.#path, 'bzip2')
    return count
  }

  close(): void {
    if (this.#state !== 0) this.#decoding.kernels.bzip2Release(this.#state)
    this.#state = 0
    this.#compressed.release()
  }
}
