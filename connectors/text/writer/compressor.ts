import { once } from 'node:events'
import zlib from 'node:zlib'

/** Compresses the bytes of a file, one after the other. */
export interface LineCompressor {
  /** What is known of the compressed bytes so far. The bytes given may be reused when it resolves. */
  compress(bytes: Uint8Array): Promise<readonly Uint8Array[]>
  finish(): Promise<readonly Uint8Array[]>
  close(): void
}

/** The compressions of Node. */
export class ZlibCompressor implements LineCompressor {
  readonly #stream: zlib.Gzip | zlib.Deflate
  /** What came out and was not taken yet. */
  #chunks: Buffer[] = []

  constructor(compression: 'gzip' | 'deflate') {
    this.#stream = compression === 'gzip' ? zlib.createGzip() : zlib.createDeflate()
    this.#stream.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
  }

  async compress(bytes: Uint8Array): Promise<readonly Buffer[]> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
    return this.#taken()
  }

  async finish(): Promise<readonly Buffer[]> {
    const ended = once(this.#stream, 'end')
    this.#stream.end()
    await ended
    return this.#taken()
  }

  close(): void {
    this.#stream.destroy()
  }

  #taken(): readonly Buffer[] {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }
}
