import { MillraceError } from '../../../common/errors/millrace-error.js'
import { zoneOffset } from '../../../common/time/zone-offset.js'
import * as codes from '../../../executor/kernels/interface/time-pattern.js'
import { type PatternElement, patternElements, unknownPattern } from './elements.js'

/** The numbers that letters stand for. */
const NUMBERS: Readonly<Record<string, number>> = {
  D: codes.OF_DAY_OF_YEAR,
  d: codes.OF_DAY,
  H: codes.OF_HOUR,
  k: codes.OF_CLOCK_HOUR,
  K: codes.OF_HALF_HOUR,
  h: codes.OF_HALF_CLOCK_HOUR,
  m: codes.OF_MINUTE,
  s: codes.OF_SECOND,
  M: codes.OF_MONTH,
  L: codes.OF_MONTH,
  Q: codes.OF_QUARTER,
  q: codes.OF_QUARTER,
  F: codes.OF_DAY_OF_ALIGNED_WEEK,
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')
const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3))

const OFFSETS: Readonly<Record<number, number>> = {
  1: codes.OFFSET_HOURS,
  2: codes.OFFSET_MINUTES,
  3: codes.OFFSET_COLON,
  4: codes.OFFSET_SECONDS,
  5: codes.OFFSET_COLON_SECONDS,
}

/** As many digits as a number of 64 bits has. */
const ANY_WIDTH = 19

interface Operation {
  readonly kind: number
  readonly field?: number
  readonly min?: number
  readonly max?: number
  readonly sign?: number
  reserved?: number
  readonly payload?: Uint8Array
}

/** Of a pattern the operations that write a time; `timeZone` is that of the times. @throws INVALID_DATETIME_PATTERN.*, INCONSISTENT_BEHAVIOR_CROSS_VERSION.*, UNSUPPORTED_FEATURE */
export const writingProgram = (pattern: string, timeZone: string): Uint8Array =>
  encoded(flattened(patternElements(pattern, 'written')).map((element) => operationOf(element, { pattern, timeZone })))

/** Of a pattern the operations that read a time. @throws the same */
export const readingProgram = (pattern: string): Uint8Array => encodedReading(patternElements(pattern, 'read'), pattern)

/** The same of a time without a zone: Spark 2 had none, so that Spark says one thing of all patterns that it does not take. @throws INVALID_DATETIME_PATTERN.WITH_SUGGESTION, UNSUPPORTED_FEATURE */
export function zonelessReadingProgram(pattern: string): Uint8Array {
  try {
    return readingProgram(pattern)
  } catch (error) {
    if (!MillraceError.is(error) || error.condition === 'UNSUPPORTED_FEATURE') throw error
    throw unknownPattern(pattern)
  }
}

/** What reads nothing: no text of UTF-8 has this. */
export const READING_NOTHING = encoded([{ kind: codes.PATTERN_TEXT, payload: Uint8Array.of(0xff) }])

/** The same, but a pattern that is none reads nothing. @throws INCONSISTENT_BEHAVIOR_CROSS_VERSION.*, UNSUPPORTED_FEATURE */
export function readingProgramOrNone(pattern: string): Uint8Array {
  try {
    return readingProgram(pattern)
  } catch (error) {
    if (MillraceError.is(error) && error.condition.startsWith('INVALID_DATETIME_PATTERN')) return READING_NOTHING
    throw error
  }
}

/** There is always something to write where a text may lack it. */
const flattened = (elements: readonly PatternElement[]): readonly PatternElement[] =>
  elements.flatMap((element) => (element.kind === 'optional' ? flattened(element.elements) : [element]))

function encodedReading(elements: readonly PatternElement[], pattern: string): Uint8Array {
  return encoded(
    elements.map((element) =>
      element.kind === 'optional'
        ? { kind: codes.PATTERN_OPTIONAL, payload: encodedReading(element.elements, pattern) }
        : operationOf(element, { pattern }),
    ),
  )
}

interface PatternSite {
  readonly pattern: string
  /** Where a pattern is written in, absent where it is read. */
  readonly timeZone?: string
}

function operationOf(element: PatternElement, site: PatternSite): Operation {
  if (element.kind === 'optional')
    throw new MillraceError('INTERNAL_ERROR', { message: 'an optional part was not taken apart' })
  if (element.kind === 'text') return { kind: codes.PATTERN_TEXT, payload: Buffer.from(element.text) }
  const { letter, count } = element
  if (letter === 'y' || letter === 'u') return yearOf(count, site.pattern)
  if (letter === 'S')
    return {
      kind: codes.PATTERN_FRACTION,
      field: codes.OF_FRACTION,
      min: site.timeZone === undefined ? 1 : count,
      max: count,
    }
  if ('VzOXxZ'.includes(letter)) return zoneOperation(letter, count, site)
  const names = namesOf(letter, count)
  if (names) return namesOperation(letter, names)
  const field = NUMBERS[letter]!
  if (letter === 'D' && count > 1)
    return { kind: codes.PATTERN_NUMBER, field, min: count, max: 3, sign: codes.SIGN_NEVER }
  return count === 1
    ? { kind: codes.PATTERN_NUMBER, field, min: 1, max: ANY_WIDTH, sign: codes.SIGN_NEGATIVE }
    : { kind: codes.PATTERN_NUMBER, field, min: count, max: count, sign: codes.SIGN_NEVER }
}

/** A year counts within its era where the pattern has that, else from the year 0. */
function yearOf(count: number, pattern: string): Operation {
  const hasEra = pattern.split("'").some((part, i) => i % 2 === 0 && part.includes('G'))
  const field = hasEra ? codes.OF_YEAR_OF_ERA : codes.OF_YEAR
  if (count === 2) return { kind: codes.PATTERN_SHORT_YEAR, field, min: 2, max: 2 }
  const sign = count < 4 ? codes.SIGN_NEGATIVE : codes.SIGN_LONG
  return { kind: codes.PATTERN_NUMBER, field, min: count, max: ANY_WIDTH, sign }
}

function namesOf(letter: string, count: number): readonly string[] | undefined {
  if (letter === 'G') return count < 4 ? ['BC', 'AD'] : ['Before Christ', 'Anno Domini']
  if (letter === 'a') return ['AM', 'PM']
  if (letter === 'E') return count < 4 ? short(WEEKDAYS) : WEEKDAYS
  if (count < 3) return undefined
  if (letter === 'M' || letter === 'L') return count === 3 ? short(MONTHS) : MONTHS
  if (letter !== 'Q' && letter !== 'q') return undefined
  return count === 3 ? ['Q1', 'Q2', 'Q3', 'Q4'] : ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter']
}

const NAMED: Readonly<Record<string, number>> = {
  G: codes.OF_ERA,
  a: codes.OF_HALF,
  E: codes.OF_WEEKDAY,
  M: codes.OF_MONTH,
  L: codes.OF_MONTH,
  Q: codes.OF_QUARTER,
  q: codes.OF_QUARTER,
}

function namesOperation(letter: string, names: readonly string[]): Operation {
  const width = names.reduce((most, name) => Math.max(most, name.length), 0) + 1
  const payload = new Uint8Array(width * names.length)
  for (const [i, name] of names.entries()) {
    payload[i * width] = name.length
    payload.set(Buffer.from(name), i * width + 1)
  }
  return { kind: codes.PATTERN_NAME, field: NAMED[letter]!, min: names.length, max: width, payload }
}

function zoneOperation(letter: string, count: number, { pattern, timeZone }: PatternSite): Operation {
  if (letter === 'O' || (letter === 'Z' && count === 4)) {
    const form = letter === 'O' && count === 1 ? codes.OFFSET_GMT_SHORT : codes.OFFSET_GMT
    return { kind: codes.PATTERN_OFFSET, reserved: form, payload: Buffer.from('GMT') }
  }
  if (letter === 'X') return { kind: codes.PATTERN_OFFSET, reserved: OFFSETS[count]!, payload: Buffer.from('Z') }
  if (letter === 'Z' && count < 4)
    return { kind: codes.PATTERN_OFFSET, reserved: codes.OFFSET_MINUTES, payload: Buffer.from('+0000') }
  if (letter === 'Z')
    return { kind: codes.PATTERN_OFFSET, reserved: codes.OFFSET_COLON_SECONDS, payload: Buffer.from('Z') }
  if (letter === 'x') {
    const none = count === 1 ? '+00' : count === 3 || count === 5 ? '+00:00' : '+0000'
    return { kind: codes.PATTERN_OFFSET, reserved: OFFSETS[count]!, payload: Buffer.from(none) }
  }
  if (timeZone === undefined) return { kind: codes.PATTERN_ZONE }
  return {
    kind: codes.PATTERN_TEXT,
    payload: Buffer.from(letter === 'V' ? timeZone : zoneName(timeZone, count, pattern)),
  }
}

/** What Java calls a zone; of regions the names depend on the time of the year, and are not built. */
function zoneName(timeZone: string, count: number, pattern: string): string {
  if (timeZone === 'UTC') return count < 4 ? 'UTC' : 'Coordinated Universal Time'
  if (typeof zoneOffset(timeZone) === 'number' && /^[+-]/.test(timeZone)) return timeZone
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `names of time zones in the pattern ${pattern}` })
}

/** Numbers of a fixed width behind one of any width take their digits from its end. */
function encoded(operations: readonly Operation[]): Uint8Array {
  let open: Operation | undefined
  for (const operation of operations) {
    const isNumber = operation.kind === codes.PATTERN_NUMBER || operation.kind === codes.PATTERN_SHORT_YEAR
    const isFixed = operation.min === operation.max && (operation.sign ?? codes.SIGN_NEVER) === codes.SIGN_NEVER
    if (!isNumber) open = undefined
    else if (isFixed && open) open.reserved = (open.reserved ?? 0) + operation.max!
    else open = operation
  }
  return Buffer.concat(withTexts(operations).map(encodedOperation))
}

const TAKING_TEXT: ReadonlySet<number> = new Set([codes.PATTERN_NUMBER, codes.PATTERN_SHORT_YEAR])

/** A text belongs to the number in front of it. Others stay apart, since a time that cannot be read is told with the place of the text that lacks. */
function withTexts(operations: readonly Operation[]): readonly Operation[] {
  const result: Operation[] = []
  for (const operation of operations) {
    const before = result.at(-1)
    const takesText = before !== undefined && TAKING_TEXT.has(before.kind) && before.payload === undefined
    if (operation.kind === codes.PATTERN_TEXT && takesText)
      result[result.length - 1] = { ...before, payload: operation.payload! }
    else result.push(operation)
  }
  return result
}

function encodedOperation({ kind, field, min, max, sign, reserved, payload }: Operation): Uint8Array {
  const head = new Uint8Array(codes.PATTERN_HEAD_BYTES)
  head[codes.PATTERN_KIND] = kind
  head[codes.PATTERN_FIELD] = field ?? 0
  head[codes.PATTERN_MIN] = min ?? 0
  head[codes.PATTERN_MAX] = max ?? 0
  head[codes.PATTERN_SIGN] = sign ?? 0
  head[codes.PATTERN_RESERVED] = reserved ?? 0
  new DataView(head.buffer).setUint16(codes.PATTERN_PAYLOAD, payload?.length ?? 0, true)
  return payload ? Buffer.concat([head, payload]) : head
}
