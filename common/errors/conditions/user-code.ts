import { user } from '../condition.js'

/** Conditions of functions of the user's program. */
export const USER_CODE_CONDITIONS = {
  FAILED_EXECUTE_UDF: user(
    '39000',
    'The user defined function {functionName}: ({signature}) => {result} failed due to: {reason}.',
  ),
  INVALID_UDF_RESULT: user(
    '39000',
    'The user defined function {functionName}: ({signature}) => {result} gave {value}, which is no value of its type.',
  ),
  RESULT_COLUMN_NAMES_MISMATCH: user(
    '39000',
    'The columns of what the user defined function {functionName} gave are not those of its schema.{missing}{extra}',
  ),
  RESULT_COLUMN_TYPES_MISMATCH: user(
    '39000',
    'The types of what the user defined function {functionName} gave are not those of its schema: {mismatch}.',
  ),
  RESULT_ROWS_MISMATCH: user(
    '39000',
    'The user defined function {functionName} gets {expected} rows at once and gave {actual}.',
  ),
  INVALID_UDF_RESULT_VALUE: user(
    '39000',
    'The user defined function {functionName} gave {value} in the column {column}, row {row}: {reason}.',
  ),
  UNSUPPORTED_UDF_STATE: user(
    '0A000',
    'The states of a user defined aggregate go to other threads, where a {className} would have lost its class. Keep its parts in plain objects, arrays, maps or sets.',
  ),
  UDF_FREE_VARIABLES: user(
    '42K0E',
    'The function {functionName} runs in other threads and processes and cannot see {names}. Declare what it needs, as in udf(fn, type, { values: { {example} } }), or export it from a module of its own and say which: udf(fn, type, { module: import.meta.url }).',
  ),
  UNSUPPORTED_UDF_SOURCE: user(
    '42K0E',
    'The function {functionName} cannot be used as a user defined function: {reason}.',
  ),
  CANNOT_LOAD_USER_FUNCTION: user('46103', 'The function {functionName} cannot be loaded from {place}: {reason}.'),
  'UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF': user(
    '0A000',
    'The feature is not supported: the user defined function {funcName} together with a lambda.',
  ),
} as const
