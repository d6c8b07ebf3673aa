// Numbers by a pattern (interface/number-pattern.ts): `to_number` and `to_char`, with the spaces and marks that Spark writes.
import {
  NUMBER_ALL_DIGITS,
  NUMBER_CLOSE,
  NUMBER_DIGITS,
  NUMBER_DOLLAR,
  NUMBER_MINUS,
  NUMBER_OPEN,
  NUMBER_POINT,
  NUMBER_SEPARATOR,
  NUMBER_SIGN,
  NUMBER_STEP_BYTES,
  NUMBER_STEP_COUNT,
} from '../../interface/number-pattern'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { formatDecimal, parseDecimal } from './integers'
import { beginText, endText } from '../text/text'

const SPACE: u8 = 0x20
const PLUS: u8 = 0x2b
const COMMA: u8 = 0x2c
const MINUS: u8 = 0x2d
const POINT: u8 = 0x2e
const ZERO: u8 = 0x30
const DOLLAR: u8 = 0x24
const HASH: u8 = 0x23
const OPEN: u8 = 0x3c
const CLOSE: u8 = 0x3e

@inline
function kindAt(step: usize): i32 {
  return load<i32>(step)
}
@inline
function countAt(step: usize): i32 {
  return load<i32>(step, NUMBER_STEP_COUNT)
}

@inline
function isDigit(byte: u8): bool {
  return byte - ZERO < 10
}

/** Space and the controls that Java counts among white space. */
@inline
function isSpace(byte: u8): bool {
  return byte == SPACE || (byte >= 9 && byte <= 13) || (byte >= 28 && byte <= 31)
}

/** Whether a step is of a group of digits or between two of them. */
@inline
function isOfDigits(kind: i32): bool {
  return kind == NUMBER_ALL_DIGITS || kind == NUMBER_DIGITS || kind == NUMBER_SEPARATOR
}

/** What was read up to now: where the text goes on, and where the digits go. */
let at: usize = 0
let end: usize = 0
let written: usize = 0

/**
 * Reads groups of digits and separators; the last group of the text is held against the last one of the pattern and so on. White space among them does
 * not count. @returns whether they are as the pattern has them
 */
function readGroups(steps: usize, stepsEnd: usize): bool {
  let step = stepsEnd
  // The digits are copied in passing; how many there are between two separators is counted from the end, where both begin.
  let digitsEnd = at
  while (digitsEnd < end) {
    const byte = load<u8>(digitsEnd)
    if (!isDigit(byte) && byte != COMMA && !isSpace(byte)) break
    if (isDigit(byte)) store<u8>(written++, byte)
    digitsEnd++
  }
  let place = digitsEnd
  let hasMore = true
  while (step > steps) {
    step -= NUMBER_STEP_BYTES
    if (kindAt(step) == NUMBER_SEPARATOR) continue
    let found = 0
    let isInGroup = hasMore
    while (isInGroup && place > at) {
      const byte = load<u8>(--place)
      if (byte == COMMA) isInGroup = false
      else if (isDigit(byte)) found++
    }
    if (isInGroup) hasMore = false
    if (kindAt(step) == NUMBER_ALL_DIGITS ? found != countAt(step) : found > countAt(step)) return false
  }
  at = digitsEnd
  return !hasMore
}

@inline
function accepts(byte: u8): bool {
  if (at == end || load<u8>(at) != byte) return false
  at++
  return true
}

/**
 * A text as a number by a pattern; writes a decimal, returns a status: an error where a whole number stands for a fraction, and the next one, with the
 * text, where it is not as the pattern has it.
 */
export function numberByPattern(
  text: usize,
  length: i32,
  steps: usize,
  stepBytes: i32,
  precision: i32,
  scale: i32,
  out: usize,
): i32 {
  const digits = arenaAllocate(<usize>length + 2)
  at = text
  end = text + length
  // Room for the sign.
  written = digits + 1
  if (!readNumber(steps, steps + stepBytes) || at < end) {
    store<u32>(out, <u32>text, RESULT_ADDRESS)
    store<u32>(out, length, RESULT_LENGTH)
    return ROUTINE_ERROR + 1
  }
  store<u8>(digits, isNegative ? MINUS : PLUS)
  return parseDecimal(digits, <i32>(written - digits), precision, scale, out) == 0 ? ROUTINE_VALUE : ROUTINE_ERROR
}

let isNegative = false

function readNumber(steps: usize, stepsEnd: usize): bool {
  isNegative = false
  let isOpen = false
  let isClosed = false
  const first = written
  for (let step = steps; step < stepsEnd; ) {
    const kind = kindAt(step)
    if (isOfDigits(kind)) {
      const groups = step
      while (step < stepsEnd && isOfDigits(kindAt(step))) step += NUMBER_STEP_BYTES
      if (!readGroups(groups, step)) return false
      continue
    }
    step += NUMBER_STEP_BYTES
    if (kind == NUMBER_POINT) {
      if (accepts(POINT)) store<u8>(written++, POINT)
    } else if (kind == NUMBER_DOLLAR) {
      // A text that ends here has none.
      if (at < end && !accepts(DOLLAR)) return false
    } else if (kind == NUMBER_SIGN) {
      if (!accepts(PLUS) && accepts(MINUS)) isNegative = !isNegative
    } else if (kind == NUMBER_MINUS) {
      if (accepts(MINUS)) isNegative = !isNegative
    } else if (kind == NUMBER_OPEN) {
      if (accepts(OPEN)) isOpen = true
    } else if (kind == NUMBER_CLOSE && accepts(CLOSE)) {
      if (!isOpen) return false
      isClosed = true
      isNegative = !isNegative
    }
  }
  const hasDigits = written > first + 1 || (written == first + 1 && load<u8>(first) != POINT)
  return hasDigits && isOpen == isClosed
}

/** The text that is written, from its beginning, and the digits of the number that are not written yet. */
let start: usize = 0
let whole: usize = 0
let wholeEnd: usize = 0
let fraction: usize = 0
let fractionEnd: usize = 0
/** Places for digits that the number does not have, before the others. */
let missing = 0
let isTooLong = false

/** Puts a byte behind the text, and moves it before the spaces there. */
function writeBeforeSpaces(byte: u8): void {
  let to = written++
  while (to > start && load<u8>(to - 1) == SPACE) {
    store<u8>(to, SPACE)
    to--
  }
  store<u8>(to, byte)
}

/** Puts a space behind the text, and moves it before the signs there. */
function writeSpaceBeforeSigns(): void {
  let to = written++
  while (to > start) {
    const before = load<u8>(to - 1)
    if (before != PLUS && before != MINUS && before != OPEN) break
    store<u8>(to, before)
    to--
  }
  store<u8>(to, SPACE)
}

/** A point with nothing behind it is a space. */
function dropLonePoint(): void {
  for (let place = start; place < written; place++) {
    if (load<u8>(place) != POINT) continue
    if (place + 1 == written || load<u8>(place + 1) == SPACE) store<u8>(place, SPACE)
    return
  }
}

function writeDigitGroup(step: usize, isFraction: bool): void {
  for (let i = 0; i < countAt(step); i++) {
    if (isTooLong) store<u8>(written++, HASH)
    else if (isFraction) store<u8>(written++, fraction < fractionEnd ? load<u8>(fraction++) : ZERO)
    else if (missing == 0) store<u8>(written++, load<u8>(whole++))
    else {
      missing--
      if (kindAt(step) == NUMBER_ALL_DIGITS) store<u8>(written++, ZERO)
      else writeSpaceBeforeSigns()
    }
  }
}

/** The digits of a number without zeros at their ends, and whether the pattern has places for all. */
function takeDigits(low: i64, high: i64, scale: i32, steps: usize, stepsEnd: usize, out: usize): void {
  formatDecimal(low, high, scale, out)
  whole = load<u32>(out, RESULT_ADDRESS)
  fractionEnd = whole + load<u32>(out, RESULT_LENGTH)
  while (whole < fractionEnd && (load<u8>(whole) == MINUS || load<u8>(whole) == ZERO)) whole++
  wholeEnd = whole
  while (wholeEnd < fractionEnd && load<u8>(wholeEnd) != POINT) wholeEnd++
  fraction = min(wholeEnd + 1, fractionEnd)
  while (fractionEnd > fraction && load<u8>(fractionEnd - 1) == ZERO) fractionEnd--
  let places = 0
  let fractionPlaces = 0
  let isFraction = false
  for (let step = steps; step < stepsEnd; step += NUMBER_STEP_BYTES) {
    if (kindAt(step) == NUMBER_POINT) isFraction = true
    else if (isFraction) fractionPlaces += countAt(step)
    else places += countAt(step)
  }
  const digits = <i32>(wholeEnd - whole)
  isTooLong = digits > places || <i32>(fractionEnd - fraction) > fractionPlaces
  missing = places - digits
}

/** A decimal by a pattern; writes address and length. */
export function numberToPattern(low: i64, high: i64, scale: i32, steps: usize, stepBytes: i32, out: usize): void {
  const stepsEnd = steps + stepBytes
  takeDigits(low, high, scale, steps, stepsEnd, out)
  const isBelow = high < 0
  let room = 1
  for (let step = steps; step < stepsEnd; step += NUMBER_STEP_BYTES) room += countAt(step) + 2
  start = beginText(room)
  written = start
  let isFraction = false
  for (let step = steps; step < stepsEnd; step += NUMBER_STEP_BYTES) {
    const kind = kindAt(step)
    if (kind == NUMBER_ALL_DIGITS || kind == NUMBER_DIGITS) writeDigitGroup(step, isFraction)
    else if (kind == NUMBER_SEPARATOR) {
      if (written > start && isDigit(load<u8>(written - 1))) store<u8>(written++, COMMA)
      else writeSpaceBeforeSigns()
    } else if (kind == NUMBER_POINT) {
      if (written > start && load<u8>(written - 1) == SPACE) store<u8>(written - 1, ZERO)
      store<u8>(written++, POINT)
      isFraction = true
    } else writeSign(kind, isBelow)
  }
  dropLonePoint()
  if (written == start || (written == start + 1 && (load<u8>(start) == PLUS || load<u8>(start) == MINUS))) {
    store<u8>(start, ZERO)
    written = start + 1
  }
  endText(start, written, out)
}

function writeSign(kind: i32, isBelow: bool): void {
  if (kind == NUMBER_DOLLAR) store<u8>(written++, DOLLAR)
  else if (kind == NUMBER_SIGN) {
    dropLonePoint()
    writeBeforeSpaces(isBelow ? MINUS : PLUS)
  } else if (kind == NUMBER_MINUS) {
    if (!isBelow) store<u8>(written++, SPACE)
    else {
      dropLonePoint()
      writeBeforeSpaces(MINUS)
    }
  } else if (kind == NUMBER_OPEN) {
    if (isBelow) store<u8>(written++, OPEN)
  } else if (kind == NUMBER_CLOSE) {
    dropLonePoint()
    if (isBelow) writeBeforeSpaces(CLOSE)
    else {
      store<u8>(written++, SPACE)
      store<u8>(written++, SPACE)
    }
  }
}
