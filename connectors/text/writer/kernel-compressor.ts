import type { WriteContext } from '../../api.js'
import { compressed, type KernelCodec } from '../../files/compressed.js'
import type { LineCompressor } from './compressor.js'

/** Compresses the bytes of a file by kernels: what was written at once is a frame, or blocks, of its own. */
export class KernelCompressor implements LineCompressor {
  readonly #codec: KernelCodec
  readonly #stored: (bytes: Uint8Array) => readonly Uint8Array[]
  readonly #context: Pick<WriteContext, 'memory' | 'kernels'> | undefined

  /** @param context left out where there are few bytes, which are `stored` as they are */
  constructor(
    codec: KernelCodec,
    stored: (bytes: Uint8Array) => readonly Uint8Array[],
    context: Pick<WriteContext, 'memory' | 'kernels'> | undefined,
  ) {
    this.#codec = codec
    this.#stored = stored
    this.#context = context
  }

  async compress(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    if (bytes.length === 0) return []
    return this.#context ? [compressed(this.#codec, bytes, this.#context)] : this.#stored(bytes)
  }

  async finish(): Promise<readonly Uint8Array[]> {
    return []
  }

  close(): void {}
}
