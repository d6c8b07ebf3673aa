import { crc32, deflateRawSync } from 'node:zlib'
import type { WriteContext } from '../../api.js'
import type { WrittenCodec } from './output-options.js'

const CRC_BYTES = 4

/** Compresses the bytes of a block. Only files without blocks are written without a context. */
export function compressedBlock(
  codec: WrittenCodec,
  bytes: Buffer,
  { memory, kernels }: Pick<WriteContext, 'memory' | 'kernels'>,
): Uint8Array {
  if (codec === 'null') return bytes
  if (codec === 'deflate') return deflateRawSync(bytes)
  const source = memory.allocate(bytes.length)
  const target = memory.allocate(kernels.lzBound(bytes.length))
  const scratch = memory.allocate(kernels.lzScratchBytes())
  try {
    memory.bytes.set(bytes, source)
    const made = kernels.snappyCompress(source, bytes.length, target, scratch)
    const all = Buffer.alloc(made + CRC_BYTES)
    all.set(memory.bytes.subarray(target, target + made))
    all.writeUInt32BE(crc32(bytes), made)
    return all
  } finally {
    for (const address of [source, target, scratch]) memory.release(address)
  }
}
