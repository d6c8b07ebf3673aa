import type { DataType } from '../../columnar/types.js'
import type { AggregatorPart } from '../../planner/plan/expression/user-function.js'
import { tellingCallerAt } from '../call-site.js'
import type { ValueOfType } from '../column/ddl-row.js'
import type { AnyFunction } from './any-function.js'
import { ofProgram, typeOf } from './of-program.js'
import { shippedAggregator } from './shipped.js'
import type { UdfOptions, UdfResult, UserDefinedFunction } from './udf.js'

/**
 * An aggregate: the state of no rows, a state with a row added to it, a state of the rows of two, and the result of a state. A state may be changed and given back. It goes
 * to other threads and processes as `structuredClone` copies it.
 */
export interface Aggregator<A extends readonly unknown[], S, V> {
  zero(): S
  reduce(state: S, ...values: A): S
  merge(state: S, other: S): S
  finish(state: S): V
}

/**
 * An aggregate of the program, which stands where aggregates do. Where its code comes from is told at `udf`; with `module` its `name` is that of the export.
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
 */
export function udaf<A extends readonly unknown[], S, const T extends string>(
  aggregator: Aggregator<A, S, UdfResult<T>>,
  returnType: T,
  options?: UdfOptions,
): UserDefinedFunction<A, ValueOfType<T>>
export function udaf<A extends readonly unknown[], S>(
  aggregator: Aggregator<A, S, unknown>,
  returnType: DataType,
  options?: UdfOptions,
): UserDefinedFunction<A>
export function udaf(
  aggregator: AnyAggregator,
  returnType: string | DataType,
  options: UdfOptions = {},
): UserDefinedFunction {
  try {
    return userAggregate(aggregator, returnType, options, udaf)
  } catch (error) {
    throw tellingCallerAt(udaf, error)
  }
}

/** An aggregate of any rows. */
export type AnyAggregator = Readonly<Record<AggregatorPart, AnyFunction>>

export const isAggregator = (value: unknown): value is AnyAggregator =>
  typeof value === 'object' && value !== null && 'reduce' in value

/** @param entry the method of the API that the user called */
export function userAggregate(
  aggregator: AnyAggregator,
  returnType: string | DataType,
  options: UdfOptions,
  entry: AnyFunction,
): UserDefinedFunction {
  const { deterministic = true } = options
  const user = shippedAggregator(aggregator, options, deterministic, entry)
  return ofProgram(
    { kind: 'userAggregate', name: [user.name], function: user, returns: typeOf(returnType) },
    aggregator,
  )
}
