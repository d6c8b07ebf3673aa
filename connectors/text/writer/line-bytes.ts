import type { Block } from '../../../columnar/blocks/block.js'
import { parseBlock } from '../../../columnar/blocks/block-parser.js'
import { leavesOf } from '../../../columnar/leaves.js'
import type { Schema } from '../../../columnar/types.js'

/** The bytes of the lines of a block's rows, from one row until another. They are the block's own. */
export type LineBytes = (from: number, until: number) => Uint8Array

const OFFSET_BYTES = 4

/** Lines are the first column: what a block holds of them is what is written, as they have their ends; NULL has no bytes. */
export function lineBytes(schema: Schema, { bytes }: Block): LineBytes {
  const [, offsets, texts] = parseBlock(bytes, leavesOf(schema)).buffers
  const view = new DataView(bytes.buffer, bytes.byteOffset + offsets!.offset, offsets!.length)
  const placeOf = (row: number): number => texts!.offset + view.getInt32(row * OFFSET_BYTES, true)
  return (from, until) => bytes.subarray(placeOf(from), placeOf(until))
}
