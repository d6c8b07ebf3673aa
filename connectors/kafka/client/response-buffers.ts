/** Responses below it are not worth keeping their memory for the next one. */
const LEAST_BYTES = 256 * 1024
const GRANULE_BYTES = 1024 * 1024
const MOST_KEPT = 4

/**
 * Memory of large responses, used again once their records were copied out of it: to make and collect megabytes for each response costs
 * more than to receive it. What is never given back is collected like anything else.
 */
export class ResponseBuffers {
  readonly #free: ArrayBufferLike[] = []

  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES) return Buffer.allocUnsafeSlow(bytes)
    const found = this.#free.findIndex(({ byteLength }) => byteLength >= bytes)
    if (found >= 0) return Buffer.from(this.#free.splice(found, 1)[0]!, 0, bytes)
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / GRANULE_BYTES) * GRANULE_BYTES).subarray(0, bytes)
  }

  /** Nothing may look at the response any more that `part` is of. */
  giveBack({ buffer }: Uint8Array): void {
    if (buffer.byteLength >= LEAST_BYTES && this.#free.length < MOST_KEPT) this.#free.push(buffer)
  }
}

/** Those of this thread, whatever cluster they come from. */
export const responseBuffers = new ResponseBuffers()
