// The values of a row of CSV, one after the other, as Univocity takes them apart for Spark. Whoever has a file begins with each of its rows.
import { CSV_ESCAPE, CSV_FLAGS, CSV_QUOTE, CSV_SEPARATOR, CSV_TRIMS_LEFT, CSV_TRIMS_RIGHT } from '../../interface/csv-spec'
import { arenaAllocate, arenaShrink } from '../arena'
import { hasPairs, hasQuotes, indexValues, MOST_VALUES } from './csv-index'

const BLANK: u32 = 0x20

// The value read last: within the row, or without its escapes in the arena.
export let tokenAt: usize = 0
export let tokenLength: i32 = 0
export let isQuoted = false

let cursor: usize = 0
let end: usize = 0
let hasMore = false
let flags: u32 = 0
let quote: u32 = 0
let escapeByte: u32 = 0
let separator: usize = 0
let separatorLength: i32 = 0
let separatorByte: u32 = 0

/**
 * Begins with a row. Returns how many values it has, of which csv-index.ts knows the ends, if these need not be looked for one after the other: at least `most` where there are so
 * many. Otherwise -1.
 */
export function csvRow(spec: usize, row: usize, length: i32, most: i32): i32 {
  cursor = row
  end = row + <usize>length
  hasMore = true
  flags = load<u32>(spec, CSV_FLAGS)
  quote = load<u32>(spec, CSV_QUOTE)
  escapeByte = load<u32>(spec, CSV_ESCAPE)
  separator = spec + load<u32>(spec, CSV_SEPARATOR)
  separatorLength = load<i32>(spec, CSV_SEPARATOR + 4)
  separatorByte = load<u8>(separator)
  if (separatorLength != 1 || most > MOST_VALUES || (flags & (CSV_TRIMS_LEFT | CSV_TRIMS_RIGHT)) != 0) return -1
  return indexValues(row, end, separatorByte, quote, escapeByte, most)
}

/** Whether a value whose ends are known is in quotes: then `unquote` reads it. */
@inline
export function isInQuotes(start: usize, length: i32): bool {
  return hasQuotes && length > 0 && load<u8>(start) == quote
}

/** Reads such a value. */
export function unquote(start: usize, length: i32): void {
  tokenAt = start + 1
  tokenLength = length - 2
  if (hasPairs && tokenLength > 1) leavePairs(start + 1, start + <usize>length - 1)
}

/** Of two quotes in a value one counts, which is copied if there are any; `stop` is where the quote behind the value is. */
function leavePairs(from: usize, stop: usize): void {
  const quotes = i8x16.splat(<i8>quote)
  let p = from
  let some = i8x16.bitmask(i8x16.eq(v128.load(p), quotes))
  while (some == 0) {
    p += 16
    some = i8x16.bitmask(i8x16.eq(v128.load(p), quotes))
  }
  if (p + <usize>ctz(some) >= stop) return
  const start = arenaAllocate(stop - from + 16)
  let to = start
  p = from
  while (p < stop) {
    const bytes = v128.load(p)
    v128.store(to, bytes)
    const found = i8x16.bitmask(i8x16.eq(bytes, quotes))
    const first = <usize>ctz(found)
    if (found == 0) {
      p += 16
      to += 16
    } else if (p + first == stop) {
      to += first
      break
    } else {
      to += first + 1
      p += first + 2
    }
  }
  arenaShrink(to)
  tokenAt = start
  tokenLength = <i32>(to - start)
}

@inline
function isSeparator(p: usize): bool {
  if (load<u8>(p) != separatorByte) return false
  return separatorLength == 1 || isLongSeparator(p)
}

function isLongSeparator(p: usize): bool {
  return end - p >= <usize>separatorLength && memory.compare(p, separator, separatorLength) == 0
}

/** The next separator from a byte on, or the end; 16 bytes at a time, of which those beyond the end do not count. */
@inline
function separatorFrom(from: usize): usize {
  const stop = end
  const wanted = i8x16.splat(<i8>separatorByte)
  for (let p = from; p < stop; p += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(p), wanted))
    while (found != 0) {
      const first = p + <usize>ctz(found)
      if (separatorLength == 1 || isLongSeparator(first)) return min(first, stop)
      found &= found - 1
    }
  }
  return stop
}

/** The next quote or escape from a byte on, or the end. */
@inline
function quoteFrom(from: usize): usize {
  const stop = end
  const quotes = i8x16.splat(<i8>quote)
  const escapes = i8x16.splat(<i8>escapeByte)
  for (let p = from; p < stop; p += 16) {
    const bytes = v128.load(p)
    const found = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, escapes)))
    if (found != 0) return min(p + <usize>ctz(found), stop)
  }
  return stop
}

/** Reads the next value; false when there is none. */
@inline
export function csvToken(): bool {
  if (!hasMore) return false
  if (flags & CSV_TRIMS_LEFT) while (cursor < end && load<u8>(cursor) <= BLANK && !isSeparator(cursor)) cursor++
  isQuoted = cursor < end && quote != 0 && load<u8>(cursor) == quote
  if (isQuoted) readQuoted()
  else readPlain()
  return true
}

/** Goes on behind a value. */
@inline
function leave(p: usize): void {
  hasMore = p < end
  cursor = hasMore ? p + <usize>separatorLength : end
}

function readPlain(): void {
  const p = separatorFrom(cursor)
  let stop = p
  if (flags & CSV_TRIMS_RIGHT) while (stop > cursor && load<u8>(stop - 1) <= BLANK) stop--
  tokenAt = cursor
  tokenLength = <i32>(stop - cursor)
  leave(p)
}

/** What a value in quotes is without them, in the arena, with room for the quote before it that one may turn out to keep. */
let out: usize = 0
let outEnd: usize = 0

@inline
function put(byte: u32): void {
  store<u8>(outEnd++, byte)
}

/** Whether a value in quotes ends behind a quote, perhaps after white space. */
@inline
function endsAt(p: usize): bool {
  return p == end || isSeparator(p)
}

/** The rest up to the separator of what has a quote in it that is none of its ends: all of it counts, the first quote too. */
function readOn(p: usize): void {
  while (p < end && !isSeparator(p)) put(load<u8>(p++))
  if (flags & CSV_TRIMS_RIGHT) while (outEnd > out && load<u8>(outEnd - 1) <= BLANK) outEnd--
  store<u8>(--out, quote)
  isQuoted = false
  finish(p)
}

function finish(p: usize): void {
  tokenAt = out
  tokenLength = <i32>(outEnd - out)
  leave(p)
}

/** A value from its quote on. Most have no quotes and escapes within: these are not copied. */
function readQuoted(): void {
  const from = cursor + 1
  // A quote alone, at the end, is a value.
  if (from == end) return readPlain()
  const p = quoteFrom(from)
  if (p < end && load<u8>(p) == quote && endsAt(p + 1)) {
    tokenAt = from
    tokenLength = <i32>(p - from)
    return leave(p + 1)
  }
  out = arenaAllocate(<usize>(end - cursor) + 1) + 1
  outEnd = out + (p - from)
  memory.copy(out, from, p - from)
  readEscaped(p)
}

/** From the first quote or escape within a value on; one that does not end goes to the end, without an escape there. */
function readEscaped(p: usize): void {
  while (p < end) {
    const c = <u32>load<u8>(p++)
    if (c == escapeByte && (c != quote || (p < end && load<u8>(p) == quote))) {
      if (p == end) break
      const next = <u32>load<u8>(p++)
      if (next != quote && next != escapeByte) put(escapeByte)
      put(next)
    } else if (c != quote) put(c)
    else {
      let after = p
      while (after < end && !isSeparator(after) && load<u8>(after) <= BLANK) after++
      if (endsAt(after)) return finish(after)
      put(quote)
      if (load<u8>(p) != quote) return readOn(p)
      // Of two quotes one counts, if the value ends with them.
      p++
      if (endsAt(p)) return finish(p)
      put(quote)
      return readOn(p)
    }
  }
  finish(end)
}
