import { BOOLEAN, type DataType } from '../../columnar/types.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../planner/plan/expression/functions.js'
import type { LiteralValue } from '../../planner/plan/expression/literal.js'

/** Short constructors of bound expressions for tests. */
export const column = (ordinal: number, type: DataType, nullable = true): Expression => ({
  kind: 'bound',
  ordinal,
  name: `c${ordinal}`,
  type,
  nullable,
})

export const literal = (type: DataType, value: LiteralValue): Expression => ({
  kind: 'literal',
  type,
  value,
  nullable: value === null,
})

export const call = (fn: ScalarFunction, type: DataType, ...args: readonly Expression[]): Expression => ({
  kind: 'call',
  fn,
  args,
  type,
  nullable: args.some((arg) => arg.nullable),
})

export const compare = (fn: ScalarFunction, a: Expression, b: Expression): Expression => call(fn, BOOLEAN, a, b)

export const cast = (child: Expression, type: DataType, mode: 'ansi' | 'try' = 'ansi'): Expression => ({
  kind: 'cast',
  child,
  mode,
  type,
  nullable: child.nullable || mode === 'try',
})
