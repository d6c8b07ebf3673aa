import type { Block } from '../blocks/block.js'
import { type BufferCompression, encodeBatch } from '../blocks/block-codec.js'
import { isSet } from '../columns/bits.js'
import { bytesOf, type Column, columnOf, validityOf } from '../columns/column.js'
import { resized } from '../columns/integers.js'
import { vectorFields } from '../columns/packed-lists.js'
import { storedColumns, withChildren } from '../columns/stored-columns.js'
import { unpackedLists } from '../columns/unpacked-lists.js'
import { gatheredBytes } from '../columns/variable.js'
import {
  type ArrayType,
  BINARY,
  type DataType,
  type Field,
  field,
  isShortDecimal,
  type MapType,
  partTypes,
  type Schema,
  struct,
} from '../types.js'
import { variantParts } from '../variant-parts.js'
import { chunksOf } from './arrow-columns.js'
import { arrowIntervals } from './arrow-intervals.js'

/** How record batches are written for readers of Arrow. */
export interface ArrowForm {
  /** How wide decimals are: as they are (64 bits up to 18 digits), or all of 128 bits for readers that know no others. */
  readonly decimalBits?: 128
  readonly compression?: BufferCompression
}

const SHORT_BYTES = 8
const WIDE_BYTES = 16

/** Whether Arrow lays out values of a type other than our blocks, or some of those in them. */
function liesElsewhere(type: DataType, form: ArrowForm): boolean {
  if (type.kind === 'decimal') return form.decimalBits === 128 && isShortDecimal(type)
  return ELSEWHERE.has(type.kind) || partTypes(type).some((part) => liesElsewhere(part, form))
}

const ELSEWHERE: ReadonlySet<DataType['kind']> = new Set(['array', 'map', 'variant', 'interval'])

/** The struct whose values the entries of a map are in Arrow. */
export const entryType = (type: MapType): DataType => struct([...vectorFields(type)])

/** The columns of the two buffers of variants. */
export const VARIANT_FIELDS: readonly Field[] = [field('value', BINARY, false), field('metadata', BINARY, false)]

/**
 * The message of a record batch of some rows of a block. A block is one as it stands, unless there are lists in it, which are columns of their elements,
 * variants, which are structs of their buffers, or intervals.
 * @param schema of the block; `columns` the number of those that are written, if not all
 */
export function arrowBatch(
  schema: Schema,
  block: Block,
  form: ArrowForm,
  from = 0,
  until = block.rows,
  columns = schema.fields.length,
): Uint8Array {
  const { fields } = schema
  const isWhole = until - from === block.rows && columns === fields.length && !form.compression
  if (isWhole && !fields.some(({ type }) => liesElsewhere(type, form))) return block.bytes
  const all = storedColumns(schema, block, from, until)
    .slice(0, columns)
    .flatMap((column, i) => withChildren(inArrow(fields[i]!.type, column, form)))
  const buffers = all.flatMap((column) => column.buffers)
  const nodes = all.map(({ rows, nullCount }) => ({ length: rows, nullCount }))
  return encodeBatch(until - from, nodes, buffers, form.compression)
}

/** A stored column as Arrow has it. */
function inArrow(type: DataType, column: Column, form: ArrowForm): Column {
  const { rows } = column
  const validity = validityOf(column)
  switch (type.kind) {
    case 'struct':
      return { ...column, children: type.fields.map((part, i) => inArrow(part.type, column.children[i]!, form)) }
    case 'array':
    case 'map':
      return listInArrow(type, column, form)
    case 'variant':
      return columnOf(rows, validity, [], variantColumns(column, validity))
    case 'interval': {
      const chunk = chunksOf(column)
      const values = (row: number): Uint8Array | undefined =>
        validity && !isSet(validity, row) ? undefined : chunk(row)
      return columnOf(rows, validity, [arrowIntervals(rows, values)])
    }
    case 'decimal':
      if (!liesElsewhere(type, form)) return column
      return columnOf(rows, validity, [resized(column.buffers[1]!, SHORT_BYTES, WIDE_BYTES)])
    case 'void':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval_ym':
    case 'interval_dt':
      return column
  }
}

function listInArrow(type: ArrayType | MapType, column: Column, form: ArrowForm): Column {
  const { offsets, vectors } = unpackedLists(type, column)
  const parts = vectorFields(type).map((part, i) => inArrow(part.type, vectors[i]!, form))
  const children = type.kind === 'array' ? parts : [columnOf(offsets[column.rows]!, undefined, [], parts)]
  return columnOf(column.rows, validityOf(column), [bytesOf(offsets)], children)
}

/** The columns of the buffers of variants, which are empty under a NULL. */
function variantColumns(column: Column, validity: Uint8Array | undefined): readonly Column[] {
  const { rows } = column
  const chunk = chunksOf(column)
  const parts = Array.from({ length: rows }, (_, row) =>
    validity && !isSet(validity, row) ? undefined : variantParts(chunk(row)),
  )
  return (['value', 'metadata'] as const).map((name) =>
    columnOf(
      rows,
      undefined,
      gatheredBytes(
        rows,
        (row) => parts[row]?.[name].length ?? 0,
        (row) => parts[row]![name],
      ),
    ),
  )
}
