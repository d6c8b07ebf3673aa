/** A structure that is not what the format says. Callers name the file. */
export class MalformedThrift extends RangeError {}

const TRUE = 1
const FALSE = 2
const BYTE = 3
const I16 = 4
const I32 = 5
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12
const MAX_VARINT_BYTES = 10
const MAX_SKIP_DEPTH = 64
/**
 * What is made of a structure of a list takes about so much memory, and all of them together at most so many times the bytes read (and a
 * little). An honest structure has tens of bytes; a list that claims one for every byte of a large footer would use up the process.
 */
const BYTES_PER_STRUCTURE = 256
const MOST_BYTES_PER_BYTE = 8
const ALLOWANCE = 16 * 1024 * 1024

/**
 * Reads Thrift's compact protocol field by field, without objects for what nobody asks for: footers are parsed once in a fresh
 * process, where every millisecond of start-up shows. A structure is read as
 * `for (let id = r.field(0); id !== 0; id = r.field(id)) switch (id) { … default: r.skip() }`.
 */
export class CompactReader {
  readonly #bytes: Uint8Array
  #position = 0
  /** The type of the current field or list element. */
  #type = 0
  #structuresLeft: number

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#structuresLeft = Math.floor((ALLOWANCE + bytes.length * MOST_BYTES_PER_BYTE) / BYTES_PER_STRUCTURE)
  }

  /** How far it has read. */
  get position(): number {
    return this.#position
  }

  get isNumber(): boolean {
    return this.#type >= BYTE && this.#type <= I64
  }

  /** The id of the next field after the one with id `last`, or 0 at the end of the structure. */
  field(last: number): number {
    const byte = this.#byte()
    if (byte === 0) return 0
    this.#type = byte & 15
    const id = byte >> 4 === 0 ? this.#zigzag() : last + (byte >> 4)
    if (id <= 0) throw new MalformedThrift('a field has no valid number')
    return id
  }

  boolean(): boolean {
    if (this.#type !== TRUE && this.#type !== FALSE) throw this.#unexpected('a boolean')
    return this.#type === TRUE
  }

  integer(): number {
    const value = this.number()
    if (!Number.isSafeInteger(value)) throw new MalformedThrift('a number is too large')
    return value
  }

  /** A number that only guesses need, about what it is where it is too large to be told from its neighbours. */
  number(): number {
    const type = this.#type
    if (type === BYTE) return (this.#byte() << 24) >> 24
    if (type !== I16 && type !== I32 && type !== I64) throw this.#unexpected('a number')
    return this.#zigzag()
  }

  /** A number that cannot be negative. */
  size(): number {
    const value = this.integer()
    if (value < 0) throw new MalformedThrift('a size is negative')
    return value
  }

  /** A view of the bytes given. */
  binary(): Uint8Array {
    if (this.#type !== BINARY) throw this.#unexpected('bytes')
    const length = this.#varint()
    const start = this.#position
    if (length > this.#bytes.length - start) throw new MalformedThrift('bytes end too early')
    this.#position = start + length
    return this.#bytes.subarray(start, start + length)
  }

  /** The structure that is the current field or element. */
  struct<T>(read: (reader: CompactReader) => T): T {
    if (this.#type !== STRUCT) throw this.#unexpected('a structure')
    return read(this)
  }

  /** A list of structures. */
  structs<T>(read: (reader: CompactReader) => T): T[] {
    if (this.#type !== LIST) throw this.#unexpected('a list')
    const { count, type } = this.#listHeader()
    if (type !== STRUCT && count > 0) throw this.#unexpected('a list of structures')
    this.#structuresLeft -= count
    if (this.#structuresLeft < 0) throw new MalformedThrift('it lists more structures than its bytes can hold')
    const values: T[] = []
    for (let i = 0; i < count; i++) values.push(read(this))
    return values
  }

  /** Passes over the current field. */
  skip(): void {
    this.#position = positionAfter(this.#bytes, this.#position, this.#type, 0)
    if (this.#position > this.#bytes.length) throw new MalformedThrift('it ends too early')
  }

  /** Passes over the current structure; what is returned reads it when it is called. */
  postpone<T>(read: (reader: CompactReader) => T): () => T {
    const start = this.#position
    const type = this.#type
    this.skip()
    return () => {
      const later = new CompactReader(this.#bytes)
      later.#position = start
      later.#type = type
      return later.struct(read)
    }
  }

  #listHeader(): { count: number; type: number } {
    const byte = this.#byte()
    const count = byte >> 4 === 15 ? this.#varint() : byte >> 4
    // Every element takes at least a byte.
    if (count > this.#bytes.length - this.#position) throw new MalformedThrift('a list ends too early')
    return { count, type: byte & 15 }
  }

  #byte(): number {
    const byte = this.#bytes[this.#position++]
    if (byte === undefined) throw new MalformedThrift('it ends too early')
    return byte
  }

  #varint(): number {
    const bytes = this.#bytes
    let position = this.#position
    let byte = bytes[position++]!
    if (byte < 128) {
      this.#position = position
      return byte
    }
    let value = byte & 127
    let factor = 128
    const limit = Math.min(position + MAX_VARINT_BYTES - 1, bytes.length)
    while (position < limit) {
      byte = bytes[position++]!
      value += (byte & 127) * factor
      if (byte < 128) {
        this.#position = position
        return value
      }
      factor *= 128
    }
    throw new MalformedThrift('a number does not end')
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  #unexpected(wanted: string): MalformedThrift {
    return new MalformedThrift(`${wanted} is expected at ${this.#position}`)
  }
}

/**
 * Where a value ends; behind the bytes when it does not end within them. One function over local variables: most of a footer is
 * passed over, by code that is not compiled yet.
 */
function positionAfter(bytes: Uint8Array, position: number, type: number, depth: number): number {
  switch (type) {
    case TRUE:
    case FALSE:
      return position
    case BYTE:
      return position + 1
    case I16:
    case I32:
    case I64:
      while (bytes[position++]! > 127);
      return position
    case DOUBLE:
      return position + 8
    case BINARY: {
      let length = 0
      let byte: number
      let factor = 1
      do {
        byte = bytes[position++] ?? 0
        length += (byte & 127) * factor
        factor *= 128
      } while (byte > 127)
      return position + length
    }
    case LIST:
    case SET:
      return positionAfterList(bytes, position, depth)
    case STRUCT:
      checkDepth(depth)
      for (;;) {
        const header = bytes[position++]
        if (header === undefined) throw new MalformedThrift('it ends too early')
        if (header === 0) return position
        if (header < 16) while (bytes[position++]! > 127);
        position = positionAfter(bytes, position, header & 15, depth + 1)
      }
    default:
      throw new MalformedThrift(`no type of Parquet's is expected at ${position}`)
  }
}

function checkDepth(depth: number): void {
  if (depth > MAX_SKIP_DEPTH) throw new MalformedThrift('structures are nested too deeply')
}

function positionAfterList(bytes: Uint8Array, position: number, depth: number): number {
  checkDepth(depth)
  const header = bytes[position++] ?? 0
  let count = header >> 4
  if (count === 15) {
    count = 0
    let byte: number
    let factor = 1
    do {
      byte = bytes[position++] ?? 0
      count += (byte & 127) * factor
      factor *= 128
    } while (byte > 127)
  }
  // Every element takes at least a byte; a boolean has one of its own in a list.
  if (count > bytes.length - position) throw new MalformedThrift('a list ends too early')
  const type = header & 15
  const element = type === TRUE || type === FALSE ? BYTE : type
  for (let i = 0; i < count; i++) position = positionAfter(bytes, position, element, depth + 1)
  return position
}
