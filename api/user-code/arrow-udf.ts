import type { Vector } from 'apache-arrow'
import type { DataType } from '../../columnar/types.js'
import { tellingCallerAt } from '../call-site.js'
import type { ValueOfType } from '../column/ddl-row.js'
import type { AnyFunction } from './any-function.js'
import { type UdfOptions, type UserDefinedFunction, userDefined } from './udf.js'

/** What a function of vectors gives: a vector of just the type that is declared, or an array of values. */
export type VectorResult<V> = Vector | ArrayLike<V | null | undefined>

/** What a function gets of its arguments: a vector of each. */
type VectorsOf<A extends readonly unknown[]> = { readonly [K in keyof A]: Vector }

/**
 * A function of the program over whole batches: it is called with a vector of the `apache-arrow` package for each argument, and gives as many values. Where its code comes
 * from is told at `udf`.
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
 */
export function arrowUdf<A extends readonly Vector[], const T extends string>(
  fn: (...vectors: A) => VectorResult<ValueOfType<T> | number>,
  returnType: T,
  options?: UdfOptions,
): UserDefinedFunction<VectorsOf<A>, ValueOfType<T>>
export function arrowUdf<A extends readonly Vector[]>(
  fn: (...vectors: A) => VectorResult<unknown>,
  returnType: DataType,
  options?: UdfOptions,
): UserDefinedFunction<VectorsOf<A>>
export function arrowUdf(
  fn: AnyFunction,
  returnType: string | DataType,
  options: UdfOptions = {},
): UserDefinedFunction {
  try {
    return userDefined(fn, returnType, options, arrowUdf, 'vectors')
  } catch (error) {
    throw tellingCallerAt(arrowUdf, error)
  }
}
