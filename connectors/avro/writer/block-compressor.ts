import { crc32, deflateRawSync } from 'node:zlib'
import type { WriteContext } from '../../api.js'
import { compressed } from '../../files/compressed.js'
import type { WrittenCodec } from './output-options.js'

const CRC_BYTES = 4

/** Compresses the bytes of a block. Only files without blocks are written without a context. */
export function compressedBlock(
  codec: WrittenCodec,
  bytes: Buffer,
  context: Pick<WriteContext, 'memory' | 'kernels'>,
): Uint8Array {
  switch (codec) {
    case 'null':
      return bytes
    case 'deflate':
      return deflateRawSync(bytes)
    case 'zstandard':
      return compressed('zstd', bytes, context)
    case 'snappy': {
      const sum = Buffer.alloc(CRC_BYTES)
      sum.writeUInt32BE(crc32(bytes))
      return Buffer.concat([compressed('snappy', bytes, context), sum])
    }
  }
}
