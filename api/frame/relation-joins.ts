import type { SetOperation, UnionByName } from '../../planner/plan/unresolved/relation.js'
import { tellingCallerNow } from '../call-site.js'
import type { Column } from '../column/column.js'
import type { AllChecked, Checked } from '../column/column-types.js'
import type { AnyRow, ColumnsOf, Settled } from '../column/row.js'
import type { DataFrame } from './data-frame.js'
import {
  type Joined,
  type JoinedBy,
  type JoinName,
  type JoinSide,
  joinOf,
  type LateralJoinName,
  lateralJoinOf,
  type NearestDirection,
  type NearestMode,
  nearestOf,
  planOf,
} from './join.js'
import { RelationStatistics } from './relation-statistics.js'

/** Rows of either side, NULL where a side has not the column. */
type EitherRow<R, S> = string extends keyof R | keyof S
  ? AnyRow
  : Settled<{
      [K in keyof R | keyof S]: (K extends keyof R ? R[K] : null) | (K extends keyof S ? S[K] : null)
    }>

type SameNames<R, S> = string extends keyof R | keyof S
  ? unknown
  : [Exclude<keyof R, keyof S> | Exclude<keyof S, keyof R>] extends [never]
    ? unknown
    : { readonly error: `only one side has ${(Exclude<keyof R, keyof S> | Exclude<keyof S, keyof R>) & string}` }

/** What joins a relation with another one, and what makes one set of rows of both. */
export abstract class RelationJoins<R extends object = AnyRow> extends RelationStatistics<R> {
  /** Whether joins are to send it to every task. */
  abstract get isBroadcast(): boolean

  /**
   * The rows of both that fit. Without a condition all fit; with names, rows fit whose columns of these names are equal.
   * @throws UNSUPPORTED_JOIN_TYPE
   */
  join<S extends object, const T extends JoinName = 'inner'>(other: DataFrame<S>): DataFrame<Joined<R, S, T>>
  join<S extends object, const A extends Column, const T extends JoinName = 'inner'>(
    other: DataFrame<S>,
    on: Checked<R & S, A>,
    type?: T,
  ): DataFrame<Joined<R, S, T>>
  join<S extends object, const A extends readonly [Column, ...Column[]], const T extends JoinName = 'inner'>(
    other: DataFrame<S>,
    on: A & AllChecked<R & S, A>,
    type?: T,
  ): DataFrame<Joined<R, S, T>>
  join<S extends object, const U extends ColumnsOf<R> & ColumnsOf<S>, const T extends JoinName = 'inner'>(
    other: DataFrame<S>,
    on: U | readonly U[] | undefined,
    type?: T,
  ): DataFrame<Joined<R, S, T, U>>
  join(other: JoinSide, on?: object | string, type = 'inner'): object {
    return this.frameOf(joinOf(this, other, on as JoinedBy, type))
  }

  /**
   * Each row with the rows of the other relation, which may use columns of it as `col('a').outer()`.
   * @throws UNSUPPORTED_JOIN_TYPE
   */
  lateralJoin<S extends object, const A extends Column, const T extends LateralJoinName = 'inner'>(
    other: DataFrame<S>,
    on?: Checked<R & S, A>,
    type?: T,
  ): DataFrame<Joined<R, S, T>>
  lateralJoin(other: JoinSide, on?: Column, type = 'inner'): object {
    return this.frameOf(lateralJoinOf(this, other, on, type))
  }

  /**
   * Each row with the rows of the other relation that rank first for it, at most so many. Rows whose ranking is NULL are none of them.
   * @param ranking over columns of both. @throws NEAREST_BY_JOIN.*
   */
  nearestByJoin<S extends object, const A extends Column, const T extends 'inner' | LateralJoinName = 'inner'>(
    other: DataFrame<S>,
    ranking: Checked<R & S, A>,
    count: number,
    mode: NearestMode,
    direction: NearestDirection,
    type?: T,
  ): DataFrame<Joined<R, S, T>>
  nearestByJoin(
    other: JoinSide,
    ranking: Column,
    count: number,
    mode: NearestMode,
    direction: NearestDirection,
    type = 'inner',
  ): object {
    const by = { ranking, count, mode, direction }
    return tellingCallerNow(this.nearestByJoin, () => this.frameOf(nearestOf(this, other, by, type)))
  }

  crossJoin<S extends object>(other: DataFrame<S>): DataFrame<Joined<R, S, 'cross'>> {
    return this.frameOf(joinOf(this, other, undefined, 'cross'))
  }

  /** All rows of both, column by column in their order, under the names of this one. */
  union(other: JoinSide): DataFrame<R> {
    return this.#combined('union', true, other)
  }

  unionAll(other: JoinSide): DataFrame<R> {
    return this.union(other)
  }

  /** All rows of both, columns of the same name together; a column that one has not is an error unless missing ones are allowed: then it is NULL. */
  unionByName<S extends object>(other: DataFrame<S>, allowMissingColumns: true): DataFrame<EitherRow<R, S>>
  unionByName<S extends object>(other: DataFrame<S> & SameNames<R, S>, allowMissingColumns?: false): DataFrame<R>
  unionByName(other: JoinSide, allowMissingColumns = false): object {
    return this.#combined('union', true, other, allowMissingColumns ? 'missing columns are NULL' : 'same columns')
  }

  /** The rows that both have, each once. */
  intersect(other: JoinSide): DataFrame<R> {
    return this.#combined('intersect', false, other)
  }

  intersectAll(other: JoinSide): DataFrame<R> {
    return this.#combined('intersect', true, other)
  }

  /** The rows that the other has not, each once. */
  subtract(other: JoinSide): DataFrame<R> {
    return this.#combined('except', false, other)
  }

  exceptAll(other: JoinSide): DataFrame<R> {
    return this.#combined('except', true, other)
  }

  #combined(operation: SetOperation, all: boolean, other: JoinSide, byName?: UnionByName): DataFrame<R> {
    const inputs = [this.plan, tellingCallerNow(this.union, () => planOf(other))]
    return this.frameOf<R>({ kind: 'setOperation', operation, all, inputs, ...(byName ? { byName } : {}) })
  }
}
