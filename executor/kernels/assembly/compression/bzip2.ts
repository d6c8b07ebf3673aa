// Files compressed by bzip2, one or several behind each other. They come from outside: every table and index is bounded, and nothing beyond the end is read.
import { mixFrom, step, stepLeft, unmixed } from './bzip2-chance'
import { bitPosition, bitsLeft, nextSymbol, readCodes, seekBit, setCodeSource, takeBits } from './bzip2-codes'
import { allocate, release } from '../memory'

const BLOCK_UNIT: u32 = 100000
const BLOCK_MAGIC: u64 = 0x314159265359
const END_MAGIC: u64 = 0x177245385090
const RUN_A: u32 = 0
const RUN_B: u32 = 1
/** After so many equal bytes comes how many more there are. */
const RUN: u32 = 4

// What is kept between reads (u32s): the compressed bytes, which bit is next (u64), the size of blocks, and of the block that is read its place and what is left.
const SOURCE = 0
const LENGTH = 4
const BIT = 8
const BLOCK_SIZE = 16
const PLACE = 20
const LEFT = 24
const LAST = 28
const REPEATS = 32
const PENDING = 36
const CRC = 40
const WANTED_CRC = 44
const HAS_BLOCK = 48
const MIXED = 52
const STEP = 56
const STEP_LEFT = 60
const WORDS = 64
const STATE_BYTES = WORDS + 4 * 9 * BLOCK_UNIT

const seen: usize = memory.data(256)
const counts: usize = memory.data(1024)

/** Begins to read what was compressed, which stays where it is. */
export function bzip2Begin(source: usize, length: usize): usize {
  const state = allocate(STATE_BYTES)
  memory.fill(state, 0, WORDS)
  store<u32>(state, <u32>source, SOURCE)
  store<u32>(state, <u32>length, LENGTH)
  return state
}

export function bzip2Release(state: usize): void {
  release(state)
}

/** Writes at most so many bytes; returns how many, 0 at the end, -1 when malformed. */
export function bzip2Read(state: usize, target: usize, capacity: i32): i32 {
  if (capacity == 0) return 0
  while (true) {
    const made = load<u32>(state, HAS_BLOCK) != 0 ? writeBytes(state, target, capacity) : 0
    if (made != 0) return made
    setCodeSource(load<u32>(state, SOURCE), load<u32>(state, LENGTH))
    seekBit(load<u64>(state, BIT))
    const found = nextBlock(state)
    store<u64>(state, bitPosition(), BIT)
    if (found <= 0) return found
  }
}

/** Goes to the next block: 1 when there is one, 0 at the end, -1 when malformed. */
function nextBlock(state: usize): i32 {
  while (true) {
    if (load<u32>(state, BLOCK_SIZE) == 0) {
      if (bitsLeft() == 0) return bitPosition() == 0 ? -1 : 0
      if (bitsLeft() < 32 || takeBits(24) != 0x425a68) return -1
      const level = takeBits(8) - 0x30
      if (level - 1 > 8) return -1
      store<u32>(state, level * BLOCK_UNIT, BLOCK_SIZE)
    }
    if (bitsLeft() < 80) return -1
    const magic = (<u64>takeBits(24) << 24) | <u64>takeBits(24)
    const crc = (takeBits(16) << 16) | takeBits(16)
    if (magic == BLOCK_MAGIC) return readBlock(state, crc) ? 1 : -1
    if (magic != END_MAGIC) return -1
    // Another file may follow at the next byte.
    store<u32>(state, 0, BLOCK_SIZE)
    seekBit((bitPosition() + 7) & ~<u64>7)
  }
}

/** Reads a block into its words: each the byte of its place, and above it where the one before it in the text is. */
function readBlock(state: usize, crc: u32): bool {
  if (bitsLeft() < 41) return false
  store<u32>(state, takeBits(1), MIXED)
  store<u64>(state, 0, STEP)
  const origin = takeBits(24)
  const used = readSeen()
  if (used == 0 || !readCodes(used + 2)) return false
  const size = readValues(state, used)
  if (size <= 0 || origin >= <u32>size) return false
  const words = state + WORDS
  let sum: u32 = 0
  for (let i = 0; i < 256; i++) {
    const count = load<u32>(counts + (i << 2))
    store<u32>(counts + (i << 2), sum)
    sum += count
  }
  for (let i = 0; i < size; i++) {
    const place = counts + (<usize>load<u8>(words + (<usize>i << 2)) << 2)
    const at = load<u32>(place)
    store<u32>(place, at + 1)
    const word = words + (<usize>at << 2)
    store<u32>(word, load<u32>(word) | (<u32>i << 8))
  }
  store<u32>(state, load<u32>(words + (<usize>origin << 2)) >> 8, PLACE)
  store<i32>(state, size, LEFT)
  store<u32>(state, 256, LAST)
  store<u32>(state, 0, REPEATS)
  store<u32>(state, 0, PENDING)
  store<u32>(state, 0xffffffff, CRC)
  store<u32>(state, crc, WANTED_CRC)
  store<u32>(state, 1, HAS_BLOCK)
  return true
}

/** Which bytes the block has, in their order; returns how many. */
function readSeen(): u32 {
  const ranges = takeBits(16)
  let used: u32 = 0
  for (let i = 0; i < 16; i++) {
    if ((ranges & (0x8000 >> i)) == 0) continue
    if (bitsLeft() < 16) return 0
    const bytes = takeBits(16)
    for (let j = 0; j < 16; j++) if (bytes & (0x8000 >> j)) store<u8>(seen + used++, <u8>(i * 16 + j))
  }
  return used
}

/** The last column of the sorted block; returns how many bytes it has, -1 when malformed. */
function readValues(state: usize, used: u32): i32 {
  const words = state + WORDS
  const most = load<u32>(state, BLOCK_SIZE)
  memory.fill(counts, 0, 1024)
  let size: u32 = 0
  let run: u32 = 0
  let weight: u32 = 1
  while (true) {
    const symbol = nextSymbol()
    if (symbol < 0) return -1
    if (<u32>symbol <= RUN_B) {
      if (weight > most) return -1
      run += weight << (<u32>symbol == RUN_A ? 0 : 1)
      weight <<= 1
      continue
    }
    if (run > 0) {
      if (run > most - size) return -1
      const byte = load<u8>(seen)
      const count = counts + (<usize>byte << 2)
      store<u32>(count, load<u32>(count) + run)
      for (; run > 0; run--) store<u32>(words + (<usize>(size++) << 2), byte)
    }
    weight = 1
    if (<u32>symbol == used + 1) return <i32>size
    if (size == most) return -1
    // The bytes used last come first.
    const index = <usize>symbol - 1
    const byte = load<u8>(seen + index)
    memory.copy(seen + 1, seen, index)
    store<u8>(seen, byte)
    const count = counts + (<usize>byte << 2)
    store<u32>(count, load<u32>(count) + 1)
    store<u32>(words + (<usize>(size++) << 2), byte)
  }
}

/** Writes what fits of the block; 0 when it was at its end, -1 when that was not what was compressed. */
function writeBytes(state: usize, target: usize, capacity: i32): i32 {
  const words = state + WORDS
  let place = load<u32>(state, PLACE)
  let left = load<u32>(state, LEFT)
  let last = load<u32>(state, LAST)
  let repeats = load<u32>(state, REPEATS)
  let pending = load<u32>(state, PENDING)
  let crc = load<u32>(state, CRC)
  let made = 0
  mixFrom(load<u32>(state, MIXED) != 0, load<u32>(state, STEP), load<u32>(state, STEP_LEFT))
  while (made < capacity) {
    if (pending > 0) {
      pending--
      store<u8>(target + made++, <u8>last)
      crc = crcOf(crc, last)
      continue
    }
    if (left == 0) break
    const word = load<u32>(words + (<usize>place << 2))
    const byte = unmixed(word & 0xff)
    place = word >> 8
    left--
    if (repeats == RUN) {
      pending = byte
      repeats = 0
      continue
    }
    repeats = byte == last ? repeats + 1 : 1
    last = byte
    store<u8>(target + made++, <u8>byte)
    crc = crcOf(crc, byte)
  }
  store<u32>(state, step, STEP)
  store<u32>(state, stepLeft, STEP_LEFT)
  store<u32>(state, place, PLACE)
  store<u32>(state, left, LEFT)
  store<u32>(state, last, LAST)
  store<u32>(state, repeats, REPEATS)
  store<u32>(state, pending, PENDING)
  store<u32>(state, crc, CRC)
  if (made > 0) return made
  store<u32>(state, 0, HAS_BLOCK)
  return ~crc == load<u32>(state, WANTED_CRC) ? 0 : -1
}

const POLYNOMIAL: u32 = 0x04c11db7
const crcs: usize = memory.data(1024, 4)
let hasCrcs = false

@inline
function crcOf(crc: u32, byte: u32): u32 {
  if (!hasCrcs) makeCrcs()
  return (crc << 8) ^ load<u32>(crcs + (<usize>((crc >> 24) ^ (byte & 0xff)) << 2))
}

function makeCrcs(): void {
  hasCrcs = true
  for (let i: u32 = 0; i < 256; i++) {
    let value = i << 24
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ POLYNOMIAL : value << 1
    store<u32>(crcs + (<usize>i << 2), value)
  }
}
