import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'

/** A part of a pattern: the same letter several times, a text, or what may be missing. */
export type PatternElement =
  | { readonly kind: 'letters'; readonly letter: string; readonly count: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'optional'; readonly elements: readonly PatternElement[] }

const DOCUMENTATION = 'https://spark.apache.org/docs/latest'

/** Letters that stand for weeks, which Spark reads no longer; those it never reads; and those it only writes. */
const OF_WEEKS = 'YWwuec'
const ILLEGAL = 'ABnNp'
const ONLY_WRITTEN = 'EFqQ'
/** The most of each letter that may follow one another; of V two exactly, of O one or four. */
const MOST: Readonly<Record<string, number>> = {
  G: 4,
  y: 6,
  M: 4,
  L: 4,
  d: 2,
  D: 3,
  E: 4,
  F: 1,
  q: 4,
  Q: 4,
  a: 1,
  h: 2,
  H: 2,
  k: 2,
  K: 2,
  m: 2,
  s: 2,
  S: 9,
  z: 4,
  V: 2,
  O: 4,
  X: 5,
  x: 5,
  Z: 5,
}
/** More of these than four would be names of one letter, of years more than six too many digits: Spark tells the length of the pattern. */
const TOLD_BY_LENGTH = 'GMLEQqy'

/** Letters that the formatter of Spark 2 takes, which has other meanings for some. */
const OLD_LETTERS = 'GyYMLwWDdFEuaHkKhmszSZX'

type Purpose = 'read' | 'written'

/** Brackets within brackets are read by calls within calls, and a pattern may come with each row. */
const MOST_CHARACTERS = 1000

/**
 * Takes a pattern apart.
 * @throws INVALID_DATETIME_PATTERN.*, INCONSISTENT_BEHAVIOR_CROSS_VERSION.*, UNSUPPORTED_FEATURE
 */
export function patternElements(pattern: string, purpose: Purpose): readonly PatternElement[] {
  if (pattern.length > MOST_CHARACTERS) {
    const feature = `patterns of dates and times of more than ${MOST_CHARACTERS} characters`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
  }
  const scan = { pattern, purpose, at: 0, depth: 0 }
  checkLetters(pattern, purpose)
  const elements = readElements(scan)
  if (scan.at < pattern.length) throw malformed(pattern)
  return elements
}

interface Scan {
  readonly pattern: string
  readonly purpose: Purpose
  at: number
  depth: number
}

/** What Spark refuses before it reads the pattern, in its order. */
function checkLetters(pattern: string, purpose: Purpose): void {
  for (const part of unquoted(pattern)) {
    const week = find(part, OF_WEEKS)
    if (week !== undefined)
      throw refusal(
        pattern,
        new MillraceError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN', { c: week }),
      )
    const illegal = find(part, purpose === 'read' ? ILLEGAL + ONLY_WRITTEN : ILLEGAL)
    if (illegal !== undefined)
      throw refusal(pattern, new MillraceError('INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER', { c: illegal, pattern }))
    const isLong = Array.from(TOLD_BY_LENGTH).some((letter) => part.includes(letter.repeat(MOST[letter]! + 1)))
    if (isLong) throw refusal(pattern, new MillraceError('INVALID_DATETIME_PATTERN.LENGTH', { pattern }))
  }
}

const unquoted = (pattern: string): readonly string[] => pattern.split("'").filter((_, i) => i % 2 === 0)
const find = (text: string, letters: string): string | undefined => Array.from(text).find((c) => letters.includes(c))

function readElements(scan: Scan): readonly PatternElement[] {
  const elements: PatternElement[] = []
  while (scan.at < scan.pattern.length) {
    const c = scan.pattern[scan.at]!
    if (c === ']') {
      if (scan.depth === 0) throw malformed(scan.pattern)
      break
    }
    elements.push(readElement(scan, c))
  }
  return elements
}

function readElement(scan: Scan, c: string): PatternElement {
  const { pattern } = scan
  if (c === '[') return readOptional(scan)
  if (c === "'") return readQuoted(scan)
  if (!/[A-Za-z]/.test(c)) {
    if ('{}#'.includes(c)) throw malformed(pattern)
    scan.at++
    return { kind: 'text', text: c }
  }
  let count = 1
  while (pattern[scan.at + count] === c) count++
  scan.at += count
  if (c === 'g' || c === 'v')
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the letter ${c} in patterns of dates and times` })
  const isWrong = (c === 'V' && count !== 2) || (c === 'O' && count !== 1 && count !== 4)
  if (isWrong || count > (MOST[c] ?? 0)) throw malformed(pattern)
  return { kind: 'letters', letter: c, count }
}

/** What is in brackets, which may be left open. */
function readOptional(scan: Scan): PatternElement {
  scan.at++
  scan.depth++
  const elements = readElements(scan)
  scan.depth--
  if (scan.at < scan.pattern.length) scan.at++
  return { kind: 'optional', elements }
}

/** A text in quotes; two quotes are one. */
function readQuoted(scan: Scan): PatternElement {
  const { pattern } = scan
  let text = ''
  for (let at = scan.at + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at]
    else if (pattern[at + 1] === "'") {
      text += "'"
      at++
    } else {
      scan.at = at + 1
      return { kind: 'text', text: text === '' ? "'" : text }
    }
  }
  throw malformed(pattern)
}

const malformed = (pattern: string): MillraceError => refusal(pattern, unknownPattern(pattern))

export const unknownPattern = (pattern: string): MillraceError =>
  new MillraceError('INVALID_DATETIME_PATTERN.WITH_SUGGESTION', {
    pattern: quotedText(pattern),
    docroot: DOCUMENTATION,
  })

/** What Spark 2 takes is told as a change of meaning. */
function refusal(pattern: string, otherwise: MillraceError): MillraceError {
  if (!wasTaken(pattern)) return otherwise
  return new MillraceError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION', {
    pattern: quotedText(pattern),
    config: '"spark.sql.legacy.timeParserPolicy"',
    docroot: DOCUMENTATION,
  })
}

function wasTaken(pattern: string): boolean {
  if (pattern.split("'").length % 2 === 0) return false
  return unquoted(pattern).every(
    (part) => Array.from(part).every((c) => !/[A-Za-z]/.test(c) || OLD_LETTERS.includes(c)) && !part.includes('XXXX'),
  )
}
