import * as avro from '../../executor/kernels/interface/avro.js'
import { describeList, type Place, type Slot, slotOf, type Target } from '../leaf-places.js'
import { type DataType, isShortDecimal, typeName } from '../types.js'
import type { AvroFixed, AvroPlain, AvroRecord, AvroType, AvroUnion } from './avro-type.js'
import { branchesOf, decimalOf, sharedType } from './data-type.js'

/** A node of the tree by which the kernel reads rows (executor/kernels/interface/avro.ts). */
export interface ReadingNode {
  readonly kind: number
  /** Left out where nobody wants what is read. */
  readonly place?: Place | undefined
  readonly width?: number
  /** The factor of a number, the bytes of a fixed, or how many symbols there are. */
  readonly size?: number
  readonly symbols?: readonly string[]
  /** Of decimals, the most digits. */
  readonly precision?: number
  readonly list?: { readonly slot: Slot; readonly type: Uint8Array } | undefined
  readonly least: number
  readonly children: readonly ReadingNode[]
}

/** A value in a file cannot be one of the type that is wanted. */
class TypeMismatch extends Error {}

const plain = (kind: number, least: number, more: Partial<ReadingNode> = {}): ReadingNode => ({
  kind,
  least,
  children: [],
  ...more,
})

/** How values are read into their places, or passed over. @throws TypeMismatch */
function readingNode(written: AvroType, target: Target | undefined): ReadingNode {
  const place = target?.place
  switch (written.kind) {
    case 'null':
      return plain(avro.AVRO_NULL, 0)
    case 'boolean':
      return plain(avro.AVRO_BOOLEAN, 1, { place: accepted(written, target, ['boolean']) })
    case 'int':
    case 'long':
      return integerNode(written, target)
    case 'float':
      return plain(target?.type.kind === 'double' ? avro.AVRO_FLOAT_AS_DOUBLE : avro.AVRO_FLOAT, 4, {
        place: accepted(written, target, ['float', 'double']),
      })
    case 'double':
      return plain(avro.AVRO_DOUBLE, 8, { place: accepted(written, target, ['double']) })
    case 'bytes':
    case 'fixed':
      return bytesNode(written, target)
    case 'string':
      return plain(avro.AVRO_BYTES, 1, { place: accepted(written, target, ['string']) })
    case 'enum': {
      const { symbols } = written
      return plain(avro.AVRO_ENUM, 1, { place: accepted(written, target, ['string']), size: symbols.length, symbols })
    }
    case 'array':
      if (target && target.type.kind !== 'array') throw mismatch(written, target)
      return listNode(avro.AVRO_ARRAY, target, [written.items])
    case 'map':
      if (target && (target.type.kind !== 'map' || target.type.key.kind !== 'string')) throw mismatch(written, target)
      return listNode(avro.AVRO_MAP, target, [{ kind: 'string' }, written.values])
    case 'record':
      return recordNode(written, fieldsBy(written, target), place)
    case 'union':
      return unionNode(written, target)
  }
}

const mismatch = ({ kind }: AvroType, { type }: Target): TypeMismatch =>
  new TypeMismatch(`what is ${kind} in it cannot be read as ${typeName(type)}`)

/** The place of a target whose type is one of these. @throws TypeMismatch */
function accepted(
  written: AvroType,
  target: Target | undefined,
  kinds: readonly DataType['kind'][],
): Place | undefined {
  if (target && !kinds.includes(target.type.kind)) throw mismatch(written, target)
  return target?.place
}

/** Record fields by the fields of a struct. */
function fieldsBy(written: AvroRecord, target: Target | undefined): (name: string) => Target | undefined {
  if (!target) return () => undefined
  const { type, fields } = target
  if (type.kind !== 'struct') throw mismatch(written, target)
  return (name) => fields[indexOfName(type.fields, name)]
}

/** The field of a name, or else one whose name differs in upper and lower case only. */
export function indexOfName(fields: readonly { readonly name: string }[], name: string): number {
  const exact = fields.findIndex((one) => one.name === name)
  return exact >= 0 ? exact : fields.findIndex((one) => one.name.toLowerCase() === name.toLowerCase())
}

/** Reads a record, each field into what is wanted of it. */
export function recordNode(
  { fields }: AvroRecord,
  targetOf: (name: string) => Target | undefined,
  place: Place | undefined,
): ReadingNode {
  const children = fields.map(({ name, type }) => readingNode(type, targetOf(name)))
  return { kind: avro.AVRO_RECORD, place, least: leastOf(children), children }
}

const leastOf = (nodes: readonly ReadingNode[]): number => nodes.reduce((sum, { least }) => sum + least, 0)

/** Microseconds of a unit. As in Spark, what is no time by its logical type is one in milliseconds. */
const MICROS_PER: Readonly<Record<string, number>> = {
  '': 1000,
  'timestamp-millis': 1000,
  'timestamp-micros': 1,
  'local-timestamp-millis': 1000,
  'local-timestamp-micros': 1,
}
const NANOS_PER = { 'time-millis': 1_000_000, 'time-micros': 1000 } as const

function integerNode(written: AvroPlain, target: Target | undefined): ReadingNode {
  const isInt = written.kind === 'int'
  const kind = isInt ? avro.AVRO_INT : avro.AVRO_LONG
  const { place, type } = target ?? {}
  const as = (width: number, size = 1, of = kind): ReadingNode => plain(of, 1, { place, width, size })
  switch (type?.kind) {
    case undefined:
    case 'bigint':
    case 'interval_dt':
      return as(8)
    case 'int':
    case 'date':
    case 'interval_ym':
      if (!isInt) break
      return as(4)
    case 'float':
      return as(4, 1, avro.AVRO_INTEGER_AS_FLOAT)
    case 'double':
      return as(8, 1, avro.AVRO_INTEGER_AS_DOUBLE)
    case 'timestamp':
    case 'timestamp_ntz': {
      const micros = MICROS_PER[written.logicalType ?? '']
      if (isInt || micros === undefined) break
      return as(8, micros)
    }
    case 'time': {
      const { logicalType } = written
      if (logicalType !== 'time-millis' && logicalType !== 'time-micros') break
      return as(8, NANOS_PER[logicalType])
    }
  }
  throw mismatch(written, target!)
}

function bytesNode(written: AvroPlain | AvroFixed, target: Target | undefined): ReadingNode {
  const size = written.kind === 'fixed' ? written.size : 0
  const least = written.kind === 'fixed' ? size : 1
  if (target?.type.kind !== 'decimal')
    return plain(written.kind === 'fixed' ? avro.AVRO_FIXED : avro.AVRO_BYTES, least, {
      place: accepted(written, target, ['binary']),
      size,
    })
  const { type, place } = target
  const own = decimalOf(written)
  if (own?.kind !== 'decimal' || own.scale !== type.scale || own.precision > type.precision)
    throw mismatch(written, target)
  const kind = written.kind === 'fixed' ? avro.AVRO_DECIMAL_FIXED : avro.AVRO_DECIMAL_BYTES
  return plain(kind, least, { place, size, width: isShortDecimal(type) ? 8 : 16, precision: type.precision })
}

export function listNode(kind: number, target: Target | undefined, parts: readonly AvroType[]): ReadingNode {
  const type = target?.type
  const isList = type?.kind === 'array' || type?.kind === 'map'
  const slot = isList ? slotOf(type.kind === 'array' ? [type.element] : [type.key, type.value]) : undefined
  const children = parts.map((part, i) => readingNode(part, slot?.targets[i]))
  const list = slot && isList ? { slot, type: describeList(type, slot) } : undefined
  return { kind, place: target?.place, children, list, least: 1, size: leastOf(children) }
}

/** A union is what its one branch besides null is, or the type that two share; else each branch is a field of a struct. */
function unionNode(written: AvroUnion, target: Target | undefined): ReadingNode {
  const own = branchesOf(written)
  const isShared = own.length === 1 || sharedType(written) !== undefined
  if (target && !isShared && target.type.kind !== 'struct') throw mismatch(written, target)
  const children = written.branches.map((branch) =>
    readingNode(branch, isShared ? target : target?.fields[own.indexOf(branch)]),
  )
  return { kind: avro.AVRO_UNION, place: isShared ? undefined : target?.place, least: 1, children }
}
