/** A buffer that grew larger, for a value seldom met, does not stay. */
const MOST_KEPT_BYTES = 1024 * 1024

/** Bytes that are written one after the other, numbers with their lowest byte first: what writers of formats have in common. */
export abstract class GrowingBytes {
  readonly #firstBytes: number
  protected buffer: Buffer
  protected at = 0

  /** @param firstBytes for how many there is room at first */
  constructor(firstBytes: number) {
    this.#firstBytes = firstBytes
    this.buffer = Buffer.allocUnsafe(firstBytes)
  }

  get length(): number {
    return this.at
  }

  /** What is there; it may be overwritten later. */
  taken(): Buffer {
    const bytes = this.buffer.subarray(0, this.at)
    this.at = 0
    if (this.buffer.length > MOST_KEPT_BYTES) this.buffer = Buffer.allocUnsafe(this.#firstBytes)
    return bytes
  }

  float(value: number): void {
    this.room(4)
    this.at = this.buffer.writeFloatLE(value, this.at)
  }

  double(value: number): void {
    this.room(8)
    this.at = this.buffer.writeDoubleLE(value, this.at)
  }

  raw(value: Uint8Array): void {
    this.room(value.length)
    this.buffer.set(value, this.at)
    this.at += value.length
  }

  protected room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.at + bytes))
    this.buffer.copy(grown, 0, 0, this.at)
    this.buffer = grown
  }
}
