import { MillraceError } from '../../../common/errors/millrace-error.js'

/** Positions of keys. */
export type GroupingSet = readonly number[]

/** Each row is grouped once for each set. */
const MAX_GROUPING_SETS = 4096

/** The prefixes of a list of sets of keys, the longest first: what ROLLUP stands for. @throws QUERY_TOO_COMPLEX */
export function rollup(parts: readonly GroupingSet[]): readonly GroupingSet[] {
  checkCount(parts.length + 1)
  return Array.from({ length: parts.length + 1 }, (_, left) => parts.slice(0, parts.length - left).flat())
}

/** All choices of a list of sets of keys, the whole first: what CUBE stands for. @throws QUERY_TOO_COMPLEX */
export const cube = (parts: readonly GroupingSet[]): readonly GroupingSet[] => combined(parts.map((part) => [part, []]))

/** Every combination of a set of each of several lists. @throws QUERY_TOO_COMPLEX */
export function combined(lists: readonly (readonly GroupingSet[])[]): readonly GroupingSet[] {
  checkCount(lists.reduce((product, list) => product * list.length, 1))
  return lists.reduce<readonly GroupingSet[]>(
    (sets, list) => sets.flatMap((set) => list.map((more) => [...set, ...more])),
    [[]],
  )
}

/** @throws QUERY_TOO_COMPLEX */
export function checkCount(count: number): void {
  if (count > MAX_GROUPING_SETS)
    throw new MillraceError('QUERY_TOO_COMPLEX', { what: 'grouping sets', limit: MAX_GROUPING_SETS })
}
