/** Writes the primitive types of the Kafka protocol; big buffers are passed through without a copy. */
export class ResponseWriter {
  readonly #chunks: Buffer[] = []
  #buffer = Buffer.allocUnsafe(256)
  #at = 0
  #flushedBytes = 0

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
    this.int16(length)
    // Apart from the addition, which would begin with where a buffer that is full now ended.
    const written = this.#room(length).write(value, this.#at)
    this.#at += written
    return this
  }

  nullableString(value: string | null): this {
    return value === null ? this.int16(-1) : this.string(value)
  }

  bytes(value: Buffer): this {
    this.int32(value.length)
    return this.raw([value])
  }

  /** Buffers as they are, kept by reference. */
  raw(buffers: readonly Buffer[]): this {
    this.#flush()
    for (const buffer of buffers) {
      this.#chunks.push(buffer)
      this.#flushedBytes += buffer.length
    }
    return this
  }

  array<T>(values: readonly T[], write: (value: T) => void): this {
    this.int32(values.length)
    for (const value of values) write(value)
    return this
  }

  /** Everything written, in order. */
  chunks(): readonly Buffer[] {
    this.#flush()
    return this.#chunks
  }

  #flush(): void {
    if (this.#at === 0) return
    this.#chunks.push(this.#buffer.subarray(0, this.#at))
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
