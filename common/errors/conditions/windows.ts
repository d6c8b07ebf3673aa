import { user } from '../condition.js'

/** Conditions of functions over windows. */
export const WINDOW_CONDITIONS = {
  WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE: user('42601', 'Window function {funcName} requires an OVER clause.'),
  WINDOW_FUNCTION_FRAME_NOT_ORDERED: user(
    '42601',
    'Window function {wf_name} requires the window to be ordered: add ORDER BY to the OVER clause of {wf_expr}.',
  ),
  WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE: user(
    '42601',
    'Window functions are not allowed in {clauseName}. Compute them in a subquery and use their columns.',
  ),
  UNSUPPORTED_EXPR_FOR_WINDOW: user('42P20', 'The expression {sqlExpr} is not supported within a window function.'),
  DISTINCT_WINDOW_FUNCTION_UNSUPPORTED: user('0A000', 'Distinct window functions are not supported: {windowExpr}.'),
  MISSING_WINDOW_SPECIFICATION: user(
    '42P20',
    'Window specification is not defined in the WINDOW clause for {windowName}.',
  ),
  QUALIFY_REQUIRES_WINDOW_FUNCTION: user(
    '42903',
    'QUALIFY requires a window function in the select list or in its condition. Use WHERE or HAVING for other conditions.',
  ),
  _LEGACY_ERROR_TEMP_1031: user(
    undefined,
    'It is not allowed to use a window function inside an aggregate function. Please use the inner window function in a sub-query.',
  ),
  _LEGACY_ERROR_TEMP_1035: user(undefined, 'Cannot specify window frame for {prettyName} function.'),
  _LEGACY_ERROR_TEMP_1036: user(undefined, 'Window frame {wf} must match the required frame {required}.'),
  _LEGACY_ERROR_TEMP_1104: user(undefined, 'The second argument should be a double literal.'),
  _LEGACY_ERROR_TEMP_1210: user(undefined, 'The second argument in {funcName} should be a boolean literal.'),
  'INVALID_PARAMETER_VALUE.BOOLEAN': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects a boolean literal, but got {invalidValue}.',
  ),
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW': user(
    '0A000',
    'The feature is not supported: Referencing a lateral column alias {lca} in window expression {windowExpr}.',
  ),
  'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {exprName} must be between {valueRange} (current value = {currentValue}).',
  ),
  'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {leftExprName} ({leftExprValue}) must be {constraint} the {rightExprName} ({rightExprValue}).',
  ),
  CANNOT_PARSE_INTERVAL: user('22006', 'Cannot read {intervalString} as an interval. Write it like 10 seconds.'),
  _LEGACY_ERROR_TEMP_1039: user(
    undefined,
    'Different windows of time in one query would give the product of their rows, which is not supported.',
  ),
  _LEGACY_ERROR_TEMP_1040: user(undefined, 'The gap of a session window must be an interval, but is of type {dt}.'),
  _LEGACY_ERROR_TEMP_3068: user(
    undefined,
    'Sessions of a stream must be grouped by another key beside their window: without one, all of them would be in one partition.',
  ),
  _LEGACY_ERROR_TEMP_1207: user(
    undefined,
    'The durations and the start of a window of time must be constants: texts, intervals or whole numbers.',
  ),
  _LEGACY_ERROR_TEMP_3101: user(undefined, 'This is not of a window of time: {windowTime}.'),
  _LEGACY_ERROR_TEMP_3231: user(undefined, 'A window of time must not be counted in months: {interval}.'),
  'DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: a range window frame cannot be used in an unordered window specification.',
  ),
  'DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: a range window frame with value boundaries cannot be used in a window specification with multiple order by expressions: {orderSpec}.',
  ),
  'DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the data type {orderSpecType} used in the order specification does not support the data type {valueBoundaryType} which is used in the range frame.',
  ),
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: window frame bounds {lower} and {upper} do not have the same type: {lowerType} <> {upperType}.',
  ),
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: window frame upper bound {upper} does not follow the lower bound {lower}.',
  ),
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the data type of the {location} bound {exprType} does not match the expected data type {expectedType}.',
  ),
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: window frame {location} bound {expression} is not a literal.',
  ),
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the lower bound of a window frame must be {comparison} to the upper bound.',
  ),
}
