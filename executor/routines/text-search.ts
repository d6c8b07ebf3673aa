import { keyText, type Levels, levelsOf } from './collation-key.js'
import { refuseLong } from './long-text.js'

/** A text that others are searched for in, as the characters that it has. */
export type Characters = readonly string[]

/** Where a part occurs: its characters from the one place to before the other. */
export interface Found {
  readonly start: number
  readonly end: number
}

/** Finds parts of texts as a collation compares them. */
export interface TextSearch {
  /** The end of the part where it begins at a place; undefined where it does not. */
  endAt(text: Characters, start: number, part: Characters): number | undefined
}

/** @throws UNSUPPORTED_FEATURE for a text that is too long */
export function charactersOf(text: string): Characters {
  refuseLong(text)
  return Array.from(text)
}

/** The dotted capital I is two characters in small letters; a part must have both or none of them. */
const inSmallLetters = (character: string): string => {
  const small = character.toLowerCase()
  return small === 'ς' ? 'σ' : small
}

const BY_SMALL_LETTERS: TextSearch = {
  endAt(text, start, part) {
    const wanted = part.map(inSmallLetters).join('')
    let [found, end] = ['', start]
    while (found.length < wanted.length && end < text.length) found += inSmallLetters(text[end++]!)
    return found === wanted ? end : undefined
  },
}

const MARK = /^\p{M}$/u

/** Marks belong to the letter before them, so that no part ends between. */
const byKeys = (levels: Levels): TextSearch => ({
  endAt(text, start, part) {
    const wanted = keyText(part.join(''), levels)
    if (start < text.length && !beginsPart(text, start, levels)) return undefined
    for (let end = start; end <= text.length; end++) {
      if (end < text.length && MARK.test(text[end]!)) continue
      const key = keyText(text.slice(start, end).join(''), levels)
      if (key === wanted) return end
    }
    return undefined
  },
})

/** A part begins with what counts by itself. */
const beginsPart = (text: Characters, start: number, levels: Levels): boolean =>
  keyText(text[start]!, levels) !== keyText('', levels) && (start === 0 || !MARK.test(text[start]!))

/** @param collation `UTF8_LCASE`, or levels as `levelsOf` reads them */
export const searchOf = (collation: string): TextSearch =>
  collation === 'UTF8_LCASE' ? BY_SMALL_LETTERS : byKeys(levelsOf(collation))

/** The first occurrence from a place on. */
export function firstFound(search: TextSearch, text: Characters, part: Characters, from: number): Found | undefined {
  for (let start = from; start <= text.length; start++) {
    const end = search.endAt(text, start, part)
    if (end !== undefined) return { start, end }
  }
  return undefined
}

/** The last occurrence that ends before a place or there. */
export function lastFound(search: TextSearch, text: Characters, part: Characters, before: number): Found | undefined {
  for (let end = before; end >= 0; end--) {
    for (let start = end; start >= 0; start--) {
      if (search.endAt(text, start, part) === end) return { start, end }
    }
  }
  return undefined
}

/** All occurrences, each behind the one before. */
export function allFound(search: TextSearch, text: Characters, part: Characters): readonly Found[] {
  const found: Found[] = []
  for (let from = 0; ; ) {
    const next = firstFound(search, text, part, from)
    if (!next) return found
    found.push(next)
    from = Math.max(next.end, next.start + 1)
  }
}
