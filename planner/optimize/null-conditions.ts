import type { Expression, ExprId } from '../plan/expression/expression.js'
import type { ScalarFunction } from '../plan/expression/functions.js'

/** Functions that are NULL when one of their operands is. */
const NULL_OF_NULL: ReadonlySet<ScalarFunction> = new Set([
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'not',
  'like',
  'starts_with',
  'ends_with',
  'contains',
  'add',
  'subtract',
  'multiply',
  'divide',
  'int_divide',
  'remainder',
  'negate',
  'abs',
])

/** Whether a condition is not true where all of some columns are NULL. */
export function dropsNulls(condition: Expression, columns: ReadonlySet<ExprId>): boolean {
  if (condition.kind === 'call') {
    if (condition.fn === 'and') return condition.args.some((arg) => dropsNulls(arg, columns))
    if (condition.fn === 'or') return condition.args.every((arg) => dropsNulls(arg, columns))
    if (condition.fn === 'is_not_null') return isNullOfNull(condition.args[0]!, columns)
  }
  return isNullOfNull(condition, columns)
}

/** Whether an expression is NULL where all of some columns are. */
export function isNullOfNull(e: Expression, columns: ReadonlySet<ExprId>): boolean {
  switch (e.kind) {
    case 'attribute':
      return columns.has(e.id)
    case 'cast':
    case 'getField':
      return isNullOfNull(e.child, columns)
    // Nothing is in an empty list, NULL neither.
    case 'in':
      return e.list.length > 0 && isNullOfNull(e.child, columns)
    case 'call':
      return NULL_OF_NULL.has(e.fn) && e.args.some((arg) => isNullOfNull(arg, columns))
    case 'literal':
    case 'bound':
    case 'case':
    case 'lambda':
    case 'variable':
      return false
  }
}
