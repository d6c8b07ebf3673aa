import type { WriteContext } from '../../api.js'
import { compressed } from '../../files/compressed.js'
import type { LineCompressor } from './compressor.js'

const MAGIC = 0xfd2fb528
/** A frame that tells its size in four bytes and is one segment. */
const FRAME_DESCRIPTOR = 0xa0
const FRAME_HEAD_BYTES = 9
const MOST_BLOCK_BYTES = 1 << 17
const BLOCK_HEAD_BYTES = 3

/** Compresses the bytes of a file into frames of Zstandard, one behind the other. */
export class ZstdCompressor implements LineCompressor {
  readonly #context: Pick<WriteContext, 'memory' | 'kernels'> | undefined

  /** @param context left out where there are few bytes, which are stored as they are */
  constructor(context?: Pick<WriteContext, 'memory' | 'kernels'>) {
    this.#context = context
  }

  async compress(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    if (bytes.length === 0) return []
    return [this.#context ? compressed('zstd', bytes, this.#context) : stored(bytes)]
  }

  async finish(): Promise<readonly Uint8Array[]> {
    return []
  }

  close(): void {}
}

/** A frame of bytes as they are. */
function stored(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt8(FRAME_DESCRIPTOR, 4)
  head.writeUInt32LE(bytes.length, 5)
  const parts: Uint8Array[] = [head]
  for (let at = 0; at < bytes.length; at += MOST_BLOCK_BYTES) {
    const some = bytes.subarray(at, at + MOST_BLOCK_BYTES)
    const block = Buffer.alloc(BLOCK_HEAD_BYTES)
    block.writeUIntLE((some.length << 3) | Number(at + some.length === bytes.length), 0, BLOCK_HEAD_BYTES)
    parts.push(block, some)
  }
  return Buffer.concat(parts)
}
