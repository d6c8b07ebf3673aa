import type { DataType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { tellingCallerNow } from '../call-site.js'
import type { SessionFunctions } from '../catalog/session-functions.js'
import type { ValueOfType } from '../column/ddl-row.js'
import type { AnyFunction } from './any-function.js'
import { writtenOf } from './of-program.js'
import { type Aggregator, type AnyAggregator, isAggregator, userAggregate } from './udaf.js'
import { type UdfOptions, type UdfResult, type UserDefinedFunction, userDefined } from './udf.js'

/** Gives functions of the program names in SQL. */
export class UDFRegistration {
  readonly #functions: SessionFunctions

  constructor(functions: SessionFunctions) {
    this.#functions = functions
  }

  /**
   * Gives a function a name, under which SQL and `callFunction` call it as they do a temporary function, in the place of one that has it.
   * @returns the function for DataFrames. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
   */
  register<A extends readonly unknown[], V>(name: string, fn: UserDefinedFunction<A, V>): UserDefinedFunction<A, V>
  register<A extends readonly unknown[], const T extends string>(
    name: string,
    fn: (...args: A) => UdfResult<T>,
    returnType: T,
    options?: UdfOptions,
  ): UserDefinedFunction<A, ValueOfType<T>>
  register<A extends readonly unknown[]>(
    name: string,
    fn: (...args: A) => unknown,
    returnType: DataType,
    options?: UdfOptions,
  ): UserDefinedFunction<A>
  register<A extends readonly unknown[], S, const T extends string>(
    name: string,
    aggregator: Aggregator<A, S, UdfResult<T>>,
    returnType: T,
    options?: UdfOptions,
  ): UserDefinedFunction<A, ValueOfType<T>>
  register<A extends readonly unknown[], S>(
    name: string,
    aggregator: Aggregator<A, S, unknown>,
    returnType: DataType,
    options?: UdfOptions,
  ): UserDefinedFunction<A>
  register(
    name: string,
    fn: AnyFunction | AnyAggregator,
    returnType?: string | DataType,
    options: UdfOptions = {},
  ): UserDefinedFunction {
    return tellingCallerNow(this.register, () => {
      const made = this.#made(name, fn, returnType, options)
      this.#functions.register(name, { ...writtenOf(made)!, name: [name] })
      return made
    })
  }

  #made(
    name: string,
    fn: AnyFunction | AnyAggregator,
    returnType: string | DataType | undefined,
    options: UdfOptions,
  ): UserDefinedFunction {
    const written = writtenOf(fn)
    if (written?.kind === 'userTable')
      throw new MillraceError('INVALID_API_USE', { reason: 'a table function is registered with session.udtf' })
    if (written) return (fn as unknown as UserDefinedFunction).withName(name)
    if (returnType !== undefined) {
      const named = { name, ...options }
      return isAggregator(fn)
        ? userAggregate(fn, returnType, named, this.register)
        : userDefined(fn, returnType, named, this.register)
    }
    throw new MillraceError('INVALID_API_USE', {
      reason: 'register() of a plain function needs the type of its results',
    })
  }
}
