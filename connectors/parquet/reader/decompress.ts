import zlib from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory } from '../../api.js'
import { CODECS } from '../metadata.js'
import type { ParquetKernels } from './kernels.js'

export type Codec = (typeof CODECS)[number]

/** The most a codec makes of its input, to see through sizes that cannot be true before memory is allocated for them. */
const MAX_RATIO: Readonly<Record<Codec, number>> = {
  UNCOMPRESSED: 1,
  SNAPPY: 32,
  GZIP: 1040,
  LZO: 1,
  BROTLI: 1 << 20,
  LZ4: 1,
  ZSTD: 1 << 20,
  LZ4_RAW: 1,
}

/** @throws UNSUPPORTED_FEATURE */
export function codecOf(number: number, column: string): Codec {
  const codec = CODECS[number]
  if (codec === undefined || codec === 'LZO' || codec === 'LZ4' || codec === 'LZ4_RAW' || !isAvailable(codec)) {
    const name = codec ?? `number ${number}`
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: `the Parquet compression codec ${name} (column ${column})`,
    })
  }
  return codec
}

type ZstdDecompress = (data: Uint8Array, options: { maxOutputLength: number }) => Uint8Array
/** In Node 22.15 and later. */
const zstdDecompress = (zlib as unknown as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync

function isAvailable(codec: Codec): boolean {
  return codec !== 'ZSTD' || zstdDecompress !== undefined
}

export interface Compressed {
  readonly address: number
  readonly bytes: number
  readonly uncompressedBytes: number
}

export function isPlausible(codec: Codec, { bytes, uncompressedBytes }: Omit<Compressed, 'address'>): boolean {
  return uncompressedBytes <= bytes * MAX_RATIO[codec] + 64
}

/** Decompresses to `target`; returns what is wrong with the data, if anything. */
export function decompress(
  codec: Codec,
  { address, bytes, uncompressedBytes }: Compressed,
  target: number,
  memory: Memory,
  kernels: ParquetKernels,
): string | undefined {
  switch (codec) {
    case 'UNCOMPRESSED':
      if (bytes !== uncompressedBytes) return 'its sizes disagree'
      memory.bytes.copyWithin(target, address, address + bytes)
      return undefined
    case 'SNAPPY':
      return kernels.snappyDecompress(address, bytes, target, uncompressedBytes) ? undefined : 'malformed SNAPPY data'
    case 'GZIP':
    case 'BROTLI':
    case 'ZSTD':
      return inflate(codec, { address, bytes, uncompressedBytes }, target, memory)
    case 'LZO':
    case 'LZ4':
    case 'LZ4_RAW':
      return `no decompression of ${codec}`
  }
}

function inflate(
  codec: 'GZIP' | 'BROTLI' | 'ZSTD',
  { address, bytes, uncompressedBytes }: Compressed,
  target: number,
  memory: Memory,
): string | undefined {
  const source = memory.bytes.subarray(address, address + bytes)
  const options = { maxOutputLength: Math.max(uncompressedBytes, 1) }
  let result: Uint8Array
  try {
    if (codec === 'GZIP') result = zlib.unzipSync(source, options)
    else if (codec === 'BROTLI') result = zlib.brotliDecompressSync(source, options)
    else result = zstdDecompress!(source, options)
  } catch (error) {
    return `malformed ${codec} data: ${error instanceof Error ? error.message : String(error)}`
  }
  if (result.length !== uncompressedBytes) return `${codec} data of another size than its header says`
  memory.bytes.set(result, target)
  return undefined
}
