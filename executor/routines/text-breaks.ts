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

/** Of so many code points kinds are kept: those of one unit. */
const MOST_KNOWN = 0x10000

/** The kind of the character at a place; undefined behind the end. */
type KindAt<K> = (text: string, at: number) => K | undefined

function kindsBy<K extends string>(kinds: readonly (readonly [K, RegExp])[], otherwise: K): KindAt<K> {
  const found = (point: number): K => {
    const character = String.fromCodePoint(point)
    return kinds.find(([, pattern]) => pattern.test(character))?.[0] ?? otherwise
  }
  // An array: kinds are looked up several times for each character, and with a map a long text takes half as long again.
  const known = new Array<K | undefined>(MOST_KNOWN)
  return (text, at) => {
    const point = text.codePointAt(at)
    if (point === undefined) return undefined
    if (point >= MOST_KNOWN) return found(point)
    known[point] ??= found(point)
    return known[point]
  }
}

const kindAt = kindsBy(KINDS, 'other')

const behind = (text: string, at: number): number => at + (text.codePointAt(at)! < MOST_KNOWN ? 1 : 2)

/** The place behind characters of these kinds. */
function behindAll(text: string, from: number, kinds: readonly (Kind | undefined)[]): number {
  let at = from
  while (at < text.length && kinds.includes(kindAt(text, at))) at = behind(text, at)
  return at
}

const TAIL = ['terminator', 'period', 'closing', 'quotation', 'ignored'] as const
const SPACES = ['space', 'ignored'] as const

/** The sentences of a text, one behind the other. */
export class Sentences {
  readonly #text: string
  /** From here on a period is followed, up to the end of the text, by what may begin a sentence and does not. */
  #open = Number.POSITIVE_INFINITY

  constructor(text: string) {
    this.#text = text
  }

  /** Where the one ends that begins at a place. */
  endFrom(start: number): number {
    const text = this.#text
    let at = start
    /** Where it ends if nothing decides about the periods behind: before them, or behind the first where nothing else is there. */
    let last = behind(text, start)
    let firstPeriod = -1
    while (at < text.length) {
      const kind = kindAt(text, at)
      if (kind === 'period') {
        if (firstPeriod < 0) firstPeriod = at
        if (at >= this.#open) return last
        const decided = behindPeriod(text, behind(text, at))
        if (decided.kind === 'end') return decided.at
        if (decided.kind === 'open') this.#open = firstPeriod
        if (decided.kind !== 'go on') return last
        at = decided.at
        continue
      }
      at = behind(text, at)
      if (kind === 'paragraph') return behindAll(text, at, ['ignored'])
      if (kind === 'danda') return behindAll(text, at, SPACES)
      if (kind === 'terminator') {
        const end = behindAll(text, behindAll(text, at, TAIL), SPACES)
        return kindAt(text, end) === 'paragraph' ? behindAll(text, end + 1, ['ignored']) : end
      }
      last = at
      firstPeriod = -1
    }
    return at
  }
}

/** What a period is: where the sentence ends, or from where it is read on; `open` where the text ends first, `stuck` where nothing leads on. */
type Decision = { readonly kind: 'end' | 'go on'; readonly at: number } | { readonly kind: 'open' | 'stuck' }

/**
 * A period ends a sentence before a letter that is not small with spaces between, before a letter with signs before it that may begin a sentence, and before any letter with two
 * spaces between. Periods, spaces and what closes belong to the sentence that ends. Else it is read on from the first character that does not fit.
 */
function behindPeriod(text: string, from: number): Decision {
  let phase: 'tail' | 'spaces' | 'start' = 'tail'
  /** Whether a small letter would begin a sentence: behind a quotation mark, behind two spaces, and behind what may begin one. */
  let opens = false
  /** Behind the first sign that may begin a sentence nothing leads back where a small letter might have stood in its place. */
  let isStuck = false
  let [at, end] = [from, from]
  const goOn = (): Decision => (isStuck ? { kind: 'stuck' } : { kind: 'go on', at })
  for (; at < text.length; at = behind(text, at), end = phase === 'start' ? end : at) {
    const kind = kindAt(text, at)
    switch (kind) {
      case 'ignored':
        break
      case 'period':
      case 'closing':
        if (phase !== 'tail') return goOn()
        opens = false
        break
      case 'space':
        if (phase === 'start') return goOn()
        opens = phase === 'spaces'
        phase = 'spaces'
        break
      case 'quotation':
      case 'opening':
      case 'danda':
      case 'other':
        if (kind === 'quotation' && phase === 'tail') {
          opens = true
          break
        }
        isStuck = phase !== 'start' && opens
        phase = 'start'
        opens = true
        break
      case 'letter':
        return opens || phase === 'spaces' ? { kind: 'end', at: end } : goOn()
      case 'small':
        return opens ? { kind: 'end', at: end } : goOn()
      default:
        return goOn()
    }
  }
  return phase === 'start' ? { kind: 'open' } : { kind: 'end', at }
}

/* Words: letters and digits with the marks on them, and what stands between two of them. Format characters belong to what is before them. */

type Part =
  | 'format'
  | 'mark'
  | 'kanji'
  | 'katakana'
  | 'hiragana'
  | 'sound'
  | 'sound mark'
  | 'letter'
  | 'digit'
  | 'both'
  | 'word'
  | 'number'
  | 'danda'
  | 'post'
  | 'space'
  | 'return'
  | 'line'
  | 'control'
  | 'pre'
  | 'other'

const PARTS: readonly (readonly [Part, RegExp])[] = [
  ['word', /[\u00ad\u2027\p{Pd}\p{Pc}]/u],
  ['format', /\p{Cf}/u],
  ['kanji', /[\u3005\u4e00-\u9fa5\uf900-\ufa2d]/u],
  ['katakana', /[\u30a1-\u30fa\u30fd\u30fe]/u],
  ['hiragana', /[\u3041-\u3094\u309d\u309e]/u],
  ['sound mark', /[\u3099\u309a]/u],
  ['sound', /[\u309b\u309c\u30fb\u30fc]/u],
  ['mark', /[\p{Mn}\p{Me}]/u],
  ['letter', /[\p{L}\p{Mc}]/u],
  ['digit', /\p{N}/u],
  ['both', /["'.]/u],
  ['number', /[,\u066b]/u],
  ['danda', /[\u0964\u0965]/u],
  ['post', /[%&\u00a2\u066a\u2030\u2031]/u],
  ['pre', /[#\p{Sc}]/u],
  ['space', /[\p{Zs}\t]/u],
  ['return', /\r/u],
  ['line', /[\n\f\u2028\u2029]/u],
  ['control', /\p{Cc}/u],
]

const partAt = kindsBy(PARTS, 'other')

/** The place behind characters of some kinds, with the format characters behind each, and the marks where these belong to them; the same place where there is none. */
function run(
  text: string,
  from: number,
  kinds: readonly (Part | undefined)[],
  takesMarks: boolean,
  most = Number.POSITIVE_INFINITY,
): number {
  let at = from
  for (let count = 0; count < most && at < text.length && kinds.includes(partAt(text, at)); count++) {
    at = behind(text, at)
    for (
      let part = partAt(text, at);
      part === 'format' || (takesMarks && (part === 'mark' || part === 'sound mark'));
      part = partAt(text, at)
    )
      at = behind(text, at)
  }
  return at
}

/** Runs of one kind with single signs between them. */
function joined(text: string, from: number, kind: Part, between: readonly Part[]): number {
  let end = run(text, from, [kind], true)
  if (end === from) return from
  for (;;) {
    const sign = run(text, end, between, false, 1)
    const next = sign === end ? sign : run(text, sign, [kind], true)
    if (next === sign) return end
    end = next
  }
}

function lettersEnd(text: string, from: number): number {
  const end = joined(text, from, 'letter', ['word', 'both'])
  return end === from ? from : run(text, end, ['danda'], false, 1)
}

/** Numbers and words in turn, the last of which may be a number with a sign behind it. */
function mixedEnd(text: string, from: number): number {
  for (let at = from; ; ) {
    const number = joined(text, at, 'digit', ['both', 'number'])
    if (number === at) return at
    const word = lettersEnd(text, number)
    if (word === number) return run(text, number, ['post'], false, 1)
    at = word
  }
}

const SOFT_HYPHEN = '\u00ad'
/** What marks behind do not belong to. */
const NO_BASES: readonly Part[] = ['control', 'line', 'return', 'mark', 'sound mark']

/** What a word, or what stands between two of them, may be. */
const RUNS: readonly ((text: string, from: number) => number)[] = [
  (text, from) => mixedEnd(text, lettersEnd(text, from)),
  (text, from) => {
    const [part, end] = [partAt(text, from), run(text, from, ['pre', 'both'], false, 1)]
    return part === 'pre' || text[from] === '.' ? mixedEnd(text, end) : from
  },
  (text, from) => run(text, run(text, run(text, from, ['space'], true), ['return'], false, 1), ['line'], false, 1),
  (text, from) => run(text, from, ['katakana', 'sound', 'sound mark'], false),
  (text, from) => run(text, from, ['hiragana', 'sound', 'sound mark'], false),
  (text, from) => run(text, from, ['kanji'], false),
  (text, from) => {
    const part = partAt(text, from)
    return part && NO_BASES.includes(part) ? from : text[from] === SOFT_HYPHEN ? from : run(text, from, [part], true, 1)
  },
]

/** Where the word, or what stands between two of them, ends that begins at a place: what goes furthest. */
export function wordEnd(text: string, start: number): number {
  let from = start
  while (partAt(text, from) === 'format') from = behind(text, from)
  if (from === text.length) return from
  let end = run(text, from, [partAt(text, from)], false, 1)
  for (const next of RUNS) end = Math.max(end, next(text, from))
  return end
}
