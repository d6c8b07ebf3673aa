import type { AvroField, AvroPlain, AvroRecord, AvroType } from './avro-type.js'
import { branchesOf, sharedType } from './data-type.js'

/** What was written cannot be read by another schema. */
class Unresolvable extends Error {}

/** No field is called so. */
const UNWANTED = ''

/**
 * What was written with the names that another schema has for it, by which it is read then: fields are found by their names and aliases, and those that were not
 * written are NULL where the schema says so. @throws Unresolvable
 */
export function resolvedSchema(written: AvroType, reading: AvroType): AvroType {
  const own = reading.kind === 'union' ? branchesOf(reading) : [reading]
  if (own.length !== 1) return sameUnion(written, reading)
  const [only] = own as [AvroType]
  if (written.kind === 'union')
    return {
      kind: 'union',
      branches: written.branches.map((one) => (one.kind === 'null' ? one : resolvedSchema(one, only))),
    }
  if (reading.kind === 'union') return resolvedSchema(written, only)
  if (written.kind === 'record' && reading.kind === 'record') return resolvedRecord(written, reading)
  if (written.kind === 'array' && reading.kind === 'array')
    return { kind: 'array', items: resolvedSchema(written.items, reading.items) }
  if (written.kind === 'map' && reading.kind === 'map')
    return { kind: 'map', values: resolvedSchema(written.values, reading.values) }
  return withMeaning(written, reading)
}

/** What was written without a logical type is what the reader says of it, as an int read as a long is too; with one, its unit counts. */
function withMeaning(written: AvroType, reading: AvroType): AvroType {
  if (!('logicalType' in reading) || 'logicalType' in written) return written
  if (written.kind === 'int' && reading.kind === 'long') return reading
  if (written.kind !== reading.kind) return written
  const { logicalType, precision, scale } = reading as AvroPlain
  return { ...written, logicalType, precision, scale } as AvroType
}

function resolvedRecord(written: AvroRecord, reading: AvroRecord): AvroRecord {
  const isOf =
    ({ name }: AvroField) =>
    (own: AvroField): boolean =>
      own.name === name || own.aliases.includes(name)
  for (const own of reading.fields) if (!written.fields.some((one) => isOf(one)(own))) checkAbsent(own)
  return {
    ...written,
    fields: written.fields.map((one) => {
      const own = reading.fields.find(isOf(one))
      return own ? { ...one, name: own.name, type: resolvedSchema(one.type, own.type) } : { ...one, name: UNWANTED }
    }),
  }
}

/** @throws Unresolvable */
function sameUnion(written: AvroType, reading: AvroType): AvroType {
  if ((reading.kind === 'union' && sharedType(reading)) || JSON.stringify(written) === JSON.stringify(reading))
    return written
  throw new Unresolvable('a union of several types was written otherwise')
}

function checkAbsent({ name, fallback }: AvroField): void {
  if (fallback === undefined) throw new Unresolvable(`the field ${name} was not written and has no default`)
  if (fallback !== null) throw new Unresolvable(`the field ${name} was not written, and its default is not null`)
}
