import { gzipSync } from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { invalidOption } from '../client/option-reader.js'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4'

/** As bits 0 to 2 of a batch's attributes have it. */
export const CODEC_NUMBERS: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3 }

/** @throws INVALID_OPTION; UNSUPPORTED_FEATURE for zstd, which Node can write only from version 22.15 on */
export function compressionOf(value: string): Compression {
  if (Object.hasOwn(CODEC_NUMBERS, value)) return value as Compression
  if (value === 'zstd') throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'writing to Kafka with zstd' })
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
  const scratch = memory.allocate(kernels.lzScratchBytes())
  try {
    const address = memory.allocate(room + kernels.lzBound(length))
    const compress = compression === 'lz4' ? kernels.lz4FrameCompress : kernels.snappyFrameCompress
    return { address, bytes: compress(source, length, address + room, scratch) }
  } finally {
    memory.release(scratch)
  }
}
