import { user } from '../condition.js'

/** Conditions raised by a value at run time (ANSI mode). */
export const EXPRESSION_CONDITIONS = {
  ARITHMETIC_OVERFLOW: user('22003', '{message}.{alternative}'),
  BINARY_ARITHMETIC_OVERFLOW: user(
    '22003',
    '{value1} {symbol} {value2} caused overflow. Use {functionName} to ignore overflow problem and return NULL.',
  ),
  SCALAR_SUBQUERY_TOO_MANY_ROWS: user('21000', 'More than one row returned by a subquery used as an expression.'),
  USER_RAISED_EXCEPTION: user('P0001', '{errorMessage}'),
  DIVIDE_BY_ZERO: user(
    '22012',
    'Division by zero. Use try_divide to tolerate divisor being 0 and return NULL instead.',
  ),
  'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects an integer value in [0, {upper}), but got {invalidValue}.',
  ),
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION': user('22023', '{rangeMessage}.'),
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION': user('22023', '{rangeMessage}. With {ansiConfig} false it is NULL.'),
  INVALID_FRACTION_OF_SECOND: user(
    '22023',
    'Valid range for seconds is [0, 60] (inclusive), but the provided value is {secAndMicros}.',
  ),
  'INVALID_OPTIONS.NON_MAP_FUNCTION': user('42K06', 'Invalid options: Must use the `map()` function for options.'),
  'INVALID_OPTIONS.NON_STRING_TYPE': user(
    '42K06',
    'Invalid options: A type of keys and values in `map()` must be string, but got {mapType}.',
  ),
  'INVALID_SCHEMA.NON_STRING_LITERAL': user(
    '42K07',
    'The input schema {inputSchema} is not a valid schema string. The input expression must be string literal and not null.',
  ),
  'INVALID_SCHEMA.NON_STRUCT_TYPE': user(
    '42K07',
    'The input schema {inputSchema} is not a valid schema string. The input expression should be evaluated to struct type, but got {dataType}.',
  ),
  INVALID_CORRUPT_RECORD_TYPE: user(
    '42804',
    'The column {columnName} for corrupt records must have the nullable STRING type, but got {actualType}.',
  ),
  PARSE_MODE_UNSUPPORTED: user(
    '42601',
    "The function {funcName} doesn't support the {mode} mode. Acceptable modes are PERMISSIVE and FAILFAST.",
  ),
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION': user(
    '22023',
    "Malformed records are detected in record parsing: {badRecord}. Parse Mode: {failFastMode}. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.",
  ),
  AVRO_CANNOT_WRITE_NULL_FIELD: user(
    '22004',
    'Cannot write null value for field {name} defined as non-null Avro data type {dataType}. To allow null value for this field, specify its avro schema as a union type with "null" using `avroSchema` option.',
  ),
  MALFORMED_VARIANT: user('22023', 'Variant binary is malformed. Please check the data source is valid.'),
  UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT: user('22023', 'Unknown primitive type with id {id} was found in a variant value.'),
  INVALID_VARIANT_CAST: user(
    '22023',
    'The variant value `{value}` cannot be cast into {dataType}. Please use `try_variant_get` instead.',
  ),
  INVALID_VARIANT_GET_PATH: user(
    '22023',
    'The path `{path}` is not a valid variant extraction path in {functionName}. A valid path begins with `$` and goes on with segments like `[123]`, `.name`, `[\'name\']` or `["name"]`.',
  ),
  VARIANT_DUPLICATE_KEY: user('22023', 'Failed to build variant because of a duplicate object key `{key}`.'),
  VARIANT_SIZE_LIMIT: user('22023', 'Cannot build variant bigger than {sizeLimit} in {functionName}.'),
  COLUMN_IS_NOT_VARIANT_TYPE: user(
    '42K09',
    'The semi-structured extraction operator (`:`) can only be applied to a column of the VARIANT type.',
  ),
  INVALID_SINGLE_VARIANT_COLUMN: user(
    '42613',
    'User specified schema {schema} is invalid when the `singleVariantColumn` option is enabled. The schema must either be a variant field, or a variant field plus a corrupt column field.',
  ),
  'DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the given keys of function {functionName} should all be the same type, but they are {dataType}.',
  ),
  'DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the given values of function {functionName} should all be the same type, but they are {dataType}.',
  ),
  'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: {msg}{hint}.',
  ),
  APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT: user(
    '22023',
    'The max items tracked `maxItemsTracked`({maxItemsTracked}) of `approx_top_k` should be less than or equal to {limit}.',
  ),
  APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K: user(
    '22023',
    'The max items tracked `maxItemsTracked`({maxItemsTracked}) of `approx_top_k` should be greater than or equal to `k`({k}).',
  ),
  APPROX_TOP_K_NON_POSITIVE_ARG: user(
    '22023',
    'The value of {argName} in `approx_top_k` must be a positive integer, but got {argValue}.',
  ),
  APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH: user(
    '42846',
    'Combining approx_top_k sketches of different sizes is not allowed. Found sketches of size {size1} and {size2}.',
  ),
  APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH: user(
    '42846',
    'Combining approx_top_k sketches of different types is not allowed. Found sketches of type {type1} and {type2}.',
  ),
  APPROX_TOP_K_NULL_ARG: user('22004', 'The value of {argName} in `approx_top_k` cannot be NULL.'),
  'DATATYPE_MISMATCH.HASH_MAP_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: {functionName} cannot be given a MAP, also not within other values: equal maps may have different hashes.',
  ),
  'DATATYPE_MISMATCH.HASH_VARIANT_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Input to the function {functionName} cannot contain elements of the "VARIANT" type yet.',
  ),
  'UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT': user(
    '0A000',
    'The feature is not supported: Cannot use VARIANT producing expressions to partition a DataFrame, but the type of expression {expr} is {dataType}.',
  ),
  'UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE': user(
    '0A000',
    'The feature is not supported: Cannot have VARIANT type columns in a set operation (INTERSECT, EXCEPT, etc.), but the type of column {colName} is {dataType}.',
  ),
  NEGATIVE_SCALE_DISALLOWED: user(
    '0A000',
    'Negative scale is not allowed: {scale}. Set the config {sqlConf} to "true" to allow it.',
  ),
  'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Input schema {schema} must be a struct, an array, a map or a variant.',
  ),
  'DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Input schema {schema} can only contain STRING as a key type for a MAP.',
  ),
  INVALID_TIMEZONE: user(
    '22009',
    'The timezone: {timeZone} is invalid. The timezone must be either a region-based zone ID or a zone offset.',
  ),
  'INVALID_PARAMETER_VALUE.TIME_UNIT': user(
    '22023',
    'The parameter {parameter} of {functionName} is HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND, not {invalidValue}.',
  ),
  EXCEED_LIMIT_LENGTH: user('54006', 'The text is longer than its column of char or varchar, {limit} characters.'),
  CANNOT_PARSE_TIME: user('22010', 'The text {input} is no time of the pattern {format}.'),
  CANNOT_PARSE_TIMESTAMP: user(
    '22007',
    '{message}. Use {func} to tolerate invalid input string and return NULL instead.',
  ),
  'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER': user(
    '22007',
    'Unrecognized datetime pattern: {pattern}. Illegal pattern character found in datetime pattern: {c}.',
  ),
  'INVALID_DATETIME_PATTERN.LENGTH': user(
    '22007',
    'Unrecognized datetime pattern: {pattern}. Too many letters in datetime pattern: {pattern}.',
  ),
  'INVALID_DATETIME_PATTERN.WITH_SUGGESTION': user(
    '22007',
    'Unrecognized datetime pattern: {pattern}. Valid patterns are told in {docroot}/sql-ref-datetime-pattern.html.',
  ),
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION': user(
    '42K0B',
    'The pattern {pattern} is read differently since Spark 3.0. Valid patterns are told in {docroot}/sql-ref-datetime-pattern.html.',
  ),
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN': user(
    '42K0B',
    'Patterns of weeks are not supported since Spark 3.0, and there is {c}. Use EXTRACT instead.',
  ),
  ILLEGAL_DAY_OF_WEEK: user('22009', 'Illegal input for day of week: {string}.'),
  SEED_EXPRESSION_IS_UNFOLDABLE: user(
    '42K08',
    'The seed expression {seedExpr} of the expression {exprWithSeed} must be foldable.',
  ),
  AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION: user(
    '42845',
    'Non-deterministic expression {sqlExpr} should not appear in the arguments of an aggregate function.',
  ),
  MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION: user(
    '42K0E',
    'The expression {expr} does not support more than one source.',
  ),
  INVALID_NON_DETERMINISTIC_EXPRESSIONS: user(
    '42K0E',
    'The operator expects a deterministic expression, but the actual expression is {sqlExprs}.',
  ),
  DATETIME_OVERFLOW: user('22008', 'Datetime operation overflow: {operation}.'),
  REMAINDER_BY_ZERO: user(
    '22012',
    'Remainder by zero. Use try_mod to tolerate divisor being 0 and return NULL instead.',
  ),
  INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION: user(
    '22006',
    'Cannot add an interval to a date because its microseconds part is not 0.',
  ),
  INTERVAL_DIVIDED_BY_ZERO: user(
    '22012',
    'Division by zero. Use try_divide to tolerate divisor being 0 and return NULL instead.',
  ),
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': user(
    '22015',
    'Integer overflow while operating with intervals. Use {functionName} to tolerate overflow and return NULL instead.',
  ),
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': user('22015', 'Integer overflow while operating with intervals.'),
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': user(
    '22003',
    '{value} cannot be represented as Decimal({precision}, {scale}).',
  ),
  'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION': user(
    '22003',
    '{value} cannot be represented as Decimal({precision}, {scale}).',
  ),
  CAST_INVALID_INPUT: user(
    '22018',
    'The value {expression} of the type {sourceType} cannot be cast to {targetType} because it is malformed. Use try_cast to return NULL instead.',
  ),
  CAST_OVERFLOW: user(
    '22003',
    'The value {value} of the type {sourceType} cannot be cast to {targetType} due to an overflow. Use try_cast to return NULL instead.',
  ),
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': user(
    '42601',
    'The format is invalid: {format}. The escape character is not allowed to precede {char}.',
  ),
  INVALID_ESCAPE_CHAR: user('42604', 'The escape character is to be a text of one character, but it is {sqlExpr}.'),
  'INVALID_FORMAT.ESC_AT_THE_END': user(
    '42601',
    'The format is invalid: {format}. The escape character is not allowed to end it.',
  ),
} as const
