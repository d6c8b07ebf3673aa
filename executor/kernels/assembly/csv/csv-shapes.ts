// What columns the values of rows of CSV make: for each value the narrowest type in Spark's order.
import { CSV_EMPTY, CSV_INFINITY, CSV_INNER, CSV_NAN, CSV_NEGATIVE_INFINITY, CSV_NULL } from '../../interface/csv-spec'
import { FORMAT_DATE, FORMAT_TIMESTAMP } from '../../interface/time-formats'
import {
  SAMPLE_COLUMNS,
  SAMPLE_CSV,
  SAMPLE_FLAGS,
  SAMPLE_HEADER,
  SAMPLE_PREFERS_DATES,
  SAMPLE_WITHOUT_ZONE,
  SHAPE_BIGINT,
  SHAPE_BOOLEAN,
  SHAPE_DATE,
  SHAPE_DECIMAL,
  SHAPE_DOUBLE,
  SHAPE_FIRST,
  SHAPE_INT,
  SHAPE_KINDS,
  SHAPE_NODE_BYTES,
  SHAPE_STRING,
  SHAPE_TIMESTAMP,
  SHAPE_TIMESTAMP_NTZ,
  SHAPE_WHOLE,
  SHAPES_ROOT,
} from '../../interface/text-shapes'
import { valueEnd } from './csv-index'
import { csvRow, csvToken, isInQuotes, isQuoted, tokenAt, tokenLength, unquote } from './csv-tokens'
import { parseDouble } from '../numbers/double-parse'
import { parseBoolean } from '../numbers/integers'
import { hasPoint, isNegative, plainDigits, plainFraction, readPlainNumber } from '../numbers/plain-number'
import { decimalScale, decimalWhole, isDecimalHeld, isText, measureDecimal } from '../shapes/shapes'
import { trimAll, trimmedAt, trimmedLength } from '../text/text'
import { readFormattedDate, readFormattedTime } from '../times/time-formats'

const scratch: usize = memory.data(16, 16)
const DIGITS_OF_INT = 10
const DIGITS_OF_BIGINT = 19
/** How many Spark counts for a bigint beside decimals. */
const MOST_DIGITS_OF_BIGINT = 20

let at: usize = 0
let length: i32 = 0

function isSaid(spec: usize, place: usize): bool {
  return load<i32>(spec + place, 4) == length && memory.compare(at, spec + load<u32>(spec + place), length) == 0
}

/** The type of a number in the form of most, where it is none of a decimal; 0 for any other text. */
@inline
function plainKind(known: i32): i32 {
  if (known == SHAPE_DECIMAL || known > SHAPE_DOUBLE || known == SHAPE_BOOLEAN || !readPlainNumber(at, length)) return 0
  if (known == SHAPE_DOUBLE) return SHAPE_DOUBLE
  if (hasPoint) return plainFraction > 0 ? SHAPE_DOUBLE : 0
  return known != SHAPE_BIGINT && plainDigits <= <u64>i32.MAX_VALUE + <u64>isNegative ? SHAPE_INT : SHAPE_BIGINT
}

@inline
function isDigitAt(i: i32): bool {
  return i < length && <u32>load<u8>(at + i) - 0x30 < 10
}

/** The type of an integer by its digits; 0 when it is none of 64 bits. */
function wholeKind(): i32 {
  const first = load<u8>(at)
  const isNegative = first == 0x2d
  let i = isNegative || first == 0x2b ? 1 : 0
  if (i == length) return 0
  while (i < length - 1 && load<u8>(at + i) == 0x30) i++
  const digits = length - i
  let value: u64 = 0
  for (; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30
    if (digit > 9) return 0
    value = value * 10 + <u64>digit
  }
  if (digits < DIGITS_OF_INT || (digits == DIGITS_OF_INT && value <= <u64>i32.MAX_VALUE + <u64>isNegative)) return SHAPE_INT
  return digits < DIGITS_OF_BIGINT || (digits == DIGITS_OF_BIGINT && value <= <u64>i64.MAX_VALUE + <u64>isNegative) ? SHAPE_BIGINT : 0
}

/** Whether it begins with a year of four digits and a month, as no number does. */
function isDated(): bool {
  return length > 5 && isDigitAt(0) && isDigitAt(1) && isDigitAt(2) && isDigitAt(3) && load<u8>(at, 4) == 0x2d && isDigitAt(5)
}

/** Without a pattern a date has all digits of its parts, unlike those that casts take. */
function isDate(formats: usize): bool {
  const hasPattern = load<i32>(formats, FORMAT_DATE + 4) != 0
  return (hasPattern || (length == 10 && isDated())) && readFormattedDate(formats, at, length, scratch)
}

function isBoolean(): bool {
  const isFalse = (load<u8>(at) | 0x20) == 0x66
  return length == 4 + i32(isFalse) && load<u8>(at) > 0x20 && load<u8>(at + length - 1) > 0x20 && parseBoolean(at, length) >= 0
}

const NAN_WORD: usize = memory.data<u8>([0x4e, 0x61, 0x4e])
const INFINITY_WORD: u64 = 0x7974696e69666e49

/** Whether Java reads it as a double: of words only its own. */
function isDouble(): bool {
  if (parseDouble(at, length, scratch) != 0) return false
  trimAll(at, length)
  let word = trimmedAt
  let size = trimmedLength
  if (load<u8>(word) == 0x2b || load<u8>(word) == 0x2d) {
    word++
    size--
  }
  if ((<u32>load<u8>(word) | 0x20) - 0x61 >= 26) return true
  return size == 8 ? load<u64>(word) == INFINITY_WORD : size == 3 && memory.compare(word, NAN_WORD, 3) == 0
}

function isFloating(csv: usize): bool {
  return isSaid(csv, CSV_NAN) || isSaid(csv, CSV_INFINITY) || isSaid(csv, CSV_NEGATIVE_INFINITY) || isDouble()
}

/** The type of the value, as Spark looks for it: the first from the type of the values before on that takes it. */
function kindFrom(known: i32, spec: usize, csv: usize): i32 {
  if (known <= SHAPE_DOUBLE && known != SHAPE_BOOLEAN && !isDated()) {
    if (known < SHAPE_DECIMAL) {
      const kind = wholeKind()
      if (kind != 0) return known == SHAPE_BIGINT ? SHAPE_BIGINT : kind
    }
    if (known < SHAPE_DOUBLE && measureDecimal(at, length) && decimalScale == 0 && isDecimalHeld()) return SHAPE_DECIMAL
    if (isFloating(csv)) return SHAPE_DOUBLE
  }
  if (known == SHAPE_BOOLEAN) return isBoolean() ? SHAPE_BOOLEAN : SHAPE_STRING
  const flags = load<u32>(spec, SAMPLE_FLAGS)
  const formats = csv + load<u32>(csv, CSV_INNER)
  const isAnyTime = known < SHAPE_TIMESTAMP
  if (isAnyTime && (flags & SAMPLE_PREFERS_DATES) != 0 && isDate(formats)) return SHAPE_DATE
  if (known != SHAPE_TIMESTAMP && (flags & SAMPLE_WITHOUT_ZONE) != 0 && readFormattedTime(formats, false, at, length, scratch)) return SHAPE_TIMESTAMP_NTZ
  if (readFormattedTime(formats, true, at, length, scratch)) return SHAPE_TIMESTAMP
  return isBoolean() ? SHAPE_BOOLEAN : SHAPE_STRING
}

/** The most digits of integers. */
@inline
function digitsOf(kind: i32): i32 {
  return kind == SHAPE_INT ? DIGITS_OF_INT : kind == SHAPE_BIGINT ? MOST_DIGITS_OF_BIGINT : 0
}

/** The type of values of two types, other than text. */
function commonKind(known: i32, kind: i32, formats: usize): i32 {
  if (known == 0 || known == kind) return kind
  const both = known | kind
  if (both <= (SHAPE_INT | SHAPE_BIGINT | SHAPE_DECIMAL | SHAPE_DOUBLE) && (both & SHAPE_BOOLEAN) == 0)
    return both & SHAPE_DOUBLE ? SHAPE_DOUBLE : both & SHAPE_DECIMAL ? SHAPE_DECIMAL : SHAPE_BIGINT
  if (both == (SHAPE_TIMESTAMP | SHAPE_TIMESTAMP_NTZ)) return SHAPE_TIMESTAMP
  // Dates are no timestamps where these have a pattern of their own.
  const isTime = both == (SHAPE_DATE | SHAPE_TIMESTAMP) || both == (SHAPE_DATE | SHAPE_TIMESTAMP_NTZ)
  return isTime && load<i32>(formats, FORMAT_TIMESTAMP + 4) == 0 ? both & ~SHAPE_DATE : SHAPE_STRING
}

/** A column has one kind at a time: which values it takes next depends on that, as in Spark. */
function addValue(spec: usize, csv: usize, node: usize): void {
  const known = load<i32>(node, SHAPE_KINDS)
  const plain = plainKind(known)
  if (plain == known && plain != 0) return
  const kind = plain != 0 ? plain : kindFrom(known, spec, csv)
  const common = commonKind(known, kind, csv + load<u32>(csv, CSV_INNER))
  if (common == SHAPE_DECIMAL) {
    const digits = kind == SHAPE_DECIMAL ? decimalWhole : digitsOf(kind)
    store<i32>(node, max(load<i32>(node, SHAPE_WHOLE), max(digits, digitsOf(known))), SHAPE_WHOLE)
  }
  store<i32>(node, common, SHAPE_KINDS)
}

/** Adds a value that has no quotes around it. */
export function addPlainValue(spec: usize, csv: usize, node: usize, start: usize, bytes: i32): void {
  at = start
  length = bytes
  if (length == 0 || (length == load<i32>(csv, CSV_NULL + 4) && isSaid(csv, CSV_NULL))) return
  addValue(spec, csv, node)
}

/** Looks at the token read last: for that of nothing in quotes another text may stand. */
@inline
function takeToken(csv: usize, inQuotes: bool): void {
  at = tokenAt
  length = tokenLength
  if (!inQuotes || length > 0) return
  at = csv + load<u32>(csv, CSV_EMPTY)
  length = load<i32>(csv, CSV_EMPTY + 4)
}

/** Adds values whose ends are known, of which the first begins with the row. */
function addPlainValues(spec: usize, csv: usize, first: usize, row: usize, count: i32): void {
  const nullLength = load<i32>(csv, CSV_NULL + 4)
  let node = first
  let start = row
  for (let i = 0; i < count; i++, node += SHAPE_NODE_BYTES) {
    const stop = valueEnd(i)
    at = start
    length = <i32>(stop - start)
    start = stop + 1
    if (length == 0 || isText(node)) continue
    if (isInQuotes(at, length)) {
      unquote(at, length)
      takeToken(csv, true)
    }
    if (length == 0 || (length == nullLength && isSaid(csv, CSV_NULL))) continue
    addValue(spec, csv, node)
  }
}

/** Adds what a row tells of its columns. */
export function addCsvRow(spec: usize, line: usize, size: i32, state: usize): void {
  if (load<i32>(spec, SAMPLE_HEADER + 4) == size && memory.compare(line, spec + load<u32>(spec, SAMPLE_HEADER), size) == 0) return
  const csv = spec + load<u32>(spec, SAMPLE_CSV)
  const columns = load<i32>(spec, SAMPLE_COLUMNS)
  let node: usize = load<u32>(state, SHAPES_ROOT + SHAPE_FIRST)
  const known = csvRow(csv, line, size, columns)
  if (known >= 0) return addPlainValues(spec, csv, node, line, min(known, columns))
  for (let i = 0; i < columns && csvToken(); i++, node += SHAPE_NODE_BYTES) {
    if (isText(node)) continue
    takeToken(csv, isQuoted)
    if (length == 0 || isSaid(csv, CSV_NULL)) continue
    addValue(spec, csv, node)
  }
}
