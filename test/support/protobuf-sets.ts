import { type FieldDescriptor, KINDS, type ProtoKind } from '../../columnar/protobuf/descriptor.js'
import { parseDescriptors } from '../../columnar/protobuf/parse-descriptors.js'
import { type ProtoField, ShapeFinder, type ShapeOptions } from '../../columnar/protobuf/shape.js'
import { WITH_LENGTH, WireWriter } from '../../columnar/protobuf/wire.js'
import { type StructType, struct } from '../../columnar/types.js'

/* Sets of descriptors as protoc would write them, and as it never does. */

export interface FieldSaid {
  readonly name: string
  readonly number?: number
  readonly kind: ProtoKind
  readonly of?: string
  readonly usual?: string
  readonly isRepeated?: boolean
  /** Which of the fields that exclude each other it is one of. */
  readonly choice?: number
  readonly isPacked?: FieldDescriptor['isPacked']
}

export interface MessageSaid {
  readonly name: string
  readonly fields?: readonly FieldSaid[]
  readonly nested?: readonly MessageSaid[]
  readonly isEntry?: boolean
}

export interface FileSaid {
  readonly messages: readonly MessageSaid[]
  readonly enums?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly edition?: number
  readonly isProto3?: boolean
}

/** Bytes of a message: texts, messages and numbers by the numbers of their fields. */
export function bytesOf(
  ...fields: readonly (readonly [number: number, value: string | Uint8Array | number])[]
): Buffer {
  const to = new WireWriter()
  for (const [number, value] of fields) {
    to.tag(number, typeof value === 'number' ? 0 : WITH_LENGTH)
    if (typeof value === 'number') to.varint(BigInt(value))
    else to.bytes(Buffer.from(value))
  }
  return to.taken()
}

export function setOf({ messages, enums = {}, edition, isProto3 = false }: FileSaid): Buffer {
  const file = bytesOf(
    [1, 'a.proto'],
    ...messages.map((one) => [4, messageBytes(one)] as const),
    ...Object.entries(enums).map(
      ([name, values]) =>
        [
          5,
          bytesOf([1, name], ...Object.entries(values).map(([own, at]) => [2, bytesOf([1, own], [2, at])] as const)),
        ] as const,
    ),
    ...(isProto3 ? [[12, 'proto3'] as const] : []),
    ...(edition === undefined ? [] : [[14, edition] as const]),
  )
  return bytesOf([1, file])
}

const messageBytes = ({ name, fields = [], nested = [], isEntry = false }: MessageSaid): Buffer =>
  bytesOf(
    [1, name],
    ...fields.map((field, i) => [2, fieldBytes(field, i + 1)] as const),
    ...nested.map((one) => [3, messageBytes(one)] as const),
    ...(isEntry ? [[7, bytesOf([7, 1])] as const] : []),
  )

const fieldBytes = (
  { name, number, kind, of, usual, isRepeated, isPacked, choice }: FieldSaid,
  place: number,
): Buffer =>
  bytesOf(
    [1, name],
    [3, number ?? place],
    [4, isRepeated ? 3 : 1],
    [5, KINDS.indexOf(kind)],
    ...(of === undefined ? [] : [[6, of] as const]),
    ...(usual === undefined ? [] : [[7, usual] as const]),
    ...(choice === undefined ? [] : [[9, choice] as const]),
    ...(isPacked ? [[8, bytesOf([2, 1])] as const] : []),
  )

/** The first message of a file. */
export function shapeIn(
  file: FileSaid,
  options: Partial<ShapeOptions> = {},
): { readonly fields: readonly ProtoField[]; readonly type: StructType } {
  const known = parseDescriptors(setOf(file))
  const usual = { enumsAsNumbers: false, widensUnsigned: false, unwraps: false, keepsEmpty: false }
  const finder = new ShapeFinder(known, { ...usual, ...options })
  const { shape, fields } = finder.message(known.messages.get(file.messages[0]!.name)!)
  return { fields: shape, type: struct(fields) }
}
