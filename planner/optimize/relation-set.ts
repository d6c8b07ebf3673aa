/** A set of relations, each a bit by its number: words of 32 bits, all sets of a search as many. */
export type RelationSet = readonly number[]

const BITS = 32

/** The set of one relation among so many. */
export function setOf(relation: number, relations: number): RelationSet {
  return Array.from({ length: Math.ceil(relations / BITS) }, (_, i) =>
    i === relation >>> 5 ? 1 << (relation & (BITS - 1)) : 0,
  )
}

export const union = (a: RelationSet, b: RelationSet): RelationSet => a.map((word, i) => word | b[i]!)

export const intersects = (a: RelationSet, b: RelationSet): boolean => a.some((word, i) => (word & b[i]!) !== 0)

export const isWithin = (a: RelationSet, b: RelationSet): boolean => a.every((word, i) => (word & ~b[i]!) === 0)

export const hasAny = (set: RelationSet): boolean => set.some((word) => word !== 0)

/** Whether the set has at most one relation. */
export function isSingle(set: RelationSet): boolean {
  const used = set.filter((word) => word !== 0)
  return used.length === 0 || (used.length === 1 && (used[0]! & (used[0]! - 1)) === 0)
}
