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
  LINES_WHOLE,
} from '../interface/text-lines'

const LINE_FEED: u32 = 0x0a
const CARRIAGE_RETURN: u32 = 0x0d
const BLANK: u32 = 0x20

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

function findUsual(at: usize, end: usize, isLast: bool): void {
  const feeds = i8x16.splat(<u8>LINE_FEED)
  const returns = i8x16.splat(<u8>CARRIAGE_RETURN)
  for (let p = at; p < end; p += 16) {
    const some = v128.load(p)
    const found = i8x16.bitmask(v128.or(i8x16.eq(some, feeds), i8x16.eq(some, returns)))
    if (found == 0) continue
    const first = p + <usize>ctz(found)
    if (first < end) return endUsual(first, end, isLast)
  }
  endAtEnd(end, isLast)
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
  else if (ending == LINES_WHOLE) endAtEnd(end, isLast)
  else findUsual(at, end, isLast)
}

/** Whether there is nothing but white space and controls in a line. */
function isBlank(from: usize, to: usize): bool {
  for (let p = from; p < to; p++) if (load<u8>(p) > BLANK) return false
  return true
}

/**
 * Finds the lines that begin before `stop` in what lies between `at` and `end`, at most so many; `isLast`: no more follows. Writes a ref of each,
 * address and length, to `refs`, and where the first line begins that was not taken to `out`. Returns how many there are.
 */
export function textLines(
  spec: usize, at: usize, end: usize, isLast: i32, stop: usize, most: i32, refs: usize, out: usize,
): i32 {
  const skipsBlank = load<u32>(spec, LINES_SKIP_BLANK) != 0
  const comment = load<u32>(spec, LINES_COMMENT)
  let count = 0
  let p = at
  while (count < most && p < end && p < stop) {
    findEnd(spec, p, end, isLast != 0)
    if (nextLine == 0) break
    const isNone = (skipsBlank && isBlank(p, lineEnd)) || (comment != 0 && load<u8>(p) == comment)
    if (!isNone) {
      store<u64>(refs + (<usize>count << 3), <u64>p | (<u64>(lineEnd - p) << 32))
      count++
    }
    p = nextLine
  }
  store<u32>(out, <u32>p)
  return count
}
