import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  FLOAT,
  field,
  INT,
  INTERVAL_DT,
  map,
  STRING,
  struct,
  TIMESTAMP,
} from '../types.js'
import type { Descriptors, EnumDescriptor, FieldDescriptor, MessageDescriptor } from './descriptor.js'

/** How a field is read and written: what its descriptor says, and that of what it is made of. */
export interface ProtoField extends FieldDescriptor {
  readonly enum?: EnumDescriptor
  /** Of a message. */
  readonly fields?: readonly ProtoField[]
  /** What it is where it is no struct. */
  readonly as?: 'map' | 'timestamp' | 'duration' | 'wrapped'
}

/** How a message is read. */
export interface ProtoReading {
  readonly fields: readonly ProtoField[]
  /** Whether fields of which it cannot be told if they are there are what they are without being there, in place of NULL. */
  readonly tellsUsual: boolean
  /** Whether what is no such message raises, or is a row of NULLs. */
  readonly failsFast: boolean
}

/** How a message is written. */
export interface ProtoWriting {
  readonly fields: readonly ProtoField[]
  readonly isCaseSensitive: boolean
}

/** What a field becomes as a column. */
interface Part {
  readonly shape: ProtoField
  readonly type: DataType
}

export interface ShapeOptions {
  /** How often a message may lie in one of its kind; undefined where it must not. */
  readonly depth?: number
  readonly enumsAsNumbers: boolean
  readonly widensUnsigned: boolean
  readonly unwraps: boolean
  readonly keepsEmpty: boolean
}

/** A message lies in one of its kind. */
export class Recursive extends Error {}
/** A descriptor names what is not there. */
export class Unknown extends Error {}
/** The message has more fields, with those within them, or lies deeper than queries may have it. */
export class TooLarge extends Error {}

const MOST_FIELDS = 10_000
const MOST_DEPTH = 100
const WRAPPED = /^google\.protobuf\.(Bool|U?Int32|U?Int64|Float|Double|String|Bytes)Value$/
/** What stands for a message without fields. */
const EMPTY_MEMBER = '__dummy_field_in_empty_struct'

/** What a field lies in: so many messages, and of each kind so many. */
interface Around {
  readonly depth: number
  readonly kinds: ReadonlyMap<string, number>
}

/** Finds how messages lie and what their columns are. */
export class ShapeFinder {
  readonly #descriptors: Descriptors
  readonly #options: ShapeOptions
  #count = 0

  constructor(descriptors: Descriptors, options: ShapeOptions) {
    this.#descriptors = descriptors
    this.#options = options
  }

  /** @throws Recursive, Unknown, TooLarge */
  message(message: MessageDescriptor): { readonly shape: readonly ProtoField[]; readonly fields: readonly Field[] } {
    return this.#members(message, { depth: 1, kinds: new Map([[message.fullName, 1]]) })
  }

  #members(message: MessageDescriptor, around: Around) {
    if (around.depth > MOST_DEPTH) throw new TooLarge(`a message of more than ${MOST_DEPTH} levels`)
    const parts = message.fields.flatMap((one) => this.#part(one, around) ?? [])
    return {
      shape: parts.map(({ shape }) => shape),
      fields: parts.map(({ shape, type }) => field(shape.name, type, !shape.isRequired)),
    }
  }

  /** undefined for a field that is left out. */
  #part(descriptor: FieldDescriptor, around: Around): Part | undefined {
    if (++this.#count > MOST_FIELDS) throw new TooLarge(`a message of more than ${MOST_FIELDS} fields`)
    const one = this.#single(descriptor, around)
    if (!one || !descriptor.isRepeated || one.shape.as === 'map') return one
    return { ...one, type: array(one.type, false) }
  }

  #single(descriptor: FieldDescriptor, around: Around): Part | undefined {
    switch (descriptor.kind) {
      case 'enum': {
        const found = this.#descriptors.enums.get(descriptor.typeName ?? '')
        if (!found || !hasDefault(found, descriptor.usual)) throw new Unknown(descriptor.typeName)
        return { shape: { ...descriptor, enum: found }, type: this.#options.enumsAsNumbers ? INT : STRING }
      }
      case 'group':
      case 'message':
        return this.#nested(descriptor, around)
      default:
        return { shape: descriptor, type: plainType(descriptor.kind, this.#options.widensUnsigned) }
    }
  }

  #nested(descriptor: FieldDescriptor, around: Around): Part | undefined {
    const name = descriptor.typeName ?? ''
    const message = this.#descriptors.messages.get(name)
    if (!message) throw new Unknown(name)
    const time = timeOf(message)
    if (time)
      return {
        shape: { ...descriptor, fields: message.fields, as: time },
        type: time === 'timestamp' ? TIMESTAMP : INTERVAL_DT,
      }
    if (message.isEntry && descriptor.isRepeated) return this.#entries(descriptor, message, around)
    if (this.#options.unwraps && WRAPPED.test(name)) {
      const [value] = message.fields
      if (!value || !isSinglePlain(value)) throw new Unknown(name)
      const { type } = this.#single(value, around)!
      return { shape: { ...descriptor, fields: [value], as: 'wrapped' }, type }
    }
    const depth = around.kinds.get(name) ?? 0
    if (depth > 0 && !this.#options.depth) throw new Recursive(`${message.fullName}.${descriptor.name}`)
    if (depth > 0 && depth >= this.#options.depth!) return undefined
    const { shape, fields } = this.#members(message, {
      depth: around.depth + 1,
      kinds: new Map([...around.kinds, [name, depth + 1]]),
    })
    if (fields.length > 0) return { shape: { ...descriptor, fields: shape }, type: struct(fields) }
    return this.#options.keepsEmpty
      ? { shape: { ...descriptor, fields: shape }, type: struct([field(EMPTY_MEMBER, STRING)]) }
      : undefined
  }

  #entries(descriptor: FieldDescriptor, { fullName, fields }: MessageDescriptor, around: Around): Part | undefined {
    const [own, of] = ['key', 'value'].map((name) => fields.find((one) => one.name === name))
    // Protoc makes no others, nor any with a default.
    if (!own || !of || !isSinglePlain(own) || of.isRepeated || of.usual !== undefined) throw new Unknown(fullName)
    const [key, value] = [this.#part(own, around), this.#part(of, around)]
    if (!key || !value) return undefined
    return {
      shape: { ...descriptor, fields: [key.shape, value.shape], as: 'map' },
      type: map(key.type, value.type, false),
    }
  }
}

/** Whether a field is one value that is no message, and zero where it is not there. */
const isSinglePlain = ({ kind, isRepeated, usual }: FieldDescriptor): boolean =>
  kind !== 'message' && kind !== 'group' && !isRepeated && usual === undefined

/** Whether an enumeration has the value that a field is where it is not there: one that is named, or the first. */
const hasDefault = ({ values }: EnumDescriptor, usual: string | undefined): boolean =>
  values.some(([name]) => usual === undefined || name === usual)

const TIME_FIELDS = 'false int64 seconds,false int32 nanos'

/** As in Spark, what is called so and has these fields is one, of whatever package. */
function timeOf({ fullName, fields }: MessageDescriptor): 'timestamp' | 'duration' | undefined {
  if (fields.map(({ name, kind, isRepeated }) => `${isRepeated} ${kind} ${name}`).join() !== TIME_FIELDS)
    return undefined
  const name = fullName.split('.').at(-1)
  return name === 'Timestamp' ? 'timestamp' : name === 'Duration' ? 'duration' : undefined
}

function plainType(kind: FieldDescriptor['kind'], widensUnsigned: boolean): DataType {
  switch (kind) {
    case 'double':
      return DOUBLE
    case 'float':
      return FLOAT
    case 'bool':
      return BOOLEAN
    case 'string':
      return STRING
    case 'bytes':
      return BINARY
    case 'uint32':
      return widensUnsigned ? BIGINT : INT
    case 'uint64':
      return widensUnsigned ? UINT64 : BIGINT
    case 'fixed64':
    case 'int64':
    case 'sfixed64':
    case 'sint64':
      return BIGINT
    default:
      return INT
  }
}

const UINT64 = decimal(20, 0)
