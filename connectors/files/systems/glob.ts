import { failedRead } from '../file-errors.js'

/*
 * Patterns for the name of one file or folder, in time proportional to pattern times name. A regular expression made of a pattern
 * backtracks exponentially (`*a*a*a*b`), and the libraries for globs on npm make regular expressions; so a small machine is run instead:
 * the set of all places of the pattern where a match can be after each character.
 */

/** A step of the machine: a character that it takes, or places to go on at without taking one. */
type Step =
  | { readonly kind: 'take'; readonly isTaken: (character: string) => boolean }
  | { readonly kind: 'go'; readonly to: number[] }
  | { readonly kind: 'end' }

const MAGIC = /[*?[{]/
const MORE_THAN_STARS = /[?[{\\]/
/** Longer than any name may be. */
const MOST_CHARACTERS = 1000

/** Whether a path holds characters that mean more than themselves. */
export const isPattern = (text: string): boolean => MAGIC.test(text)

/**
 * A test for names by `*`, `?`, `[a-z]`, `[!a-z]` and `{a,b}`; braces may be nested, and `\` takes the meaning from what follows.
 * What is not closed stands for itself. @throws FAILED_READ_FILE when the pattern is too long
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  const characters = [...pattern]
  if (characters.length > MOST_CHARACTERS) {
    throw failedRead(pattern, `a pattern for one name has at most ${MOST_CHARACTERS} characters`)
  }
  if (!MORE_THAN_STARS.test(pattern)) return starMatcher(pattern.split('*'))
  const steps = compile(characters)
  return (name) => run(steps, name)
}

/** A test for names that have some texts one behind the other, the first at the beginning and the last at the end: a `*` is between them. */
function starMatcher(texts: readonly string[]): (name: string) => boolean {
  const [first = '', ...others] = texts
  const last = others.pop()
  if (last === undefined) return (name) => name === first
  return (name) => {
    const end = name.length - last.length
    if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
    let at = first.length
    for (const text of others) {
      const found = name.indexOf(text, at)
      if (found < 0 || found + text.length > end) return false
      at = found + text.length
    }
    return true
  }
}

function run(steps: readonly Step[], name: string): boolean {
  let places = new Set<number>()
  enter(steps, 0, places)
  for (const character of name) {
    const next = new Set<number>()
    for (const place of places) {
      const step = steps[place]!
      if (step.kind === 'take' && step.isTaken(character)) enter(steps, place + 1, next)
    }
    places = next
    if (places.size === 0) return false
  }
  return places.has(steps.length - 1)
}

/** Adds a place and those it leads to without a character, each once. */
function enter(steps: readonly Step[], first: number, places: Set<number>): void {
  const waiting = [first]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (places.has(place)) continue
    places.add(place)
    const step = steps[place]!
    if (step.kind === 'go') for (const to of step.to) waiting.push(to)
  }
}

const any = (): boolean => true

interface OpenBrace {
  /** The step that leads to each alternative. */
  readonly fork: number[]
  /** The steps that lead from the end of an alternative to behind the brace. */
  readonly joins: number[][]
}

function compile(text: readonly string[]): readonly Step[] {
  const steps: Step[] = []
  const open: OpenBrace[] = []
  const isClosed = closedBraces(text)
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '*') {
      // To behind the star, or take a character and come back.
      const start = steps.length
      steps.push(
        { kind: 'go', to: [start + 1, start + 3] },
        { kind: 'take', isTaken: any },
        { kind: 'go', to: [start] },
      )
    } else if (character === '?') steps.push({ kind: 'take', isTaken: any })
    else if (character === '[') at = compileSet(text, at, steps)
    else if (character === '{' && isClosed.has(at)) {
      const fork = [steps.length + 1]
      open.push({ fork, joins: [] })
      steps.push({ kind: 'go', to: fork })
    } else if (open.length > 0 && (character === ',' || character === '}')) {
      const join: number[] = []
      steps.push({ kind: 'go', to: join })
      const brace = open.at(-1)!
      brace.joins.push(join)
      if (character === ',') brace.fork.push(steps.length)
      else for (const end of open.pop()!.joins) end.push(steps.length)
    } else {
      if (character === '\\' && at + 1 < text.length) at++
      const wanted = text[at]!
      steps.push({ kind: 'take', isTaken: (given) => given === wanted })
    }
  }
  steps.push({ kind: 'end' })
  return steps
}

/** Where braces begin that end as well. */
function closedBraces(text: readonly string[]): ReadonlySet<number> {
  const closed = new Set<number>()
  const open: number[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') at = setEnd(text, at) ?? at
    else if (text[at] === '{') open.push(at)
    else if (text[at] === '}' && open.length > 0) closed.add(open.pop()!)
  }
  return closed
}

/** Where a set of characters ends: at the first `]` that is not its first member. */
function setEnd(text: readonly string[], start: number): number | undefined {
  const first = text[start + 1] === '!' || text[start + 1] === '^' ? start + 2 : start + 1
  for (let at = first + 1; at < text.length; at++) if (text[at] === ']') return at
  return undefined
}

/** A set of characters and ranges as one step. Returns where it ends; a set that does not end is the character `[`. */
function compileSet(text: readonly string[], start: number, steps: Step[]): number {
  const end = setEnd(text, start)
  if (end === undefined) {
    steps.push({ kind: 'take', isTaken: (given) => given === '[' })
    return start
  }
  const isNegated = text[start + 1] === '!' || text[start + 1] === '^'
  const ranges: (readonly [number, number])[] = []
  for (let at = start + (isNegated ? 2 : 1); at < end; at++) {
    const from = text[at]!.codePointAt(0)!
    const isRange = text[at + 1] === '-' && at + 2 < end
    ranges.push([from, isRange ? text[at + 2]!.codePointAt(0)! : from])
    if (isRange) at += 2
  }
  const isTaken = (given: string): boolean => {
    const code = given.codePointAt(0)!
    return ranges.some(([from, to]) => from <= code && code <= to) !== isNegated
  }
  steps.push({ kind: 'take', isTaken })
  return end
}
