import type { Call } from '../../../../planner/plan/expression/expression.js'
import type { ScalarFunction } from '../../../../planner/plan/expression/functions.js'
import { compileAttempt } from '../attempt.js'
import type { Scope } from '../scope.js'
import type { Value } from '../value.js'
import { compileArithmetic, compileSign } from './arithmetic.js'
import { NESTED_COMPILERS } from './arrays/index.js'
import { compileBitCount, compileBits, compileBitsNot, compileShift } from './bits.js'
import { compileCellKind, compileCellPart, compileUnpacked } from './cells.js'
import { compileCoalesce } from './coalesce.js'
import { compileCollated } from './collated.js'
import { compileComparison, compileNullSafeEquality } from './comparison.js'
import {
  compileCalendarField,
  compileClockField,
  compileDayArithmetic,
  compileMonthArithmetic,
  compileRetyped,
  compileTruncatedTime,
  compileUnixMillis,
  compileWindowStart,
} from './dates.js'
import { compileExtreme } from './extremes.js'
import { compileFromCsv, compileFromJson } from './from-text.js'
import { compileIntervalScaling } from './interval-scaling.js'
import { compileLike } from './like.js'
import { compileComputedLike } from './like-computed.js'
import { compileConnective, compileNot, compileNullTest } from './logic.js'
import { compileNamedStruct } from './nested.js'
import { compileRounding } from './rounding.js'
import { compileRoutine } from './routine.js'
import { compileSingleValue } from './single-value.js'
import {
  compileChangeCase,
  compileConcat,
  compileLength,
  compileOccurrence,
  compileSubstring,
  compileTrim,
} from './strings.js'
import {
  compileDateAddInterval,
  compileDateSubtract,
  compileTimestampAdd,
  compileTimestampFrom,
  compileUnitsBetween,
} from './timestamp-arithmetic.js'
import { compileToCsv } from './to-csv.js'
import { compileToJson } from './to-json.js'

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
  round: compileRounding,
  bround: compileRounding,
  ceil: compileRounding,
  floor: compileRounding,
  bits_and: compileBits,
  bits_or: compileBits,
  bits_xor: compileBits,
  bits_not: compileBitsNot,
  bit_count: compileBitCount,
  shift_left: compileShift,
  shift_right: compileShift,
  shift_right_unsigned: compileShift,
  coalesce: compileCoalesce,
  greatest: compileExtreme,
  least: compileExtreme,
  routine: compileRoutine,
  collate: compileCollated,
  as_collated: compileCollated,
  cell_kind: compileCellKind,
  cell_group: compileCellPart,
  cell_member: compileCellPart,
  unpacked: compileUnpacked,
  attempt: compileAttempt,
  ...NESTED_COMPILERS,
  single_value: compileSingleValue,
  year: compileCalendarField,
  month: compileCalendarField,
  day: compileCalendarField,
  hour: compileClockField,
  minute: compileClockField,
  second: compileClockField,
  date_add_days: compileDayArithmetic,
  date_add_interval: compileDateAddInterval,
  date_add_months: compileMonthArithmetic,
  date_subtract: compileDateSubtract,
  date_diff: compileDayArithmetic,
  timestamp_add: compileTimestampAdd,
  timestamp_add_months: compileMonthArithmetic,
  timestamp_subtract: compileTimestampAdd,
  units_between: compileUnitsBetween,
  months_between: compileUnitsBetween,
  interval_multiply: compileIntervalScaling,
  interval_divide: compileIntervalScaling,
  timestamp_seconds: compileTimestampFrom,
  timestamp_millis: compileTimestampFrom,
  timestamp_micros: compileTimestampFrom,
  unix_millis: compileUnixMillis,
  unix_micros: compileRetyped,
  time_nanos: compileRetyped,
  time_of_nanos: compileRetyped,
  truncate_time: compileTruncatedTime,
  window_start: compileWindowStart,
  length: compileLength,
  substring: compileSubstring,
  concat: compileConcat,
  like: compileLike,
  like_computed: compileComputedLike,
  starts_with: compileOccurrence,
  ends_with: compileOccurrence,
  contains: compileOccurrence,
  upper: compileChangeCase,
  lower: compileChangeCase,
  trim: compileTrim,
  ltrim: compileTrim,
  rtrim: compileTrim,
  named_struct: compileNamedStruct,
  from_json: compileFromJson,
  to_json: compileToJson,
  from_csv: compileFromCsv,
  to_csv: compileToCsv,
}
