import { GrowingBytes } from '../growing-bytes.js'

/** How a value lies in bytes: as a number of seven bits a byte, of eight bytes, with its length before it, between two marks, or of four bytes. */
export const VARINT = 0
export const EIGHT_BYTES = 1
export const WITH_LENGTH = 2
export const GROUP_START = 3
export const GROUP_END = 4
export const FOUR_BYTES = 5

/** Bytes that are no message. */
export class Malformed extends Error {}

/** So deep groups of fields that nobody knows may lie in each other, as in Java. */
const MOST_DEPTH = 100
const MOST_VARINT_BYTES = 10
export const MOST_FIELD_NUMBER = (1 << 29) - 1

/** Reads a message, or a part of one. What it gives of bytes lies in those that it was made of. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The number of the next field and how it lies. @throws Malformed */
  tag(): { readonly number: number; readonly wire: number } {
    const tag = Number(BigInt.asUintN(32, this.varint()))
    const number = tag >>> 3
    if (number === 0 || number > MOST_FIELD_NUMBER) throw new Malformed()
    return { number, wire: tag & 7 }
  }

  /** Of 64 bits, without a sign. @throws Malformed */
  varint(): bigint {
    let [low, shift] = [0, 0]
    for (; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return BigInt(low)
    }
    let value = BigInt(low)
    for (; shift < 7 * MOST_VARINT_BYTES; shift += 7) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << BigInt(shift)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Malformed()
  }

  /** So many bytes. @throws Malformed */
  raw(length: number): Buffer {
    const start = this.#at
    if (length > this.#bytes.length - start) throw new Malformed()
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  /** Bytes with their length before them. @throws Malformed */
  bytes(): Buffer {
    const length = Number(BigInt.asIntN(32, this.varint()))
    if (length < 0) throw new Malformed()
    return this.raw(length)
  }

  /** What is within a group, up to its end. @throws Malformed */
  group(number: number): Buffer {
    const start = this.#at
    const end = this.#skipGroup(number, 0)
    return this.#bytes.subarray(start, end)
  }

  /** @throws Malformed */
  skip(number: number, wire: number, depth = 0): void {
    if (wire === VARINT) this.varint()
    else if (wire === EIGHT_BYTES) this.raw(8)
    else if (wire === WITH_LENGTH) this.bytes()
    else if (wire === FOUR_BYTES) this.raw(4)
    else if (wire === GROUP_START) this.#skipGroup(number, depth)
    else throw new Malformed()
  }

  /** @returns where the mark at the end begins */
  #skipGroup(number: number, depth: number): number {
    if (depth >= MOST_DEPTH) throw new Malformed()
    for (;;) {
      const end = this.#at
      const tag = this.tag()
      if (tag.wire === GROUP_END && tag.number === number) return end
      this.skip(tag.number, tag.wire, depth + 1)
    }
  }

  #byte(): number {
    if (this.isDone) throw new Malformed()
    return this.#bytes[this.#at++]!
  }
}

const FIRST_BYTES = 256

/** Writes messages one after the other, those within others behind what there is of these. */
export class WireWriter extends GrowingBytes {
  constructor() {
    super(FIRST_BYTES)
  }

  tag(number: number, wire: number): void {
    this.varint(BigInt(number) * 8n + BigInt(wire))
  }

  varint(value: bigint): void {
    this.room(MOST_VARINT_BYTES)
    let left = BigInt.asUintN(64, value)
    for (; left > 0x7fn; left >>= 7n) this.buffer[this.at++] = Number(left & 0x7fn) | 0x80
    this.buffer[this.at++] = Number(left)
  }

  fixed32(value: bigint): void {
    this.room(4)
    this.at = this.buffer.writeUInt32LE(Number(BigInt.asUintN(32, value)), this.at)
  }

  fixed64(value: bigint): void {
    this.room(8)
    this.at = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.at)
  }

  bytes(value: Uint8Array): void {
    this.varint(BigInt(value.length))
    this.raw(value)
  }

  /** What `write` writes, with its length before it. */
  measured(write: () => void): void {
    const start = this.at
    write()
    const written = Buffer.from(this.buffer.subarray(start, this.at))
    this.at = start
    this.bytes(written)
  }
}
