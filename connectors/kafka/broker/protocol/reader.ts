import { MillraceError } from '../../../../common/errors/millrace-error.js'

const UUID_BYTES = 16
/** Of the fifth byte, the last that a number of 32 bits has. */
const MAX_VARINT_SHIFT = 28

/** Reads the primitive types of the Kafka protocol from a request, checking its bounds; from `flexible` on in the compact form of flexible versions (KIP-482). */
export class RequestReader {
  readonly #bytes: Buffer
  #at = 0
  #isFlexible = false

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** What follows has compact types and tagged fields. */
  flexible(): this {
    this.#isFlexible = true
    return this
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
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

  string(): string {
    const value = this.nullableString()
    if (value === null) throw malformed('a string is null')
    return value
  }

  nullableString(): string | null {
    const length = this.#isFlexible ? this.#varint() - 1 : this.int16()
    if (length < 0) return null
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A view into the request, not a copy; null when absent. */
  nullableBytes(): Buffer | null {
    const length = this.#length()
    if (length < 0) return null
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  bytes(): Buffer {
    return this.nullableBytes() ?? Buffer.alloc(0)
  }

  array<T>(read: () => T): T[] {
    return this.nullableArray(read) ?? []
  }

  nullableArray<T>(read: () => T): T[] | null {
    const length = this.#length()
    if (length < 0) return null
    // Each element takes at least a byte: a length beyond that is a lie that must not allocate.
    if (length > this.remaining) throw malformed(`an array of ${length} elements in ${this.remaining} bytes`)
    return Array.from({ length }, read)
  }

  uuid(): Buffer {
    const start = this.#take(UUID_BYTES)
    return this.#bytes.subarray(start, start + UUID_BYTES)
  }

  /** Skips the tagged fields at the end of a structure of a flexible version; this broker knows none. */
  tags(): void {
    if (!this.#isFlexible) return
    for (let left = this.#varint(); left > 0; left--) {
      this.#varint()
      this.#take(this.#varint())
    }
  }

  /** Of bytes or of an array. */
  #length(): number {
    return this.#isFlexible ? this.#varint() - 1 : this.int32()
  }

  /** An unsigned number in groups of seven bits, the lowest first. */
  #varint(): number {
    let value = 0
    for (let shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      const byte = this.int8()
      value |= (byte & 0x7f) << shift
      if (byte >= 0) return value >>> 0
    }
    throw malformed('a number has too many bytes')
  }

  #take(length: number): number {
    const start = this.#at
    if (length < 0 || start + length > this.#bytes.length) throw malformed('it is cut short')
    this.#at += length
    return start
  }
}

const malformed = (reason: string): MillraceError =>
  new MillraceError('CORRUPT_RECORD', { provider: 'kafka broker', position: 'a request', reason })
