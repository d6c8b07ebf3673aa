import type { DataType } from '../types.js'
import { enumValues } from './enum-values.js'
import type { ProtoField } from './shape.js'
import { floatOf } from './usual.js'
import { EIGHT_BYTES, FOUR_BYTES, Malformed, VARINT, WITH_LENGTH, type WireReader } from './wire.js'

/** A value that is no message as it is stored; undefined for what is not among the values of an enumeration. */
type PlainValue = bigint | number | boolean | Uint8Array

/** @throws Malformed */
export type ReadPlain = (reader: WireReader) => PlainValue | undefined

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How values of a field lie where they are not packed, and how one is read. */
export function plainReader(field: ProtoField, type: DataType): { readonly wire: number; readonly read: ReadPlain } {
  switch (field.kind) {
    case 'double':
      return { wire: EIGHT_BYTES, read: (reader) => reader.raw(8).readDoubleLE() }
    case 'float':
      return { wire: FOUR_BYTES, read: (reader) => reader.raw(4).readFloatLE() }
    case 'fixed64':
    case 'sfixed64':
      return { wire: EIGHT_BYTES, read: (reader) => reader.raw(8).readBigInt64LE() }
    case 'fixed32':
    case 'sfixed32':
      return { wire: FOUR_BYTES, read: (reader) => BigInt(reader.raw(4).readInt32LE()) }
    case 'string':
      return { wire: WITH_LENGTH, read: (reader) => textOf(reader.bytes(), field.isChecked) }
    case 'bytes':
      return { wire: WITH_LENGTH, read: (reader) => reader.bytes() }
    case 'enum':
      return { wire: VARINT, read: (reader) => enumValue(field, Number(BigInt.asIntN(32, reader.varint())), type) }
    default:
      return { wire: VARINT, read: (reader) => fromVarint(field, reader.varint(), type) }
  }
}

/** Text that is no UTF-8 makes messages of proto3 malformed; of others it is mended. */
function textOf(bytes: Uint8Array, isChecked: boolean): Uint8Array {
  try {
    strict.decode(bytes)
    return bytes
  } catch {
    if (isChecked) throw new Malformed()
    return Buffer.from(Buffer.from(bytes).toString('utf8'))
  }
}

function fromVarint({ kind }: ProtoField, value: bigint, type: DataType): PlainValue {
  switch (kind) {
    case 'bool':
      return value !== 0n
    case 'sint32':
    case 'sint64': {
      const own = kind === 'sint32' ? BigInt.asUintN(32, value) : value
      return (own >> 1n) ^ -(own & 1n)
    }
    case 'uint32':
      return type.kind === 'bigint' ? BigInt.asUintN(32, value) : BigInt.asIntN(32, value)
    case 'uint64':
      return type.kind === 'decimal' ? value : BigInt.asIntN(64, value)
    default:
      return BigInt.asIntN(kind === 'int32' ? 32 : 64, value)
  }
}

/** Numbers that an open enumeration does not have get a name, as in Java. */
function enumValue({ enum: of }: ProtoField, number: number, type: DataType): PlainValue | undefined {
  const name = enumValues(of!).names.get(number)
  if (name === undefined && !of!.isOpen) return undefined
  if (type.kind !== 'string') return BigInt(number)
  return Buffer.from(name ?? `UNKNOWN_ENUM_VALUE_${of!.name}_${number}`)
}

/** What a field that is no message is where it is not there. */
export function usualOf(field: ProtoField, type: DataType): PlainValue {
  const { kind, usual } = field
  switch (kind) {
    case 'double':
    case 'float':
      return usual === undefined ? 0 : floatOf(usual)
    case 'bool':
      return usual === 'true'
    case 'string':
      return Buffer.from(usual ?? '')
    case 'bytes':
      return unescaped(usual ?? '')
    case 'enum': {
      const { values } = field.enum!
      const [, number] = values.find(([name]) => name === usual) ?? values[0] ?? ['', 0]
      return enumValue(field, number, type)!
    }
    case 'uint32':
    case 'uint64':
      return fromVarint(field, BigInt.asUintN(64, BigInt(usual ?? 0)), type)
    default:
      return BigInt.asIntN(kind.endsWith('32') ? 32 : 64, BigInt(usual ?? 0))
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 }

/** Bytes as descriptors have them: escaped as in C. */
function unescaped(text: string): Uint8Array {
  const parts = text.match(/\\(?:x[0-9a-f]{1,2}|[0-7]{1,3}|.)|[^\\]+/gis) ?? []
  return Buffer.concat(
    parts.map((part) => (part.startsWith('\\') ? Buffer.of(escapedByte(part.slice(1))) : Buffer.from(part))),
  )
}

function escapedByte(escaped: string): number {
  if (/^[0-7]/.test(escaped)) return Number.parseInt(escaped, 8) & 0xff
  if (/^x./i.test(escaped)) return Number.parseInt(escaped.slice(1), 16)
  return ESCAPES[escaped] ?? escaped.charCodeAt(0)
}
