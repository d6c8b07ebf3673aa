import { MillraceError } from '../../common/errors/millrace-error.js'
import { refuseLong } from './long-text.js'
import type { HostRoutine } from './routine.js'

/* Capital and small letters as languages have them, for collations of ICU. */

export const upper: HostRoutine = ([text, language]) => (text as string).toLocaleUpperCase(language as string)
export const lower: HostRoutine = ([text, language]) => (text as string).toLocaleLowerCase(language as string)

/** Letters of two, which have a form of their own at the beginning of words. */
const DIGRAPHS: Readonly<Record<string, string>> = Object.fromEntries(
  ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'].flatMap((forms) => Array.from(forms, (form) => [form, forms[1]!])),
)
/** Greek letters with a small iota below, which stays there. */
const WITH_IOTA: Readonly<Record<string, string>> = { ᾳ: 'ᾼ', ῃ: 'ῌ', ῳ: 'ῼ' }
const [FIRST_IOTA, LAST_IOTA, LAST_GREEK] = [0x1f80, 0x1faf, 0x1fff]
const IOTA = 'Ι'
const SUBSCRIPT = '\u0345'

const CASED = /\p{Cased}/u
const segmenters = new Map<string, Intl.Segmenter>()

/** Texts are cut into pieces, as finding words takes a time that grows with the square of their length. */
const PIECE = 1000
const MOST_WITHOUT_BLANK = 20_000
/** Behind a blank a word begins here: neither blanks nor what belongs to the blank. */
const BEGINS_WORD = /[^\s\p{M}\p{Cf}\p{Cs}]/u

/** Where a text may be cut, from a place on: behind a blank. @throws UNSUPPORTED_FEATURE */
function cutFrom(text: string, from: number): number {
  for (let at = text.indexOf(' ', from); at >= 0 && at - from < MOST_WITHOUT_BLANK; at = text.indexOf(' ', at + 1)) {
    if (BEGINS_WORD.test(text.charAt(at + 1))) return at + 1
  }
  if (text.length - from < MOST_WITHOUT_BLANK) return text.length
  const feature = `initcap of words of more than ${MOST_WITHOUT_BLANK} characters`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}

/** Each word, as ICU finds them, with a capital letter at its beginning, which may be behind signs, and small ones behind it. */
export const initcap: HostRoutine = ([given, told]) => {
  const [text, language] = [given as string, told as string]
  refuseLong(text)
  const segmenter = segmenters.get(language) ?? new Intl.Segmenter(language, { granularity: 'word' })
  segmenters.set(language, segmenter)
  let made = ''
  for (let from = 0, end = 0; from < text.length; from = end) {
    end = text.length - from <= PIECE ? text.length : cutFrom(text, from + PIECE)
    for (const { segment } of segmenter.segment(text.slice(from, end))) made += capitalized(segment, language)
  }
  return made
}

function capitalized(word: string, language: string): string {
  const at = word.search(CASED)
  if (at < 0) return word.toLocaleLowerCase(language)
  const first = String.fromCodePoint(word.codePointAt(at)!)
  // Behind a letter, which is what makes a sigma a last one.
  const rest = `A${word.slice(at + first.length)}`.toLocaleLowerCase(language).slice(1)
  const isDutch = language === 'nl' && first.toLowerCase() === 'i' && rest.startsWith('j')
  return `${word.slice(0, at)}${atBeginning(first, language)}${isDutch ? `J${rest.slice(1)}` : rest}`
}

/** A letter at the beginning of a word. */
function atBeginning(letter: string, language: string): string {
  const known = DIGRAPHS[letter] ?? WITH_IOTA[letter]
  if (known !== undefined) return known
  const point = letter.codePointAt(0)!
  if (point >= FIRST_IOTA && point <= LAST_IOTA) return String.fromCodePoint(point | 8)
  const [first, ...others] = Array.from(letter.toLocaleUpperCase(language))
  // The apostrophe is what has no other form here.
  if (letter === 'ŉ') return `${first!}${others.join('')}`
  if (point > LAST_IOTA && point <= LAST_GREEK && others.at(-1) === IOTA)
    return `${first!}${others.slice(0, -1).join('')}${SUBSCRIPT}`
  return `${first!}${others.join('').toLowerCase()}`
}
