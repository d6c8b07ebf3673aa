import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { PlannedFile } from '../../files/systems/open-file.js'
import { compressedBytes, type Decoding, damaged, type FileBytes } from './decoding.js'

/** A file compressed by bzip2: all of it is in memory, and a block at a time without compression. */
export class BzipBytes implements FileBytes {
  readonly #file: PlannedFile
  readonly #decoding: Decoding
  readonly #compressed: Region
  #state = 0

  constructor(file: PlannedFile, decoding: Decoding) {
    this.#file = file
    this.#decoding = decoding
    this.#compressed = new Region(decoding.memory)
  }

  async read(_memory: Memory, address: number, bytes: number): Promise<number> {
    if (this.#state === 0) await this.#begin()
    const count = this.#decoding.kernels.bzip2Read(this.#state, address, bytes)
    if (count < 0) throw damaged(this.#file.path, 'bzip2')
    return count
  }

  close(): void {
    if (this.#state !== 0) this.#decoding.kernels.bzip2Release(this.#state)
    this.#state = 0
    this.#compressed.release()
  }

  async #begin(): Promise<void> {
    await compressedBytes(this.#file, this.#compressed, this.#decoding)
    this.#state = this.#decoding.kernels.bzip2Begin(this.#compressed.address, this.#file.size)
  }
}
