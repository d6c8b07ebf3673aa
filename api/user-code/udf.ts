import type { Decimal } from '../../columnar/decimal.js'
import type { CalendarDate } from '../../columnar/times/calendar-date.js'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import type { DataType } from '../../columnar/types.js'
import type { UserFunction } from '../../planner/plan/expression/user-function.js'
import { tellingCallerAt } from '../call-site.js'
import type { Column } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { ValueOfType } from '../column/ddl-row.js'
import type { Value } from '../column/row.js'
import type { ColumnOrName } from '../functions/makers.js'
import type { AnyFunction } from './any-function.js'
import { ofProgram, typeOf } from './of-program.js'
import { type CodeOptions, shipped } from './shipped.js'

/** What a function may give for a value of a type. */
export type Given<V> = V extends bigint
  ? bigint | number
  : V extends Decimal
    ? Decimal | number | bigint | string
    : V extends Timestamp | CalendarDate
      ? V | Date
      : V
/** What a function of a type, written as in DDL, returns; of types that are not read while compiling anything. */
export type UdfResult<T extends string> = string extends T
  ? unknown
  : Value extends ValueOfType<T>
    ? unknown
    : Given<ValueOfType<T>> | null | undefined
/** A column, or the name of one, for each parameter. */
export type ColumnsFor<A extends readonly unknown[]> = { readonly [K in keyof A]: ColumnOrName }

export interface UdfOptions extends CodeOptions {
  /** Whether it gives the same for the same arguments; it does unless told. */
  readonly deterministic?: boolean
}

/** A function of the program as one of columns: it is called with columns, or their names, and gives a column. */
export interface UserDefinedFunction<A extends readonly unknown[] = readonly unknown[], V = Value> {
  <const C extends ColumnsFor<A>>(...columns: C): Column<V | null, string, ReferencesOf<C[number]>>
  readonly func: AnyFunction
  readonly returnType: DataType
  readonly deterministic: boolean
  /** The same function, said to give something else each time: filters do not come before it. */
  asNondeterministic(): UserDefinedFunction<A, V>
  /** The same function under another name in plans, columns and messages. */
  withName(name: string): UserDefinedFunction<A, V>
}

/**
 * A function of the program as one of columns. It runs in the threads and processes of executors, so its code must be found there: by its own text, with the
 * `values` that it names, or by the `module` that exports it. NULL comes as null, and values as `collect()` has them.
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
 */
export function udf<A extends readonly unknown[], const T extends string>(
  fn: (...args: A) => UdfResult<T>,
  returnType: T,
  options?: UdfOptions,
): UserDefinedFunction<A, ValueOfType<T>>
export function udf<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  returnType: DataType,
  options?: UdfOptions,
): UserDefinedFunction<A>
export function udf(fn: AnyFunction, returnType: string | DataType, options: UdfOptions = {}): UserDefinedFunction {
  try {
    return userDefined(fn, returnType, options, udf)
  } catch (error) {
    throw tellingCallerAt(udf, error)
  }
}

/** @param entry the method of the API that the user called */
export function userDefined(
  fn: AnyFunction,
  returnType: string | DataType,
  options: UdfOptions,
  entry: AnyFunction,
  form?: UserFunction['form'],
): UserDefinedFunction {
  const { deterministic = true } = options
  const user = shipped(fn, options, deterministic, entry, form)
  return ofProgram({ kind: 'user', name: [user.name], function: user, returns: typeOf(returnType) }, fn)
}
