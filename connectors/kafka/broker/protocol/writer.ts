/** Bytes of a response that are read only when they are sent. */
export interface LaterBytes {
  readonly bytes: number
  read(): AsyncIterable<Buffer>
}

export type ResponsePart = Buffer | LaterBytes

/**
 * Writes the primitive types of the Kafka protocol, from `flexible` on in the compact form of flexible versions (KIP-482). Big buffers are
 * passed through without a copy.
 */
export class ResponseWriter {
  readonly #parts: ResponsePart[] = []
  #buffer = Buffer.allocUnsafe(256)
  #at = 0
  #flushedBytes = 0
  #isFlexible = false

  /** What follows has compact types and tagged fields. */
  flexible(): this {
    this.#isFlexible = true
    return this
  }

  get length(): number {
    return this.#flushedBytes + this.#at
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  int8(value: number): this {
    this.#at = this.#room(1).writeInt8(value, this.#at)
    return this
  }

  int16(value: number): this {
    this.#at = this.#room(2).writeInt16BE(value, this.#at)
    return this
  }

  int32(value: number): this {
    this.#at = this.#room(4).writeInt32BE(value, this.#at)
    return this
  }

  int64(value: bigint): this {
    this.#at = this.#room(8).writeBigInt64BE(value, this.#at)
    return this
  }

  string(value: string): this {
    const length = Buffer.byteLength(value)
    if (this.#isFlexible) this.varint(length + 1)
    else this.int16(length)
    // Apart from the addition, which would begin with where a buffer that is full now ended.
    const written = this.#room(length).write(value, this.#at)
    this.#at += written
    return this
  }

  nullableString(value: string | null): this {
    if (value !== null) return this.string(value)
    return this.#isFlexible ? this.varint(0) : this.int16(-1)
  }

  uuid(value: Buffer): this {
    return this.#copied(value)
  }

  /** No tagged fields, at the end of a structure of a flexible version; of others nothing. */
  noTags(): this {
    return this.#isFlexible ? this.varint(0) : this
  }

  /** An unsigned number of at most 32 bits in groups of seven, the lowest first. */
  varint(value: number): this {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80)
    return this.#byte(rest)
  }

  /** Bytes behind their length, kept by reference. */
  bytes(value: Buffer): this {
    return this.#size(value.length).#append(value, value.length)
  }

  /** Bytes behind their length that are read when their turn to be sent has come. */
  later(value: LaterBytes): this {
    return this.#size(value.bytes).#append(value, value.bytes)
  }

  array<T>(values: readonly T[], write: (value: T) => void): this {
    this.#size(values.length)
    for (const value of values) write(value)
    return this
  }

  /** null is an array that is not there. */
  nullableArray<T>(values: readonly T[] | null, write: (value: T) => void): this {
    return values === null ? this.#size(-1) : this.array(values, write)
  }

  /** Everything written, in order. */
  parts(): readonly ResponsePart[] {
    this.#flush()
    return this.#parts
  }

  /** How many bytes or elements follow. */
  #size(count: number): this {
    return this.#isFlexible ? this.varint(count + 1) : this.int32(count)
  }

  #append(part: ResponsePart, bytes: number): this {
    this.#flush()
    this.#parts.push(part)
    this.#flushedBytes += bytes
    return this
  }

  #byte(value: number): this {
    this.#at = this.#room(1).writeUInt8(value, this.#at)
    return this
  }

  #copied(bytes: Buffer): this {
    this.#room(bytes.length).set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  #flush(): void {
    if (this.#at === 0) return
    this.#parts.push(this.#buffer.subarray(0, this.#at))
    this.#flushedBytes += this.#at
    this.#buffer = this.#buffer.subarray(this.#at)
    this.#at = 0
  }

  #room(bytes: number): Buffer {
    if (this.#at + bytes > this.#buffer.length) {
      this.#flush()
      if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(Math.max(1024, bytes))
    }
    return this.#buffer
  }
}
