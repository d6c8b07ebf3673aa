// Zstandard frames (RFC 8878) into one piece of memory, which serves as the window. Input is not trusted: every length is
// checked against what is left. Checksums are not verified, dictionaries not supported. Both buffers have slack, see copy.ts.
import { copyBack, copyLiteral } from './copy'
import { LITERAL_LENGTHS, MATCH_LENGTHS, OFFSETS, LITERAL_BASES, LITERAL_BITS } from './zstd-codes'
import { MATCH_BASES, MATCH_BITS, MAX_LITERAL_CODE, MAX_MATCH_CODE, MAX_OFFSET_CODE } from './zstd-codes'
import { HUFFMAN, HUFFMAN_SCRATCH, LITERALS, LITERAL_TABLE, MATCH_TABLE, OFFSET_TABLE } from './zstd-scratch'
import { blocksOfFrame, MAGIC, MAX_BLOCK, SKIPPABLE, skipFrame } from './zstd-frames'
import {
  bitsBefore,
  fixedFseTable,
  huffmanBits,
  huffmanStream,
  readFseTable,
  readHuffmanTable,
  setTableScratch,
  singleFseTable,
  streamBits,
  tableLog,
} from './zstd-tables'

// The state of the current frame.
let scratch: usize = 0
let targetStart: usize = 0
let targetEnd: usize = 0
let out: usize = 0
let hasHuffman: bool = false
let huffmanLog: u32 = 0
let literalLog: i32 = -1
let offsetLog: i32 = -1
let matchLog: i32 = -1
let repeat1: usize = 1
let repeat2: usize = 4
let repeat3: usize = 8

// The literals of the current block.
let literals: usize = 0
let literalsEnd: usize = 0

/** Decompresses exactly `size` bytes to `target`; 0 when the input is malformed or gives another size. */
export function zstdDecompress(source: usize, length: usize, target: usize, size: usize, memoryForTables: usize): i32 {
  return i32(zstdDecompressUpTo(source, length, target, size, memoryForTables) == <isize>size)
}

/** Decompresses frames of unknown size; returns their size, or -1 when they are malformed or beyond the capacity. */
export function zstdDecompressUpTo(
  source: usize, length: usize, target: usize, capacity: usize, memoryForTables: usize,
): isize {
  const end = source + length
  scratch = memoryForTables
  setTableScratch(scratch)
  targetStart = target
  targetEnd = target + capacity
  out = target
  let at = source
  while (at < end) {
    if (end - at < 8) return -1
    const magic = load<u32>(at)
    if ((magic & 0xfffffff0) == SKIPPABLE) at = skipFrame(at, end)
    else if (magic == MAGIC) at = frame(at + 4, end)
    else return -1
    if (at == 0) return -1
  }
  return out - target
}

function frame(at: usize, end: usize): usize {
  const descriptor = <u32>load<u8>(at)
  if ((descriptor & 3) != 0 || (descriptor & 8) != 0) return 0
  at = blocksOfFrame(at)
  hasHuffman = false
  literalLog = -1
  offsetLog = -1
  matchLog = -1
  repeat1 = 1
  repeat2 = 4
  repeat3 = 8
  let last: u32 = 0
  while (!last) {
    if (at > end || end - at < 3) return 0
    const header = load<u32>(at) & 0xffffff
    at += 3
    last = header & 1
    const kind = (header >> 1) & 3
    const size = <usize>(header >> 3)
    const stored: usize = kind == 1 ? 1 : size
    if (kind == 3 || stored > end - at) return 0
    if (kind == 2) {
      if (size > MAX_BLOCK || !block(at, at + size)) return 0
    } else {
      if (size > targetEnd - out) return 0
      if (kind == 0) memory.copy(out, at, size)
      else memory.fill(out, load<u8>(at), size)
      out += size
    }
    at += stored
  }
  if (descriptor & 4) {
    if (end - at < 4) return 0
    at += 4
  }
  return at
}

function block(at: usize, end: usize): bool {
  const sequences = readLiterals(at, end)
  if (sequences == 0 || sequences >= end) return false
  at = sequences
  let count = <u32>load<u8>(at++)
  if (count == 0) return finishLiterals()
  if (count == 255) {
    if (end - at < 2) return false
    count = <u32>load<u16>(at) + 0x7f00
    at += 2
  } else if (count >= 128) {
    if (at >= end) return false
    count = ((count - 128) << 8) + <u32>load<u8>(at++)
  }
  if (at >= end) return false
  const modes = <u32>load<u8>(at++)
  if (modes & 3) return false
  at = table(modes >> 6, at, end, LITERAL_TABLE, literalLog, LITERAL_LENGTHS, MAX_LITERAL_CODE + 1, 6, 9)
  if (at == 0) return false
  literalLog = tableLogNow
  at = table((modes >> 4) & 3, at, end, OFFSET_TABLE, offsetLog, OFFSETS, 29, 5, 8)
  if (at == 0) return false
  offsetLog = tableLogNow
  at = table((modes >> 2) & 3, at, end, MATCH_TABLE, matchLog, MATCH_LENGTHS, MAX_MATCH_CODE + 1, 6, 9)
  if (at == 0) return false
  matchLog = tableLogNow
  return execute(at, end, count) && finishLiterals()
}

function finishLiterals(): bool {
  const rest = literalsEnd - literals
  if (rest > targetEnd - out) return false
  memory.copy(out, literals, rest)
  out += rest
  return true
}

let tableLogNow: i32 = 0

/** One of the three tables by its mode; returns where its description ended, or 0. Sets `tableLogNow`. */
function table(
  mode: u32, at: usize, end: usize, offset: usize, known: i32, distribution: usize, symbols: u32, log: u32, maxLog: u32,
): usize {
  const place = scratch + offset
  if (mode == 3) {
    tableLogNow = known
    return known < 0 ? 0 : at
  }
  if (mode == 0) fixedFseTable(distribution, symbols, log, place)
  else if (mode == 1) {
    if (at >= end) return 0
    singleFseTable(load<u8>(at++), place)
  } else {
    at = readFseTable(at, end, maxLog, offset == OFFSET_TABLE ? MAX_OFFSET_CODE : symbols - 1, place)
    if (at == 0) return 0
  }
  tableLogNow = <i32>tableLog
  return at
}

/** Reads the literals of a block; returns where its sequences begin, or 0. */
function readLiterals(at: usize, end: usize): usize {
  if (end - at < 1) return 0
  const first = <u32>load<u8>(at)
  const kind = first & 3
  const format = (first >> 2) & 3
  if (kind >= 2) return readHuffmanLiterals(at, end, kind == 3, format)
  const headerBytes: usize = format == 1 ? 2 : format == 3 ? 3 : 1
  if (headerBytes > end - at) return 0
  const header = load<u32>(at)
  let size = <usize>(first >> 3)
  if (format == 1) size = <usize>((header >> 4) & 0xfff)
  else if (format == 3) size = <usize>((header >> 4) & 0xfffff)
  at += headerBytes
  const stored: usize = kind == 1 ? 1 : size
  if (size > MAX_BLOCK || stored > end - at) return 0
  if (kind == 1) {
    literals = scratch + LITERALS
    memory.fill(literals, load<u8>(at), size)
  } else literals = at
  literalsEnd = literals + size
  return at + stored
}

function readHuffmanLiterals(at: usize, end: usize, treeless: bool, format: u32): usize {
  const bits: u64 = format == 3 ? 18 : format == 2 ? 14 : 10
  const headerBytes: usize = format == 3 ? 5 : format == 2 ? 4 : 3
  if (headerBytes > end - at) return 0
  const header = load<u64>(at) >> 4
  const mask = ((<u64>1) << bits) - 1
  const size = <usize>(header & mask)
  const stored = <usize>((header >> bits) & mask)
  at += headerBytes
  if (size > MAX_BLOCK || stored > end - at) return 0
  const stop = at + stored
  const huffman = scratch + HUFFMAN
  if (treeless) {
    if (!hasHuffman) return 0
  } else {
    at = readHuffmanTable(at, stop, scratch + HUFFMAN_SCRATCH, huffman)
    if (at == 0) return 0
    hasHuffman = true
    huffmanLog = huffmanBits
  }
  literals = scratch + LITERALS
  literalsEnd = literals + size
  if (format == 0) return huffmanStream(at, stop, huffman, huffmanLog, literals, size) ? stop : 0
  if (stop - at < 6) return 0
  const part = (size + 3) >> 2
  if (part * 3 > size) return 0
  let from = at + 6
  for (let i: usize = 0; i < 4; i++) {
    const bytes = i < 3 ? <usize>load<u16>(at + (i << 1)) : stop - from
    if (bytes > stop - from) return 0
    const count = i < 3 ? part : size - 3 * part
    if (!huffmanStream(from, from + bytes, huffman, huffmanLog, literals + i * part, count)) return 0
    from += bytes
  }
  return stop
}

/** Runs the sequences: so many literals, then so much of what was written before. */
function execute(start: usize, end: usize, count: u32): bool {
  let bit = streamBits(start, end)
  if (bit < 0) return false
  const literalTable = scratch + LITERAL_TABLE
  const offsetTable = scratch + OFFSET_TABLE
  const matchTable = scratch + MATCH_TABLE
  let literalState = bitsBefore(start, bit, literalLog)
  bit -= literalLog
  let offsetState = bitsBefore(start, bit, offsetLog)
  bit -= offsetLog
  let matchState = bitsBefore(start, bit, matchLog)
  bit -= matchLog
  let to = out
  let from = literals
  for (let i = count; ; ) {
    const l = load<u32>(literalTable + (<usize>literalState << 2))
    const o = load<u32>(offsetTable + (<usize>offsetState << 2))
    const m = load<u32>(matchTable + (<usize>matchState << 2))
    const offsetCode = o & 255
    if ((l & 255) > MAX_LITERAL_CODE || (m & 255) > MAX_MATCH_CODE || offsetCode > MAX_OFFSET_CODE) return false
    const value = <usize>((<u32>1 << offsetCode) | bitsBefore(start, bit, offsetCode))
    bit -= offsetCode
    const matchBits = <u32>load<u8>(MATCH_BITS + (m & 255))
    const length = <usize>(load<u32>(MATCH_BASES + ((m & 255) << 2)) + bitsBefore(start, bit, matchBits))
    bit -= matchBits
    const literalBits = <u32>load<u8>(LITERAL_BITS + (l & 255))
    const run = <usize>(load<u32>(LITERAL_BASES + ((l & 255) << 2)) + bitsBefore(start, bit, literalBits))
    bit -= literalBits
    const offset = resolveOffset(value, run)
    if (run > literalsEnd - from || run > targetEnd - to) return false
    if (run > 0) copyLiteral(to, from, run)
    from += run
    to += run
    if (offset - 1 >= to - targetStart || length > targetEnd - to) return false
    copyBack(to, offset, length)
    to += length
    if (--i == 0) break
    const lb = (l >> 8) & 255
    literalState = (l >> 16) + bitsBefore(start, bit, lb)
    bit -= lb
    const mb = (m >> 8) & 255
    matchState = (m >> 16) + bitsBefore(start, bit, mb)
    bit -= mb
    const ob = (o >> 8) & 255
    offsetState = (o >> 16) + bitsBefore(start, bit, ob)
    bit -= ob
    if (bit < 0) return false
  }
  out = to
  literals = from
  return bit == 0
}

/** The offset a value stands for: the last three are kept, and small values name them. */
function resolveOffset(value: usize, run: usize): usize {
  if (value > 3) {
    repeat3 = repeat2
    repeat2 = repeat1
    repeat1 = value - 3
    return repeat1
  }
  const which = run == 0 ? value + 1 : value
  if (which == 1) return repeat1
  const offset = which == 2 ? repeat2 : which == 3 ? repeat3 : repeat1 - 1
  if (which != 2) repeat3 = repeat2
  repeat2 = repeat1
  repeat1 = offset
  return offset
}
