import type { Block } from './block.js'
import type { ColumnBuffers, Nested } from './column-buffers.js'
import { columnReaders, fixedReader } from './column-reader.js'
import type { Encoded } from './packed-writer.js'
import type { DataType, Schema } from './types.js'

/** A value as it lies in memory: numbers, unscaled decimals, days, microseconds, bytes of strings; within structs, arrays and maps too. */
export type StoredNested = Nested<Exclude<Encoded, undefined> | null>

/** The values of each column of a block; those of a block that stays. */
export function storedValues(schema: Schema, block: Block): readonly StoredNested[][] {
  return columnReaders<Exclude<Encoded, undefined> | null>(schema, block, plainReader).map((read) =>
    Array.from({ length: block.rows }, (_, row) => read(row)),
  )
}

function plainReader(type: DataType, buffers: ColumnBuffers): (row: number) => Exclude<Encoded, undefined> | null {
  const { view, bytes, at, data } = buffers
  const read = fixedReader(type, buffers)
  if (read) return withIntegers(type, read)
  if (type.kind === 'void') return () => null
  return (row) =>
    bytes.subarray(data.offset + view.getInt32(at + row * 4, true), data.offset + view.getInt32(at + row * 4 + 4, true))
}

/** Whole numbers are bigints, as where values are encoded. */
function withIntegers(
  { kind }: DataType,
  read: (row: number) => boolean | number | bigint,
): (row: number) => boolean | number | bigint {
  if (kind === 'float' || kind === 'double' || kind === 'boolean') return read
  return (row) => BigInt(read(row))
}
