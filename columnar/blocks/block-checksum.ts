import { crc32 } from 'node:zlib'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Block } from './block.js'

/** The checksum of a block that leaves the process, over a connection or into a file: CRC-32 of its bytes, begun with its rows: nothing at all has none of 0. */
export const blockChecksum = ({ rows, bytes }: Block): number => crc32(bytes, ~rows >>> 0)

/** @throws BLOCK_CORRUPT when the block is not the one that the checksum was made of; `place` says where it came from */
export function checkBlock(block: Block, checksum: number, place: string): void {
  if (blockChecksum(block) === checksum) return
  throw new MillraceError('BLOCK_CORRUPT', { place, reason: 'its content does not belong to its checksum' })
}
