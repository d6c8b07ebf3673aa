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
  STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE: user(
    '42802',
    'Failed to perform stateful processor operation={operationType}: state and timers belong to a group, and can be used while rows or a timer of one are handled.',
  ),
  STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE: user(
    '42802',
    'Failed to perform stateful processor operation={operationType} with invalid timeMode={timeMode}',
  ),
  STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED: user(
    '42802',
    'State variable with name {stateVarName} has already been defined in the StatefulProcessor.',
  ),
  STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL: user(
    '42802',
    'Cannot use TTL for state={stateName} in timeMode={timeMode}, use processingTime instead.',
  ),
  STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE: user(
    '42802',
    'TTL duration must be greater than zero for State store operation={operationType} on state={stateName}.',
  ),
  STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE: user(
    '42802',
    "Unknown time mode {timeMode}. Accepted timeMode modes are 'none', 'processingTime', 'eventTime'",
  ),
  _LEGACY_ERROR_TEMP_2203: user(
    undefined,
    "A group can be given a duration after which it times out with timeoutConf 'processingTime' only.",
  ),
  _LEGACY_ERROR_TEMP_2204: user(
    undefined,
    'The watermark was asked for, and there is none: withWatermark() declares one below flatMapGroupsWithState and mapGroupsWithState.',
  ),
  _LEGACY_ERROR_TEMP_2205: user(
    undefined,
    "A group can be given a time at which it times out with timeoutConf 'eventTime' only.",
  ),
  'UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_PYTHON_UDF': user(
    '0A000',
    'The feature is not supported: the user defined function {funcName} together with a lambda.',
  ),
} as const
