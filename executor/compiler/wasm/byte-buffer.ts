/** A growing buffer of bytes with the number formats of WebAssembly's binary format. */
export class ByteBuffer {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  /** The bytes written so far; a view that the next write may leave stale. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Unsigned LEB128 of up to 32 bits. */
  unsigned(value: number): void {
    this.#reserve(5)
    value >>>= 0
    while (value > 0x7f) {
      this.#bytes[this.#length++] = (value & 0x7f) | 0x80
      value >>>= 7
    }
    this.#bytes[this.#length++] = value
  }

  /** Unsigned LEB128 padded to five bytes, so that it can be patched later with `patchUnsigned`. */
  placeholder(): number {
    const at = this.#length
    this.#reserve(5)
    this.#length += 5
    this.patchUnsigned(at, 0)
    return at
  }

  patchUnsigned(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = ((value >>> (7 * i)) & 0x7f) | 0x80
    this.#bytes[at + 4] = (value >>> 28) & 0x0f
  }

  signed32(value: number): void {
    this.#reserve(5)
    value |= 0
    while (value < -64 || value > 63) {
      this.#bytes[this.#length++] = (value & 0x7f) | 0x80
      value >>= 7
    }
    this.#bytes[this.#length++] = value & 0x7f
  }

  signed64(value: bigint): void {
    this.#reserve(10)
    value = BigInt.asIntN(64, value)
    while (value < -64n || value > 63n) {
      this.#bytes[this.#length++] = Number(value & 0x7fn) | 0x80
      value >>= 7n
    }
    this.#bytes[this.#length++] = Number(value & 0x7fn)
  }

  float32(value: number): void {
    this.#reserve(4)
    this.#view.setFloat32(this.#length, value, true)
    this.#length += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** A vector of bytes: UTF-8 text with its length before it. */
  name(text: string): void {
    const bytes = new TextEncoder().encode(text)
    this.unsigned(bytes.length)
    this.append(bytes)
  }
}
