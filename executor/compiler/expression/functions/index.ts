import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../../../planner/plan/expression/functions.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'
import { compileArithmetic, compileSign } from './arithmetic.js'
import { compileCoalesce } from './coalesce.js'
import { compileComparison, compileNullSafeEquality } from './comparison.js'
import { compileConnective, compileNot, compileNullTest } from './logic.js'
import { compileNamedStruct } from './nested.js'
import { compileUnsupported } from './unsupported.js'

/** Emits a call's operands and the function itself. */
export type FunctionCompiler = (call: Call, scope: Scope) => Value

/** How each function is compiled. Total: a new function breaks the build until it is here. */
export const FUNCTION_COMPILERS: Readonly<Record<ScalarFunction, FunctionCompiler>> = {
  and: compileConnective,
  or: compileConnective,
  not: compileNot,
  eq: compileComparison,
  ne: compileComparison,
  lt: compileComparison,
  le: compileComparison,
  gt: compileComparison,
  ge: compileComparison,
  eq_null_safe: compileNullSafeEquality,
  is_null: compileNullTest,
  is_not_null: compileNullTest,
  add: compileArithmetic,
  subtract: compileArithmetic,
  multiply: compileArithmetic,
  divide: compileArithmetic,
  int_divide: compileArithmetic,
  remainder: compileArithmetic,
  negate: compileSign,
  abs: compileSign,
  coalesce: compileCoalesce,
  year: compileUnsupported,
  month: compileUnsupported,
  day: compileUnsupported,
  hour: compileUnsupported,
  minute: compileUnsupported,
  second: compileUnsupported,
  date_add_days: compileUnsupported,
  date_add_months: compileUnsupported,
  date_diff: compileUnsupported,
  timestamp_add: compileUnsupported,
  timestamp_add_months: compileUnsupported,
  timestamp_seconds: compileUnsupported,
  timestamp_millis: compileUnsupported,
  timestamp_micros: compileUnsupported,
  unix_millis: compileUnsupported,
  window_start: compileUnsupported,
  length: compileUnsupported,
  substring: compileUnsupported,
  concat: compileUnsupported,
  like: compileUnsupported,
  starts_with: compileUnsupported,
  ends_with: compileUnsupported,
  contains: compileUnsupported,
  upper: compileUnsupported,
  lower: compileUnsupported,
  trim: compileUnsupported,
  ltrim: compileUnsupported,
  rtrim: compileUnsupported,
  named_struct: compileNamedStruct,
  from_json: compileUnsupported,
  to_json: compileUnsupported,
}
