/** Writes the primitive types of the Kafka protocol, in the compact encodings of flexible versions where these are used. */
export class ProtocolWriter {
  readonly #isFlexible: boolean
  readonly #parts: Buffer[] = []

  constructor(isFlexible: boolean) {
    this.#isFlexible = isFlexible
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  int8(value: number): this {
    return this.#add(1, (part) => part.writeInt8(value))
  }

  int16(value: number): this {
    return this.#add(2, (part) => part.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#add(4, (part) => part.writeInt32BE(value))
  }

  int64(value: bigint): this {
    return this.#add(8, (part) => part.writeBigInt64BE(value))
  }

  /** @param id in hexadecimal digits; without one the id that means none */
  uuid(id: string | undefined): this {
    return this.#raw(id === undefined ? Buffer.alloc(16) : Buffer.from(id, 'hex'))
  }

  string(value: string): this {
    const text = Buffer.from(value)
    return this.#length(text.length, () => this.int16(text.length)).#raw(text)
  }

  /** null is an absent one. */
  nullableString(value: string | null): this {
    return value === null ? this.#length(-1, () => this.int16(-1)) : this.string(value)
  }

  /** null is an absent one. */
  array<T>(values: readonly T[] | null, write: (value: T) => void): this {
    const count = values?.length ?? -1
    this.#length(count, () => this.int32(count))
    for (const value of values ?? []) write(value)
    return this
  }

  /** No fields of later versions. */
  tags(): this {
    return this.#isFlexible ? this.int8(0) : this
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #length(length: number, write: () => this): this {
    if (!this.#isFlexible) return write()
    let rest = length + 1
    for (; rest > 127; rest >>>= 7) this.#raw(Buffer.of((rest & 127) | 128))
    return this.#raw(Buffer.of(rest))
  }

  #add(bytes: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(bytes)
    write(part)
    return this.#raw(part)
  }

  #raw(part: Buffer): this {
    this.#parts.push(part)
    return this
  }
}
