import type { Memory } from '../../api.js'
import type { PlannedFile } from '../../files/open-file.js'
import { Region } from '../../files/region.js'
import { compressedBytes, type Decoding, damaged, type FileBytes } from './decoding.js'

/** A file compressed by zstandard, decompressed as a whole: Node has had a decompressor of streams only since 22.15. */
export class ZstdBytes implements FileBytes {
  readonly #made: Region
  #at = 0
  #length = 0

  constructor(file: PlannedFile, { memory, kernels }: Decoding) {
    this.#made = new Region(memory)
    const compressed = new Region(memory)
    const scratch = memory.allocate(kernels.zstdScratchBytes())
    try {
      compressedBytes(file, compressed, memory)
      const bound = kernels.zstdBound(compressed.address, file.size)
      if (bound < 0) throw damaged(file.path, 'zstd')
      const target = this.#made.reserve(bound)
      this.#length = kernels.zstdDecompressUpTo(compressed.address, file.size, target, bound, scratch)
      if (this.#length < 0) throw damaged(file.path, 'zstd')
    } catch (error) {
      this.close()
      throw error
    } finally {
      memory.release(scratch)
      compressed.release()
    }
  }

  read({ bytes: target }: Memory, address: number, bytes: number): number {
    const count = Math.min(bytes, this.#length - this.#at)
    const from = this.#made.address + this.#at
    target.copyWithin(address, from, from + count)
    this.#at += count
    return count
  }

  close(): void {
    this.#made.release()
  }
}
