// Rows of CSV in which nothing new is to be found for types of columns: they are passed over 64 bytes at a time, by bits of which bytes are what.
// What bits tell is asked for once a value; only values that may be of another type are looked at.
import { CSV_ESCAPE, CSV_FLAGS, CSV_INNER, CSV_NULL, CSV_QUOTE, CSV_SEPARATOR, CSV_TRIMS_LEFT, CSV_TRIMS_RIGHT } from '../../interface/csv-spec'
import { FORMAT_DATE } from '../../interface/time-formats'
import {
  SAMPLE_COLUMNS,
  SAMPLE_CSV,
  SAMPLE_HEADER,
  SHAPE_BIGINT,
  SHAPE_DATE,
  SHAPE_DOUBLE,
  SHAPE_FIRST,
  SHAPE_INT,
  SHAPE_KINDS,
  SHAPE_NODE_BYTES,
  SHAPE_STRING,
  SHAPES_ROOT,
} from '../../interface/text-shapes'
import { bitsOf, LARGE_BLOCK, MOST_VALUES, oddUpTo, othersThanDigits } from './csv-index'
import { addCsvRow, addPlainValue } from './csv-shapes'

const REF_BYTES: usize = 8
const LINE_FEED: u32 = 0x0a
const RETURN_AND_FEED: u32 = 0x0a0d
const POINT: u8 = 0x2e
const MINUS: u8 = 0x2d

/** What rows are read by, and the first node of their columns. */
let spec: usize = 0
let csv: usize = 0
let state: usize = 0
let nodes: usize = 0
let columns = 0
let quote: u32 = 0
let takesUsualDates = false
let refsEnd: usize = 0

/** Of each column what its values may not be without telling something new: their forms (u32), and the most bytes (u32). Behind them: values of no column. */
const COLUMNS: usize = memory.data(8 * (MOST_VALUES + 1), 16)
const COLUMN_BYTES: usize = 8
const MOST_BYTES: usize = 4
/** No number in the form of most; one with a point. */
const IS_OTHER: u32 = 1
const HAS_POINT: u32 = 2
const ANY_LENGTH: u32 = 0xffffffff
/** So many digits an integer of either width has in any case. */
const BYTES_OF_INT: u32 = 9
const BYTES_OF_BIGINT: u32 = 18

function takeKind(column: usize, kind: i32): void {
  const isText = kind == SHAPE_STRING
  const isDouble = kind == SHAPE_DOUBLE
  store<u32>(column, isText ? 0 : isDouble ? IS_OTHER : IS_OTHER | HAS_POINT)
  const most = isText || isDouble ? ANY_LENGTH : kind == SHAPE_INT ? BYTES_OF_INT : kind == SHAPE_BIGINT ? BYTES_OF_BIGINT : 0
  store<u32>(column, most, MOST_BYTES)
}

function takeKinds(): void {
  for (let i = 0; i < columns; i++) takeKind(COLUMNS + <usize>i * COLUMN_BYTES, load<i32>(nodes + <usize>i * SHAPE_NODE_BYTES, SHAPE_KINDS))
  takeKind(COLUMNS + <usize>columns * COLUMN_BYTES, SHAPE_STRING)
}

/** Whether a sign of CSV has no meaning of its own in numbers and at the ends of lines. */
function isApart(sign: u32): bool {
  return sign - 0x30 > 9 && sign != <u32>POINT && sign != <u32>MINUS && sign != 0x0a && sign != 0x0d
}

function isScanned(): bool {
  if (load<i32>(csv, CSV_SEPARATOR + 4) != 1 || columns > MOST_VALUES) return false
  if ((load<u32>(csv, CSV_FLAGS) & (CSV_TRIMS_LEFT | CSV_TRIMS_RIGHT)) != 0) return false
  // A number that stands for NULL is not passed over.
  if (load<i32>(csv, CSV_NULL + 4) > 0 && !isApart(load<u8>(csv + load<u32>(csv, CSV_NULL)))) return false
  return isApart(load<u8>(csv + load<u32>(csv, CSV_SEPARATOR))) && isApart(load<u32>(csv, CSV_QUOTE))
}

/** The greatest digits, and signs, of a date after an exclusive or with one of zeros; what is behind it is not looked at. */
const MOST_OF_DATE: usize = memory.data<u8>([9, 9, 9, 9, 0, 1, 9, 0, 2, 9, 255, 255, 255, 255, 255, 255], 16)
const ZERO_DATE: usize = memory.data<u8>([0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0, 0, 0, 0, 0, 0], 16)

/** Whether it is a date that every month has, in the form of most. */
@inline
function isUsualDate(at: usize, length: i32): bool {
  const parts = v128.xor(v128.load(at), v128.load(ZERO_DATE))
  if (length != 10 || v128.any_true(i8x16.gt_u(parts, v128.load(MOST_OF_DATE))) || i8x16.extract_lane_u(parts, 0) == 0) return false
  const month = i8x16.extract_lane_u(parts, 5) * 10 + i8x16.extract_lane_u(parts, 6)
  const day = i8x16.extract_lane_u(parts, 8) * 10 + i8x16.extract_lane_u(parts, 9)
  return <u32>month - 1 < 12 && <u32>day - 1 < 28
}

/** Adds a value of a column that it may widen; false when it is in quotes, which are to be taken away first. */
function addScanned(column: usize, at: usize, length: i32): bool {
  if (length == 0) return true
  const node = nodes + ((column - COLUMNS) / COLUMN_BYTES) * SHAPE_NODE_BYTES
  if (load<i32>(node, SHAPE_KINDS) == SHAPE_DATE && takesUsualDates && isUsualDate(at, length)) return true
  if (quote != 0 && <u32>load<u8>(at) == quote) return false
  addPlainValue(spec, csv, node, at, length)
  takeKind(column, load<i32>(node, SHAPE_KINDS))
  return true
}

function addWhole(ref: usize): void {
  addCsvRow(spec, load<u32>(ref), load<i32>(ref, 4), state)
  takeKinds()
}

/** Whether a row is the first line again, which is none. */
@inline
function isHeader(ref: usize): bool {
  const size = load<i32>(ref, 4)
  return load<i32>(spec, SAMPLE_HEADER + 4) == size && memory.compare(load<u32>(ref), spec + load<u32>(spec, SAMPLE_HEADER), size) == 0
}

/** Adds what rows tell, whose refs are one behind the other. */
export function addCsvRows(told: usize, refs: usize, rows: i32, into: usize): void {
  spec = told
  state = into
  csv = spec + load<u32>(spec, SAMPLE_CSV)
  columns = load<i32>(spec, SAMPLE_COLUMNS)
  nodes = load<u32>(state, SHAPES_ROOT + SHAPE_FIRST)
  let ref = refs
  refsEnd = refs + <usize>rows * REF_BYTES
  if (isScanned()) {
    quote = load<u32>(csv, CSV_QUOTE)
    takesUsualDates = load<i32>(csv + load<u32>(csv, CSV_INNER), FORMAT_DATE + 4) == 0
    takeKinds()
    while (ref < refsEnd) ref = isHeader(ref) ? ref + REF_BYTES : scanRows(ref)
  } else for (; ref < refsEnd; ref += REF_BYTES) addCsvRow(spec, load<u32>(ref), load<i32>(ref, 4), state)
}

/** Whether a line begins behind another one, with an end of the usual kind between. */
@inline
function isNextLine(stop: usize, line: usize): bool {
  return line - stop == 1 ? load<u8>(stop) == LINE_FEED : line - stop == 2 && load<u16>(stop) == RETURN_AND_FEED
}

// Of the block: where rows end and begin, what belongs to rows, and whether the last that ends is the last that is scanned.
let rowEnds: u64 = 0
let rowBegins: u64 = 0
let within: u64 = 0
let isCut = false

/** Finds the rows that end in a block, from a ref on. */
@inline
function rowsOf(p: usize, from: usize): void {
  let ref = from
  let line: usize = load<u32>(ref)
  rowEnds = 0
  rowBegins = 0
  within = -1
  isCut = false
  while (line < p + LARGE_BLOCK) {
    if (line >= p) rowBegins |= <u64>1 << <u64>(line - p)
    const stop = line + <usize>load<u32>(ref, 4)
    if (stop >= p + LARGE_BLOCK) return
    const bit = <u64>1 << <u64>(stop - p)
    rowEnds |= bit
    ref += REF_BYTES
    line = ref < refsEnd ? <usize>load<u32>(ref) : 0
    isCut = ref == refsEnd || !isNextLine(stop, line) || isHeader(ref)
    if (!isCut) continue
    within = bit | (bit - 1)
    return
  }
}

/** Whether quotes stand elsewhere than around values, and in pairs within them. */
@inline
function hasWrongQuotes(marks: u64, inside: u64, ends: u64, begins: u64, closed: u64, escapes: u64): bool {
  const closing = marks & ~inside
  const opening = marks & inside
  const behind = (closing << 1) | closed
  const wrong = (opening & ~(begins | behind)) | (behind & within & ~(ends | opening)) | (rowEnds & inside)
  const others = load<u32>(csv, CSV_ESCAPE) == quote ? 0 : (behind & opening) | (escapes & inside & within)
  return (wrong | others) != 0
}

/** Adds the rows that begin in a block or before, one after the other; returns the ref of the next. */
function addOneByOne(from: usize, p: usize): usize {
  let ref = from
  do {
    addWhole(ref)
    ref += REF_BYTES
  } while (ref < refsEnd && <usize>load<u32>(ref) - p < LARGE_BLOCK)
  return ref
}

/** The bits of a block before an address. */
@inline
function bitsBefore(at: usize, p: usize): u64 {
  if (at <= p) return 0
  return at - p < LARGE_BLOCK ? (<u64>1 << <u64>(at - p)) - 1 : -1
}

/** The form that some bytes give the value that they are of. */
@inline
function formOf(others: u64, points: u64, some: u64): u32 {
  return u32((others & some) != 0) * IS_OTHER | (u32((points & some) != 0) * HAS_POINT)
}

/** The ref behind that of a row that ends, which is added as a whole if some of its values are in quotes. */
@inline
function behindRow(ref: usize, isPlain: bool): usize {
  if (!isPlain) addWhole(ref)
  return ref + REF_BYTES
}

/**
 * Scans rows from a ref on as long as each begins behind the one before and quotes are where they should; returns the ref of the row to go on with.
 * Up to 63 bytes behind rows are loaded and do not count.
 */
function scanRows(from: usize): usize {
  const separators = i8x16.splat(load<u8>(csv + load<u32>(csv, CSV_SEPARATOR)))
  const quotes = i8x16.splat(<i8>quote)
  const quoted: u64 = quote == 0 ? 0 : -1
  const escapes = i8x16.splat(load<u8>(csv, CSV_ESCAPE))
  const last = COLUMNS + <usize>columns * COLUMN_BYTES
  let ref = from
  let column = COLUMNS
  let start: usize = load<u32>(ref)
  let isPlain = true
  // Of the block before: whether a value ended last, quotes are open or closed last, a point, a minus, a digit of a fraction came last; the form of its last value.
  let ended: u64 = 0
  let open: u64 = 0
  let closed: u64 = 0
  let pointed: u64 = 0
  let negated: u64 = 0
  let fraction: u64 = 0
  let form: u32 = 0
  let p = start
  while (true) {
    const a = v128.load(p)
    const b = v128.load(p, 16)
    const c = v128.load(p, 32)
    const d = v128.load(p, 48)
    rowsOf(p, ref)
    const marks = bitsOf(a, b, c, d, quotes) & within & quoted
    const inside = (marks | open) == 0 ? 0 : oddUpTo(marks) ^ open
    const ends = (bitsOf(a, b, c, d, separators) & within & ~inside) | rowEnds
    const begins = (ends << 1) | ended | rowBegins
    if ((marks | open | closed) != 0) {
      if (hasWrongQuotes(marks, inside, ends, begins, closed, bitsOf(a, b, c, d, escapes))) return addOneByOne(ref, p)
      closed = (marks & ~inside) >> 63
      open = <u64>(<i64>inside >> 63)
    }
    const digits = ~othersThanDigits(a, b, c, d)
    const points = bitsOf(a, b, c, d, i8x16.splat(POINT))
    const minuses = bitsOf(a, b, c, d, i8x16.splat(MINUS))
    const behindPoint = (points << 1) | pointed
    // The digits behind a point carry what is added to the first of them to what is behind the last.
    const carried = digits + ((behindPoint & digits) | fraction)
    const wrongSigns = (minuses & ~begins) | (((minuses << 1) | negated) & ~(digits | points))
    const wrongPoints = (behindPoint & ~digits) | (carried & ~digits & ~ends)
    const others = (~(digits | points | minuses) & ~ends) | wrongSigns | wrongPoints
    ended = ends >> 63
    pointed = points >> 63
    negated = minuses >> 63
    fraction = u64(carried < digits)
    let passed = bitsBefore(start, p)
    for (let rest = ends; rest != 0; rest &= rest - 1) {
      const upTo = rest ^ (rest - 1)
      form |= formOf(others, points, upTo & ~passed)
      const stop = p + <usize>ctz(rest)
      const size = <u32>(stop - start)
      if ((form & load<u32>(column)) != 0 || size > load<u32>(column, MOST_BYTES)) isPlain = addScanned(column, start, size) && isPlain
      form = 0
      start = stop + 1
      passed = upTo
      column = min(column + COLUMN_BYTES, last)
      if ((rowEnds & rest & (0 - rest)) == 0) continue
      ref = behindRow(ref, isPlain)
      isPlain = true
      column = COLUMNS
      if (isCut && (rowEnds & ~upTo) == 0) return ref
      start = load<u32>(ref)
      passed = bitsBefore(start, p)
    }
    form |= formOf(others, points, ~passed)
    p += LARGE_BLOCK
  }
}
