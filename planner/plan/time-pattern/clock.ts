import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type PatternElement, patternElements, unknownPattern } from './elements.js'
import { READING_NOTHING, readingProgram, writingProgram } from './program.js'

/* Patterns of times of day: the option `timeFormat`. */

const OF_CLOCKS = 'HkKhmsSa'
/** Times are read in microseconds. */
const MOST_DIGITS = 6

/** The operations that read a time of day; a pattern that Spark does not take reads nothing. @throws UNSUPPORTED_FEATURE */
export function clockReadingProgram(pattern: string): Uint8Array {
  if (pattern === '') return READING_NOTHING
  try {
    if (lettersOf(patternElements(pattern, 'read')).some(({ letter, count }) => letter === 'S' && count > MOST_DIGITS))
      throw refused(pattern, `more than ${MOST_DIGITS} digits of a second`)
    return readingProgram(pattern)
  } catch (error) {
    if (MillraceError.is(error) && error.condition !== 'UNSUPPORTED_FEATURE') return READING_NOTHING
    throw error
  }
}

/** The operations that write a time of day. @throws INVALID_DATETIME_PATTERN.*, UNSUPPORTED_FEATURE */
export function clockWritingProgram(pattern: string): Uint8Array {
  const other = lettersOf(patternElements(pattern, 'written')).find(({ letter }) => !OF_CLOCKS.includes(letter))
  if (other) throw refused(pattern, `${other.letter}, which no time of day has`)
  return checkedWriting(pattern)
}

/** The same of what need not be a pattern of clocks: Spark says one thing of all that it does not take. @throws INVALID_DATETIME_PATTERN.WITH_SUGGESTION */
export function checkedWriting(pattern: string): Uint8Array {
  try {
    return writingProgram(pattern, 'UTC')
  } catch (error) {
    if (MillraceError.is(error) && error.condition !== 'UNSUPPORTED_FEATURE') throw unknownPattern(pattern)
    throw error
  }
}

const refused = (pattern: string, what: string): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature: `timeFormat => '${pattern}' with ${what}` })

type Letters = Extract<PatternElement, { kind: 'letters' }>

const lettersOf = (elements: readonly PatternElement[]): readonly Letters[] =>
  elements.flatMap((element) =>
    element.kind === 'optional' ? lettersOf(element.elements) : element.kind === 'letters' ? [element] : [],
  )
