import type { Schema } from '../../columnar/types.js'
import { struct } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableUserFunction } from '../../planner/plan/unresolved/sql-function.js'
import { parseSchema } from '../../planner/sql/types.js'
import { tellingCallerAt } from '../call-site.js'
import { nameOrColumn } from '../column/column.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow } from '../column/row.js'
import { DataFrame } from '../frame/data-frame.js'
import type { GivenRow } from '../frame/relation-functions.js'
import { activeSession } from '../session/active-session.js'
import type { Session } from '../session/session.js'
import type { AnyFunction } from './any-function.js'
import { remember } from './of-program.js'
import { shipped } from './shipped.js'
import type { ColumnsFor, UdfOptions } from './udf.js'

/** A table function of the program: called with columns, or their names, it gives a relation; columns of the query around are `col('a').outer()`. */
export interface UserDefinedTableFunction<
  A extends readonly unknown[] = readonly unknown[],
  R extends object = AnyRow,
> {
  (...columns: ColumnsFor<A>): DataFrame<R>
  readonly func: AnyFunction
  readonly returnType: Schema
  readonly deterministic: boolean
}

/** The rows that a function gives of the values of one. */
export type TableRows<T extends string> = Iterable<GivenRow<DdlRow<T>>>

/**
 * A function of the program that gives rows, as an array or by `function*`; the schema is written as in DDL. Where its code comes from is told at `udf`. Its relations
 * are of the session that the process runs.
 * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR
 */
export function udtf<A extends readonly unknown[], const T extends string>(
  fn: (...args: A) => TableRows<T>,
  schema: T | Schema,
  options: UdfOptions = {},
): UserDefinedTableFunction<A, DdlRow<T>> {
  try {
    return tableFunction(fn, schema, options, udtf, anySession)
  } catch (error) {
    throw tellingCallerAt(udtf, error)
  }
}

function anySession(): Session {
  const session = activeSession()
  if (!session) throw new MillraceError('NO_ACTIVE_OR_DEFAULT_SESSION')
  return session
}

/** @param entry the method of the API that the user called */
export function tableFunction<A extends readonly unknown[], R extends object>(
  fn: (...args: A) => unknown,
  schema: string | Schema,
  options: UdfOptions,
  entry: AnyFunction,
  sessionOf: () => Session,
): UserDefinedTableFunction<A, R> {
  const { deterministic = true } = options
  const { fields } = typeof schema === 'string' ? parseSchema(schema) : schema
  const user = shipped(fn as AnyFunction, options, deterministic, entry, 'rows')
  const { name, ...rest } = user
  return calledAsTable(
    { kind: 'userTable', name: [name], function: { name, ...rest }, returns: struct(fields) },
    fn as AnyFunction,
    sessionOf,
  )
}

/** The function under another name, and with relations of a session. */
export const renamedTable = <A extends readonly unknown[], R extends object>(
  written: TableUserFunction,
  name: string,
  { func }: UserDefinedTableFunction<A, R>,
  session: Session,
): UserDefinedTableFunction<A, R> => calledAsTable({ ...written, name: [name] }, func, () => session)

function calledAsTable<A extends readonly unknown[], R extends object>(
  written: TableUserFunction,
  func: AnyFunction,
  sessionOf: () => Session,
): UserDefinedTableFunction<A, R> {
  const call = (...columns: ColumnsFor<A>): DataFrame<R> => {
    const args = columns.map((column) => nameOrColumn(column).expression)
    return new DataFrame<R>(sessionOf(), { kind: 'tableFunction', name: written.name, args, written })
  }
  const { function: user, returns } = written
  return remember(Object.assign(call, { func, returnType: returns, deterministic: user.isDeterministic }), written)
}
