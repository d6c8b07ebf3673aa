// Compressing into frames of Zstandard (RFC 8878). What was there before is found as for LZ4, 64 KiB at a time; the sequences of it are written by the
// predefined codes.
import { lz4Block, lzScratchBytes } from './lz-compress'
import { beginBits, endBits, putBits } from './zstd-bits'
import { LITERAL_BASES, LITERAL_BITS, LITERAL_LENGTHS, MATCH_BASES, MATCH_BITS, MATCH_LENGTHS, OFFSETS } from './zstd-codes'
import { MAX_LITERAL_CODE, MAX_MATCH_CODE } from './zstd-codes'
import { MAGIC } from './zstd-frames'
import { LITERALS_SCRATCH_BYTES, writeLiterals } from './zstd-literals'
import { fixedFseTable, setTableScratch, TABLE_SCRATCH_BYTES } from './zstd-tables'

const BLOCK: usize = 1 << 16
/** No window, the size in four bytes; a window of 64 KiB. */
const FRAME_HEAD: u16 = 0x3080
const FRAME_HEAD_BYTES: usize = 10
const RAW: u32 = 0
const COMPRESSED: u32 = 2
/** An offset is written so much greater: smaller numbers are those of offsets that were used before. */
const OFFSET_BASE: u32 = 3
/** Of the predefined codes; numbers of symbols, and bits of states. */
const LITERAL_LOG: u32 = 6
const MATCH_LOG: u32 = 6
const OFFSET_LOG: u32 = 5
const OFFSET_CODES: u32 = 29

/** A sequence: how many literals, how long what is repeated, how far before; u32 each. A match has four bytes at least. */
const SEQUENCE: usize = 12
const MOST_SEQUENCES: usize = BLOCK / 4

/** A coder: the table by which the code is read, then for each symbol and each state that follows the state before. */
const TABLE: usize = 4 << LITERAL_LOG
const CODER: usize = TABLE + (((<usize>MAX_MATCH_CODE + 1) << MATCH_LOG))

const LITERAL_CODER: usize = 0
const MATCH_CODER: usize = LITERAL_CODER + CODER
const OFFSET_CODER: usize = MATCH_CODER + CODER
const TABLES: usize = OFFSET_CODER + CODER
const CODES: usize = TABLES + TABLE_SCRATCH_BYTES
const PACKED: usize = CODES + LITERALS_SCRATCH_BYTES
const LITERALS: usize = PACKED + 2 * BLOCK
const SEQUENCES: usize = LITERALS + BLOCK + 64
const LZ: usize = SEQUENCES + MOST_SEQUENCES * SEQUENCE

/** How much scratch memory the compressor needs. */
export function zstdCompressScratchBytes(): usize {
  return LZ + lzScratchBytes()
}

/** How much room the compressor needs for so many bytes. */
export function zstdCompressBound(length: usize): usize {
  return length + (length / BLOCK + 1) * 3 + FRAME_HEAD_BYTES + 4 * BLOCK
}

/** Compresses into a frame; returns the size. */
export function zstdCompress(source: usize, length: usize, target: usize, scratch: usize): usize {
  setTableScratch(scratch + TABLES)
  makeCoder(LITERAL_LENGTHS, MAX_LITERAL_CODE + 1, LITERAL_LOG, scratch + LITERAL_CODER)
  makeCoder(MATCH_LENGTHS, MAX_MATCH_CODE + 1, MATCH_LOG, scratch + MATCH_CODER)
  makeCoder(OFFSETS, OFFSET_CODES, OFFSET_LOG, scratch + OFFSET_CODER)
  store<u32>(target, MAGIC)
  store<u16>(target, FRAME_HEAD, 4)
  store<u32>(target, <u32>length, 6)
  let out = target + FRAME_HEAD_BYTES
  const end = source + length
  let at = source
  do {
    const size = min(BLOCK, end - at)
    const blockEnd = writeBlock(at, size, out + 3, scratch)
    const made = blockEnd - out - 3
    const isSmaller = made < size
    if (!isSmaller) memory.copy(out + 3, at, size)
    const stored = isSmaller ? made : size
    const isLast = at + size == end
    const head = u32(isLast) | ((isSmaller ? COMPRESSED : RAW) << 1) | (<u32>stored << 3)
    store<u16>(out, head)
    store<u8>(out, head >> 16, 2)
    out += 3 + stored
    at += size
  } while (at < end)
  return out - target
}

function makeCoder(distribution: usize, symbols: u32, log: u32, coder: usize): void {
  fixedFseTable(distribution, symbols, log, coder)
  for (let state: u32 = 0; state < <u32>1 << log; state++) {
    const entry = coder + (state << 2)
    const befores = coder + TABLE + (<usize>load<u8>(entry) << log)
    const first = <usize>load<u16>(entry, 2)
    memory.fill(befores + first, <u8>state, <usize>1 << load<u8>(entry, 1))
  }
}

/** Writes what a block holds; returns where it ends. */
function writeBlock(source: usize, length: usize, target: usize, scratch: usize): usize {
  const packed = scratch + PACKED
  const packedEnd = packed + lz4Block(source, length, packed, scratch + LZ)
  const count = readSequences(packed, packedEnd, scratch)
  const at = writeLiterals(scratch + LITERALS, literalsEnd - scratch - LITERALS, target, scratch + CODES)
  return writeSequences(count, at, scratch)
}

let literalsEnd: usize = 0

/** Divides a block of LZ4 into literals and sequences; returns how many of these. */
function readSequences(at: usize, end: usize, scratch: usize): u32 {
  let literals = scratch + LITERALS
  let sequence = scratch + SEQUENCES
  let count: u32 = 0
  while (at < end) {
    const token = <u32>load<u8>(at++)
    let size: u32 = token >> 4
    if (size == 15) {
      let more: u32
      do {
        more = load<u8>(at++)
        size += more
      } while (more == 255)
    }
    memory.copy(literals, at, size)
    literals += size
    at += size
    if (at >= end) break
    const offset = <u32>load<u16>(at)
    at += 2
    let length: u32 = (token & 15) + 4
    if (length == 19) {
      let more: u32
      do {
        more = load<u8>(at++)
        length += more
      } while (more == 255)
    }
    store<u32>(sequence, size)
    store<u32>(sequence, length, 4)
    store<u32>(sequence, offset, 8)
    sequence += SEQUENCE
    count++
  }
  literalsEnd = literals
  return count
}

function writeSequences(count: u32, at: usize, scratch: usize): usize {
  if (count < 128) store<u8>(at++, count)
  else if (count < 0x7f00) {
    store<u8>(at, (count >> 8) + 128)
    store<u8>(at, count, 1)
    at += 2
  } else {
    store<u8>(at, 255)
    store<u16>(at, <u16>(count - 0x7f00), 1)
    at += 3
  }
  if (count == 0) return at
  // All three codes are the predefined ones.
  store<u8>(at++, 0)
  beginBits(at)
  let literalState: u32 = 0
  let matchState: u32 = 0
  let offsetState: u32 = 0
  for (let i = count; i > 0; i--) {
    const sequence = scratch + SEQUENCES + <usize>(i - 1) * SEQUENCE
    const literals = load<u32>(sequence)
    const match = load<u32>(sequence, 4)
    const offset = load<u32>(sequence, 8) + OFFSET_BASE
    const literalCode = codeOf(literals, LITERAL_BASES, MAX_LITERAL_CODE)
    const matchCode = codeOf(match, MATCH_BASES, MAX_MATCH_CODE)
    const offsetCode: u32 = 31 - <u32>clz(offset)
    const isLast = i == count
    offsetState = stateBefore(scratch + OFFSET_CODER, OFFSET_LOG, offsetCode, offsetState, isLast)
    matchState = stateBefore(scratch + MATCH_CODER, MATCH_LOG, matchCode, matchState, isLast)
    literalState = stateBefore(scratch + LITERAL_CODER, LITERAL_LOG, literalCode, literalState, isLast)
    putBits(literals - load<u32>(LITERAL_BASES + (literalCode << 2)), load<u8>(LITERAL_BITS + literalCode))
    putBits(match - load<u32>(MATCH_BASES + (matchCode << 2)), load<u8>(MATCH_BITS + matchCode))
    putBits(offset - (1 << offsetCode), offsetCode)
  }
  putBits(matchState, MATCH_LOG)
  putBits(offsetState, OFFSET_LOG)
  putBits(literalState, LITERAL_LOG)
  return endBits()
}

/** Writes what leads from a state with a symbol to the one that follows, and returns the former; of the last sequence nothing follows. */
@inline
function stateBefore(coder: usize, log: u32, symbol: u32, next: u32, isLast: bool): u32 {
  const state = <u32>load<u8>(coder + TABLE + (<usize>symbol << log) + next)
  if (isLast) return state
  const entry = coder + (state << 2)
  putBits(next - load<u16>(entry, 2), load<u8>(entry, 1))
  return state
}

/** The last code whose base is no greater. */
function codeOf(value: u32, bases: usize, most: u32): u32 {
  let low: u32 = 0
  let high = most
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (load<u32>(bases + (middle << 2)) <= value) low = middle
    else high = middle - 1
  }
  return low
}
