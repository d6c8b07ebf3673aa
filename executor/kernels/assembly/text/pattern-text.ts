// The text that patterns are searched in: its characters, ends of lines and edges of words.
import * as P from '../../interface/pattern'

export let text: usize = 0
export let size = 0
/** Where the search begins, which a text does for its pattern; places count from `text`. */
export let base = 0

export function searchText(at: usize, length: i32, from: i32): void {
  text = at
  size = length
  base = from
}

let pointBytes = 1

/** The code point at a place, of `pointBytes`. */
function pointAt(at: i32): u32 {
  const first = <u32>load<u8>(text + at)
  pointBytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (at + pointBytes > size) pointBytes = 1
  if (pointBytes == 1) return first
  let point = first & (0x7f >> pointBytes)
  for (let i = 1; i < pointBytes; i++) point = (point << 6) | (load<u8>(text + at + i) & 63)
  return point
}

function hasPoint(set: usize, point: u32): bool {
  if (point < 128) return ((load<u8>(set + (point >> 3)) >> <u8>(point & 7)) & 1) != 0
  let low = 0
  let high = load<i32>(set, P.SET_COUNT)
  while (low < high) {
    const middle = (low + high) >>> 1
    const range = set + P.SET_RANGES + (<usize>middle << 3)
    if (load<u32>(range, 4) < point) low = middle + 1
    else high = middle
  }
  return low < load<i32>(set, P.SET_COUNT) && load<u32>(set + P.SET_RANGES + (<usize>low << 3)) <= point
}

/** Behind the character of a set at a place; less than 0 when there is none. */
export function behindMember(set: usize, at: i32): i32 {
  if (at >= size) return -1
  const byte = <u32>load<u8>(text + at)
  if (byte < 128) return ((load<u8>(set + (byte >> 3)) >> <u8>(byte & 7)) & 1) != 0 ? at + 1 : -1
  return hasPoint(set, pointAt(at)) ? at + pointBytes : -1
}

export function before(at: i32): i32 {
  do at--
  while (at > base && (load<u8>(text + at) & 0xc0) == 0x80)
  return at
}

/** Whether a line ends at a place: how many bytes that takes, 0 when none does. */
function lineEndAt(at: i32, isUnix: bool): i32 {
  if (at >= size) return 0
  const point = pointAt(at)
  if (point == 10) return 1
  if (isUnix) return 0
  if (point == 13) return at + 1 < size && load<u8>(text + at, 1) == 10 ? 2 : 1
  return point == 0x85 || (point | 1) == 0x2029 ? pointBytes : 0
}

/** Whether a place is between the two characters of one end of a line. */
function isInLineEnd(at: i32): bool {
  return at > base && at < size && load<u8>(text + at) == 10 && load<u8>(text + at - 1) == 13
}

function isLineBegin(at: i32, isUnix: bool): bool {
  if (at == base) return true
  if (at >= size) return false
  const last = before(at)
  return isUnix ? load<u8>(text + last) == 10 : lineEndAt(last, false) != 0 && !isInLineEnd(at)
}

function isLastLine(at: i32, isUnix: bool): bool {
  if (at == size) return true
  const bytes = lineEndAt(at, isUnix)
  return bytes > 0 && at + bytes == size && (isUnix || !isInLineEnd(at))
}

function isLineEnd(at: i32, isUnix: bool): bool {
  return at == size || (lineEndAt(at, isUnix) > 0 && (isUnix || !isInLineEnd(at)))
}

function isWordEdge(at: i32, letters: usize): bool {
  const left = at > base && hasPoint(letters, pointAt(before(at)))
  return left != (at < size && hasPoint(letters, pointAt(at)))
}

export function isPlace(place: i32, at: i32, letters: usize, start: i32): bool {
  if (place == P.PLACE_BEGIN) return at == base
  if (place == P.PLACE_END) return at == size
  if (place == P.PLACE_LAST_LINE) return isLastLine(at, false)
  if (place == P.PLACE_LAST_UNIX_LINE) return isLastLine(at, true)
  if (place == P.PLACE_LINE_BEGIN) return isLineBegin(at, false)
  if (place == P.PLACE_UNIX_LINE_BEGIN) return isLineBegin(at, true)
  if (place == P.PLACE_LINE_END) return isLineEnd(at, false)
  if (place == P.PLACE_UNIX_LINE_END) return isLineEnd(at, true)
  if (place == P.PLACE_SEARCH_BEGIN) return at == start
  return isWordEdge(at, letters) == (place == P.PLACE_WORD_EDGE)
}
