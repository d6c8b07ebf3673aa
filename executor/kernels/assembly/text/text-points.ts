// Functions of texts that go from code point to code point. Most texts are ASCII: for those a table, or eight bytes at a time, do.
import { bytesEqual } from '../bytes'
import { endText } from './text'
import { bytesOfPoints, pointBytes } from './strings'
import { copies, room } from './text-functions'

const ASCII: u8 = 0x80
const NOT_ASCII: u64 = 0x8080808080808080

/** For each code point of ASCII: the one that takes its place, `LEFT_OUT`, or `WIDER` where that is none of ASCII. */
const TARGETS: usize = memory.data(ASCII)
const LEFT_OUT: u8 = 0x80
const WIDER: u8 = 0x81

/** What the table was made for: in most queries that is the same for all rows. */
const MOST_KEPT = 64
const KEPT_FROM: usize = memory.data(MOST_KEPT)
const KEPT_TO: usize = memory.data(MOST_KEPT)
let keptFromLength = -1
let keptToLength = -1

function readyTargets(from: usize, fromLength: i32, to: usize, toLength: i32): bool {
  if (fromLength > MOST_KEPT || toLength > MOST_KEPT) return false
  if (
    fromLength == keptFromLength && toLength == keptToLength &&
    bytesEqual(from, KEPT_FROM, fromLength) != 0 && bytesEqual(to, KEPT_TO, toLength) != 0
  ) return true
  for (let i = 0; i < <i32>ASCII; i++) store<u8>(TARGETS + i, <u8>i)
  let place = 0
  for (let f = 0; f < fromLength; place++) {
    const point = load<u8>(from + f)
    f += pointBytes(point)
    // What is there twice goes by its first place.
    if (point >= ASCII || isBefore(from, f - 1, point)) continue
    const target = bytesOfPoints(to, toLength, place)
    const byte = target < toLength ? load<u8>(to + target) : LEFT_OUT
    store<u8>(TARGETS + point, target < toLength && byte >= ASCII ? WIDER : byte)
  }
  memory.copy(KEPT_FROM, from, fromLength)
  memory.copy(KEPT_TO, to, toLength)
  keptFromLength = fromLength
  keptToLength = toLength
  return true
}

function isBefore(from: usize, end: i32, point: u8): bool {
  for (let i = 0; i < end; i++) if (load<u8>(from + i) == point) return true
  return false
}

/** Each code point that is in `from` as the one at its place in `to`, or left out where that is shorter. */
export function textTranslate(
  at: usize, length: i32, from: usize, fromLength: i32, to: usize, toLength: i32, out: usize,
): void {
  const isReady = readyTargets(from, fromLength, to, toLength)
  // A code point of one byte may become one of four.
  const start = room(<i64>length * 4)
  let end = start
  for (let i = 0; i < length; ) {
    const byte = load<u8>(at + i)
    if (isReady && byte < ASCII) {
      const target = load<u8>(TARGETS + byte)
      if (target != WIDER) {
        store<u8>(end, target)
        end += usize(target != LEFT_OUT)
        i++
        continue
      }
    }
    const size = pointBytes(byte)
    end = translated(end, at + i, size, from, fromLength, to, toLength)
    i += size
  }
  endText(start, end, out)
}

/** Writes what takes the place of one code point; where it ends. */
function translated(
  end: usize, point: usize, size: i32, from: usize, fromLength: i32, to: usize, toLength: i32,
): usize {
  let place = 0
  let f = 0
  for (; f < fromLength; place++) {
    const known = pointBytes(load<u8>(from + f))
    if (known == size && bytesEqual(from + f, point, size) != 0) break
    f += known
  }
  if (f >= fromLength) return copies(end, point, size, 1)
  const target = bytesOfPoints(to, toLength, place)
  return target < toLength ? copies(end, to + target, pointBytes(load<u8>(to + target)), 1) : end
}

export function bytesReverse(at: usize, length: i32, out: usize): void {
  const start = room(length)
  const end = start + length
  let i = 0
  for (; i + 8 <= length; i += 8) store<u64>(end - 8 - i, bswap(load<u64>(at + i)))
  for (; i < length; i++) store<u8>(end - 1 - i, load<u8>(at + i))
  endText(start, end, out)
}

export function textReverse(at: usize, length: i32, out: usize): void {
  const start = room(length)
  let end = start + length
  for (let i = 0; i < length; ) {
    if (i + 8 <= length) {
      const word = load<u64>(at + i)
      if ((word & NOT_ASCII) == 0) {
        end -= 8
        store<u64>(end, bswap(word))
        i += 8
        continue
      }
    }
    const size = min(pointBytes(load<u8>(at + i)), length - i)
    end -= size
    for (let k = 0; k < size; k++) store<u8>(end + k, load<u8>(at + i + k))
    i += size
  }
  endText(start, start + length, out)
}
