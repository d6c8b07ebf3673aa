import type { Column } from '../column/column.js'
import type { AllChecked, Checked } from '../column/column-types.js'
import type { AnyRow, ColumnsOf } from '../column/row.js'
import type { DataFrame } from './data-frame.js'
import {
  type Joined,
  type JoinedBy,
  type JoinName,
  type JoinSide,
  joinOf,
  type LateralJoinName,
  lateralJoinOf,
} from './join.js'
import { RelationStatistics } from './relation-statistics.js'

/** What joins a relation with another one. */
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

  crossJoin<S extends object>(other: DataFrame<S>): DataFrame<Joined<R, S, 'cross'>> {
    return this.frameOf(joinOf(this, other, undefined, 'cross'))
  }
}
