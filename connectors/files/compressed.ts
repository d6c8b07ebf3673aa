import type { ReadContext } from '../api.js'

/** What kernels compress to: pieces of snappy, frames of LZ4 and of Zstandard, blocks as Hadoop frames them. */
export type KernelCodec = 'snappy' | 'lz4Frame' | 'zstd' | 'hadoopLz4' | 'hadoopSnappy'

/** Compresses bytes by a kernel, in the memory of the thread. */
export function compressed(
  codec: KernelCodec,
  bytes: Uint8Array,
  { memory, kernels }: Pick<ReadContext, 'memory' | 'kernels'>,
): Uint8Array {
  const isZstd = codec === 'zstd'
  const { length } = bytes
  const places: number[] = []
  const place = (size: number): number => {
    const address = memory.allocate(size)
    places.push(address)
    return address
  }
  try {
    const source = place(length)
    const target = place(isZstd ? kernels.zstdCompressBound(length) : kernels.lzBound(length))
    const scratch = place(isZstd ? kernels.zstdCompressScratchBytes() : kernels.lzScratchBytes())
    memory.bytes.set(bytes, source)
    const compress = (): number => {
      switch (codec) {
        case 'snappy':
          return kernels.snappyCompress(source, length, target, scratch)
        case 'lz4Frame':
          return kernels.lz4FrameCompress(source, length, target, scratch)
        case 'zstd':
          return kernels.zstdCompress(source, length, target, scratch)
        case 'hadoopLz4':
        case 'hadoopSnappy':
          return kernels.hadoopCompress(source, length, target, scratch, Number(codec === 'hadoopSnappy'))
      }
    }
    const made = compress()
    return memory.bytes.slice(target, target + made)
  } finally {
    for (const address of places) memory.release(address)
  }
}
