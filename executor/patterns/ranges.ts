/** A set of code points: pairs of the first and the last one of each range, in order, with gaps between them. */
export type Ranges = readonly number[]

export const LAST_POINT = 0x10ffff
export const ALL: Ranges = [0, LAST_POINT]

/** Ranges in any order, put in order and joined where they meet. */
export function union(...sets: readonly Ranges[]): Ranges {
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
