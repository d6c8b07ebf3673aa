import { crc32, inflateRawSync } from 'node:zlib'
import type { Memory, ReadContext } from '../../api.js'
import type { Region } from '../../files/region.js'
import type { AvroCodec } from '../container.js'

/** Bytes in linear memory. */
export interface Piece {
  readonly address: number
  readonly length: number
}

/** A block has at most so many bytes without its compression. */
const MOST_BYTES = 1024 ** 3
const FIRST_BYTES = 256 * 1024
const CRC_BYTES = 4

type Context = Pick<ReadContext, 'memory' | 'kernels'>

/** Decompresses a block into a region; undefined when it is malformed. Without a compression the block stays where it is. */
export function decompressed(codec: AvroCodec, block: Piece, region: Region, context: Context): Piece | undefined {
  switch (codec) {
    case 'null':
      return block
    case 'deflate':
      return inflated(block, region, context.memory)
    case 'snappy':
      return unsnapped(block, region, context)
    case 'zstandard':
      return unzstd(block, region, context)
    case 'bzip2':
      return unbzipped(block, region, context)
  }
}

/** Node's decompressors take no shared memory, so what they get is a copy. */
function inflated({ address, length }: Piece, region: Region, memory: Memory): Piece | undefined {
  try {
    const bytes = inflateRawSync(memory.bytes.slice(address, address + length), { maxOutputLength: MOST_BYTES })
    const at = region.reserve(bytes.length)
    memory.bytes.set(bytes, at)
    return { address: at, length: bytes.length }
  } catch {
    return undefined
  }
}

/** Behind what is compressed stands the CRC-32 of what was. */
function unsnapped({ address, length }: Piece, region: Region, { memory, kernels }: Context): Piece | undefined {
  const compressed = length - CRC_BYTES
  const size = compressed < 0 ? -1 : Number(kernels.snappyLength(address, compressed))
  if (size < 0 || size > MOST_BYTES) return undefined
  const at = region.reserve(size)
  if (size > 0 && kernels.snappyDecompress(address, compressed, at, size) === 0) return undefined
  const isSame = crc32(memory.bytes.slice(at, at + size)) === memory.view.getUint32(address + compressed)
  return isSame ? { address: at, length: size } : undefined
}

function unzstd({ address, length }: Piece, region: Region, { memory, kernels }: Context): Piece | undefined {
  const most = kernels.zstdBound(address, length)
  if (most < 0 || most > MOST_BYTES) return undefined
  const at = region.reserve(most)
  const scratch = memory.allocate(kernels.zstdScratchBytes())
  try {
    const made = kernels.zstdDecompressUpTo(address, length, at, most, scratch)
    return made < 0 ? undefined : { address: at, length: made }
  } finally {
    memory.release(scratch)
  }
}

function unbzipped({ address, length }: Piece, region: Region, { kernels }: Context): Piece | undefined {
  const state = kernels.bzip2Begin(address, length)
  try {
    let filled = 0
    region.reserve(FIRST_BYTES)
    for (;;) {
      if (filled === region.capacity) region.extend(2 * region.capacity, filled)
      const made = kernels.bzip2Read(state, region.address + filled, region.capacity - filled)
      if (made < 0 || filled + made > MOST_BYTES) return undefined
      if (made === 0) return { address: region.address, length: filled }
      filled += made
    }
  } finally {
    kernels.bzip2Release(state)
  }
}
