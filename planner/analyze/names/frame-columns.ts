import type { Attribute, ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { type FrameTag, knownTag } from '../../plan/unresolved/frame-tags.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { sameName } from './names.js'

/* Which columns the DataFrames have of which a query is made, so that `left.col('id')` and `right.col('id')` of a join are told apart, as by Spark Connect. */

/** A place in the query where a DataFrame stands. */
interface Place {
  readonly tag: FrameTag
  readonly names: readonly string[]
  readonly depth: number
  /** Of all of its columns, and in their order those that are shown. */
  ids: ReadonlySet<ExprId>
  shown: readonly ExprId[]
}

/** Those of the analysis that runs, of which there is one at a time; in the order in which they were analyzed. */
let places: Place[] = []

/** Analyzes a query, whose DataFrames are none of another one. */
export function withFrames<T>(analysis: () => T): T {
  const before = places
  places = []
  try {
    return analysis()
  } finally {
    places = before
  }
}

/** Keeps which columns a relation has, if names are of it. @param depth how far it stands from the top of the query */
export function noteFrame(relation: UnresolvedRelation, columns: () => readonly Attribute[], depth: number): void {
  const tag = knownTag(relation)
  if (tag === undefined) return
  const all = columns()
  const shown = all.filter(({ isHidden }) => !isHidden).map(({ id }) => id)
  places.push({ tag, names: all.map(({ name }) => name), depth, ids: new Set(all.map(({ id }) => id)), shown })
}

export const framesSoFar = (): number => places.length

/** A relation over another one whose columns it has, in their order, under other ids: those of the DataFrames analyzed since then are found by these. */
export function followed(since: number, before: LogicalPlan, after: LogicalPlan): LogicalPlan {
  const later = places.slice(since)
  if (later.length === 0) return after
  const [columns, output] = [outputOf(before), outputOf(after)]
  const ids = new Map(columns.map(({ id }, i) => [id, output[i]!.id]))
  const newId = (id: ExprId): ExprId => ids.get(id) ?? id
  for (const place of later) {
    place.ids = new Set([...place.ids].map(newId))
    place.shown = place.shown.map(newId)
  }
  return after
}

/** Which of some columns are of a DataFrame. Where it stands in several places, those of the nearest count. */
export function columnsOfFrame(tag: FrameTag, columns: readonly Attribute[]): readonly Attribute[] {
  const nearest = nearestPlaces(tag, columns)
  return nearest.flatMap((place) => columns.filter(({ id }) => place.ids.has(id)))
}

/** All columns that a DataFrame shows, in its order, among some; undefined where not all of them are there. */
export function wholeFrame(tag: FrameTag, columns: readonly Attribute[]): readonly Attribute[] | undefined {
  const [nearest, other] = nearestPlaces(tag, columns)
  if (nearest === undefined || other !== undefined) return undefined
  const all = nearest.shown.flatMap((id) => columns.find((column) => column.id === id) ?? [])
  return all.length === nearest.shown.length ? all : undefined
}

/** Where a DataFrame stands with some of the columns: the nearest place, or several that are as near as each other. */
function nearestPlaces(tag: FrameTag, columns: readonly Attribute[]): readonly Place[] {
  const own = places.filter((place) => place.tag === tag && columns.some(({ id }) => place.ids.has(id)))
  const depth = own.reduce((least, place) => Math.min(least, place.depth), Number.POSITIVE_INFINITY)
  return own.filter((place) => place.depth === depth)
}

/** Whether a DataFrame has a column of the name, or is no part of the query at all: then the name is right and used in a wrong place. */
export function isOfElsewhere(tag: FrameTag, name: string): boolean {
  const own = places.filter((place) => place.tag === tag)
  return own.length === 0 || own.some(({ names }) => names.some((one) => sameName(one, name)))
}
