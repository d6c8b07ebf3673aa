import { BOOLEAN } from '../columnar/types.js'
import { MillraceError } from '../common/errors/millrace-error.js'
import type { JoinType, UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import { Column } from './column.js'
import type { AnyRow, Flat } from './row.js'

/** Spark's names of join types, by which side's columns may be NULL, and which are left. */
const INNER_NAMES = { inner: 'inner', cross: 'cross' } as const
const LEFT_NAMES = { left: 'left', leftouter: 'left', left_outer: 'left' } as const
const RIGHT_NAMES = { right: 'right', rightouter: 'right', right_outer: 'right' } as const
const FULL_NAMES = { full: 'full', fullouter: 'full', full_outer: 'full', outer: 'full' } as const
const ONE_SIDE_NAMES = {
  semi: 'left_semi',
  leftsemi: 'left_semi',
  left_semi: 'left_semi',
  anti: 'left_anti',
  leftanti: 'left_anti',
  left_anti: 'left_anti',
} as const
const JOIN_TYPES = { ...INNER_NAMES, ...LEFT_NAMES, ...RIGHT_NAMES, ...FULL_NAMES, ...ONE_SIDE_NAMES }

export type JoinName = keyof typeof JOIN_TYPES

type OrNull<R> = { [K in keyof R]: R[K] | null }
type LeftSide<R, T> = T extends keyof typeof RIGHT_NAMES | keyof typeof FULL_NAMES ? OrNull<R> : R
type RightSide<S, T> = T extends keyof typeof LEFT_NAMES | keyof typeof FULL_NAMES ? OrNull<S> : S

/**
 * The rows of a join: those of both sides, where `U` are the names they are joined by, which come once and are never NULL for want of a
 * match. Of another name `a` that both have, `a` is the left one and `a_1` the right one, as in the rows of `collect`.
 */
export type Joined<R, S, T extends JoinName, U = never> = T extends keyof typeof ONE_SIDE_NAMES
  ? R
  : string extends keyof R | keyof S
    ? AnyRow
    : Flat<
        { [K in Extract<keyof R, U>]: R[K] } & Omit<LeftSide<R, T>, Extract<keyof R, U>> &
          Omit<RightSide<S, T>, keyof R> &
          Twice<R, RightSide<S, T>, U>
      >

/** The right side's columns whose names the left side has too; where `a_1` is taken, what the other gets is not told. */
type Twice<R, S, U> = {
  [K in Exclude<keyof R & keyof S & string, U> as `${K}_1` extends keyof R | keyof S ? never : `${K}_1`]: S[K]
}

/** A condition, or names that both sides have. */
export type JoinedBy = Column | string | readonly string[] | undefined

export interface JoinSide {
  readonly plan: UnresolvedRelation
  readonly isBroadcast: boolean
}

/** @throws INVALID_API_USE for an unknown type */
export function joinOf(left: JoinSide, right: JoinSide, on: JoinedBy, name: string): UnresolvedRelation {
  const key = name.toLowerCase()
  if (!Object.hasOwn(JOIN_TYPES, key)) {
    throw new MillraceError('INVALID_API_USE', { reason: `there is no join type ${name}` })
  }
  const type: JoinType = JOIN_TYPES[key as JoinName]
  const hint = right.isBroadcast ? 'broadcast-right' : left.isBroadcast ? 'broadcast-left' : undefined
  const hinted = hint ? ({ hint } as const) : {}
  const sides = { kind: 'join', left: left.plan, right: right.plan, ...hinted } as const
  if (on instanceof Column) return { ...sides, type, condition: on.expression }
  if (on !== undefined) return { ...sides, type, using: typeof on === 'string' ? [on] : on }
  if (type === 'inner' || type === 'cross') return { ...sides, type: 'cross' }
  return { ...sides, type, condition: { kind: 'literal', type: BOOLEAN, value: true } }
}
