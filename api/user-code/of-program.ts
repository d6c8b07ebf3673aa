import type { DataType } from '../../columnar/types.js'
import { isBuiltIn } from '../../planner/analyze/functions/registry.js'
import type {
  AggregateUserFunction,
  ProgramFunction,
  ScalarUserFunction,
} from '../../planner/plan/unresolved/sql-function.js'
import { parseDataType } from '../../planner/sql/types.js'
import { Column, nameOrColumn } from '../column/column.js'
import type { ColumnOrName } from '../functions/makers.js'
import type { UserDefinedFunction } from './udf.js'

export const typeOf = (type: string | DataType): DataType => (typeof type === 'string' ? parseDataType(type) : type)

const written = new WeakMap<object, ProgramFunction>()

/** What a function of the API that calls one of the program is in a query. */
export const writtenOf = (fn: object): ProgramFunction | undefined => written.get(fn)

export function remember<T extends object>(fn: T, of: ProgramFunction): T {
  written.set(fn, of)
  return fn
}

/** A function may have the name of one of the engine, from which it is to be told. */
const sqlName = (name: string): string => (isBuiltIn(name.toLowerCase()) ? `session.${name}` : name)

/** A function of the program, or an aggregate, that is called with columns. @param func what the user gave */
export function ofProgram(of: ScalarUserFunction | AggregateUserFunction, func: unknown): UserDefinedFunction {
  const { function: user, returns, name } = of
  const call = (...columns: readonly ColumnOrName[]): Column =>
    new Column({
      kind: 'function',
      name: sqlName(name.join('.')),
      args: columns.map((column) => nameOrColumn(column).expression),
      written: of,
    })
  const changed = (change: object): UserDefinedFunction => ofProgram(Object.freeze({ ...of, ...change }), func)
  const made = Object.assign(call, {
    func,
    returnType: returns,
    deterministic: user.isDeterministic,
    asNondeterministic: () =>
      changed({ function: Object.freeze({ ...user, isDeterministic: false, id: `${user.id}!` }) }),
    withName: (other: string) => changed({ name: [other] }),
  })
  return remember(made, of) as unknown as UserDefinedFunction
}
