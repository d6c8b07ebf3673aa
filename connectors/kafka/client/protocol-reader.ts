import { malformed } from './malformed.js'

const UUID_BYTES = 16
const NO_ID = '00000000000000000000000000000000'

/**
 * Reads the primitive types of the Kafka protocol from a response, in the compact encodings of flexible versions where these are used.
 * Throws when the bytes end too early or a length makes no sense.
 */
export class ProtocolReader {
  readonly #bytes: Buffer
  readonly #isFlexible: boolean
  #at = 0

  constructor(bytes: Buffer, isFlexible: boolean) {
    this.#bytes = bytes
    this.#isFlexible = isFlexible
  }

  boolean(): boolean {
    return this.#bytes.readInt8(this.#take(1)) !== 0
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  /** In hexadecimal digits; undefined for the id that means none. */
  uuid(): string | undefined {
    const start = this.#take(UUID_BYTES)
    const text = this.#bytes.toString('hex', start, start + UUID_BYTES)
    return text === NO_ID ? undefined : text
  }

  string(): string | null {
    const length = this.#length(() => this.int16())
    if (length < 0) return null
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A view of the response, not a copy. */
  bytes(): Buffer {
    const length = Math.max(
      0,
      this.#length(() => this.int32()),
    )
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** An absent array is an empty one. */
  array<T>(read: () => T): T[] {
    const length = Math.max(
      0,
      this.#length(() => this.int32()),
    )
    // Each element takes at least a byte.
    if (length > this.#bytes.length - this.#at) throw malformed(`it has an array of ${length} elements`)
    return Array.from({ length }, read)
  }

  /** Passes over the fields that later versions may have added. */
  tags(): void {
    if (!this.#isFlexible) return
    for (let left = this.#unsigned(); left > 0; left--) {
      this.#unsigned()
      this.#take(this.#unsigned())
    }
  }

  #length(read: () => number): number {
    return this.#isFlexible ? this.#unsigned() - 1 : read()
  }

  #unsigned(): number {
    let value = 0
    for (let i = 0; i < 5; i++) {
      const byte = this.#bytes.readUInt8(this.#take(1))
      value += (byte & 127) * 2 ** (7 * i)
      if (byte < 128) return value
    }
    throw malformed('a number in it does not end')
  }

  #take(length: number): number {
    const start = this.#at
    if (start + length > this.#bytes.length) throw malformed('it is cut')
    this.#at += length
    return start
  }
}
