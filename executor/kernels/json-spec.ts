import type { DataType, Field, TypeKind } from '../../columnar/types.js'
import { partTypes, quotedTypeName, typeName, VOID } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TextOptions } from '../../planner/plan/expression/text-options.js'
import { jsonFlags } from '../../planner/plan/text-specs/json-flags.js'
import { QUOTED_TEXTS, quotedPath } from '../../planner/plan/text-specs/quoted-texts.js'
import { encodeTimeFormats } from '../../planner/plan/text-specs/time-formats.js'
import type { SlotNode } from '../compiler/nested/slot-layout.js'
import { describeType } from '../compiler/nested/type-description.js'
import * as codes from '../kernels/interface/json-spec.js'
import { intervalArgument } from './interval-argument.js'

/** How the kernel reads a type; undefined for what it cannot make. */
const KINDS: Readonly<Record<TypeKind, number | undefined>> = {
  void: codes.JSON_VOID,
  boolean: codes.JSON_BOOLEAN,
  tinyint: codes.JSON_TINYINT,
  smallint: codes.JSON_SMALLINT,
  int: codes.JSON_INT,
  bigint: codes.JSON_BIGINT,
  float: codes.JSON_FLOAT,
  double: codes.JSON_DOUBLE,
  decimal: codes.JSON_DECIMAL,
  string: codes.JSON_STRING,
  binary: codes.JSON_BINARY,
  date: codes.JSON_DATE,
  time: codes.JSON_TIME,
  timestamp: codes.JSON_TIMESTAMP,
  timestamp_ntz: codes.JSON_TIMESTAMP_NTZ,
  interval_ym: codes.JSON_INTERVAL_YM,
  interval_dt: codes.JSON_INTERVAL_DT,
  interval: undefined,
  variant: codes.JSON_VARIANT,
  struct: codes.JSON_STRUCT,
  array: codes.JSON_ARRAY,
  map: codes.JSON_MAP,
}

/** @throws UNSUPPORTED_FEATURE */
function kindOf(type: DataType, isQuoted: boolean): number {
  if (isQuoted) return codes.JSON_QUOTED
  const kind = KINDS[type.kind]
  if (kind === undefined) throw unread(type)
  return kind
}

const unread = (type: DataType): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `from_json to ${typeName(type)}` })

const NANOS_DIGITS = 9
/** What has to be escaped in the names of members. */
const ESCAPED = /[\\"\p{Cc}]/u

/** How many slots a value has: one for itself, and those of its fields. */
export const jsonSlots = (type: DataType): number =>
  type.kind === 'struct' ? type.fields.reduce((sum, field) => sum + jsonSlots(field.type), 1) : 1

/** How the kernel leaves elements before they are packed: slot after slot, as `slotOf` of executor/compiler/nested tells of others. */
function elementSlots(types: readonly DataType[]): readonly SlotNode[] {
  let slot = 0
  const place = (type: DataType): SlotNode => {
    const at = slot++ * codes.JSON_SLOT_BYTES
    const fields = type.kind === 'struct' ? type.fields.map((field) => place(field.type)) : []
    return { flag: at + codes.JSON_SLOT_NULL, value: at, fields }
  }
  return types.map(place)
}

/** Parts of the spec that lie one behind the other. */
class SpecBytes {
  readonly #chunks: Buffer[] = []
  #length = 0
  readonly #quoted: readonly string[]

  /** @param quoted the paths to texts that must be in quotes */
  constructor(quoted: readonly string[]) {
    this.#quoted = quoted
  }

  isQuoted(path: string): boolean {
    return this.#quoted.includes(path)
  }

  reserve(bytes: number): { readonly buffer: Buffer; readonly offset: number } {
    const buffer = Buffer.alloc(Math.ceil(bytes / 8) * 8)
    const offset = this.#length
    this.#chunks.push(buffer)
    this.#length += buffer.length
    return { buffer, offset }
  }

  add(bytes: Uint8Array): number {
    const { buffer, offset } = this.reserve(bytes.length)
    buffer.set(bytes)
    return offset
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }
}

/** Describes the type that a text is read as, for the kernel json_extract. @throws UNSUPPORTED_FEATURE for types it cannot make */
export const encodeJsonSpec = (type: DataType, options?: TextOptions): Uint8Array => encodeSpec(type, options)

/** The same of the type that a variant is cast to, for the kernel variantExtract. @param options its zone, and as `mode` whether it fails */
export const encodeVariantSpec = (type: DataType, options: TextOptions): Uint8Array => encodeSpec(type, options)

function encodeSpec(type: DataType, options: TextOptions = {}): Uint8Array {
  const spec = new SpecBytes(JSON.parse(options[QUOTED_TEXTS] ?? '[]'))
  const { buffer: header } = spec.reserve(codes.JSON_HEADER_BYTES)
  header.writeUInt32LE(jsonFlags(options), codes.JSON_FLAGS)
  header.writeUInt32LE(codes.JSON_NO_SLOT, codes.JSON_CORRUPT_SLOT)
  header.writeUInt32LE(spec.add(encodeTimeFormats(options, 'reading')), codes.JSON_FORMATS)
  const corrupt = options['columnNameOfCorruptRecord']
  const isStruct = type.kind === 'struct'
  // Keys of that name are none of the column.
  const read = isStruct
    ? { ...type, fields: type.fields.map((f) => (f.name === corrupt ? { ...f, type: VOID } : f)) }
    : type
  writeField(spec, header, codes.JSON_ROOT, {
    type: read,
    slot: isStruct ? -1 : 0,
    slots: jsonSlots(type) - (isStruct ? 1 : 0),
    path: '',
  })
  const slot = isStruct ? corruptSlot(type.fields, corrupt) : undefined
  if (slot !== undefined) header.writeUInt32LE(slot, codes.JSON_CORRUPT_SLOT)
  return spec.bytes
}

function corruptSlot(fields: readonly Field[], name: string | undefined): number | undefined {
  const index = fields.findIndex((field) => field.name === name)
  if (index < 0) return undefined
  return fields.slice(0, index).reduce((sum, { type }) => sum + jsonSlots(type), 0)
}

interface PlacedValue {
  readonly type: DataType
  readonly slot: number
  readonly slots: number
  readonly path: string
}

/** Writes what a field is behind its name. */
function writeField(spec: SpecBytes, buffer: Buffer, at: number, placed: PlacedValue): void {
  const { type, slot, slots, path } = placed
  buffer.writeUInt32LE(kindOf(type, spec.isQuoted(path)), at + codes.JSON_FIELD_KIND)
  buffer.writeInt32LE(slot, at + codes.JSON_FIELD_SLOT)
  buffer.writeUInt32LE(slots, at + codes.JSON_FIELD_SLOTS)
  const argument = argumentOf(spec, placed)
  buffer.writeUInt32LE(argument, at + codes.JSON_FIELD_ARGUMENT)
  const name = Buffer.from(quotedTypeName(type))
  buffer.writeUInt32LE(spec.add(name), at + codes.JSON_FIELD_TYPE)
  buffer.writeUInt32LE(name.length, at + codes.JSON_FIELD_TYPE_LENGTH)
}

function argumentOf(spec: SpecBytes, { type, slot, path }: PlacedValue): number {
  if (type.kind === 'struct') return encodeNode(spec, path, type.fields, slot + 1)
  if (type.kind === 'decimal') return type.precision + (type.scale << codes.JSON_SCALE_SHIFT)
  if (type.kind === 'time') return 10 ** (NANOS_DIGITS - type.precision)
  if (type.kind === 'interval_ym' || type.kind === 'interval_dt') return intervalArgument(type)
  if (type.kind !== 'array' && type.kind !== 'map') return 0
  const types = partTypes(type)
  const value = types.at(-1)!
  const description = spec.add(describeType(type, elementSlots))
  return encodeNode(spec, path, [{ name: '', type: value, nullable: true }], types.length - 1, description)
}

/** A node whose fields have slots from `first` on. */
function encodeNode(spec: SpecBytes, path: string, fields: readonly Field[], first: number, description = 0): number {
  const { buffer, offset } = spec.reserve(codes.JSON_NODE_BYTES + fields.length * codes.JSON_FIELD_BYTES)
  const slots = fields.map(({ type }) => jsonSlots(type))
  const isElement = description !== 0
  buffer.writeUInt32LE(fields.length, codes.JSON_NODE_FIELDS)
  buffer.writeUInt32LE(
    slots.reduce((sum, count) => sum + count, isElement ? first : 0),
    codes.JSON_NODE_SLOTS,
  )
  buffer.writeUInt32LE(description, codes.JSON_NODE_TYPE)
  let slot = first
  fields.forEach(({ name, type }, i) => {
    const at = codes.JSON_NODE_BYTES + i * codes.JSON_FIELD_BYTES
    const text = Buffer.from(name)
    text.copy(buffer, at + codes.JSON_FIELD_HEAD, 0, codes.JSON_FIELD_LENGTH - codes.JSON_FIELD_HEAD)
    buffer.writeUInt32LE(text.length, at + codes.JSON_FIELD_LENGTH)
    buffer.writeUInt32LE(spec.add(text), at + codes.JSON_FIELD_NAME)
    const quoted = Buffer.from(`"${name}":`)
    const isPlain = !ESCAPED.test(name)
    buffer.writeUInt32LE(isPlain ? quoted.length : codes.JSON_NEEDS_ESCAPES, at + codes.JSON_FIELD_QUOTED_LENGTH)
    quoted.copy(buffer, at + codes.JSON_FIELD_QUOTED, 0, codes.JSON_QUOTED_BYTES)
    writeField(spec, buffer, at, { type, slot, slots: slots[i]!, path: quotedPath(path, name) })
    slot += slots[i]!
  })
  return offset
}
