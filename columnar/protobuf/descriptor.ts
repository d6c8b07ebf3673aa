/** Kinds of fields, by the numbers that descriptors have for them. */
export const KINDS = [
  ...['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string', 'group', 'message'],
  ...['bytes', 'uint32', 'enum', 'sfixed32', 'sfixed64', 'sint32', 'sint64'],
] as const

export type ProtoKind = Exclude<(typeof KINDS)[number], ''>

/** A field of a message as its descriptor says it. */
export interface FieldDescriptor {
  readonly name: string
  readonly number: number
  readonly kind: ProtoKind
  readonly isRepeated: boolean
  readonly isRequired: boolean
  readonly isPacked: boolean
  /** Whether it can be told if the value is there. */
  readonly hasPresence: boolean
  /** What it is where it is not there, as text, if the descriptor says so. */
  readonly usual?: string
  /** Whether bytes that are no UTF-8 make the message malformed. */
  readonly isChecked: boolean
  /** Which of the fields that exclude each other it is one of. */
  readonly choice?: number
  /** The full name of the message or enumeration that it is of. */
  readonly typeName?: string
}

export interface MessageDescriptor {
  readonly fullName: string
  readonly fields: readonly FieldDescriptor[]
  /** Whether it is an entry of a map. */
  readonly isEntry: boolean
}

export interface EnumDescriptor {
  readonly name: string
  readonly values: readonly (readonly [name: string, number: number])[]
  /** Whether values may have other numbers. */
  readonly isOpen: boolean
}

/** What a set of descriptors has, by full names. */
export interface Descriptors {
  readonly messages: ReadonlyMap<string, MessageDescriptor>
  readonly enums: ReadonlyMap<string, EnumDescriptor>
}
