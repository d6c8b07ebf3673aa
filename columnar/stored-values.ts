import type { Block } from './blocks/block.js'
import type { ColumnBuffers, Nested } from './column-buffers.js'
import { columnReaders } from './column-reader.js'
import type { Encoded, Read } from './records/record.js'
import { plainRecordOf } from './records/records.js'
import type { PlainType, Schema } from './types.js'

type Plain = Exclude<Encoded, undefined> | null

/** A value as it lies in memory: numbers, unscaled decimals, days, microseconds, bytes of strings; within structs, arrays and maps too. */
export type StoredNested = Nested<Plain>

/** The values of each column of a block; those of a block that stays. */
export function storedValues(schema: Schema, block: Block): readonly StoredNested[][] {
  return columnReaders(schema, block, plainReader).map((read) =>
    Array.from({ length: block.rows }, (_, row) => read(row)),
  )
}

/** Reads plain values so. */
export function plainReader(type: PlainType, buffers: ColumnBuffers): Read<Plain> {
  const record = plainRecordOf(type)
  const read = record.readStored(buffers, type)
  return (row) => {
    const value = read(row)
    return value === null ? null : record.encodeStored(value, type)!
  }
}
