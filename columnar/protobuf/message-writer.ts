import { memberOf, rowKeys } from '../row-keys.js'
import type { StoredNested } from '../stored-values.js'
import { type DataType, type StructType, sqlTypeName } from '../types.js'
import { plainWriter, valueRefused, type WritePlain } from './plain-writer.js'
import type { ProtoField } from './shape.js'
import { GROUP_END, GROUP_START, WITH_LENGTH, type WireWriter } from './wire.js'

export type WriteMessage = (value: StoredNested, to: WireWriter) => void

/** A field of the value is not in the message. */
export class NoSuchField extends Error {}
/** A field of the message is not in the value. */
export class FieldMissing extends Error {}
/** Values of a type cannot be written as a field. */
export class Unwritable extends Error {
  /** The names down to the field. */
  readonly path: readonly string[]
  readonly protobufType: string
  readonly sqlType: string

  constructor(path: readonly string[], protobufType: string, sqlType: string) {
    super(path.join('.'))
    this.path = path
    this.protobufType = protobufType
    this.sqlType = sqlType
  }
}

const MICROS_PER_SECOND = 1_000_000n
const NANOS_PER_MICRO = 1000n

/** How names are compared. */
export type NamesAgree = (a: string, b: string) => boolean

/** Writes values of a struct as messages: its fields by their names. @throws NoSuchField, FieldMissing, Unwritable */
export function messageWriter(
  fields: readonly ProtoField[],
  type: StructType,
  agree: NamesAgree,
  path: readonly string[] = [],
): WriteMessage {
  const keys = rowKeys(type.fields)
  const extra = type.fields.find(({ name }) => !fields.some((one) => agree(one.name, name)))
  if (extra) throw new NoSuchField([...path, extra.name].join('.'))
  // As in Spark, what may be there several times may be left out.
  const missing = fields.find((one) => !one.isRepeated && !type.fields.some(({ name }) => agree(one.name, name)))
  if (missing) throw new FieldMissing([...path, missing.name].join('.'))
  const members = type.fields
    .map(({ name, type: of }, i) => {
      const field = fields.find((one) => agree(one.name, name))!
      return { key: keys[i]!, field, write: fieldWriter(field, of, agree, [...path, field.name]) }
    })
    .toSorted((a, b) => a.field.number - b.field.number)
  return (value, to) => {
    for (const { key, write } of members) write((memberOf(value as object, key) ?? null) as StoredNested, to)
  }
}

/** Writes a field with its tags; nothing for NULL, but for what is required. */
function fieldWriter(field: ProtoField, type: DataType, agree: NamesAgree, path: readonly string[]): WriteMessage {
  if (type.kind === 'void') return () => undefined
  if (field.as === 'map') return entriesWriter(field, type, agree, path)
  if (!field.isRepeated) return singleWriter(field, valueWriter(field, type, agree, path))
  if (type.kind !== 'array') throw unwritable(path, field, type)
  const write = valueWriter(field, type.element, agree, path)
  // Messages have nothing that would be NULL in a list; Spark's queries end there by an exception of Java.
  const elements = (value: StoredNested): readonly StoredNested[] => {
    const list = (value ?? []) as readonly StoredNested[]
    if (list.includes(null)) throw valueRefused('NULL', field, path)
    return list
  }
  const { plain } = write
  if (field.isPacked && plain) {
    return (value, to) => {
      const list = elements(value)
      if (list.length === 0) return
      to.tag(field.number, WITH_LENGTH)
      to.measured(() => {
        for (const one of list) plain.write(one, to)
      })
    }
  }
  return (value, to) => {
    for (const one of elements(value)) write.tagged(one, to)
  }
}

/** How a value that is not NULL is written: with its tag, and of what is no message without it. */
interface ValueWriter {
  readonly tagged: WriteMessage
  readonly plain?: WritePlain
}

function singleWriter(field: ProtoField, { tagged, plain }: ValueWriter): WriteMessage {
  const isImplicit = plain && !field.hasPresence
  return (value, to) => {
    if (value === null) {
      if (field.isRequired && plain) tagged(plain.usual, to)
    } else if (!isImplicit || !plain.isUsual(value)) tagged(value, to)
  }
}

function valueWriter(field: ProtoField, type: DataType, agree: NamesAgree, path: readonly string[]): ValueWriter {
  if (field.kind !== 'message' && field.kind !== 'group') {
    const plain = plainWriter(field, type, path)
    if (!plain) throw unwritable(path, field, type)
    return {
      plain,
      tagged: (value, to) => {
        to.tag(field.number, plain.wire)
        plain.write(value, to)
      },
    }
  }
  const write = nestedWriter(field, type, agree, path)
  if (field.kind === 'group')
    return {
      tagged: (value, to) => {
        to.tag(field.number, GROUP_START)
        write(value, to)
        to.tag(field.number, GROUP_END)
      },
    }
  return {
    tagged: (value, to) => {
      to.tag(field.number, WITH_LENGTH)
      to.measured(() => write(value, to))
    },
  }
}

function nestedWriter(field: ProtoField, type: DataType, agree: NamesAgree, path: readonly string[]): WriteMessage {
  if (field.as === 'timestamp' || field.as === 'duration') return timeWriter(field, type, path)
  if (field.as === 'wrapped') {
    const value = field.fields![0]!
    return singleWriter(value, valueWriter(value, type, agree, path))
  }
  if (type.kind !== 'struct') throw unwritable(path, field, type)
  return messageWriter(field.fields!, type, agree, path)
}

/** Seconds and nanoseconds: of points in time the latter are never below zero, of durations both have one sign. */
function timeWriter(field: ProtoField, type: DataType, path: readonly string[]): WriteMessage {
  if (type.kind !== (field.as === 'timestamp' ? 'timestamp' : 'interval_dt')) throw unwritable(path, field, type)
  const [seconds, nanos] = field.fields!.map((one, i) =>
    singleWriter(one, valueWriter(one, { kind: i === 0 ? 'bigint' : 'int' }, Object.is, path)),
  )
  return (value, to) => {
    const micros = value as bigint
    const rest = micros % MICROS_PER_SECOND
    const borrowed = field.as === 'timestamp' && rest < 0n ? 1n : 0n
    seconds!(micros / MICROS_PER_SECOND - borrowed, to)
    nanos!(Number((rest + borrowed * MICROS_PER_SECOND) * NANOS_PER_MICRO), to)
  }
}

/** A message for each entry, whose key and value are always there; a NULL is what the value is without being there. */
function entriesWriter(field: ProtoField, type: DataType, agree: NamesAgree, path: readonly string[]): WriteMessage {
  if (type.kind !== 'map') throw unwritable(path, field, type)
  const [key, value] = [type.key, type.value].map((of, i) =>
    valueWriter(field.fields![i]!, of, agree, [...path, i === 0 ? 'key' : 'value']),
  )
  return (entries, to) => {
    for (const [own, of] of entries === null ? [] : (entries as ReadonlyMap<StoredNested, StoredNested>)) {
      to.tag(field.number, WITH_LENGTH)
      to.measured(() => {
        key!.tagged(own, to)
        const given = of ?? value!.plain?.usual ?? null
        if (given !== null) value!.tagged(given, to)
      })
    }
  }
}

const unwritable = (path: readonly string[], { kind }: ProtoField, type: DataType): Unwritable =>
  new Unwritable(path, kind, sqlTypeName(type))
