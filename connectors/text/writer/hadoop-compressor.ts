import type { WriteContext } from '../../api.js'
import { compressed } from '../../files/compressed.js'
import type { LineCompressor } from './compressor.js'

/** A block that is not compressed is one of at most so many bytes. */
const MOST_STORED_BYTES = 60

/** Compresses the bytes of a file into blocks as Hadoop frames them. */
export class HadoopCompressor implements LineCompressor {
  readonly #codec: 'lz4' | 'snappy'
  readonly #context: Pick<WriteContext, 'memory' | 'kernels'> | undefined

  /** @param context left out where there are few bytes, which are stored as they are */
  constructor(codec: 'lz4' | 'snappy', context?: Pick<WriteContext, 'memory' | 'kernels'>) {
    this.#codec = codec
    this.#context = context
  }

  async compress(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    if (bytes.length === 0) return []
    if (!this.#context) return stored(this.#codec, bytes)
    return [compressed(this.#codec === 'snappy' ? 'hadoopSnappy' : 'hadoopLz4', bytes, this.#context)]
  }

  async finish(): Promise<readonly Uint8Array[]> {
    return []
  }

  close(): void {}
}

/** Blocks of bytes as they are: what stands alone in either codec, with the length of it. */
function stored(codec: 'lz4' | 'snappy', bytes: Uint8Array): readonly Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += MOST_STORED_BYTES) {
    const some = bytes.subarray(at, at + MOST_STORED_BYTES)
    const { length } = some
    const tag = codec === 'snappy' ? [length, (length - 1) << 2] : length < 15 ? [length << 4] : [0xf0, length - 15]
    const head = Buffer.alloc(8)
    head.writeUInt32BE(length, 0)
    head.writeUInt32BE(length + tag.length, 4)
    blocks.push(Buffer.concat([head, Buffer.from(tag), some]))
  }
  return blocks
}
