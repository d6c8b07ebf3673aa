import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { tellingCallerNow } from '../call-site.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { Session } from '../session/session.js'
import { writtenOf } from './of-program.js'
import type { UdfOptions } from './udf.js'
import { renamedTable, type TableRows, tableFunction, type UserDefinedTableFunction } from './udtf.js'

/** Gives table functions of the program names in SQL. */
export class UDTFRegistration {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /**
   * Gives a table function a name, under which it stands in FROM, in the place of a temporary function that has it.
   * @returns the function for DataFrames. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
   */
  register<A extends readonly unknown[], R extends object>(
    name: string,
    fn: UserDefinedTableFunction<A, R>,
  ): UserDefinedTableFunction<A, R>
  register<A extends readonly unknown[], const T extends string>(
    name: string,
    fn: (...args: A) => TableRows<T>,
    schema: T | Schema,
    options?: UdfOptions,
  ): UserDefinedTableFunction<A, DdlRow<T>>
  register(
    name: string,
    fn: UserDefinedTableFunction | ((...args: never) => unknown),
    schema?: string | Schema,
    options: UdfOptions = {},
  ): UserDefinedTableFunction {
    return tellingCallerNow(this.register, () => {
      const made = this.#made(name, fn, schema, options)
      const written = writtenOf(made)!
      this.#session.engine.catalog.functions.register(name, written)
      return made
    })
  }

  #made(
    name: string,
    fn: UserDefinedTableFunction | ((...args: never) => unknown),
    schema: string | Schema | undefined,
    options: UdfOptions,
  ): UserDefinedTableFunction {
    const written = writtenOf(fn)
    if (written?.kind === 'userTable') return renamedTable(written, name, fn as UserDefinedTableFunction, this.#session)
    if (written)
      throw new MillraceError('INVALID_API_USE', { reason: 'a function of columns is registered with session.udf' })
    if (schema === undefined)
      throw new MillraceError('INVALID_API_USE', {
        reason: 'register() of a plain function needs the schema of its rows',
      })
    const given = fn as (...args: readonly unknown[]) => unknown
    return tableFunction(given, schema, { name, ...options }, this.register, () => this.#session)
  }
}
