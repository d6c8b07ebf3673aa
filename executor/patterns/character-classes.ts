import { complement, propertyRanges, type Ranges, span, union } from './ranges.js'
import { notBuilt, PatternFault } from './syntax.js'

/* Classes of characters with names. */

const DIGIT = span('0', '9')
const LOWER = span('a', 'z')
const UPPER = span('A', 'Z')
const ALPHA = union(LOWER, UPPER)
const ALNUM = union(ALPHA, DIGIT)
const PUNCT = union(span('!', '/'), span(':', '@'), span('[', '`'), span('{', '~'))
const SPACE: Ranges = [9, 13, 32, 32]
const HORIZONTAL: Ranges = [
  9, 9, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000,
  0x3000,
]
const VERTICAL: Ranges = [10, 13, 0x85, 0x85, 0x2028, 0x2029]
const WORD = union(ALNUM, span('_'))

/** What a point does not stand for unless it is told to. */
export const LINE_ENDS: Ranges = [10, 10, 13, 13, 0x85, 0x85, 0x2028, 0x2029]

/** By the letter behind a backslash; capitals are the rest. */
const BY_LETTER: Readonly<Record<string, Ranges>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  h: HORIZONTAL,
  v: VERTICAL,
}

export function classOfLetter(letter: string): Ranges | undefined {
  const known = BY_LETTER[letter.toLowerCase()]
  return known && (letter === letter.toLowerCase() ? known : complement(known))
}

/** Of ASCII alone, by their names in POSIX. */
const POSIX: Readonly<Record<string, Ranges>> = {
  Lower: LOWER,
  Upper: UPPER,
  ASCII: [0, 0x7f],
  Alpha: ALPHA,
  Digit: DIGIT,
  Alnum: ALNUM,
  Punct: PUNCT,
  Graph: union(ALNUM, PUNCT),
  Print: union(ALNUM, PUNCT, span(' ')),
  Blank: [9, 9, 32, 32],
  Cntrl: [0, 0x1f, 0x7f, 0x7f],
  XDigit: union(DIGIT, span('a', 'f'), span('A', 'F')),
  Space: SPACE,
}

const CATEGORY = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|Z[slp]?|C[cfos]?|P[dseifco]?|S[mcko]?)$/
const BINARY_PROPERTIES: Readonly<Record<string, string>> = {
  isalphabetic: 'Alphabetic',
  isideographic: 'Ideographic',
  isletter: 'L',
  islowercase: 'Lowercase',
  isuppercase: 'Uppercase',
  iswhite_space: 'White_Space',
  isdigit: 'Nd',
  isemoji: 'Emoji',
}
const LETTERS: Readonly<Record<string, string>> = {
  LC: '[\\p{Lu}\\p{Ll}\\p{Lt}]',
  LD: '[\\p{L}\\p{Nd}]',
  L1: '[\\u{0}-\\u{ff}]',
}

/** `\p{name}`. @throws PatternFault */
export function classOfProperty(name: string): Ranges {
  const posix = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  if (posix) return posix
  if (name === 'all') return propertyRanges('\\p{Any}')
  if (Object.hasOwn(LETTERS, name)) return propertyRanges(LETTERS[name]!)
  const [, key, given] = /^(?:(general_category|gc|script|sc)=)?(.+)$/is.exec(name) ?? []
  if (given === undefined) throw new PatternFault(`Unknown character property name {${name}}`)
  const isScript = key?.toLowerCase().startsWith('s') === true
  const plain = key === undefined && /^Is/.test(given) ? given.slice(2) : given
  if (!isScript && CATEGORY.test(plain)) return propertyRanges(`\\p{${plain}}`)
  const binary = key === undefined ? BINARY_PROPERTIES[given.toLowerCase()] : undefined
  if (binary !== undefined) return propertyRanges(`\\p{${binary}}`)
  if (isScript || (key === undefined && /^Is/.test(given))) return scriptRanges(plain, name)
  if (/^(?:In|java)|^(?:block|blk)=/.test(name)) throw notBuilt(`\\p{${name}}`)
  throw new PatternFault(`Unknown character property name {${name}}`)
}

function scriptRanges(script: string, name: string): Ranges {
  const titled = script.toLowerCase().replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase())
  try {
    return propertyRanges(`\\p{Script=${titled}}`)
  } catch {
    throw new PatternFault(`Unknown character script name {${name}}`)
  }
}
