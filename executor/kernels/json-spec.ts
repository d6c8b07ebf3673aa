import type { DataType, Field } from '../../columnar/types.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

/*
 * What json_extract is told, little-endian; offsets count from the start of the spec, so that it may lie anywhere.
 * A node (the root is at 0): the number of its fields (u32), of slots below it (u32), then 32 bytes for each field:
 *   0 the first 8 bytes of the name, zeros behind a shorter one    8 length of the name (u32)   12 offset of the name (u32)
 *   16 kind (u32, below)   20 decimal: precision + 256 * scale; struct: offset of its node   24 index of its slot
 *   28 its slots, those of a struct's fields included
 */
const NODE_BYTES = 8
const FIELD_BYTES = 32
const STRUCT = 13

/** @throws UNSUPPORTED_FEATURE */
function kindOf(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
      return 1
    case 'tinyint':
      return 2
    case 'smallint':
      return 3
    case 'int':
      return 4
    case 'bigint':
      return 5
    case 'float':
      return 6
    case 'double':
      return 7
    case 'decimal':
      return 8
    case 'string':
      return 9
    case 'date':
      return 10
    case 'timestamp':
      return 11
    case 'timestamp_ntz':
      return 12
    case 'struct':
      return STRUCT
    case 'void':
    case 'binary':
    case 'interval_ym':
    case 'interval_dt':
    case 'array':
    case 'map':
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `from_json to ${typeName(type)}` })
  }
}

/** How many slots a field has: one for itself, and those of its own fields. */
const jsonSlots = (type: DataType): number =>
  type.kind === 'struct' ? type.fields.reduce((sum, field) => sum + jsonSlots(field.type), 1) : 1

/** Describes the fields to be extracted, for the kernel json_extract. @throws UNSUPPORTED_FEATURE for types it cannot make */
export function encodeJsonSpec(fields: readonly Field[]): Uint8Array {
  const chunks: Buffer[] = []
  const total = { bytes: 0 }
  const reserve = (bytes: number): { readonly buffer: Buffer; readonly offset: number } => {
    const buffer = Buffer.alloc(Math.ceil(bytes / 8) * 8)
    const offset = total.bytes
    chunks.push(buffer)
    total.bytes += buffer.length
    return { buffer, offset }
  }
  let slot = 0
  const encode = (some: readonly Field[]): number => {
    const { buffer, offset } = reserve(NODE_BYTES + some.length * FIELD_BYTES)
    buffer.writeUInt32LE(some.length, 0)
    buffer.writeUInt32LE(
      some.reduce((sum, field) => sum + jsonSlots(field.type), 0),
      4,
    )
    some.forEach(({ name, type }, i) => {
      const at = NODE_BYTES + i * FIELD_BYTES
      const text = Buffer.from(name)
      const stored = reserve(text.length)
      text.copy(stored.buffer)
      text.copy(buffer, at, 0, 8)
      buffer.writeUInt32LE(text.length, at + 8)
      buffer.writeUInt32LE(stored.offset, at + 12)
      buffer.writeUInt32LE(kindOf(type), at + 16)
      buffer.writeUInt32LE(slot++, at + 24)
      buffer.writeUInt32LE(jsonSlots(type), at + 28)
      if (type.kind === 'struct') buffer.writeUInt32LE(encode(type.fields), at + 20)
      if (type.kind === 'decimal') buffer.writeUInt32LE(type.precision + 256 * type.scale, at + 20)
    })
    return offset
  }
  encode(fields)
  return Buffer.concat(chunks)
}
