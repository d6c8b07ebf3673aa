import { MillraceError } from '../../common/errors/millrace-error.js'

const COUNT_BYTES = 8
const PAIR_BYTES = 16
export const PLACE_BYTES = 24
const HIGH = 2 ** 32

/** Where a message of a file is. */
export interface MessagePlace {
  readonly position: number
  readonly metadataBytes: number
  readonly bodyBytes: number
}

export const corrupt = (reason: string): MillraceError =>
  new MillraceError('BLOCK_CORRUPT', { place: 'memory', reason })

/**
 * Reads a flatbuffer. Every position is checked against the bytes that are there before anything is read or made, so that the work is
 * bounded by them.
 */
export class Metadata {
  readonly #view: DataView

  constructor(bytes: Uint8Array, offset: number, length: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + offset, length)
  }

  root(): number {
    return this.#within(this.#uint32(0), 4)
  }

  /** Where a field of a table lies, with so many bytes; 0 when it has its default. */
  field(table: number, slot: number, bytes: number): number {
    const vtable = this.#within(table - this.#view.getInt32(this.#within(table, 4), true), 4)
    const at = 4 + 2 * slot
    const length = this.#offset16(vtable)
    // Others would find half a field there.
    if (length % 2 !== 0) throw corrupt('its metadata has a table that ends within a field')
    if (at >= length) return 0
    const offset = this.#offset16(this.#within(vtable + at, 2))
    return offset === 0 ? 0 : this.#within(table + offset, bytes)
  }

  /** Some libraries read these with a sign, and would look elsewhere for one with its highest bit. */
  #offset16(at: number): number {
    const offset = this.#view.getUint16(at, true)
    if (offset >= 1 << 15) throw corrupt('its metadata has a table that is too long')
    return offset
  }

  byte(table: number, slot: number): number {
    const at = this.field(table, slot, 1)
    return at === 0 ? 0 : this.#view.getUint8(at)
  }

  /** A count or length in 64 bits. */
  int64(table: number, slot: number): number {
    const at = this.field(table, slot, 8)
    return at === 0 ? 0 : this.#count(at)
  }

  /** The table that a field refers to. */
  table(table: number, slot: number): number {
    const at = this.field(table, slot, 4)
    if (at === 0) throw corrupt('a table is missing')
    return this.#within(at + this.#uint32(at), 4)
  }

  /** The tables that a vector refers to; of a vector of other things, whether it is there. */
  vector(table: number, slot: number): readonly number[] {
    return this.#structs(table, slot, 4).map((at) => at + this.#uint32(at))
  }

  /** A vector of structs of two 64-bit counts. */
  pairs(table: number, slot: number): readonly (readonly [number, number])[] {
    return this.#structs(table, slot, PAIR_BYTES).map((at) => [this.#count(at), this.#count(at + 8)])
  }

  /** A vector of 64-bit counts. */
  counts(table: number, slot: number): readonly number[] {
    return this.#structs(table, slot, COUNT_BYTES).map((at) => this.#count(at))
  }

  text(table: number, slot: number): string {
    const bytes = this.#structs(table, slot, 1).map((at) => this.#view.getUint8(at))
    return Buffer.from(bytes).toString('utf8')
  }

  /** A vector of the places of messages: where each begins, and how long its metadata and its body are. */
  places(table: number, slot: number): readonly MessagePlace[] {
    return this.#structs(table, slot, PLACE_BYTES).map((at) => ({
      position: this.#count(at),
      metadataBytes: this.#uint32(at + 8),
      bodyBytes: this.#count(at + 16),
    }))
  }

  #structs(table: number, slot: number, bytes: number): readonly number[] {
    const at = this.field(table, slot, 4)
    if (at === 0) return []
    const vector = at + this.#uint32(at)
    const count = this.#uint32(vector)
    const first = vector + 4
    this.#within(first, count * bytes)
    return Array.from({ length: count }, (_, i) => first + i * bytes)
  }

  /** A negative one is read as a huge one, which is more than is there. */
  #count(at: number): number {
    return this.#uint32(at + 4) * HIGH + this.#uint32(at)
  }

  #uint32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true)
  }

  #within(at: number, bytes: number): number {
    if (at < 0 || at + bytes > this.#view.byteLength) throw corrupt('its metadata refers to what is not there')
    return at
  }
}
