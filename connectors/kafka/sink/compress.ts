import { gzipSync } from 'node:zlib'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { invalidOption } from '../client/option-reader.js'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** As bits 0 to 2 of a batch's attributes have it. */
export const CODEC_NUMBERS: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

/** @throws INVALID_OPTION */
export function compressionOf(value: string): Compression {
  if (Object.hasOwn(CODEC_NUMBERS, value)) return value as Compression
  throw invalidOption('kafka.compression.type', value, 'known ones are none, gzip, snappy, lz4 and zstd')
}

/**
 * Compresses into memory of its own, which the caller releases, leaving `room` bytes in front.
 * @returns the address of that room, and the bytes behind it
 */
export function compressRecords(
  compression: Exclude<Compression, 'none'>,
  source: number,
  length: number,
  room: number,
  memory: Memory,
  kernels: Kernels,
): { readonly address: number; readonly bytes: number } {
  if (compression === 'gzip') {
    const made = gzipSync(memory.bytes.subarray(source, source + length))
    const address = memory.allocate(room + made.length)
    memory.bytes.set(made, address + room)
    return { address, bytes: made.length }
  }
  const isZstd = compression === 'zstd'
  const scratch = memory.allocate(isZstd ? kernels.zstdCompressScratchBytes() : kernels.lzScratchBytes())
  try {
    const address = memory.allocate(room + (isZstd ? kernels.zstdCompressBound(length) : kernels.lzBound(length)))
    const compress = isZstd
      ? kernels.zstdCompress
      : compression === 'lz4'
        ? kernels.lz4FrameCompress
        : kernels.snappyFrameCompress
    return { address, bytes: compress(source, length, address + room, scratch) }
  } finally {
    memory.release(scratch)
  }
}
