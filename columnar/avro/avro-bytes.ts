import { GrowingBytes } from '../growing-bytes.js'

const FIRST_BYTES = 64 * 1024

/** The bytes of rows that are written one after the other. */
export class AvroBytes extends GrowingBytes {
  constructor() {
    super(FIRST_BYTES)
  }

  byte(value: number): void {
    this.room(1)
    this.buffer[this.at++] = value
  }

  /** A whole number of 32 bits: seven bits a byte, the lowest first, negative ones between the others. */
  int(value: number): void {
    this.room(5)
    let left = ((value << 1) ^ (value >> 31)) >>> 0
    for (; left > 0x7f; left >>>= 7) this.buffer[this.at++] = (left & 0x7f) | 0x80
    this.buffer[this.at++] = left
  }

  /** The same of 64 bits. */
  long(value: bigint): void {
    if (value === BigInt.asIntN(31, value)) return this.int(Number(value))
    this.room(10)
    let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; left > 0x7fn; left >>= 7n) this.buffer[this.at++] = Number(left & 0x7fn) | 0x80
    this.buffer[this.at++] = Number(left)
  }

  /** A number of so many bytes, the highest first. */
  fixed(value: bigint, bytes: number): void {
    this.room(bytes)
    let left = value
    for (let i = bytes - 1; i >= 0; i--, left >>= 8n) this.buffer[this.at + i] = Number(BigInt.asUintN(8, left))
    this.at += bytes
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.int(value.length)
    this.raw(value)
  }
}
