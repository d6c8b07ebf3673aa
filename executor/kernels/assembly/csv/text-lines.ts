// Lines of text files: where each begins and how long it is.
import {
  LINES_COMMENT,
  LINES_DELIMITER,
  LINES_DELIMITER_LENGTH,
  LINES_ENDING,
  LINES_ESCAPE,
  LINES_QUOTE,
  LINES_QUOTED,
  LINES_SEPARATED,
  LINES_SEPARATOR,
  LINES_SEPARATOR_LENGTH,
  LINES_SKIP_BLANK,
  LINES_USUAL,
} from '../../interface/text-lines'

const LINE_FEED: u32 = 0x0a
const CARRIAGE_RETURN: u32 = 0x0d
const BLANK: u32 = 0x20
const REF_BYTES: usize = 8

/** Where the line that was looked at ends, and where the next one begins; the latter is 0 when its end is not there yet. */
let lineEnd: usize = 0
let nextLine: usize = 0

/** Ends a line at an end of the usual kind, of which a `\r` may be the first half only. */
@inline
function endUsual(p: usize, end: usize, isLast: bool): void {
  lineEnd = p
  if (load<u8>(p) == LINE_FEED) nextLine = p + 1
  else if (p + 1 < end) nextLine = p + 1 + usize(load<u8>(p + 1) == LINE_FEED)
  else nextLine = isLast ? p + 1 : 0
}

@inline
function endAtEnd(end: usize, isLast: bool): void {
  lineEnd = end
  nextLine = isLast ? end : 0
}

@inline
function isAt(p: usize, end: usize, text: usize, length: usize): bool {
  if (load<u8>(p) != load<u8>(text)) return false
  return length == 1 || (end - p >= length && memory.compare(p, text, length) == 0)
}

function findSeparated(spec: usize, at: usize, end: usize, isLast: bool): void {
  const separator = <usize>load<u32>(spec, LINES_SEPARATOR)
  const length = <usize>load<u32>(spec, LINES_SEPARATOR_LENGTH)
  for (let p = at; p < end; p++) {
    if (!isAt(p, end, separator, length)) continue
    lineEnd = p
    nextLine = p + length
    return
  }
  endAtEnd(end, isLast)
}

/** Quotes count where a value begins, as when the values of a row of CSV are taken apart. */
function findQuoted(spec: usize, at: usize, end: usize, isLast: bool): void {
  const quote = load<u32>(spec, LINES_QUOTE)
  const escapeByte = load<u32>(spec, LINES_ESCAPE)
  const delimiter = <usize>load<u32>(spec, LINES_DELIMITER)
  const length = <usize>load<u32>(spec, LINES_DELIMITER_LENGTH)
  let begins = true
  let p = at
  while (p < end) {
    const c = <u32>load<u8>(p)
    if (c == quote && begins) {
      p = behindQuotes(p + 1, end, quote, escapeByte)
      begins = false
    } else if (c == LINE_FEED || c == CARRIAGE_RETURN) return endUsual(p, end, isLast)
    else {
      begins = isAt(p, end, delimiter, length)
      p += begins ? length : 1
    }
  }
  endAtEnd(end, isLast)
}

/** Behind the quote that ends a value. */
function behindQuotes(from: usize, end: usize, quote: u32, escapeByte: u32): usize {
  let p = from
  while (p < end) {
    const c = <u32>load<u8>(p++)
    const isEscape = c == escapeByte && p < end
    if (isEscape && (load<u8>(p) == quote || load<u8>(p) == escapeByte)) p++
    else if (c == quote) return p
  }
  return p
}

function findEnd(spec: usize, at: usize, end: usize, isLast: bool): void {
  const ending = load<u32>(spec, LINES_ENDING)
  if (ending == LINES_SEPARATED) findSeparated(spec, at, end, isLast)
  else if (ending == LINES_QUOTED) findQuoted(spec, at, end, isLast)
  else endAtEnd(end, isLast)
}

/** Whether there is nothing but white space and controls in a line. */
function isBlank(from: usize, to: usize): bool {
  for (let p = from; p < to; p++) if (load<u8>(p) > BLANK) return false
  return true
}

let skipsBlank = false
let comment: u32 = 0
/** Where the ref of the next line is to be written. */
let to: usize = 0

/** Writes a ref of a line, unless it is passed over. */
@inline
function take(from: usize, until: usize): void {
  if ((skipsBlank && isBlank(from, until)) || (comment != 0 && load<u8>(from) == comment)) return
  store<u64>(to, <u64>from | (<u64>(until - from) << 32))
  to += REF_BYTES
}

/** A bit for each of 16 bytes that ends a line, if only half of its end. */
@inline
function endsIn(p: usize): u64 {
  const some = v128.load(p)
  const feeds = i8x16.eq(some, i8x16.splat(<u8>LINE_FEED))
  const returns = i8x16.eq(some, i8x16.splat(<u8>CARRIAGE_RETURN))
  return <u64><u32>i8x16.bitmask(v128.or(feeds, returns))
}

/** Takes lines that end as usual, 64 bytes at a time; returns where the first begins that was not taken. Up to 63 bytes behind the end are loaded and do not count. */
function takeUsual(at: usize, end: usize, isLast: bool, stop: usize, full: usize): usize {
  let line = at
  for (let p = at; p < end && line < stop && to < full; p += 64) {
    let ends = endsIn(p) | (endsIn(p + 16) << 16) | (endsIn(p + 32) << 32) | (endsIn(p + 48) << 48)
    if (end - p < 64) ends &= (<u64>1 << <u64>(end - p)) - 1
    while (ends != 0) {
      const first = p + <usize>ctz(ends)
      ends &= ends - 1
      // The second half of an end.
      if (first < line) continue
      endUsual(first, end, isLast)
      if (nextLine == 0) return line
      take(line, first)
      line = nextLine
      if (line >= stop || to == full) return line
    }
  }
  if (!isLast || line >= stop || to == full) return line
  take(line, end)
  return end
}

/** Takes lines one after the other. */
function takeOthers(spec: usize, at: usize, end: usize, isLast: bool, stop: usize, full: usize): usize {
  let p = at
  while (to < full && p < stop) {
    findEnd(spec, p, end, isLast)
    if (nextLine == 0) break
    take(p, lineEnd)
    p = nextLine
  }
  return p
}

/**
 * Finds the lines that begin before `stop` in what lies between `at` and `end`, at most so many; `isLast`: no more follows. Writes a ref of each,
 * address and length, to `refs`, and where the first line begins that was not taken to `out`. Returns how many there are.
 */
export function textLines(
  spec: usize, at: usize, end: usize, isLast: i32, stop: usize, most: i32, refs: usize, out: usize,
): i32 {
  skipsBlank = load<u32>(spec, LINES_SKIP_BLANK) != 0
  comment = load<u32>(spec, LINES_COMMENT)
  to = refs
  const full = refs + <usize>most * REF_BYTES
  const before = min(stop, end)
  const isUsual = load<u32>(spec, LINES_ENDING) == LINES_USUAL
  const next = isUsual ? takeUsual(at, end, isLast != 0, before, full) : takeOthers(spec, at, end, isLast != 0, before, full)
  store<u32>(out, <u32>next)
  return <i32>((to - refs) / REF_BYTES)
}
