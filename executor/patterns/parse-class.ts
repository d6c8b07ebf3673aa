import { classOfLetter, classOfProperty } from './character-classes.js'
import {
  caseless,
  complement,
  intersection,
  LAST_POINT,
  type Ranges,
  span,
  union,
  unionOf,
  withOtherCase,
} from './ranges.js'
import { notBuilt, PatternFault } from './syntax.js'

/** The characters of a pattern one after the other, and what stands for characters in it: escapes and `[…]`. */
export class ClassParser {
  readonly #characters: readonly string[]
  readonly #flags: () => { readonly i: boolean; readonly u: boolean; readonly x: boolean }
  #at = 0

  constructor(
    characters: readonly string[],
    flags: () => { readonly i: boolean; readonly u: boolean; readonly x: boolean },
  ) {
    this.#characters = characters
    this.#flags = flags
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.#characters[this.#at] ?? ''
  }

  get last(): string {
    return this.#characters[this.#at - 1] ?? ''
  }

  advance(): string {
    return this.#characters[this.#at++] ?? ''
  }

  take(character: string): boolean {
    if (this.isAtEnd || this.next !== character) return false
    this.#at++
    return true
  }

  digits(): string {
    let digits = ''
    while (/[0-9]/.test(this.next)) digits += this.advance()
    return digits
  }

  /** White space and `# …` in patterns with comments. */
  skipComments(): void {
    if (!this.#flags().x) return
    while (!this.isAtEnd && /[\s#]/.test(this.next)) {
      if (this.advance() !== '#') continue
      while (!this.isAtEnd && this.advance() !== '\n');
    }
  }

  /** Everything before `\E`. */
  literalText(): readonly string[] {
    const from = this.#at
    while (!this.isAtEnd && !(this.next === '\\' && this.#characters[this.#at + 1] === 'E')) this.#at++
    const text = this.#characters.slice(from, this.#at)
    this.#at += 2
    return text
  }

  /** What stands behind a backslash, and is no place. */
  escaped(): Ranges {
    if (this.isAtEnd) throw new PatternFault('Unexpected internal error')
    const letter = this.advance()
    const named = classOfLetter(letter)
    if (named) return named
    if (letter === 'p' || letter === 'P') return this.#property(letter === 'P')
    if (letter === '0') return this.#octal()
    if (letter === 'x') return this.#hexadecimal()
    if (letter === 'u') return this.#unit()
    if (letter === 'c') {
      if (this.isAtEnd) throw new PatternFault('Illegal control escape sequence')
      const point = this.advance().codePointAt(0)! ^ 64
      return [point, point]
    }
    if (letter in SIGNS) return span(SIGNS[letter]!)
    if (letter === 'N') throw notBuilt('\\N')
    if (/[A-Za-z]/.test(letter)) throw new PatternFault('Illegal/unsupported escape sequence')
    return span(letter)
  }

  #property(isNegated: boolean): Ranges {
    let name = this.advance()
    if (name === '{') {
      name = ''
      while (!this.isAtEnd && this.next !== '}') name += this.advance()
      if (!this.take('}')) throw new PatternFault('Unclosed character family')
    }
    if (name === '') throw new PatternFault('Unclosed character family')
    const named = classOfProperty(name)
    // As Java: letters of one case stand for both.
    const folded = this.#flags().i && /^(?:Lower|Upper|L[ut]|Is(?:Lower|Upper)case)$/i.test(name)
    if (folded && !/^(?:Lower|Upper)$/.test(name)) throw notBuilt(`\\p{${name}} of both cases`)
    const set = folded ? withOtherCase(named) : named
    return isNegated ? complement(set) : set
  }

  #octal(): Ranges {
    let value = -1
    while (/[0-7]/.test(this.next) && (value < 0 ? 0 : value) * 8 + Number(this.next) <= 0o377)
      value = (value < 0 ? 0 : value) * 8 + Number(this.advance())
    if (value < 0) throw new PatternFault('Illegal octal escape sequence')
    return [value, value]
  }

  #hexadecimal(): Ranges {
    if (!this.take('{')) {
      const value = this.#hexDigits(2, 'Illegal hexadecimal escape sequence')
      return [value, value]
    }
    let digits = ''
    while (/[0-9A-Fa-f]/.test(this.next)) digits += this.advance()
    const value = Number.parseInt(digits, 16)
    if (!this.take('}') || digits === '') throw new PatternFault('Unclosed hexadecimal escape sequence')
    if (value > LAST_POINT) throw new PatternFault('Hexadecimal codepoint is too big')
    return [value, value]
  }

  #hexDigits(count: number, message: string): number {
    let digits = ''
    while (digits.length < count && /[0-9A-Fa-f]/.test(this.next)) digits += this.advance()
    if (digits.length < count) throw new PatternFault(message)
    return Number.parseInt(digits, 16)
  }

  /** `\uD83D\uDE00` is one character. */
  #unit(): Ranges {
    const message = 'Illegal Unicode escape sequence'
    const high = this.#hexDigits(4, message)
    const isPair = high >= 0xd800 && high < 0xdc00 && this.next === '\\' && this.#characters[this.#at + 1] === 'u'
    if (!isPair) return [high, high]
    this.#at += 2
    const point = String.fromCharCode(high, this.#hexDigits(4, message)).codePointAt(0)!
    return [point, point]
  }

  /** What stands in square brackets, the first of which is read. */
  class(): Ranges {
    const isNegated = this.take('^')
    let set = this.#classPart(true)
    while (this.#takeAnd()) {
      const right = this.#classPart(false)
      set = right ? intersection(set ?? [], right) : set
    }
    if (!this.take(']')) throw new PatternFault('Unclosed character class')
    const cased = caseless(set ?? [], this.#flags())
    return isNegated ? complement(cased) : cased
  }

  #takeAnd(): boolean {
    if (this.next !== '&' || this.#characters[this.#at + 1] !== '&') return false
    this.#at += 2
    return true
  }

  /** Everything until `]` or `&&`; a bracket may stand for itself at the beginning. Undefined for nothing. */
  #classPart(isFirst: boolean): Ranges | undefined {
    const sets: Ranges[] = []
    const all = (): Ranges | undefined => (sets.length === 0 ? undefined : unionOf(sets))
    for (;;) {
      this.#skipInClass()
      if (this.isAtEnd) throw new PatternFault('Unclosed character class')
      if (this.next === ']' && !(isFirst && sets.length === 0)) return all()
      if (this.next === '&' && this.#characters[this.#at + 1] === '&') return all()
      sets.push(this.take('[') ? this.class() : this.#range())
    }
  }

  #skipInClass(): void {
    if (this.#flags().x) this.skipComments()
  }

  #range(): Ranges {
    const low = this.#member()
    const isRange = this.next === '-' && !/^[\][]?$/.test(this.#characters[this.#at + 1] ?? '')
    if (!isRange || low.length !== 2 || low[0] !== low[1]) return low
    if (this.#characters[this.#at + 1] === '&' && this.#characters[this.#at + 2] === '&') return low
    this.advance()
    const high = this.#member()
    if (high.length !== 2 || high[0] !== high[1] || high[0]! < low[0]!)
      throw new PatternFault('Illegal character range')
    return [low[0]!, high[0]!]
  }

  #member(): Ranges {
    const character = this.advance()
    if (character !== '\\') return span(character)
    if (this.next === 'Q') {
      this.advance()
      return union(...this.literalText().map((literal) => span(literal)))
    }
    if (/[1-9bBAGZzkRX]/.test(this.next)) throw new PatternFault('Illegal/unsupported escape sequence')
    return this.escaped()
  }
}

const SIGNS: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\x07',
  e: '\x1b',
}
