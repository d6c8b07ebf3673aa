import type { DataType, Field } from '../../columnar/types.js'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  JSON_BIGINT,
  JSON_BOOLEAN,
  JSON_DATE,
  JSON_DECIMAL,
  JSON_DOUBLE,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_HEAD,
  JSON_FIELD_KIND,
  JSON_FIELD_LENGTH,
  JSON_FIELD_NAME,
  JSON_FIELD_SLOT,
  JSON_FIELD_SLOTS,
  JSON_FLOAT,
  JSON_INT,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_SLOTS,
  JSON_SCALE_SHIFT,
  JSON_SMALLINT,
  JSON_STRING,
  JSON_STRUCT,
  JSON_TIMESTAMP,
  JSON_TIMESTAMP_NTZ,
  JSON_TINYINT,
} from '../kernels/interface/json-spec.js'

/** @throws UNSUPPORTED_FEATURE */
function kindOf(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
      return JSON_BOOLEAN
    case 'tinyint':
      return JSON_TINYINT
    case 'smallint':
      return JSON_SMALLINT
    case 'int':
      return JSON_INT
    case 'bigint':
      return JSON_BIGINT
    case 'float':
      return JSON_FLOAT
    case 'double':
      return JSON_DOUBLE
    case 'decimal':
      return JSON_DECIMAL
    case 'string':
      return JSON_STRING
    case 'date':
      return JSON_DATE
    case 'timestamp':
      return JSON_TIMESTAMP
    case 'timestamp_ntz':
      return JSON_TIMESTAMP_NTZ
    case 'struct':
      return JSON_STRUCT
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
    const { buffer, offset } = reserve(JSON_NODE_BYTES + some.length * JSON_FIELD_BYTES)
    buffer.writeUInt32LE(some.length, JSON_NODE_FIELDS)
    buffer.writeUInt32LE(
      some.reduce((sum, field) => sum + jsonSlots(field.type), 0),
      JSON_NODE_SLOTS,
    )
    some.forEach(({ name, type }, i) => {
      const at = JSON_NODE_BYTES + i * JSON_FIELD_BYTES
      const text = Buffer.from(name)
      const stored = reserve(text.length)
      text.copy(stored.buffer)
      text.copy(buffer, at + JSON_FIELD_HEAD, 0, JSON_FIELD_LENGTH - JSON_FIELD_HEAD)
      buffer.writeUInt32LE(text.length, at + JSON_FIELD_LENGTH)
      buffer.writeUInt32LE(stored.offset, at + JSON_FIELD_NAME)
      buffer.writeUInt32LE(kindOf(type), at + JSON_FIELD_KIND)
      buffer.writeUInt32LE(slot++, at + JSON_FIELD_SLOT)
      buffer.writeUInt32LE(jsonSlots(type), at + JSON_FIELD_SLOTS)
      if (type.kind === 'struct') buffer.writeUInt32LE(encode(type.fields), at + JSON_FIELD_ARGUMENT)
      if (type.kind === 'decimal')
        buffer.writeUInt32LE(type.precision + (type.scale << JSON_SCALE_SHIFT), at + JSON_FIELD_ARGUMENT)
    })
    return offset
  }
  encode(fields)
  return Buffer.concat(chunks)
}
