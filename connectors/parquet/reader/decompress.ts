import zlib from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Memory } from '../../api.js'
import { CODECS } from '../metadata.js'

export type Codec = (typeof CODECS)[number]

/** The most a codec makes of its input, to see through sizes that cannot be true before memory is allocated for them. */
const MAX_RATIO: Readonly<Record<Codec, number>> = {
  UNCOMPRESSED: 1,
  SNAPPY: 32,
  GZIP: 1040,
  LZO: 1,
  BROTLI: 1 << 20,
  LZ4: 1,
  ZSTD: 1 << 16,
  LZ4_RAW: 256,
}

/** @throws UNSUPPORTED_FEATURE */
export function codecOf(number: number, column: string): Codec {
  const codec = CODECS[number]
  if (codec !== undefined && codec !== 'LZO' && codec !== 'LZ4') return codec
  const feature = `the Parquet compression codec ${codec ?? `number ${number}`} (column ${column})`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}

export interface Compressed {
  readonly address: number
  readonly bytes: number
  readonly uncompressedBytes: number
}

export function isPlausible(codec: Codec, { bytes, uncompressedBytes }: Omit<Compressed, 'address'>): boolean {
  return uncompressedBytes <= bytes * MAX_RATIO[codec] + 64
}

/** Where what was compressed stands as it is among what is stored, at the length that it has; 0 when it does not. */
export function storedAsIs(codec: Codec, { address, bytes, uncompressedBytes }: Compressed, kernels: Kernels): number {
  if (codec === 'SNAPPY') return kernels.snappyLiteral(address, bytes, uncompressedBytes) >>> 0
  return codec === 'UNCOMPRESSED' && bytes === uncompressedBytes ? address : 0
}

/** Decompresses to `target`; returns what is wrong with the data, if anything. */
export function decompress(
  codec: Codec,
  { address, bytes, uncompressedBytes }: Compressed,
  target: number,
  memory: Memory,
  kernels: Kernels,
): string | undefined {
  switch (codec) {
    case 'UNCOMPRESSED':
      if (bytes !== uncompressedBytes) return 'its sizes disagree'
      memory.bytes.copyWithin(target, address, address + bytes)
      return undefined
    case 'SNAPPY':
      return kernels.snappyDecompress(address, bytes, target, uncompressedBytes) ? undefined : 'malformed SNAPPY data'
    case 'LZ4_RAW':
      return kernels.lz4Decompress(address, bytes, target, uncompressedBytes) ? undefined : 'malformed LZ4 data'
    case 'ZSTD':
      return unzstd({ address, bytes, uncompressedBytes }, target, memory, kernels)
    case 'GZIP':
    case 'BROTLI':
      return inflate(codec, { address, bytes, uncompressedBytes }, target, memory)
    case 'LZO':
    case 'LZ4':
      return `no decompression of ${codec}`
  }
}

/** By a kernel, because Node has Zstandard only from version 22.15 on. */
function unzstd(
  { address, bytes, uncompressedBytes }: Compressed,
  target: number,
  memory: Memory,
  kernels: Kernels,
): string | undefined {
  const scratch = memory.allocate(kernels.zstdScratchBytes())
  try {
    const isWhole = kernels.zstdDecompress(address, bytes, target, uncompressedBytes, scratch)
    return isWhole ? undefined : 'malformed ZSTD data'
  } finally {
    memory.release(scratch)
  }
}

function inflate(
  codec: 'GZIP' | 'BROTLI',
  { address, bytes, uncompressedBytes }: Compressed,
  target: number,
  memory: Memory,
): string | undefined {
  const source = memory.bytes.subarray(address, address + bytes)
  const options = { maxOutputLength: Math.max(uncompressedBytes, 1) }
  let result: Uint8Array
  try {
    result = codec === 'GZIP' ? zlib.unzipSync(source, options) : zlib.brotliDecompressSync(source, options)
  } catch (error) {
    return `malformed ${codec} data: ${error instanceof Error ? error.message : String(error)}`
  }
  if (result.length !== uncompressedBytes) return `${codec} data of another size than its header says`
  memory.bytes.set(result, target)
  return undefined
}
