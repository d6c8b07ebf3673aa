import { user } from '../condition.js'

/** Conditions of parsing and analysis. */
export const QUERY_CONDITIONS = {
  PARSE_SYNTAX_ERROR: user('42601', 'Syntax error at or near {error}{hint}.'),
  TABLE_OR_VIEW_NOT_FOUND: user('42P01', 'The table or view {relationName} cannot be found.{suggestion}'),
  RECURSIVE_VIEW: user('42K0H', 'Recursive view {viewIdent} detected.'),
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': user(
    '42703',
    'A column, variable, or function parameter with name {objectName} cannot be resolved. Did you mean one of the following? [{proposal}].',
  ),
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': user(
    '42703',
    'A column, variable, or function parameter with name {objectName} cannot be resolved.',
  ),
  AMBIGUOUS_REFERENCE: user('42704', 'Reference {name} is ambiguous, could be: {referenceNames}.'),
  UNRESOLVED_ROUTINE: user('42883', 'Cannot resolve routine {routineName}.{suggestion}'),
  'WRONG_NUM_ARGS.WITHOUT_SUGGESTION': user(
    '42605',
    'The {functionName} requires {expectedNum} parameters but the actual number is {actualNum}.',
  ),
  'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: the left and right operands of the binary operator have incompatible types ({left} and {right}).',
  ),
  'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: the binary operator requires the input type {inputType}, not {actualDataType}.',
  ),
  'DATATYPE_MISMATCH.DATA_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: input to {functionName} should all be the same type, but it is [{dataType}].',
  ),
  'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: the {paramIndex} parameter requires the {requiredType} type, however {inputSql} has the type {inputType}.',
  ),
  'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: cannot cast {srcType} to {targetType}.',
  ),
  'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: the condition of {clause} has the type {actualDataType}, not "BOOLEAN".',
  ),
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': user(
    '42K09',
    'Cannot resolve "{sqlExpr}" due to data type mismatch: the input {inputName} should be a literal of type {inputType}.',
  ),
  MISSING_AGGREGATION: user(
    '42803',
    'The non-aggregating expression {expression} is based on columns which are not participating in the GROUP BY clause.',
  ),
  AGGREGATE_NOT_ALLOWED: user('42903', 'The aggregate function {expression} is not allowed in {clause}.'),
  GROUP_BY_POS_OUT_OF_RANGE: user(
    '42805',
    'GROUP BY position {index} is not in select list (valid range is [1, {size}]).',
  ),
  ORDER_BY_POS_OUT_OF_RANGE: user(
    '42805',
    'ORDER BY position {index} is not in select list (valid range is [1, {size}]).',
  ),
  CANNOT_RESOLVE_STAR_EXPAND: user('42704', 'Cannot resolve {targetString}.* given input columns {columns}.'),
  FIELD_NOT_FOUND: user('42704', 'No such struct field {fieldName} in {fields}.'),
  INVALID_EXTRACT_BASE_FIELD_TYPE: user(
    '42000',
    "Can't extract a value from {base}. Need a complex type [STRUCT] but got {other}.",
  ),
  EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE: user(
    '42K09',
    'The event time {eventName} has the invalid type {eventType}, but expected "TIMESTAMP".',
  ),
  COLUMN_ALIASES_NUMBER_MISMATCH: user(
    '42K05',
    'The number of column aliases of {name} is {actual}, but it has {expected} columns.',
  ),
  INVALID_INTERVAL_FORMAT: user('22006', 'Error parsing {input} to interval. Write it like 10 seconds.'),
  INVALID_TYPED_LITERAL: user('42604', 'The value of the typed literal {valueType} is invalid: {value}.'),
  UNSUPPORTED_DATATYPE: user('0A000', 'Unsupported data type {typeName}.'),
  INVALID_SQL_SYNTAX: user('42000', 'Invalid SQL syntax: {reason}.'),
  UNSUPPORTED_FEATURE: user('0A000', 'The feature is not supported: {feature}.'),
} as const
