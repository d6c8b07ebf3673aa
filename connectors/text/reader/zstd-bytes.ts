import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'
import type { PlannedFile } from '../../files/systems/open-file.js'
import { compressedBytes, type Decoding, damaged, type FileBytes } from './decoding.js'

/** A file compressed by zstandard, decompressed as a whole: Node has had a decompressor of streams only since 22.15. */
export class ZstdBytes implements FileBytes {
  readonly #file: PlannedFile
  readonly #decoding: Decoding
  readonly #made: Region
  #isMade = false
  #at = 0
  #length = 0

  constructor(file: PlannedFile, decoding: Decoding) {
    this.#file = file
    this.#decoding = decoding
    this.#made = new Region(decoding.memory)
  }

  async read(memory: Memory, address: number, bytes: number): Promise<number> {
    if (!this.#isMade) await this.#decompress()
    const count = Math.min(bytes, this.#length - this.#at)
    const from = this.#made.address + this.#at
    memory.bytes.copyWithin(address, from, from + count)
    this.#at += count
    return count
  }

  close(): void {
    this.#made.release()
  }

  async #decompress(): Promise<void> {
    const file = this.#file
    const { memory, kernels } = this.#decoding
    const compressed = new Region(memory)
    const scratch = memory.allocate(kernels.zstdScratchBytes())
    try {
      await compressedBytes(file, compressed, this.#decoding)
      const bound = kernels.zstdBound(compressed.address, file.size)
      if (bound < 0) throw damaged(file.path, 'zstd')
      const target = this.#made.reserve(bound)
      this.#length = kernels.zstdDecompressUpTo(compressed.address, file.size, target, bound, scratch)
      if (this.#length < 0) throw damaged(file.path, 'zstd')
      this.#isMade = true
    } finally {
      memory.release(scratch)
      compressed.release()
    }
  }
}
