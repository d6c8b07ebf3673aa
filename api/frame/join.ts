import { BOOLEAN } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { JoinType, UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { checkedNearest } from '../../planner/sql/nearest.js'
import { Column, checkedColumn } from '../column/column.js'
import type { AnyRow, Settled } from '../column/row.js'
import { named } from './named.js'

/** Spark's names of join types, in its order, by which side's columns may be NULL, and which are left. */
const LEFT_NAMES = { leftouter: 'left', left: 'left', left_outer: 'left' } as const
const RIGHT_NAMES = { rightouter: 'right', right: 'right', right_outer: 'right' } as const
const FULL_NAMES = { outer: 'full', full: 'full', fullouter: 'full', full_outer: 'full' } as const
const ONE_SIDE_NAMES = {
  leftsemi: 'left_semi',
  left_semi: 'left_semi',
  semi: 'left_semi',
  leftanti: 'left_anti',
  left_anti: 'left_anti',
  anti: 'left_anti',
} as const
const JOIN_TYPES = {
  inner: 'inner',
  ...FULL_NAMES,
  ...LEFT_NAMES,
  ...RIGHT_NAMES,
  ...ONE_SIDE_NAMES,
  cross: 'cross',
} as const

export type JoinName = keyof typeof JOIN_TYPES

type LeftValue<V, T> = T extends keyof typeof RIGHT_NAMES | keyof typeof FULL_NAMES ? V | null : V
type RightValue<V, T> = T extends keyof typeof LEFT_NAMES | keyof typeof FULL_NAMES ? V | null : V

/**
 * The rows of a join: those of both sides, where `U` are the names they are joined by, which come once and are never NULL for want of a
 * match. Of another name `a` that both have, `a` is the left one and `a_1` the right one, as in the rows of `collect`.
 */
export type Joined<R, S, T extends JoinName, U = never> = T extends keyof typeof ONE_SIDE_NAMES
  ? R
  : string extends keyof R | keyof S
    ? AnyRow
    : Settled<{
        [K in keyof R | keyof S | keyof Twice<R, S, U>]: K extends keyof R
          ? K extends U
            ? R[K]
            : LeftValue<R[K], T>
          : K extends keyof S
            ? RightValue<S[K], T>
            : K extends keyof Twice<R, S, U>
              ? RightValue<Twice<R, S, U>[K], T>
              : never
      }>

/** The right side's columns whose names the left side has too; where `a_1` is taken, what the other gets is not told. */
type Twice<R, S, U> = {
  [K in Exclude<keyof R & keyof S & string, U> as `${K}_1` extends keyof R | keyof S ? never : `${K}_1`]: S[K]
}

/** The joins whose right side may use columns of the left one. */
const LATERAL_TYPES = { inner: 'inner', ...LEFT_NAMES, cross: 'cross' } as const

export type LateralJoinName = keyof typeof LATERAL_TYPES

/** A condition, several that must all hold, or names that both sides have. */
export type JoinedBy = Column | string | readonly (Column | string)[] | undefined

export interface JoinSide {
  readonly plan: UnresolvedRelation
  readonly isBroadcast: boolean
}

/** The plan of what a program without types gave for a DataFrame. @throws INVALID_API_USE */
export function planOf(side: JoinSide): UnresolvedRelation {
  if (side?.plan !== undefined) return side.plan
  throw new MillraceError('INVALID_API_USE', { reason: `${String(side)} is no DataFrame` })
}

/** @throws UNSUPPORTED_JOIN_TYPE, INVALID_API_USE */
export function joinOf(left: JoinSide, right: JoinSide, on: JoinedBy, name: string): UnresolvedRelation {
  const type = typeOf(name, JOIN_TYPES)
  const hint = right.isBroadcast ? 'broadcast-right' : left.isBroadcast ? 'broadcast-left' : undefined
  const hinted = hint ? ({ hint } as const) : {}
  const sides = { kind: 'join', left: left.plan, right: planOf(right), ...hinted } as const
  const given = on === undefined ? [] : Array.isArray(on) ? on : [on]
  const conditions = given.filter((one) => one instanceof Column)
  const using = given.filter((one) => typeof one === 'string')
  if (conditions.length + using.length < given.length || (conditions.length > 0 && using.length > 0))
    throw new MillraceError('INVALID_API_USE', { reason: 'a join is by columns, or by names' })
  if (conditions.length > 0) return { ...sides, type, condition: allOf(conditions) }
  if (using.length > 0) return { ...sides, type, using }
  if (type === 'inner' || type === 'cross') return { ...sides, type: 'cross' }
  return { ...sides, type, condition: ALWAYS }
}

/** @throws UNSUPPORTED_JOIN_TYPE */
export function lateralJoinOf(
  left: JoinSide,
  right: JoinSide,
  on: Column | undefined,
  name: string,
): UnresolvedRelation {
  const type = typeOf(name, LATERAL_TYPES)
  const condition = (on && checkedColumn(on).expression) ?? (type === 'left' ? ALWAYS : undefined)
  const conditions = condition ? { condition } : {}
  return { kind: 'join', left: left.plan, right: planOf(right), type, lateral: true, ...conditions }
}

/** How right rows are ranked for each left one, and how many of them it is joined with. */
export interface NearestBy {
  readonly ranking: Column
  readonly count: number
  readonly mode: string
  readonly direction: string
}

/** Both compare all rows, as there is no index to ask. */
const MODES = { approx: 'approx', exact: 'exact' } as const
const DIRECTIONS = { distance: 'least', similarity: 'greatest' } as const

const NEAREST_TYPES = { inner: 'inner', ...LEFT_NAMES } as const

export type NearestMode = keyof typeof MODES
export type NearestDirection = keyof typeof DIRECTIONS

/** @throws NEAREST_BY_JOIN.* */
export function nearestOf(left: JoinSide, right: JoinSide, by: NearestBy, name: string): UnresolvedRelation {
  const type = named(name, NEAREST_TYPES, () => {
    const parameters = { joinType: name, supported: "'INNER', 'LEFT OUTER'" }
    return new MillraceError('NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE', parameters)
  })
  named(
    by.mode,
    MODES,
    (supported) => new MillraceError('NEAREST_BY_JOIN.UNSUPPORTED_MODE', { mode: by.mode, supported }),
  )
  const first = named(
    by.direction,
    DIRECTIONS,
    (supported) => new MillraceError('NEAREST_BY_JOIN.UNSUPPORTED_DIRECTION', { direction: by.direction, supported }),
  )
  const nearest = checkedNearest(type, { count: by.count, ranking: by.ranking.expression, first })
  return { kind: 'join', left: left.plan, right: planOf(right), type, nearest }
}

const ALWAYS: UnresolvedExpression = Object.freeze({ kind: 'literal', type: BOOLEAN, value: true })

const allOf = (conditions: readonly Column[]): UnresolvedExpression =>
  conditions
    .map(({ expression }) => expression)
    .reduce((all, next) => ({ kind: 'function', name: 'and', args: [all, next] }))

const typeOf = (name: string, types: Readonly<Record<string, JoinType>>): JoinType =>
  named(name, types, (supported) => new MillraceError('UNSUPPORTED_JOIN_TYPE', { typ: name, supported }))
