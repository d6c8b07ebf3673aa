import { LINE_ENDS } from './character-classes.js'
import { ClassParser } from './parse-class.js'
import { caseless, complement, type Ranges, span, union } from './ranges.js'
import { notBuilt, type ParsedPattern, type Pattern, PatternFault, type Place } from './syntax.js'

/** Of `(?imsxu)`: letters of both cases, `^` and `$` at lines, points for everything, comments, lines that end with line feeds alone, cases of the letters of all scripts. */
export interface Flags {
  readonly i: boolean
  readonly u: boolean
  readonly m: boolean
  readonly s: boolean
  readonly x: boolean
  readonly d: boolean
}

const NO_FLAGS: Flags = { i: false, u: false, m: false, s: false, x: false, d: false }
const MOST_REPEATS = 2 ** 31 - 1

/** Takes a pattern of Java apart. @throws PatternFault */
export function parsePattern(text: string): ParsedPattern {
  return new PatternParser(text).parse()
}

class PatternParser {
  readonly #reader: ClassParser
  readonly #names = new Map<string, number>()
  #groups = 0
  #refersBack = false
  #flags = NO_FLAGS

  constructor(text: string) {
    this.#reader = new ClassParser(Array.from(text), () => this.#flags)
  }

  parse(): ParsedPattern {
    const pattern = this.#choice()
    if (!this.#reader.isAtEnd) throw new PatternFault("Unmatched closing ')'")
    return { pattern, groups: this.#groups, names: this.#names, refersBack: this.#refersBack }
  }

  #choice(): Pattern {
    const parts = [this.#sequence()]
    while (this.#reader.take('|')) parts.push(this.#sequence())
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts }
  }

  #sequence(): Pattern {
    const reader = this.#reader
    const parts: Pattern[] = []
    for (;;) {
      reader.skipComments()
      if (reader.isAtEnd || reader.next === '|' || reader.next === ')') break
      const part = this.#atom()
      if (part) parts.push(this.#repeated(part))
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  }

  #repeated(body: Pattern): Pattern {
    const reader = this.#reader
    reader.skipComments()
    const bounds = this.#bounds()
    if (!bounds) return body
    const [min, max] = bounds
    const mode = reader.take('?') ? 'lazy' : reader.take('+') ? 'possessive' : 'greedy'
    // Java takes counts of counts, and does not count so.
    if (reader.next === '{') throw notBuilt('a count behind another one')
    return { kind: 'repeat', body, min, max, mode }
  }

  #bounds(): readonly [number, number] | undefined {
    const reader = this.#reader
    if (reader.take('*')) return [0, MOST_REPEATS]
    if (reader.take('+')) return [1, MOST_REPEATS]
    if (reader.take('?')) return [0, 1]
    if (!reader.take('{')) return undefined
    const min = reader.digits()
    if (min === '') throw new PatternFault('Illegal repetition')
    const isRange = reader.take(',')
    const max = isRange ? reader.digits() : min
    if (!reader.take('}')) throw new PatternFault('Unclosed counted closure')
    const bounds = [Number(min), max === '' ? MOST_REPEATS : Number(max)] as const
    if (bounds[1] < bounds[0] || bounds[0] > MOST_REPEATS || bounds[1] > MOST_REPEATS)
      throw new PatternFault('Illegal repetition range')
    return bounds
  }

  /** One thing that may be repeated; undefined for flags alone. */
  #atom(): Pattern | undefined {
    const reader = this.#reader
    const character = reader.advance()
    switch (character) {
      case '(':
        return this.#bracket()
      case '[':
        return this.#set(reader.class())
      case '.':
        return { kind: 'set', set: this.#flags.s ? complement([]) : this.#anyInLine() }
      case '^':
        return place(this.#flags.m ? (this.#flags.d ? 'unixLineBegin' : 'lineBegin') : 'begin')
      case '$':
        return place(this.#flags.m ? (this.#flags.d ? 'unixLineEnd' : 'lineEnd') : this.#lastLine())
      case '*':
      case '+':
      case '?':
        throw new PatternFault(`Dangling meta character '${character}'`)
      case '{':
        throw new PatternFault('Illegal repetition')
      case '\\':
        return this.#escape()
      default:
        return this.#set(span(character))
    }
  }

  #anyInLine(): Ranges {
    return complement(this.#flags.d ? span('\n') : LINE_ENDS)
  }

  #lastLine(): Place {
    return this.#flags.d ? 'lastUnixLine' : 'lastLine'
  }

  #set(set: Ranges): Pattern {
    return { kind: 'set', set: caseless(set, this.#flags) }
  }

  #escape(): Pattern {
    const reader = this.#reader
    const letter = reader.next
    const placed = PLACES[letter]
    if (placed) {
      reader.advance()
      return place(letter === 'Z' ? this.#lastLine() : placed)
    }
    if (letter === 'R') {
      reader.advance()
      return LINE_BREAK
    }
    if (letter === 'Q') {
      reader.advance()
      return { kind: 'sequence', parts: reader.literalText().map((character) => this.#set(span(character))) }
    }
    if (letter === 'k' || /[1-9]/.test(letter)) return this.#reference()
    if (letter === 'X' || letter === 'N') throw notBuilt(`\\${letter}`)
    return this.#set(reader.escaped())
  }

  #reference(): Pattern {
    const reader = this.#reader
    this.#refersBack = true
    if (this.#flags.i) throw notBuilt('references to groups in patterns of both cases')
    if (reader.take('k')) {
      if (!reader.take('<')) throw new PatternFault("\\k is not followed by '<' for named capturing group")
      const name = this.#name()
      const group = this.#names.get(name)
      if (group === undefined) throw new PatternFault(`named capturing group <${name}> does not exist`)
      return { kind: 'same', group }
    }
    let group = Number(reader.advance())
    while (/[0-9]/.test(reader.next) && group * 10 + Number(reader.next) <= this.#groups)
      group = group * 10 + Number(reader.advance())
    // What is in no group yet is nowhere: Java has it so.
    return group > this.#groups ? { kind: 'set', set: [] } : { kind: 'same', group }
  }

  #name(): string {
    let name = ''
    while (/[A-Za-z0-9]/.test(this.#reader.next)) name += this.#reader.advance()
    if (!/^[A-Za-z]/.test(name)) throw new PatternFault('capturing group name does not start with a Latin letter')
    if (!this.#reader.take('>')) throw new PatternFault("named capturing group is missing trailing '>'")
    return name
  }

  #bracket(): Pattern | undefined {
    const reader = this.#reader
    const before = this.#flags
    if (!reader.take('?')) return this.#numbered()
    if (reader.take('<') && reader.next !== '=' && reader.next !== '!') {
      const name = this.#name()
      if (this.#names.has(name)) throw new PatternFault(`Named capturing group <${name}> is already defined`)
      this.#names.set(name, this.#groups + 1)
      return this.#numbered()
    }
    const isBehind = reader.last === '<'
    const sign = reader.next
    if (sign === '=' || sign === '!' || (!isBehind && (sign === ':' || sign === '>'))) {
      reader.advance()
      const body = this.#closed(before)
      if (sign === ':') return body
      return sign === '>' ? { kind: 'atomic', body } : { kind: 'look', body, isBehind, isNegated: sign === '!' }
    }
    this.#flags = this.#readFlags()
    if (reader.take(')')) return undefined
    if (!reader.take(':')) throw new PatternFault('Unknown inline modifier')
    return this.#closed(before)
  }

  #numbered(): Pattern {
    const number = ++this.#groups
    return { kind: 'group', number, body: this.#closed(this.#flags) }
  }

  /** What is within a bracket, whose flags end with it. */
  #closed(before: Flags): Pattern {
    const body = this.#choice()
    if (!this.#reader.take(')')) throw new PatternFault('Unclosed group')
    this.#flags = before
    return body
  }

  #readFlags(): Flags {
    const reader = this.#reader
    const flags: Record<string, boolean> = { ...this.#flags }
    let isOn = true
    while (/[A-Za-z-]/.test(reader.next)) {
      const letter = reader.advance()
      if (letter === '-') isOn = false
      else if (letter === 'U') throw notBuilt(`the flag ${letter}`)
      else if (letter in NO_FLAGS) flags[letter] = isOn
      else throw new PatternFault('Unknown inline modifier')
    }
    return flags as unknown as Flags
  }
}

const place = (at: Place): Pattern => ({ kind: 'place', place: at })

const PLACES: Readonly<Record<string, Place>> = {
  b: 'wordEdge',
  B: 'noWordEdge',
  A: 'begin',
  z: 'end',
  Z: 'lastLine',
  G: 'searchBegin',
}

const CRLF: Pattern = {
  kind: 'sequence',
  parts: [
    { kind: 'set', set: span('\r') },
    { kind: 'set', set: span('\n') },
  ],
}
const LINE_BREAK: Pattern = {
  kind: 'choice',
  parts: [CRLF, { kind: 'set', set: union([10, 13], LINE_ENDS) }],
}
