/** A set of code points: pairs of the first and the last one of each range, in order, with gaps between them. */
export type Ranges = readonly number[]

export const LAST_POINT = 0x10ffff
export const ALL: Ranges = [0, LAST_POINT]

export const union = (...sets: readonly Ranges[]): Ranges => unionOf(sets)

/** Ranges in any order, put in order and joined where they meet. */
export function unionOf(sets: readonly Ranges[]): Ranges {
  const pairs = sets.flatMap((set) => pairsOf(set)).toSorted((a, b) => a[0] - b[0])
  const joined: number[] = []
  for (const [first, last] of pairs) {
    const end = joined.at(-1)
    if (end !== undefined && first <= end + 1) joined[joined.length - 1] = Math.max(end, last)
    else joined.push(first, last)
  }
  return joined
}

export function complement(set: Ranges): Ranges {
  const rest: number[] = []
  let next = 0
  for (const [first, last] of pairsOf(set)) {
    if (first > next) rest.push(next, first - 1)
    next = last + 1
  }
  if (next <= LAST_POINT) rest.push(next, LAST_POINT)
  return rest
}

export const intersection = (a: Ranges, b: Ranges): Ranges => complement(union(complement(a), complement(b)))

export const isDisjoint = (a: Ranges, b: Ranges): boolean => intersection(a, b).length === 0

export function pairsOf(set: Ranges): [number, number][] {
  const pairs: [number, number][] = []
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i]!, set[i + 1]!])
  return pairs
}

/** Of one character, or from one to another, by their texts. */
export const span = (from: string, to: string = from): Ranges => [from.codePointAt(0)!, to.codePointAt(0)!]

const CASE_BIT = 0x20

/** With the other case of the ASCII letters in it. */
export function withOtherCase(set: Ranges): Ranges {
  const upper = intersection(set, span('A', 'Z')).map((point) => point + CASE_BIT)
  const lower = intersection(set, span('a', 'z')).map((point) => point - CASE_BIT)
  return union(set, upper, lower)
}

/** The small letter of the capital of a character, by which Java compares letters of all scripts. */
function foldOf(point: number): number {
  const single = (from: number, text: string): number => (Array.from(text).length === 1 ? text.codePointAt(0)! : from)
  const capital = String.fromCodePoint(single(point, String.fromCodePoint(point).toUpperCase()))
  return capital.toLowerCase().codePointAt(0)!
}

let alike: ReadonlyMap<number, readonly number[]> | undefined

/** Characters that differ in case alone, by the one that all of them are compared as. Made once. */
function charactersAlike(): ReadonlyMap<number, readonly number[]> {
  if (alike) return alike
  const groups = new Map<number, number[]>()
  for (const [first, last] of pairsOf(propertyRanges('\\p{Changes_When_Casemapped}')))
    for (let point = first; point <= last; point++) {
      const fold = foldOf(point)
      const group = groups.get(fold)
      if (group) group.push(point)
      else groups.set(fold, [point])
    }
  alike = groups
  return groups
}

/** With the other cases of all letters in it. */
function withAllCases(set: Ranges): Ranges {
  const pairs = pairsOf(set)
  const has = (point: number): boolean => pairs.some(([first, last]) => point >= first && point <= last)
  const added = [...charactersAlike().values()].filter((group) => group.some(has)).flat()
  return union(
    set,
    added.toSorted((a, b) => a - b).flatMap((point) => [point, point]),
  )
}

/** A set with the other cases of its letters where flags ask for them: of ASCII, or of all scripts. */
export const caseless = (set: Ranges, { i, u }: { readonly i: boolean; readonly u: boolean }): Ranges =>
  !i ? set : u ? withAllCases(set) : withOtherCase(set)

const known = new Map<string, Ranges>()

/** The characters that a property of Unicode has, as JavaScript names it. Kept, as it takes a moment; there are few. */
export function propertyRanges(property: string): Ranges {
  const before = known.get(property)
  if (before) return before
  const pattern = new RegExp(`^${property}$`, 'u')
  const ranges: number[] = []
  for (let point = 0; point <= LAST_POINT; point++) {
    if (!pattern.test(String.fromCodePoint(point))) continue
    if (ranges.at(-1) === point - 1) ranges[ranges.length - 1] = point
    else ranges.push(point, point)
  }
  known.set(property, ranges)
  return ranges
}
