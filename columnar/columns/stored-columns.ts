import type { Block } from '../blocks/block.js'
import { bufferCount, layoutBlock } from '../blocks/block-codec.js'
import { parseBlock } from '../blocks/block-parser.js'
import { leavesOf } from '../leaves.js'
import type { Storage } from '../records/record.js'
import type { DataType, Schema } from '../types.js'
import { bitsAt, commonBits } from './bits.js'
import { bytesOf, type Column, columnOf, voidColumn, wordsOf } from './column.js'
import { rebased } from './variable.js'

/** Some rows of a block as stored columns, for as long as the block stays. */
export function storedColumns(schema: Schema, block: Block, from: number, until: number): readonly Column[] {
  const { bytes } = block
  const leaves = leavesOf(schema)
  const { buffers, nullCounts } = parseBlock(bytes, leaves)
  const rows = until - from
  let leafAt = 0
  let bufferAt = 0
  /** @param above which rows the struct around it has, if not all: its fields need not tell in a block that they are NULL with it */
  const columnAt = (type: DataType, above?: Uint8Array): Column => {
    const leaf = leaves[leafAt]!
    const nullCount = nullCounts[leafAt++]!
    const places = buffers.slice(bufferAt, bufferAt + bufferCount(leaf))
    bufferAt += places.length
    const [validity, ...values] = places.map(({ offset, length }) => bytes.subarray(offset, offset + length))
    if (validity === undefined) return voidColumn(rows)
    const own = nullCount > 0 ? bitsAt(validity, from, rows) : undefined
    const present = own && above ? commonBits(own, above) : (own ?? above)
    const children = type.kind === 'struct' ? type.fields.map((field) => columnAt(field.type, present)) : []
    return columnOf(rows, present, valuesAt(leaf.storage, values, from, rows), children)
  }
  return schema.fields.map(({ type }) => columnAt(type))
}

function valuesAt(
  storage: Storage,
  [values, bytes]: readonly Uint8Array[],
  from: number,
  rows: number,
): readonly Uint8Array[] {
  switch (storage.kind) {
    case 'none':
      return []
    case 'boolean':
      return [bitsAt(values!, from, rows)]
    case 'fixed':
      return [values!.subarray(from * storage.bytes, (from + rows) * storage.bytes)]
    case 'variable': {
      const [offsets, first] = rebased(wordsOf(values!), from, rows)
      return [bytesOf(offsets), bytes!.subarray(first, first + offsets[rows]!)]
    }
  }
}

/** Stored columns as a block. */
export function blockOfColumns(schema: Schema, rows: number, columns: readonly Column[]): Block {
  const leaves = leavesOf(schema)
  const all = columns.flatMap(withChildren)
  const contents = all.map(({ nullCount, buffers }, i) =>
    leaves[i]!.storage.kind === 'variable' ? { nullCount, variableBytes: buffers[2]!.length } : { nullCount },
  )
  const layout = layoutBlock(leaves, rows, contents)
  const bytes = new Uint8Array(new SharedArrayBuffer(layout.totalBytes))
  bytes.set(layout.header)
  all
    .flatMap(({ buffers }) => buffers)
    .forEach((buffer, i) => {
      bytes.set(buffer, layout.buffers[i]!.offset)
    })
  return { rows, bytes }
}

/** A column and those that it consists of, as a block and Arrow have them: depth first. */
export const withChildren = (column: Column): readonly Column[] => [column, ...column.children.flatMap(withChildren)]
