import * as P from '../kernels/interface/pattern.js'
import { isDisjoint, pairsOf, propertyRanges, type Ranges, span, union } from './ranges.js'
import { dependsOnGroups, firstOf, isAnchored, lengthOf, looksAround, mayBeEmpty } from './shape.js'
import { notBuilt, type ParsedPattern, type Pattern, type Place } from './syntax.js'

/** A program may have so many instructions; counts are written out. */
const MOST_STEPS = 20_000
/** So many ends of ranges of characters are kept of what may come next, and so many are put together for a sequence. */
const MOST_FOLLOWING = 4_000
const MOST_UNITED = 1_000_000
/** Behind a place at most so many characters are tried. */
const MOST_BEHIND = 255
const UNBOUNDED = 2 ** 31 - 1

type Step = [code: number, a: number, b: number, c: number]

/**
 * A parsed pattern as the program that pattern kernels run.
 * @param keepsGroups whether what groups have is wanted, beside the match @throws PatternFault
 */
export function programOf(parsed: ParsedPattern, keepsGroups: boolean): Uint8Array<ArrayBuffer> {
  const { pattern, groups, names, refersBack } = parsed
  const isMarked = keepsGroups ? !dependsOnGroups(pattern) : !refersBack
  const writer = new ProgramWriter(isMarked, keepsGroups || refersBack)
  writer.add(P.STEP_SAVE, 0)
  writer.write(pattern, [])
  writer.add(P.STEP_SAVE, 1)
  writer.add(P.STEP_MATCH)
  return writer.finish(pattern, groups, names)
}

class ProgramWriter {
  readonly #steps: Step[] = []
  readonly #sets = new Map<string, Ranges>()
  /** Steps whose first, or second, operand is the number of a set. */
  readonly #setSteps: [step: Step, operand: 1 | 2, key: string][] = []
  #marks = 0
  #registers = 0
  /** Marks tell where nothing comes of it; what is run apart may end otherwise the next time. */
  #isMarked: boolean
  readonly #keepsGroups: boolean

  constructor(isMarked: boolean, keepsGroups: boolean) {
    this.#isMarked = isMarked
    this.#keepsGroups = keepsGroups
  }

  add(code: number, a = 0, b = 0, c = 0): Step {
    if (this.#steps.length >= MOST_STEPS) throw notBuilt('a pattern of so many steps')
    const step: Step = [code, a, b, c]
    this.#steps.push(step)
    return step
  }

  #addSet(code: number, set: Ranges, b = 0, c = 0, operand: 1 | 2 = 1): void {
    const key = set.join()
    this.#sets.set(key, set)
    this.#setSteps.push([this.add(code, 0, b, c), operand, key])
  }

  /** Writes a pattern. `follow` are the characters that may come next; undefined when that is not known. */
  write(pattern: Pattern, follow: Ranges | undefined): void {
    switch (pattern.kind) {
      case 'set':
        return this.#writeSet(pattern.set)
      case 'sequence':
        return this.#writeSequence(pattern.parts, follow)
      case 'choice':
        return this.#writeChoice(pattern.parts, follow)
      case 'repeat':
        return this.#writeRepeat(pattern, follow)
      case 'group':
        if (!this.#keepsGroups) return this.write(pattern.body, follow)
        this.add(P.STEP_SAVE, pattern.number * 2)
        this.write(pattern.body, follow)
        this.add(P.STEP_SAVE, pattern.number * 2 + 1)
        return
      case 'place':
        if (pattern.place === 'wordEdge' || pattern.place === 'noWordEdge')
          return this.#addSet(P.STEP_PLACE, wordLetters(), 0, PLACE_CODES[pattern.place], 1)
        this.add(P.STEP_PLACE, 0, 0, PLACE_CODES[pattern.place])
        return
      case 'look':
        return this.#writeLook(pattern)
      case 'atomic':
        return this.#writeApart(P.APART_ATOMIC, pattern.body)
      case 'same':
        this.add(P.STEP_SAME, pattern.group)
    }
  }

  #writeSet(set: Ranges): void {
    if (set.length === 2 && set[0] === set[1]) {
      const bytes = Buffer.from(String.fromCodePoint(set[0]!))
      this.add(P.STEP_CHARACTER, Buffer.concat([bytes, Buffer.alloc(4)]).readUInt32LE(0), bytes.length)
    } else this.#addSet(P.STEP_SET, set)
  }

  #writeSequence(parts: readonly Pattern[], follow: Ranges | undefined): void {
    if (parts.length > MOST_STEPS) throw notBuilt('a pattern of so many steps')
    const follows = followsOf(parts, follow)
    for (const [i, part] of parts.entries()) this.write(part, follows[i])
  }

  #writeChoice(parts: readonly Pattern[], follow: Ranges | undefined): void {
    const jumps: Step[] = []
    for (const [i, part] of parts.entries()) {
      if (i === parts.length - 1) {
        this.write(part, follow)
        break
      }
      const split = this.add(P.STEP_SPLIT, this.#next + 1)
      this.write(part, follow)
      jumps.push(this.add(P.STEP_JUMP))
      split[2] = this.#next
    }
    for (const jump of jumps) jump[1] = this.#next
    this.#mark()
  }

  get #next(): number {
    return this.#steps.length
  }

  #mark(): void {
    if (this.#isMarked) this.add(P.STEP_MARK, this.#marks++)
  }

  #writeRepeat(repeat: Pattern & { kind: 'repeat' }, follow: Ranges | undefined): void {
    const { body, min, max, mode } = repeat
    if (mode === 'possessive' && body.kind === 'set') return this.#addSet(P.STEP_SPAN, body.set, min, max)
    if (mode === 'possessive') return this.#writeApart(P.APART_ATOMIC, { ...repeat, mode: 'greedy' })
    // What may come next is not in the set: then no fewer characters will do either.
    if (mode === 'greedy' && body.kind === 'set' && follow && isDisjoint(body.set, follow))
      return this.#addSet(P.STEP_SPAN, body.set, min, max)
    const inner = mode === 'greedy' && follow ? union(firstOf(body), follow) : undefined
    for (let i = 0; i < min; i++) this.write(body, inner)
    if (max >= UNBOUNDED) return this.#writeLoop(body, mode === 'lazy', inner)
    const splits: Step[] = []
    for (let i = min; i < max; i++) {
      splits.push(this.#addSplit(mode === 'lazy'))
      this.write(body, inner)
    }
    for (const split of splits) this.#leaveAt(split, this.#next)
    if (splits.length > 0) this.#mark()
  }

  /** A way into what follows, and one around it that is yet to be told. */
  #addSplit(isLazy: boolean): Step {
    return isLazy ? this.add(P.STEP_SPLIT, -1, this.#next + 1) : this.add(P.STEP_SPLIT, this.#next + 1, -1)
  }

  #leaveAt(split: Step, target: number): void {
    if (split[1] === -1) split[1] = target
    else split[2] = target
  }

  #writeLoop(body: Pattern, isLazy: boolean, inner: Ranges | undefined): void {
    const begin = this.#next
    this.#mark()
    const split = this.#addSplit(isLazy)
    if (mayBeEmpty(body)) {
      const register = this.#registers++
      this.add(P.STEP_KEEP, register)
      this.write(body, inner)
      const unmoved = this.add(P.STEP_UNMOVED, register)
      this.add(P.STEP_JUMP, begin)
      unmoved[2] = this.#next
    } else {
      this.write(body, inner)
      this.add(P.STEP_JUMP, begin)
    }
    this.#leaveAt(split, this.#next)
  }

  #writeLook({ body, isBehind, isNegated }: Pattern & { kind: 'look' }): void {
    if (!isBehind) return this.#writeApart(isNegated ? P.APART_NOT_AHEAD : P.APART_AHEAD, body)
    const [fewest, most] = lengthOf(body)
    if (most > MOST_BEHIND) throw notBuilt('a look behind at so many characters')
    this.#writeApart(isNegated ? P.APART_NOT_BEHIND : P.APART_BEHIND, body, fewest | (most << P.APART_MOST_SHIFT))
  }

  #writeApart(how: number, body: Pattern, lengths = 0): void {
    const apart = this.add(P.STEP_APART, how, 0, lengths)
    const before = this.#isMarked
    this.#isMarked = false
    this.write(body, undefined)
    this.#isMarked = before
    this.add(P.STEP_MATCH)
    apart[2] = this.#next
  }

  finish(pattern: Pattern, groups: number, names: ReadonlyMap<string, number>): Uint8Array<ArrayBuffer> {
    const code = P.PATTERN_CODE + this.#steps.length * P.PATTERN_STEP_BYTES
    const sets = [...this.#sets].map(([key, set]) => ({ key, bytes: setBytes(set) }))
    const offsets = new Map<string, number>()
    let end = code
    for (const { key, bytes } of sets) {
      offsets.set(key, end)
      end += bytes.length
    }
    for (const [step, operand, key] of this.#setSteps) step[operand] = offsets.get(key)!
    const table = namesBytes(names, end)
    const program = new Uint8Array(end + table.length)
    const view = new DataView(program.buffer)
    view.setInt32(P.PATTERN_SLOTS, (groups + 1) * 2, true)
    view.setInt32(P.PATTERN_MARKS, this.#marks, true)
    view.setInt32(P.PATTERN_REGISTERS, this.#registers, true)
    view.setInt32(P.PATTERN_ANCHORED, isAnchored(pattern) ? 1 : 0, true)
    program.set(firstBytes(pattern), P.PATTERN_FIRST)
    view.setInt32(P.PATTERN_NAMES, end, true)
    for (const [i, word] of this.#steps.flat().entries()) view.setInt32(P.PATTERN_CODE + i * 4, word, true)
    for (const { key, bytes } of sets) program.set(bytes, offsets.get(key))
    program.set(table, end)
    return program
  }
}

/** What may come next behind each part of a sequence; undefined when more than characters decide, or so many of them that they are not worth it. */
function followsOf(parts: readonly Pattern[], follow: Ranges | undefined): readonly (Ranges | undefined)[] {
  const follows: (Ranges | undefined)[] = new Array(parts.length)
  let next = follow
  let united = 0
  for (let i = parts.length - 1; i >= 0; i--) {
    follows[i] = next
    const part = parts[i]!
    if (looksAround(part)) return follows
    if (!mayBeEmpty(part)) next = firstOf(part)
    else next = next && union(firstOf(part), next)
    united += next?.length ?? 0
    if (next && (next.length > MOST_FOLLOWING || united > MOST_UNITED)) next = undefined
  }
  return follows
}

const wordLetters = (): Ranges => union(propertyRanges('[\\p{L}\\p{Nd}]'), span('_'))

const PLACE_CODES: Readonly<Record<Place, number>> = {
  begin: P.PLACE_BEGIN,
  end: P.PLACE_END,
  lastLine: P.PLACE_LAST_LINE,
  lastUnixLine: P.PLACE_LAST_UNIX_LINE,
  lineBegin: P.PLACE_LINE_BEGIN,
  lineEnd: P.PLACE_LINE_END,
  unixLineBegin: P.PLACE_UNIX_LINE_BEGIN,
  unixLineEnd: P.PLACE_UNIX_LINE_END,
  wordEdge: P.PLACE_WORD_EDGE,
  noWordEdge: P.PLACE_NO_WORD_EDGE,
  searchBegin: P.PLACE_SEARCH_BEGIN,
}

const ASCII = 0x80

function setBytes(set: Ranges): Uint8Array {
  const beyond = pairsOf(set).filter(([, last]) => last >= ASCII)
  const bytes = new Uint8Array(P.SET_RANGES + beyond.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [first, last] of pairsOf(set))
    for (let point = first; point <= Math.min(last, ASCII - 1); point++) bytes[point >> 3]! |= 1 << (point & 7)
  view.setInt32(P.SET_COUNT, beyond.length, true)
  for (const [i, [first, last]] of beyond.entries()) {
    view.setUint32(P.SET_RANGES + i * 8, first, true)
    view.setUint32(P.SET_RANGES + i * 8 + 4, last, true)
  }
  return bytes
}

/** The bytes that texts which match begin with. */
function firstBytes(pattern: Pattern): Uint8Array {
  const bytes = new Uint8Array(32)
  if (mayBeEmpty(pattern)) return bytes.fill(0xff)
  for (const [first, last] of pairsOf(firstOf(pattern))) {
    const [from, to] = [leadByte(first), leadByte(last)]
    for (let byte = from; byte <= to; byte++) bytes[byte >> 3]! |= 1 << (byte & 7)
  }
  return bytes
}

const leadByte = (point: number): number =>
  point < 0x80
    ? point
    : point < 0x800
      ? 0xc0 | (point >> 6)
      : point < 0x10000
        ? 0xe0 | (point >> 12)
        : 0xf0 | (point >> 18)

function namesBytes(names: ReadonlyMap<string, number>, offset: number): Uint8Array {
  const texts = [...names.keys()].map((name) => Buffer.from(name))
  const head = Buffer.alloc(4 + texts.length * 12)
  head.writeInt32LE(texts.length, 0)
  let end = offset + head.length
  for (const [i, group] of [...names.values()].entries()) {
    head.writeInt32LE(end, 4 + i * 12)
    head.writeInt32LE(texts[i]!.length, 8 + i * 12)
    head.writeInt32LE(group, 12 + i * 12)
    end += texts[i]!.length
  }
  return Buffer.concat([head, ...texts])
}
