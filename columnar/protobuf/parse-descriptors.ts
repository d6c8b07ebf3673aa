import {
  type Descriptors,
  type EnumDescriptor,
  type FieldDescriptor,
  KINDS,
  type MessageDescriptor,
} from './descriptor.js'
import { isDefaultOf } from './usual.js'
import { EIGHT_BYTES, FOUR_BYTES, Malformed, MOST_FIELD_NUMBER, VARINT, WITH_LENGTH, WireReader } from './wire.js'

/*
 * The set of descriptors that `protoc --descriptor_set_out` writes: messages of descriptor.proto, whose fields are told by their numbers here.
 */

const SET_FILE = 1
const FILE = { name: 1, package: 2, dependency: 3, message: 4, enum: 5, syntax: 12, edition: 14 } as const
const MESSAGE = { name: 1, field: 2, nested: 3, enum: 4, options: 7 } as const
const FIELD = {
  name: 1,
  number: 3,
  label: 4,
  type: 5,
  typeName: 6,
  usual: 7,
  options: 8,
  choice: 9,
  optional: 17,
} as const
const ENUM = { name: 1, value: 2 } as const
const ENUM_VALUE = { name: 1, number: 2 } as const
/** Messages are not declared deeper in each other: their names may be empty, so that these do not tell. */
const MOST_DEPTH = 100
const MAP_ENTRY = 7
const PACKED = 2
const REQUIRED = 2
const REPEATED = 3

/** A dependency is not among the files. */
export class MissingDependency extends Error {}

/** The fields of a message without a schema: numbers and bytes, in the order in which they come. */
class RawMessage {
  readonly #fields = new Map<number, (bigint | Buffer)[]>()

  /** @throws Malformed */
  constructor(bytes: Uint8Array) {
    const reader = new WireReader(bytes)
    while (!reader.isDone) {
      const { number, wire } = reader.tag()
      const known = this.#fields.get(number) ?? []
      this.#fields.set(number, known)
      if (wire === VARINT) known.push(reader.varint())
      else if (wire === WITH_LENGTH) known.push(reader.bytes())
      else if (wire === EIGHT_BYTES || wire === FOUR_BYTES) reader.raw(wire === EIGHT_BYTES ? 8 : 4)
      else reader.skip(number, wire)
    }
  }

  integer(number: number): number | undefined {
    const last = this.#fields.get(number)?.at(-1)
    return typeof last === 'bigint' ? Number(BigInt.asIntN(32, last)) : undefined
  }

  text(number: number): string | undefined {
    return this.texts(number).at(-1)
  }

  texts(number: number): readonly string[] {
    return this.#bytes(number).map((bytes) => bytes.toString('utf8'))
  }

  messages(number: number): readonly RawMessage[] {
    return this.#bytes(number).map((bytes) => new RawMessage(bytes))
  }

  #bytes(number: number): readonly Buffer[] {
    return (this.#fields.get(number) ?? []).filter((value) => typeof value !== 'bigint')
  }
}

/** @throws Malformed, MissingDependency */
export function parseDescriptors(bytes: Uint8Array): Descriptors {
  const files = new RawMessage(bytes).messages(SET_FILE)
  const names = new Set(files.map((file) => file.text(FILE.name)))
  const messages = new Map<string, MessageDescriptor>()
  const enums = new Map<string, EnumDescriptor>()
  for (const file of files) {
    const missing = file.texts(FILE.dependency).find((name) => !names.has(name))
    if (missing !== undefined) throw new MissingDependency(missing)
    // Editions say of each field what the two syntaxes say of all, and are not told from proto3 here.
    if (file.integer(FILE.edition) !== undefined) throw new Malformed()
    const isProto3 = file.text(FILE.syntax) === 'proto3'
    const prefix = file.text(FILE.package) ?? ''
    for (const one of file.messages(FILE.enum)) addEnum(one, prefix, isProto3, enums)
    for (const one of file.messages(FILE.message)) addMessage(one, prefix, isProto3, { messages, enums }, 1)
  }
  return { messages, enums }
}

interface Found {
  readonly messages: Map<string, MessageDescriptor>
  readonly enums: Map<string, EnumDescriptor>
}

const within = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`)

function addEnum(one: RawMessage, prefix: string, isOpen: boolean, enums: Found['enums']): void {
  const name = one.text(ENUM.name) ?? ''
  const values = one
    .messages(ENUM.value)
    .map((value) => [value.text(ENUM_VALUE.name) ?? '', value.integer(ENUM_VALUE.number) ?? 0] as const)
  enums.set(within(prefix, name), { name, values, isOpen })
}

/** @throws Malformed */
function addMessage(one: RawMessage, prefix: string, isProto3: boolean, found: Found, depth: number): void {
  if (depth > MOST_DEPTH) throw new Malformed()
  const fullName = within(prefix, one.text(MESSAGE.name) ?? '')
  const isEntry = one.messages(MESSAGE.options).some((options) => options.integer(MAP_ENTRY) === 1)
  const fields = one.messages(MESSAGE.field).map((field) => fieldOf(field, isProto3))
  found.messages.set(fullName, { fullName, fields, isEntry })
  for (const nested of one.messages(MESSAGE.enum)) addEnum(nested, fullName, isProto3, found.enums)
  for (const nested of one.messages(MESSAGE.nested)) addMessage(nested, fullName, isProto3, found, depth + 1)
}

/** @throws Malformed */
function fieldOf(field: RawMessage, isProto3: boolean): FieldDescriptor {
  const kind = KINDS[field.integer(FIELD.type) ?? 0]
  const number = field.integer(FIELD.number) ?? 0
  if (!kind || number < 1 || number > MOST_FIELD_NUMBER) throw new Malformed()
  const isRepeated = field.integer(FIELD.label) === REPEATED
  const packed = field.messages(FIELD.options).at(-1)?.integer(PACKED)
  const isPlain = !['string', 'bytes', 'message', 'group'].includes(kind)
  const choice = field.integer(FIELD.choice)
  const usual = field.text(FIELD.usual)
  if (usual !== undefined && !isDefaultOf(kind, usual)) throw new Malformed()
  const isMessage = kind === 'message' || kind === 'group'
  return {
    name: field.text(FIELD.name) ?? '',
    number,
    kind,
    isRepeated,
    isRequired: field.integer(FIELD.label) === REQUIRED,
    isPacked: isRepeated && isPlain && (packed === undefined ? isProto3 : packed === 1),
    hasPresence: !isRepeated && (!isProto3 || isMessage || choice !== undefined),
    isChecked: isProto3,
    ...(usual === undefined ? {} : { usual }),
    ...(choice === undefined || field.integer(FIELD.optional) === 1 ? {} : { choice }),
    ...(field.text(FIELD.typeName) === undefined ? {} : { typeName: field.text(FIELD.typeName)!.replace(/^\./, '') }),
  }
}
