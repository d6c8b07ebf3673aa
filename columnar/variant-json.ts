import { MillraceError } from '../common/errors/millrace-error.js'
import { localMicros } from '../common/time/time-zone.js'
import { Decimal } from './decimal.js'
import { doubleText, floatText } from './double-text.js'
import { dateText, timestampText } from './times/calendar.js'
import type { VariantParts } from './variant-parts.js'

/* The texts of variants at the edge, for single values that users look at; rows by rows kernels write them (`executor/kernels/assembly/variants/variant-json.ts`). */

const OBJECT = 2
const ARRAY = 3
const LARGE_OBJECT = 16
const LARGE_ARRAY = 4
const MOST_DEPTH = 2000
const MICROS_PER_MINUTE = 60_000_000n

/** A value as JSON and as a text alone; of a string the text has no quotes. */
interface Told {
  readonly json: string
  readonly text: string
}

const malformed = (): MillraceError => new MillraceError('MALFORMED_VARIANT')

class Reader {
  readonly #value: Buffer
  readonly #metadata: Buffer
  readonly #timeZone: string

  constructor({ value, metadata }: VariantParts, timeZone: string) {
    this.#value = Buffer.from(value.buffer, value.byteOffset, value.length)
    this.#metadata = Buffer.from(metadata.buffer, metadata.byteOffset, metadata.length)
    this.#timeZone = timeZone
  }

  read(at: number, depth: number): Told {
    if (depth > MOST_DEPTH) throw malformed()
    const head = this.#value.readUInt8(at)
    const info = head >> 2
    switch (head & 3) {
      case 0:
        return this.#primitive(at + 1, info)
      case 1:
        return this.#string(at + 1, info)
      default:
        return this.#members(at + 1, info, (head & 3) as 2 | 3, depth)
    }
  }

  #string(at: number, length: number): Told {
    const text = this.#bytes(at, length).toString('utf8')
    return { json: quoted(text), text }
  }

  #bytes(at: number, length: number): Buffer {
    if (at + length > this.#value.length) throw malformed()
    return this.#value.subarray(at, at + length)
  }

  #members(at: number, info: number, kind: typeof OBJECT | typeof ARRAY, depth: number): Told {
    const isLarge = (info & (kind === OBJECT ? LARGE_OBJECT : LARGE_ARRAY)) !== 0
    const offsetBytes = (info & 3) + 1
    const idBytes = kind === OBJECT ? ((info >> 2) & 3) + 1 : 0
    const count = this.#value.readUIntLE(at, isLarge ? 4 : 1)
    const ids = at + (isLarge ? 4 : 1)
    const offsets = ids + count * idBytes
    const members = offsets + (count + 1) * offsetBytes
    if (members > this.#value.length) throw malformed()
    const texts = Array.from({ length: count }, (_, i) => {
      const { json } = this.read(members + this.#value.readUIntLE(offsets + i * offsetBytes, offsetBytes), depth + 1)
      if (kind === ARRAY) return json
      return `${quoted(this.#key(this.#value.readUIntLE(ids + i * idBytes, idBytes)))}:${json}`
    })
    return alike(kind === OBJECT ? `{${texts.join(',')}}` : `[${texts.join(',')}]`)
  }

  #key(id: number): string {
    const width = (this.#metadata.readUInt8(0) >> 6) + 1
    const count = this.#metadata.readUIntLE(1, width)
    if (id >= count) throw malformed()
    const texts = 1 + (count + 2) * width
    const offset = (i: number): number => texts + this.#metadata.readUIntLE(1 + (i + 1) * width, width)
    return this.#metadata.toString('utf8', offset(id), offset(id + 1))
  }

  #primitive(at: number, type: number): Told {
    const primitive = PRIMITIVES[type]
    if (primitive === undefined) throw new MillraceError('UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT', { id: type })
    return primitive(this.#value, at, this.#timeZone)
  }
}

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\u[0-9a-f]{4}/g, (point) => `\\u${point.slice(2).toUpperCase()}`)
const alike = (text: string): Told => ({ json: text, text })
const inQuotes = (text: string): Told => ({ json: `"${text}"`, text })
const floating = (value: number, text: string): Told => (Number.isFinite(value) ? alike(text) : inQuotes(text))

type Tell = (value: Buffer, at: number, timeZone: string) => Told

const decimal =
  (bytes: 4 | 8 | 16): Tell =>
  (value, at) => {
    const digits = at + 1
    const unscaled =
      bytes === 4
        ? BigInt(value.readInt32LE(digits))
        : bytes === 8
          ? value.readBigInt64LE(digits)
          : (value.readBigInt64LE(digits + 8) << 64n) | value.readBigUInt64LE(digits)
    const text = new Decimal(unscaled, value.readUInt8(at)).toString()
    return alike(text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  }

const sized = (value: Buffer, at: number): Buffer => {
  const length = value.readUInt32LE(at)
  if (at + 4 + length > value.length) throw malformed()
  return value.subarray(at + 4, at + 4 + length)
}

/** What primitives are, by the numbers of their types. */
const PRIMITIVES: Readonly<Record<number, Tell>> = {
  0: () => alike('null'),
  1: () => alike('true'),
  2: () => alike('false'),
  3: (value, at) => alike(String(value.readInt8(at))),
  4: (value, at) => alike(String(value.readInt16LE(at))),
  5: (value, at) => alike(String(value.readInt32LE(at))),
  6: (value, at) => alike(String(value.readBigInt64LE(at))),
  7: (value, at) => floating(value.readDoubleLE(at), doubleText(value.readDoubleLE(at))),
  8: decimal(4),
  9: decimal(8),
  10: decimal(16),
  11: (value, at) => inQuotes(dateText(value.readInt32LE(at))),
  12: instant,
  13: (value, at) => inQuotes(timestampText(value.readBigInt64LE(at))),
  14: (value, at) => floating(value.readFloatLE(at), floatText(value.readFloatLE(at))),
  15: (value, at) => {
    const bytes = sized(value, at)
    return { json: `"${bytes.toString('base64')}"`, text: bytes.toString('utf8') }
  },
  16: (value, at) => {
    const text = sized(value, at).toString('utf8')
    return { json: quoted(text), text }
  },
  20: (value, at) =>
    inQuotes(value.toString('hex', at, at + 16).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')),
}

/** A timestamp of a zone; JSON tells the offset. */
function instant(value: Buffer, at: number, timeZone: string): Told {
  const micros = value.readBigInt64LE(at)
  const local = localMicros(timeZone, micros)
  const text = timestampText(local)
  const minutes = Number((local - micros) / MICROS_PER_MINUTE)
  const two = (number: number): string => String(Math.trunc(Math.abs(number))).padStart(2, '0')
  const offset = `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
  return { json: `"${text}${offset}"`, text }
}

function tell(parts: VariantParts, timeZone: string): Told {
  try {
    return new Reader(parts, timeZone).read(0, 0)
  } catch (error) {
    // What lies beyond the bytes.
    throw error instanceof RangeError ? malformed() : error
  }
}

/** A variant as JSON, as Spark's `to_json` writes it. @throws MALFORMED_VARIANT, UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT */
export const variantJsonText = (parts: VariantParts, timeZone = 'UTC'): string => tell(parts, timeZone).json

/** A variant as a cast to STRING writes it; undefined for the null of variants, which becomes NULL. */
export function variantText(parts: VariantParts, timeZone = 'UTC'): string | undefined {
  const { json, text } = tell(parts, timeZone)
  return json === 'null' ? undefined : text
}
