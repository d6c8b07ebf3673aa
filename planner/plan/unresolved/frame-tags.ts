import type { UnresolvedRelation } from './relation.js'

/** Stands for a DataFrame in the names of its columns: `orders.col('id')` is another one than `customers.col('id')`. */
export type FrameTag = number

const tags = new WeakMap<UnresolvedRelation, FrameTag>()
let last = 0

/** The tag of a relation, which gets one when its columns are first asked for by it. */
export function tagOf(relation: UnresolvedRelation): FrameTag {
  const known = tags.get(relation) ?? ++last
  tags.set(relation, known)
  return known
}

export const knownTag = (relation: UnresolvedRelation): FrameTag | undefined => tags.get(relation)

/** A relation that stands for another one, whose columns are called by it. */
export function inPlaceOf<R extends UnresolvedRelation>(before: UnresolvedRelation, relation: R): R {
  const tag = tags.get(before)
  if (tag !== undefined) tags.set(relation, tag)
  return relation
}
