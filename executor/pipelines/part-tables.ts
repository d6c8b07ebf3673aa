import { PARTS, PARTS_HEADER_BYTES, TABLE_BYTES } from '../kernels/interface/table.js'

export const PARTS_BYTES = PARTS_HEADER_BYTES + PARTS * TABLE_BYTES

/** The offsets of the tables that rows are divided into, from where their header is. */
export const partTables = (parts: number): readonly number[] =>
  Array.from({ length: PARTS }, (_, part) => parts + PARTS_HEADER_BYTES + part * TABLE_BYTES)
