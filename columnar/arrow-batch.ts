import { arrowIntervals } from './arrow-intervals.js'
import type { Block } from './block.js'
import { encodeBatch } from './block-codec.js'
import { storageOf } from './leaves.js'
import { writeInteger } from './stored-integer.js'
import { type StoredNested, storedValues } from './stored-values.js'
import { BINARY, type DataType, type Field, field, partTypes, type Schema, struct } from './types.js'
import { packVariant, variantParts } from './variant-parts.js'

/** A column as Arrow has it: its buffers, and those of the columns it consists of. */
interface ArrowColumn {
  readonly rows: number
  readonly nullCount: number
  readonly buffers: readonly Uint8Array[]
  readonly children: readonly ArrowColumn[]
}

/** Whether Arrow lays out values of a type other than our blocks, or some of those in them. */
export const hasLists = (type: DataType): boolean => ELSEWHERE.has(type.kind) || partTypes(type).some(hasLists)

const ELSEWHERE: ReadonlySet<DataType['kind']> = new Set(['array', 'map', 'variant', 'interval'])

/** The struct whose values the entries of a map are in Arrow. */
export const entryType = (type: DataType & { readonly kind: 'map' }): DataType =>
  struct([field('key', type.key, false), field('value', type.value, type.valueContainsNull)])

/** The columns of the two buffers of variants. */
export const VARIANT_FIELDS: readonly Field[] = [field('value', BINARY, false), field('metadata', BINARY, false)]

/** A block as a record batch in which arrays and maps are lists over columns of their elements, and variants structs of their buffers. @param decimalBytes how wide decimals are, where not as they are */
export const nestedBatch = (schema: Schema, block: Block, decimalBytes?: 16): Block =>
  batchOfValues(schema, block.rows, storedValues(schema, block), decimalBytes)

/** The record batch of the values of some columns. */
export function batchOfValues(
  schema: Schema,
  rows: number,
  values: readonly (readonly StoredNested[])[],
  decimalBytes?: 16,
): Block {
  const columns = schema.fields.map(({ type }, i) => columnOf(type, values[i]!, decimalBytes))
  const nodes = (some: readonly ArrowColumn[]): ArrowColumn[] => some.flatMap((c) => [c, ...nodes(c.children)])
  const all = nodes(columns)
  const bytes = encodeBatch(
    rows,
    all.map(({ rows, nullCount }) => ({ length: rows, nullCount })),
    all.flatMap(({ buffers }) => buffers),
  )
  return { rows, bytes }
}

function columnOf(type: DataType, values: readonly StoredNested[], decimalBytes: 16 | undefined): ArrowColumn {
  const rows = values.length
  const nullCount = values.filter((value) => value === null).length
  const validity = nullCount > 0 ? bitmap(values.map((value) => value !== null)) : new Uint8Array()
  const of = (child: DataType, some: readonly StoredNested[]): ArrowColumn => columnOf(child, some, decimalBytes)
  if (type.kind === 'void') return { rows, nullCount: rows, buffers: [], children: [] }
  if (type.kind === 'struct') {
    const children = type.fields.map((f) =>
      of(
        f.type,
        values.map((value) => memberOf(value, f)),
      ),
    )
    return { rows, nullCount, buffers: [validity], children }
  }
  if (type.kind === 'array') {
    const lists = values.map((value) => (value ?? []) as readonly StoredNested[])
    return { rows, nullCount, buffers: [validity, offsetsOf(lists)], children: [of(type.element, lists.flat(1))] }
  }
  if (type.kind === 'map') {
    const lists = values.map((value) => [...((value ?? new Map()) as ReadonlyMap<StoredNested, StoredNested>)])
    const entries = lists.flat(1).map(([key, held]) => ({ key, value: held }))
    return { rows, nullCount, buffers: [validity, offsetsOf(lists)], children: [of(entryType(type), entries)] }
  }
  if (type.kind === 'variant') {
    const parts = values.map((value) => variantParts((value ?? NO_VARIANT) as Uint8Array))
    const children = [parts.map(({ value }) => value), parts.map(({ metadata }) => metadata)]
    return { rows, nullCount, buffers: [validity], children: children.map((buffers) => of(BINARY, buffers)) }
  }
  if (type.kind === 'interval')
    return { rows, nullCount, buffers: [validity, arrowIntervals(values as (Uint8Array | null)[])], children: [] }
  return { rows, nullCount, buffers: [validity, ...plainBuffers(type, values, decimalBytes)], children: [] }
}

/** What lies under a NULL. */
const NO_VARIANT = packVariant({ value: new Uint8Array(), metadata: new Uint8Array() })

const memberOf = (value: StoredNested, { name }: Field): StoredNested =>
  value === null ? null : (value as Readonly<Record<string, StoredNested>>)[name]!

function plainBuffers(type: DataType, values: readonly StoredNested[], decimalBytes: 16 | undefined): Uint8Array[] {
  const storage = storageOf(type)
  if (storage.kind === 'boolean') return [bitmap(values.map((value) => value === true))]
  if (storage.kind === 'variable') {
    const chunks = values.map((value) => (value ?? new Uint8Array()) as Uint8Array)
    return [offsetsOf(chunks), Buffer.concat(chunks)]
  }
  const width = type.kind === 'decimal' && decimalBytes ? decimalBytes : storage.kind === 'fixed' ? storage.bytes : 0
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    if (typeof value === 'bigint') writeInteger(view, i * width, width, value)
    else if (typeof value === 'number' && width === 4) view.setFloat32(i * width, value, true)
    else if (typeof value === 'number') view.setFloat64(i * width, value, true)
  })
  return [bytes]
}

function bitmap(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  bits.forEach((bit, i) => {
    if (bit) bytes[i >> 3]! |= 1 << (i & 7)
  })
  return bytes
}

function offsetsOf(lists: readonly { readonly length: number }[]): Uint8Array {
  const offsets = new Int32Array(lists.length + 1)
  lists.forEach(({ length }, i) => {
    offsets[i + 1] = offsets[i]! + length
  })
  return new Uint8Array(offsets.buffer)
}
