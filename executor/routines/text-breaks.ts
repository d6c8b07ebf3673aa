/*
 * Where sentences and words end, as Java's BreakIterator has it where it needs no dictionary. It is older than the rules of Unicode that Intl.Segmenter follows: it keeps
 * `a-b` and `5%` together, ends no sentence before a small letter or a digit, and knows nothing of emoji.
 */

type Kind =
  | 'ignored'
  | 'small'
  | 'letter'
  | 'digit'
  | 'space'
  | 'quotation'
  | 'opening'
  | 'closing'
  | 'terminator'
  | 'period'
  | 'comma'
  | 'paragraph'
  | 'danda'
  | 'other'

/** The first that a character is. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['ignored', /[\p{Mn}\p{Me}\p{Cf}]/u],
  ['small', /\p{Ll}/u],
  ['letter', /\p{L}/u],
  ['digit', /\p{N}/u],
  ['space', /[\t\r\f\n\u2028\p{Zs}]/u],
  ['quotation', /["']/u],
  ['opening', /[\p{Ps}\p{Pi}]/u],
  ['closing', /[\p{Pe}\p{Pf}]/u],
  ['terminator', /[!?\u3002\uff01\uff1f]/u],
  ['period', /[.\uff0e]/u],
  ['comma', /,/u],
  ['paragraph', /\u2029/u],
  ['danda', /[\u0964\u0965]/u],
]

const known = new Map<number, Kind>()
/** Of so many code points kinds are kept: those of one unit. */
const MOST_KNOWN = 0x10000

function kindAt(text: string, at: number): Kind | undefined {
  const point = text.codePointAt(at)
  if (point === undefined) return undefined
  const kept = known.get(point)
  if (kept) return kept
  const character = String.fromCodePoint(point)
  const kind = KINDS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'other'
  if (point < MOST_KNOWN) known.set(point, kind)
  return kind
}

const behind = (text: string, at: number): number => at + (text.codePointAt(at)! < MOST_KNOWN ? 1 : 2)

/** The place behind characters of these kinds. */
function behindAll(text: string, from: number, kinds: readonly (Kind | undefined)[]): number {
  let at = from
  while (at < text.length && kinds.includes(kindAt(text, at))) at = behind(text, at)
  return at
}

const TAIL = ['terminator', 'period', 'closing', 'quotation', 'ignored'] as const
const SPACES = ['space', 'ignored'] as const

/** Where the sentence ends that begins at a place. */
export function sentenceEnd(text: string, start: number): number {
  let at = start
  /** Where it ends if the text does among what may begin another one: before the period, or behind it where nothing else is there. */
  let last = behind(text, start)
  while (at < text.length) {
    const kind = kindAt(text, at)
    if (kind === 'period') {
      const { end, next } = behindPeriod(text, behind(text, at))
      if (end !== undefined) return end
      if (next === undefined) return last
      at = next
      continue
    }
    at = behind(text, at)
    if (kind === 'paragraph') return at
    if (kind === 'danda') return behindAll(text, at, SPACES)
    if (kind === 'terminator') {
      const end = behindAll(text, behindAll(text, at, TAIL), SPACES)
      return kindAt(text, end) === 'paragraph' ? end + 1 : end
    }
    last = at
  }
  return at
}

/**
 * A period ends a sentence before a letter that is not small with spaces between, and before a letter with signs before it that may begin a sentence. Periods, spaces and
 * what closes belong to the sentence that ends. Else it is read on from the first character that does not fit; there is none where the text ends among such signs.
 */
function behindPeriod(text: string, from: number): { readonly end?: number; readonly next?: number } {
  let phase: 'tail' | 'spaces' | 'start' = 'tail'
  /** Whether the last character may begin a sentence, as a quotation mark also does where it may close one. */
  let opens = false
  let [at, end] = [from, from]
  for (; at < text.length; at = behind(text, at), end = phase === 'start' ? end : at) {
    const kind = kindAt(text, at)
    switch (kind) {
      case 'ignored':
        break
      case 'period':
      case 'closing':
        if (phase !== 'tail') return { next: at }
        opens = false
        break
      case 'quotation':
        if (phase === 'spaces') phase = 'start'
        opens = true
        break
      case 'space':
        if (phase === 'start') return { next: at }
        phase = 'spaces'
        opens = false
        break
      case 'opening':
      case 'danda':
      case 'other':
        phase = 'start'
        opens = true
        break
      case 'letter':
        return opens || phase === 'spaces' ? { end } : { next: at }
      case 'small':
        return opens ? { end } : { next: at }
      default:
        return { next: at }
    }
  }
  return phase === 'start' ? {} : { end: at }
}

/* Words: letters and digits with the marks on them, and what stands between two of them. Format characters belong to what is before them. */
const MARKS = '(?:[\\p{Mn}\\p{Me}]|(?!\\u00ad)\\p{Cf})*'
const KANJI = '\\u3005\\u4e00-\\u9fa5\\uf900-\\ufa2d'
const KATAKANA = '\\u30a1-\\u30fa\\u30fd\\u30fe'
const HIRAGANA = '\\u3041-\\u3094\\u309d\\u309e'
const SOUNDS = '\\u3099-\\u309c\\u30fb\\u30fc'
const FORMAT = '(?:(?!\\u00ad)\\p{Cf})*'
const LETTERS = `(?:(?![${KANJI}${KATAKANA}${HIRAGANA}${SOUNDS}])[\\p{L}\\p{Mc}]${MARKS})+`
const WORD = `(?:${LETTERS}(?:[\\p{Pd}\\p{Pc}\\u00ad\\u2027"'.]${FORMAT}${LETTERS})*(?:[\\u0964\\u0965]${FORMAT})?)`
const DIGITS = `(?:\\p{N}${MARKS})+`
const NUMBER = `(?:${DIGITS}(?:["',.\\u066b]${FORMAT}${DIGITS})*)`
const BEHIND_NUMBER = `(?:[%&\\u00a2\\u066a\\u2030\\u2031]${FORMAT})?`
const MIXED = `(?:${NUMBER}${WORD})*(?:${NUMBER}${BEHIND_NUMBER})?`

const RUNS = [
  `${WORD}?${MIXED}`,
  `(?!\\u00a2)[\\p{Sc}#.]${FORMAT}${MIXED}`,
  `(?:[\\p{Zs}\\t]${MARKS})*(?:\\r${FORMAT})?(?:[\\n\\f\\u2028\\u2029]${FORMAT})?`,
  `(?:[${KATAKANA}${SOUNDS}]${FORMAT})*`,
  `(?:[${HIRAGANA}${SOUNDS}]${FORMAT})*`,
  `(?:[${KANJI}]${FORMAT})*`,
  `[^\\p{Mn}\\p{Me}\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]${FORMAT}(?:[\\p{Mn}\\p{Me}]${FORMAT})+`,
  `[^]${FORMAT}`,
].map((run) => new RegExp(run, 'uy'))

const LEADING = /(?:(?!\u00ad)\p{Cf})*/uy

/** Where the word, or what stands between two of them, ends that begins at a place: what goes furthest. */
export function wordEnd(text: string, start: number): number {
  LEADING.lastIndex = start
  const from = start + LEADING.exec(text)![0].length
  if (from === text.length) return from
  let end = from
  for (const run of RUNS) {
    run.lastIndex = from
    const found = run.exec(text)
    if (found) end = Math.max(end, from + found[0].length)
  }
  return end
}
