import {
  type AvroEnum,
  type AvroField,
  type AvroFixed,
  type AvroRecord,
  type AvroType,
  type Meaning,
  PLAIN_KINDS,
} from './avro-type.js'
import { nodesOf } from './nodes-of.js'
import { repeatedName } from './repeated-name.js'

/** A schema of Avro that is none, in words. */
class MalformedSchema extends Error {}

type JsonObject = Readonly<Record<string, unknown>>
type Named = AvroFixed | AvroEnum | AvroRecord

/** Names that stand for types so far; `open` are records whose fields are being read. */
interface Names {
  readonly known: Map<string, Named>
  readonly open: Set<string>
}

/** Types are walked as trees, in which a name stands for all of its type each time, so that a small schema could be of any size. */
const MOST_NODES = 100_000

/** @throws MalformedSchema also when a record is within itself, which no type of a table is */
export function parseAvroSchema(text: string): AvroType {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new MalformedSchema((error as Error).message)
  }
  const schema = typeOf(json, '', { known: new Map(), open: new Set() })
  if (nodesOf(schema) > MOST_NODES) throw new MalformedSchema(`it has more than ${MOST_NODES} types within each other`)
  return schema
}

/** Reads the schema of rows. @throws MalformedSchema also when these are no records */
export function parseAvroRecord(text: string): AvroRecord {
  const schema = parseAvroSchema(text)
  if (schema.kind === 'record') return schema
  throw new MalformedSchema(`its rows are no records, but of the type ${schema.kind}`)
}

function typeOf(json: unknown, namespace: string, names: Names): AvroType {
  if (typeof json === 'string') return byName(json, namespace, names)
  if (Array.isArray(json)) return { kind: 'union', branches: json.map((one) => typeOf(one, namespace, names)) }
  if (!isObject(json)) throw new MalformedSchema(`${JSON.stringify(json)} is no type`)
  const { type } = json
  switch (type) {
    case 'record':
    case 'error':
      return recordOf(json, namespace, names)
    case 'enum':
      return added(names, { kind: 'enum', name: fullName(json, namespace), symbols: textsIn(json, 'symbols') })
    case 'fixed':
      return added(names, { kind: 'fixed', name: fullName(json, namespace), size: sizeIn(json), ...meaningOf(json) })
    case 'array':
      return { kind: 'array', items: typeOf(json['items'], namespace, names) }
    case 'map':
      return { kind: 'map', values: typeOf(json['values'], namespace, names) }
  }
  const below = typeOf(type, namespace, names)
  return PLAIN_KINDS.some((kind) => kind === below.kind) ? ({ ...below, ...meaningOf(json) } as AvroType) : below
}

function byName(name: string, namespace: string, { known, open }: Names): AvroType {
  const plain = PLAIN_KINDS.find((kind) => kind === name)
  if (plain) return { kind: plain }
  const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
  const found = known.get(full) ?? known.get(name)
  if (found) return found
  if (open.has(full) || open.has(name)) throw new MalformedSchema(`the record ${name} is within itself`)
  throw new MalformedSchema(`there is no type ${name}`)
}

function recordOf(json: JsonObject, namespace: string, names: Names): AvroRecord {
  const name = fullName(json, namespace)
  const within = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : ''
  const { fields } = json
  if (!Array.isArray(fields)) throw new MalformedSchema(`the record ${name} has no fields`)
  names.open.add(name)
  const record: AvroRecord = { kind: 'record', name, fields: fields.map((one) => fieldOf(one, within, names)) }
  names.open.delete(name)
  const twice = repeatedName(record.fields)
  if (twice !== undefined) throw new MalformedSchema(`two fields of the record ${name} are called ${twice}`)
  return added(names, record)
}

function fieldOf(json: unknown, namespace: string, names: Names): AvroField {
  if (!isObject(json)) throw new MalformedSchema('a field is no object')
  return {
    name: textIn(json, 'name'),
    aliases: json['aliases'] === undefined ? [] : textsIn(json, 'aliases'),
    type: typeOf(json['type'], namespace, names),
    fallback: json['default'],
  }
}

function added<T extends Named>({ known }: Names, type: T): T {
  if (known.has(type.name)) throw new MalformedSchema(`two types are called ${type.name}`)
  known.set(type.name, type)
  return type
}

function fullName(json: JsonObject, namespace: string): string {
  const name = textIn(json, 'name')
  const own = typeof json['namespace'] === 'string' ? json['namespace'] : namespace
  return name.includes('.') || own === '' ? name : `${own}.${name}`
}

function meaningOf(json: JsonObject): Meaning {
  const { logicalType, precision, scale } = json
  const sparkType = json['spark.sql.catalyst.type']
  return {
    ...(typeof logicalType === 'string' ? { logicalType } : {}),
    ...(typeof precision === 'number' ? { precision } : {}),
    ...(typeof scale === 'number' ? { scale } : {}),
    ...(typeof sparkType === 'string' ? { sparkType } : {}),
  }
}

function sizeIn(json: JsonObject): number {
  const { size } = json
  if (!Number.isInteger(size) || Number(size) < 0) throw new MalformedSchema('a fixed has no size')
  return Number(size)
}

function textIn(json: JsonObject, key: string): string {
  const text = json[key]
  if (typeof text !== 'string' || text === '') throw new MalformedSchema(`a type or field has no ${key}`)
  return text
}

function textsIn(json: JsonObject, key: string): readonly string[] {
  const texts = json[key]
  if (!Array.isArray(texts) || texts.some((one) => typeof one !== 'string'))
    throw new MalformedSchema(`the ${key} of a type are no texts`)
  return texts as readonly string[]
}

const isObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
