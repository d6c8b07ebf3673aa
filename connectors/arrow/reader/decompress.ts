import { corrupt } from '../../../columnar/arrow/flat-metadata.js'
import type { ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'

/** Has the library decompress buffers by kernels, in this thread, which does one thing at a time. */
export async function decompressBy({ memory, kernels }: ReadContext): Promise<void> {
  const { CompressionType, compressionRegistry } = await import('apache-arrow')
  const by = (
    name: string,
    bound: (source: number, length: number) => number,
    decompress: (source: number, length: number, target: number, capacity: number) => number,
  ) => ({
    decode(bytes: Uint8Array): Uint8Array {
      const [source, target] = [new Region(memory), new Region(memory)]
      try {
        memory.bytes.set(bytes, source.reserve(bytes.length))
        const most = bound(source.address, bytes.length)
        const made = most < 0 ? -1 : decompress(source.address, bytes.length, target.reserve(most), most)
        if (made < 0) throw corrupt(`a buffer is not compressed as ${name}`)
        return memory.bytes.slice(target.address, target.address + made)
      } finally {
        source.release()
        target.release()
      }
    },
  })
  compressionRegistry.set(CompressionType.LZ4_FRAME, by('LZ4', kernels.lz4FrameBound, kernels.lz4FrameDecompress))
  compressionRegistry.set(
    CompressionType.ZSTD,
    by('ZSTD', kernels.zstdBound, (source, length, target, capacity) => {
      const scratch = memory.allocate(kernels.zstdScratchBytes())
      try {
        return kernels.zstdDecompressUpTo(source, length, target, capacity, scratch)
      } finally {
        memory.release(scratch)
      }
    }),
  )
}
