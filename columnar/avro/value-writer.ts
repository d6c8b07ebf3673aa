import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { memberOf, rowKeys } from '../row-keys.js'
import type { StoredNested } from '../stored-values.js'
import { type DataType, type DecimalType, type Schema, type StructType, typeName } from '../types.js'
import type { AvroBytes } from './avro-bytes.js'
import type { AvroEnum, AvroFixed, AvroRecord, AvroType, AvroUnion } from './avro-type.js'
import { branchesOf, dataTypeOf, mayBeNull } from './data-type.js'
import { repeatedName } from './repeated-name.js'

export type Write = (value: StoredNested, to: AvroBytes) => void

/** Values of a type cannot be written by a schema. */
class Unwritable extends Error {}

const NANOS_PER_MICRO = 1000n
const MICROS_PER_MILLI = 1000n

/** Writes a row of the values of its columns. */
export function rowWriter(
  { fields }: Schema,
  record: AvroRecord,
): (columns: readonly StoredNested[][], row: number, to: AvroBytes) => void {
  const writers = fields.map(({ name, type }, i) => valueWriter(type, record.fields[i]!.type, name))
  return (columns, row, to) => {
    for (const [i, write] of writers.entries()) write(columns[i]![row]!, to)
  }
}

/** Writes values of a type as a schema says. @throws Unwritable */
export function valueWriter(type: DataType, avro: AvroType, name: string): Write {
  if (avro.kind === 'union') return unionWriter(type, avro, name)
  const write = plainWriter(type, avro)
  if (avro.kind === 'null') return write
  return (value, to) => {
    if (value === null) throw nullInPlaceOf(name, avro)
    write(value, to)
  }
}

const nullInPlaceOf = (name: string, { kind }: AvroType): MillraceError =>
  new MillraceError('AVRO_CANNOT_WRITE_NULL_FIELD', { name: quotedName(name), dataType: kind })

/** A union is of one type, and of null perhaps. */
function unionWriter(type: DataType, union: AvroUnion, name: string): Write {
  const [own, ...others] = branchesOf(union)
  if (others.length > 0) throw unwritable(type, union)
  const none = union.branches.findIndex(({ kind }) => kind === 'null')
  const branch = union.branches.findIndex(({ kind }) => kind !== 'null')
  const write = own && type.kind !== 'void' ? plainWriter(type, own) : undefined
  if (none < 0 && !write) throw unwritable(type, union)
  return (value, to) => {
    if (value === null && none < 0) throw nullInPlaceOf(name, union)
    to.int(value === null ? none : branch)
    if (value !== null) write!(value, to)
  }
}

const unwritable = (type: DataType, { kind }: AvroType): Unwritable =>
  new Unwritable(`what is ${typeName(type)} cannot be written as ${kind}`)

/** Types of columns by those of Avro that they are written as, beside what has parts. */
const KINDS: Partial<Record<DataType['kind'], readonly AvroType['kind'][]>> = {
  void: ['null'],
  boolean: ['boolean'],
  tinyint: ['int'],
  smallint: ['int'],
  int: ['int'],
  date: ['int'],
  interval_ym: ['int'],
  bigint: ['long'],
  timestamp: ['long'],
  timestamp_ntz: ['long'],
  interval_dt: ['long'],
  time: ['long'],
  float: ['float'],
  double: ['double'],
  decimal: ['bytes', 'fixed'],
  string: ['string', 'enum'],
  binary: ['bytes', 'fixed'],
  struct: ['record'],
  array: ['array'],
  map: ['map'],
}

/** Values that are not NULL. */
function plainWriter(type: DataType, avro: AvroType): Write {
  if (!KINDS[type.kind]?.includes(avro.kind)) throw unwritable(type, avro)
  switch (type.kind) {
    case 'void':
      return () => undefined
    case 'boolean':
      return (value, to) => to.byte(Number(value))
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'date':
    case 'interval_ym':
      return (value, to) => to.int(Number(value))
    case 'bigint':
    case 'interval_dt':
      return (value, to) => to.long(value as bigint)
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampWriter(type, avro)
    case 'time':
      if (logicalOf(avro) !== 'time-micros') throw unwritable(type, avro)
      return (value, to) => to.long((value as bigint) / NANOS_PER_MICRO)
    case 'float':
      return (value, to) => to.float(value as number)
    case 'double':
      return (value, to) => to.double(value as number)
    case 'decimal':
      return decimalWriter(type, avro)
    case 'string':
    case 'binary':
      return avro.kind === 'enum' ? enumWriter(avro) : avro.kind === 'fixed' ? fixedWriter(avro) : writeBytes
    case 'struct':
      return structWriter(type, avro as AvroRecord)
    default:
      return listWriter(type, avro)
  }
}

const writeBytes: Write = (value, to) => to.bytes(value as Uint8Array)

const logicalOf = (avro: AvroType): string => ('logicalType' in avro && avro.logicalType) || ''

/** As in Spark, what is no time by its logical type is one in milliseconds. */
function timestampWriter({ kind }: DataType, avro: AvroType): Write {
  const logicalType = logicalOf(avro)
  const unit = logicalType.replace(/^local-/, '')
  const isLocal = logicalType !== unit
  if (unit !== '' && isLocal !== (kind === 'timestamp_ntz'))
    throw new Unwritable(`what is ${kind} is no ${logicalType}`)
  switch (unit) {
    case 'timestamp-micros':
      return (value, to) => to.long(value as bigint)
    case 'timestamp-millis':
    case '':
      return (value, to) => {
        const [micros, millis] = [value as bigint, (value as bigint) / MICROS_PER_MILLI]
        to.long(micros < millis * MICROS_PER_MILLI ? millis - 1n : millis)
      }
    default:
      throw new Unwritable(`what is ${kind} is no ${logicalType}`)
  }
}

function decimalWriter(type: DecimalType, avro: AvroType): Write {
  const own = dataTypeOf(avro)
  if (own.kind !== 'decimal' || own.precision !== type.precision || own.scale !== type.scale)
    throw unwritable(type, avro)
  if (avro.kind === 'fixed') {
    // A number of all digits must have room.
    if (avro.size < decimalBytes(type.precision)) throw unwritable(type, avro)
    return (value, to) => to.fixed(value as bigint, avro.size)
  }
  return (value, to) => {
    const bytes = bytesFor(value as bigint)
    to.int(bytes)
    to.fixed(value as bigint, bytes)
  }
}

/** The least bytes that hold all numbers of so many digits. */
export const decimalBytes = (precision: number): number => bytesFor(10n ** BigInt(precision) - 1n)

/** The least bytes that hold a number and its sign. */
function bytesFor(value: bigint): number {
  let bytes = 1
  while (BigInt.asIntN(8 * bytes, value) !== value) bytes++
  return bytes
}

function enumWriter({ name, symbols }: AvroEnum): Write {
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i]))
  return (value, to) => {
    const symbol = Buffer.from(value as Uint8Array).toString()
    const number = numbers.get(symbol)
    if (number === undefined) throw unfit(`"${symbol}" is no symbol of ${name}: ${symbols.join(', ')}`)
    to.int(number)
  }
}

function fixedWriter({ name, size }: AvroFixed): Write {
  return (value, to) => {
    const bytes = value as Uint8Array
    if (bytes.length !== size) throw unfit(`${bytes.length} bytes are no ${name}, which has ${size}`)
    to.raw(bytes)
  }
}

const unfit = (cause: string): MillraceError =>
  new MillraceError('FAILED_FUNCTION_CALL', { funcName: '`to_avro`', cause })

/** Fields in the order of the schema, found by their names; the schema may have more, which are null. */
function structWriter(type: StructType, { fields }: AvroRecord): Write {
  const extra = type.fields.find(({ name }) => !fields.some((one) => one.name === name))
  if (extra) throw new Unwritable(`the schema has no field ${extra.name}`)
  const twice = repeatedName(type.fields)
  if (twice !== undefined) throw new Unwritable(`two fields of the value are called ${twice}`)
  const keys = rowKeys(type.fields)
  const writers = fields.map((one) => {
    const at = type.fields.findIndex(({ name }) => name === one.name)
    if (at >= 0) return { key: keys[at]!, write: valueWriter(type.fields[at]!.type, one.type, one.name) }
    if (!mayBeNull(one.type)) throw new Unwritable(`there is nothing for the field ${one.name}`)
    return { key: undefined, write: valueWriter({ kind: 'void' }, one.type, one.name) }
  })
  return (value, to) => {
    for (const { key, write } of writers)
      write((key === undefined ? null : (memberOf(value as object, key) ?? null)) as StoredNested, to)
  }
}

/** Elements in one block, and the empty one that ends them. */
function listWriter(type: DataType, avro: AvroType): Write {
  if (type.kind === 'array' && avro.kind === 'array') {
    const write = valueWriter(type.element, avro.items, 'element')
    return blockWriter([write], (value) => (value as readonly StoredNested[]).map((one) => [one]))
  }
  if (type.kind !== 'map' || avro.kind !== 'map' || type.key.kind !== 'string') throw unwritable(type, avro)
  const parts = [writeBytes, valueWriter(type.value, avro.values, 'value')]
  return blockWriter(parts, (value) => [...(value as ReadonlyMap<StoredNested, StoredNested>)])
}

function blockWriter(
  parts: readonly Write[],
  elementsOf: (value: StoredNested) => readonly (readonly StoredNested[])[],
): Write {
  return (value, to) => {
    const elements = elementsOf(value)
    if (elements.length > 0) to.int(elements.length)
    for (const element of elements) for (const [i, write] of parts.entries()) write(element[i]!, to)
    to.byte(0)
  }
}
