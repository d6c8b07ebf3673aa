import { MAX_BLOCK } from './zstd-frames'
import { TABLE_SCRATCH_BYTES } from './zstd-tables'

// Where things are in the scratch memory of a call.
export const HUFFMAN_SCRATCH: usize = TABLE_SCRATCH_BYTES
export const HUFFMAN: usize = HUFFMAN_SCRATCH + 512
export const LITERAL_TABLE: usize = HUFFMAN + 4096
export const OFFSET_TABLE: usize = LITERAL_TABLE + 2048
export const MATCH_TABLE: usize = OFFSET_TABLE + 1024
export const LITERALS: usize = MATCH_TABLE + 2048

/** How much scratch memory `zstdDecompress` needs. */
export function zstdScratchBytes(): usize {
  return LITERALS + MAX_BLOCK + 64
}
