const FIRST_BYTES = 64 * 1024
/** A buffer that grew larger, for a value seldom met, does not stay. */
const MOST_KEPT_BYTES = 1024 * 1024

/** The bytes of rows that are written one after the other. */
export class AvroBytes {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What is there; it may be overwritten later. */
  taken(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    if (this.#bytes.length > MOST_KEPT_BYTES) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES)
    return bytes
  }

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number of 32 bits: seven bits a byte, the lowest first, negative ones between the others. */
  int(value: number): void {
    this.#room(5)
    let left = ((value << 1) ^ (value >> 31)) >>> 0
    for (; left > 0x7f; left >>>= 7) this.#bytes[this.#length++] = (left & 0x7f) | 0x80
    this.#bytes[this.#length++] = left
  }

  /** The same of 64 bits. */
  long(value: bigint): void {
    if (value === BigInt.asIntN(31, value)) return this.int(Number(value))
    this.#room(10)
    let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; left > 0x7fn; left >>= 7n) this.#bytes[this.#length++] = Number(left & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(left)
  }

  float(value: number): void {
    this.#room(4)
    this.#length = this.#bytes.writeFloatLE(value, this.#length)
  }

  double(value: number): void {
    this.#room(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }

  /** A number of so many bytes, the highest first. */
  fixed(value: bigint, bytes: number): void {
    this.#room(bytes)
    let left = value
    for (let i = bytes - 1; i >= 0; i--, left >>= 8n) this.#bytes[this.#length + i] = Number(BigInt.asUintN(8, left))
    this.#length += bytes
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.int(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.#room(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + bytes))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
