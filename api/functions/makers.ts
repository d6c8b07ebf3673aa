import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ByName, ReferencesOf } from '../column/column-types.js'

/* What makes callers of functions of SQL. */

/** Where Spark takes a column or its name. */
export type ColumnOrName = Column | string
/** The value of an argument: that of the column named. */
export type ValueOfArgument<A> = A extends Column<infer V> ? V : A extends string ? ByName<A> : never

/** A function without arguments. */
export const ofNothing =
  <V>(name: string) =>
  (): Column<V, string, never> =>
    functionOf(name)

/** A function of one column. */
export const ofOne =
  <V>(name: string) =>
  <const A extends ColumnOrName>(column: A): Column<V, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column))

/** A function of one column that gives what that holds, or NULL. */
export const sameOfOne =
  (name: string) =>
  <const A extends ColumnOrName>(column: A): Column<ValueOfArgument<A> | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column))

/** A function of two columns. */
export const ofTwo =
  <V>(name: string) =>
  <const A extends ColumnOrName, const B extends ColumnOrName>(a: A, b: B): Column<V, string, ReferencesOf<A | B>> =>
    functionOf(name, nameOrColumn(a), nameOrColumn(b))

/** A function of any number of columns. */
export const ofColumns =
  <V>(name: string) =>
  <const A extends readonly ColumnOrName[]>(...columns: A): Column<V, string, ReferencesOf<A[number]>> =>
    functionOf(name, ...columns.map(nameOrColumn))
