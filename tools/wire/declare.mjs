// The TypeScript of the messages that the .proto files declare, as `pbjs` encodes and decodes them. `pbts` would run a program over all of what
// `pbjs` made, for longer than the rest of the build takes, and gives types that allow what no codec of ours means.
import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

const SCALARS = { bytes: 'Uint8Array', string: 'string', bool: 'boolean' }
const NUMBERS = new Set(['uint32', 'int32', 'sint32', 'fixed32', 'sfixed32', 'float', 'double'])

const HEADER = `/* Made by tools/wire/declare.mjs from the .proto files. */

export interface MessageType<T> {
  encode(message: T): { finish(): Buffer }
  decode(bytes: Uint8Array): T
}
`

/** The text of `wire.d.ts`. */
export function declareWire(files) {
  const root = new protobuf.Root()
  for (const file of files) protobuf.parse(readFileSync(file, 'utf8'), root, { alternateCommentMode: true })
  root.resolveAll()
  const space = root.lookup('millrace')
  const messages = space.nestedArray.filter((one) => one instanceof protobuf.Type)
  const types = messages.map((message) => `${commented(message.comment, '')}${declared(message)}`)
  const list = messages.map(({ name }) => `  readonly ${name}: MessageType<${name}>\n`)
  return [HEADER, ...types, `export const ${space.name}: {\n${list.join('')}}\n`].join('\n')
}

function declared(message) {
  const kinds = message.oneofsArray.map(({ name, oneof }) => {
    const names = oneof.map((field) => `\n    | '${camelCase(field)}'`)
    return `  /** Which of them is set; there when decoded, and not needed to encode. */\n  readonly ${name}?:${names.join('')}\n`
  })
  const lines = message.fieldsArray.map((field) => `${commented(field.comment, '  ')}  readonly ${fieldType(field)}\n`)
  const all = [...kinds, ...lines]
  return all.length === 0
    ? `export type ${message.name} = Record<string, never>\n`
    : `export interface ${message.name} {\n${all.join('')}}\n`
}

function fieldType(field) {
  const name = camelCase(field.name)
  const type = typeOf(field)
  if (field.repeated) return `${name}: readonly ${type}[]`
  // A message may be missing wherever it stands, and the members of a choice are, but for one.
  return field.partOf || field.resolvedType ? `${name}?: ${type} | null` : `${name}: ${type}`
}

function typeOf(field) {
  if (field.map) throw new Error(`${field.fullName}: maps are not declared yet`)
  if (field.resolvedType instanceof protobuf.Type) return field.resolvedType.name
  const type = SCALARS[field.type] ?? (NUMBERS.has(field.type) ? 'number' : undefined)
  if (type === undefined) throw new Error(`${field.fullName}: ${field.type} is not declared yet`)
  return type
}

const camelCase = (name) => protobuf.util.camelCase(name)
const commented = (comment, indent) => (comment ? `${indent}/** ${comment.replaceAll('\n', ' ')} */\n` : '')
