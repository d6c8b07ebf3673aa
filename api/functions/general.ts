import type { Decimal } from '../../columnar/decimal.js'
import { Column, checkedColumn, functionOf, nameOrColumn, toColumn } from '../column/column.js'
import type { ColumnOrLiteral, ReferencesOfOperand } from '../column/column-base.js'
import type { Condition, ReferencesOf } from '../column/column-types.js'
import type { AnyRow, NumberValue, Value } from '../column/row.js'
import type { DataFrame } from '../frame/data-frame.js'
import { type ColumnOrName, ofColumns, ofOne, ofTwo, sameOfOne, type ValueOfArgument } from './makers.js'

type Nullable<T> = T | null

/** An aggregate of the values that are different. */
function ofDistinct<V, C extends string>(name: string, ...columns: readonly ColumnOrName[]): Column<V, string, C> {
  const args = columns.map((c) => nameOrColumn(c).expression)
  return new Column({ kind: 'function', name, args, distinct: true })
}

function call<V, C extends string>(name: string, ...args: readonly ColumnOrName[]): Column<V, string, C> {
  return functionOf(name, ...args.map(nameOrColumn))
}

export const sum = ofOne<NumberValue>('sum')
export const avg = ofOne<Nullable<number | Decimal>>('avg')
export const mean = avg
export const min = sameOfOne('min')
export const max = sameOfOne('max')
export const countIf = ofOne<bigint>('count_if')

/** Rows where the column is not NULL; `count('*')` and `count()` count all. */
export function count<const A extends ColumnOrName = '*'>(column?: A): Column<bigint, string, ReferencesOf<A>> {
  return call('count', column ?? '*')
}

/** 1 where the grouping set of a row leaves a key out, else 0. */
export function grouping<const A extends ColumnOrName>(column: A): Column<number, string, ReferencesOf<A>> {
  return call('grouping', column)
}

/** The number of the grouping set of a row: a bit for each key, 1 where it is left out, the last key's the lowest. */
export function groupingId<const A extends readonly ColumnOrName[]>(
  ...columns: A
): Column<bigint, string, ReferencesOf<A[number]>> {
  return call('grouping_id', ...columns)
}

/** Different values, NULL not counted. */
export function countDistinct<const A extends readonly [ColumnOrName, ...ColumnOrName[]]>(
  ...columns: A
): Column<bigint, string, ReferencesOf<A[number]>> {
  return ofDistinct('count', ...columns)
}

/** The sum of the different values. */
export function sumDistinct<const A extends ColumnOrName>(column: A): Column<NumberValue, string, ReferencesOf<A>> {
  return ofDistinct('sum', column)
}

export const abs = sameOfOne('abs')
export const not = <C extends string>(column: Column<unknown, string, C>): Condition<C> => column.not()
export const isnull = ofOne<boolean>('isnull')
export const isnotnull = ofOne<boolean>('isnotnull')

/** The first of the values that is not NULL. */
export function coalesce<const A extends readonly [ColumnOrName, ...ColumnOrName[]]>(
  ...columns: A
): Column<ValueOfArgument<A[number]>, string, ReferencesOf<A[number]>> {
  return call('coalesce', ...columns)
}

/** The first value, or the second where that is NULL. */
export function nvl<const A extends ColumnOrName, const B extends ColumnOrName>(
  a: A,
  b: B,
): Column<ValueOfArgument<A | B>, string, ReferencesOf<A | B>> {
  return call('nvl', a, b)
}
export const ifnull = nvl

/** The second value where the first is not NULL, else the third. */
export function nvl2<const A extends ColumnOrName, const B extends ColumnOrName, const D extends ColumnOrName>(
  test: A,
  value: B,
  otherwise: D,
): Column<ValueOfArgument<B | D>, string, ReferencesOf<A | B | D>> {
  return call('nvl2', test, value, otherwise)
}

const extreme =
  (name: string) =>
  <const A extends readonly [ColumnOrName, ColumnOrName, ...ColumnOrName[]]>(
    ...columns: A
  ): Column<ValueOfArgument<A[number]> | null, string, ReferencesOf<A[number]>> =>
    call(name, ...columns)

/** The greatest of several values, NULLs apart. */
export const greatest = extreme('greatest')
export const least = extreme('least')

/** Whether two values are equal, NULL and NULL too. */
export const equalNull = ofTwo<boolean>('equal_null')

const typeOf = ofOne<string>('typeof')

export { typeOf as typeof }

/** NULL if both are equal, the first otherwise. */
export function nullif<const A extends ColumnOrName, const B extends ColumnOrName>(
  a: A,
  b: B,
): Column<Nullable<ValueOfArgument<A>>, string, ReferencesOf<A | B>> {
  return call('nullif', a, b)
}

/** The first branch of a CASE; `when` and `otherwise` of the column add to it. */
export function when<C extends string, O extends ColumnOrLiteral>(
  condition: Column<unknown, string, C>,
  value: O,
): Column<Value, string, C | ReferencesOfOperand<O>> {
  return new Column({
    kind: 'case',
    branches: [{ when: checkedColumn(condition).expression, value: toColumn(value).expression }],
  })
}

export const length = ofOne<Nullable<number>>('length')
export const upper = ofOne<Nullable<string>>('upper')
export const lower = ofOne<Nullable<string>>('lower')
export const trim = ofOne<Nullable<string>>('trim')
export const ltrim = ofOne<Nullable<string>>('ltrim')
export const btrim = ofOne<Nullable<string>>('btrim')
export const rtrim = ofOne<Nullable<string>>('rtrim')

export function concat<const A extends readonly ColumnOrName[]>(
  ...columns: A
): Column<Nullable<string>, string, ReferencesOf<A[number]>> {
  return call('concat', ...columns)
}

/** A struct of columns, under their names or aliases; `'*'` is all of them. */
export function struct<const A extends readonly ColumnOrName[]>(
  ...columns: A
): Column<AnyRow, string, ReferencesOf<A[number]>> {
  return call('struct', ...columns)
}

/** A struct of names and values in turn: `F.namedStruct(F.lit('a'), 'x')`. */
export const namedStruct = ofColumns<AnyRow>('named_struct')

/** Any function by its SQL name, those of the program too. @throws UNRESOLVED_ROUTINE when the query is analyzed */
export function callFunction<const A extends readonly ColumnOrName[]>(
  name: string,
  ...columns: A
): Column<Value, string, ReferencesOf<A[number]>> {
  return call(name.toLowerCase(), ...columns)
}

/** Spark's other name of `callFunction`. */
export const callUdf = callFunction

type Order = 'asc' | 'ascNullsFirst' | 'ascNullsLast' | 'desc' | 'descNullsFirst' | 'descNullsLast'
const ordered =
  (order: Order) =>
  <const A extends ColumnOrName>(column: A): Column<ValueOfArgument<A>, string, ReferencesOf<A>> =>
    new Column(nameOrColumn(column)[order]().expression)

/** For orderBy: as the methods of a column. */
export const asc = ordered('asc')
export const ascNullsFirst = ordered('ascNullsFirst')
export const ascNullsLast = ordered('ascNullsLast')
export const desc = ordered('desc')
export const descNullsFirst = ordered('descNullsFirst')
export const descNullsLast = ordered('descNullsLast')

/** Marks a DataFrame to be sent to every task by joins, whatever its size. */
export function broadcast<R extends object>(rows: DataFrame<R>): DataFrame<R> {
  return rows.hint('broadcast')
}
