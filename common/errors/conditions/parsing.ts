import { user } from '../condition.js'

/** Conditions of reading SQL text: syntax, literals, types. */
export const PARSING_CONDITIONS = {
  _LEGACY_ERROR_TEMP_0051: user(undefined, '{element} has an empty set of keys; it has one of its own.'),
  'UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS': user('0A000', 'The feature is not supported: {clauses} behind |>.'),
  'NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE': user(
    '42601',
    'Not allowed in the pipe WHERE clause: WINDOW clause.',
  ),
  'NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT': user(
    '42601',
    'Not allowed in the FROM clause: UNPIVOT together with PIVOT. A subquery can hold one of them.',
  ),
  _LEGACY_ERROR_TEMP_0015: user(undefined, 'TABLESAMPLE ({msg}) is not supported.'),
  _LEGACY_ERROR_TEMP_0016: user(
    undefined,
    '{bytesStr} is no number of bytes; it would be digits and one of B, K, M and G.',
  ),
  _LEGACY_ERROR_TEMP_0014: user(undefined, 'TABLESAMPLE says neither how many rows nor how large a part of them.'),
  _LEGACY_ERROR_TEMP_0029: user(
    undefined,
    'An interval has either years and months, or days and shorter units: {literal}.',
  ),
  _LEGACY_ERROR_TEMP_0024: user(undefined, 'An interval has one value where it goes from unit TO unit.'),
  _LEGACY_ERROR_TEMP_0026: user(undefined, 'The value of an interval is no number: {value}.'),
  _LEGACY_ERROR_TEMP_0027: user(undefined, 'The value of an interval from unit TO unit stands in quotes.'),
  _LEGACY_ERROR_TEMP_0063: user(undefined, '{msg}'),
  _LEGACY_ERROR_TEMP_0064: user(undefined, '{msg}'),
  PARSE_SYNTAX_ERROR: user('42601', 'Syntax error at or near {error}{hint}{expected}.'),
  PARSE_EMPTY_STATEMENT: user('42617', 'Syntax error, unexpected empty statement.'),
  'UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES': user(
    '0A000',
    'The feature is not supported: Combination of ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY.',
  ),
  MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS: user(
    '42000',
    '{clause1} and {clause2} cannot coexist in the same SQL pipe operator. Please separate them into two pipe operators.',
  ),
  UNBOUND_SQL_PARAMETER: user(
    '42P02',
    'Found the unbound parameter: {name}. Please give a value for it with the text of the query.',
  ),
  INVALID_QUERY_MIXED_QUERY_PARAMETERS: user(
    '42613',
    'A query has either parameters with names, or parameters by position, not both.',
  ),
  INVALID_IDENTIFIER: user(
    '42602',
    'The name {ident} has to be quoted as `{ident}`: without quotes a name has letters, digits and underscores only, and does not begin with a digit.',
  ),
  'SYNTAX_DISCONTINUED.BANG_EQUALS_NOT': user(
    '42601',
    'The word {clause} stands for NOT only before an expression: write NOT here.',
  ),
  IDENTIFIER_TOO_MANY_NAME_PARTS: user(
    '42601',
    'The name {identifier} has more parts than the {limit} that may be here.',
  ),
  'NOT_A_CONSTANT_STRING.NOT_CONSTANT': user(
    '42601',
    'The expression {expr} used for the routine or clause {name} must be a constant STRING which is not NULL.',
  ),
  'NOT_A_CONSTANT_STRING.NULL': user(
    '42601',
    'The expression {expr} used for the routine or clause {name} must be a constant STRING which is not NULL.',
  ),
  'NOT_A_CONSTANT_STRING.WRONG_TYPE': user(
    '42601',
    'The expression {expr} used for the routine or clause {name} must be a constant STRING which is not NULL. Its data type is {dataType}.',
  ),
  UNCLOSED_BRACKETED_COMMENT: user(
    '42601',
    'Found an unclosed bracketed comment. Append */ at the end of the comment.',
  ),
  TRAILING_COMMA_IN_SELECT: user(
    '42601',
    'Trailing comma detected in SELECT clause. Remove the trailing comma before the FROM clause.',
  ),
  INVALID_ESC: user(
    '42604',
    'Found an invalid escape string: {invalidEscape}. The escape string must contain only one character.',
  ),
  INVALID_TYPED_LITERAL: user('42604', 'The value of the typed literal {valueType} is invalid: {value}.'),
  UNSUPPORTED_TYPED_LITERAL: user(
    '0A000',
    'Literals of the type {unsupportedType} are not supported. Supported types are {supportedTypes}.',
  ),
  INVALID_NUMERIC_LITERAL_RANGE: user(
    '22003',
    'Numeric literal {rawStrippedQualifier} is outside the valid range for {typeName} with minimum value of {minValue} and maximum value of {maxValue}. Please adjust the value accordingly.',
  ),
  DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION: user(
    '22003',
    'Decimal precision {precision} exceeds max precision {maxPrecision}.',
  ),
  DECIMAL_SCALE_EXCEEDS_PRECISION: user('22003', 'Decimal scale {scale} exceeds its precision {precision}.'),
  'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION': user(
    '22006',
    "Error parsing '{input}' to interval: an amount is too large.",
  ),
  'INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE': user(
    '22006',
    "Error parsing '{input}' to interval: the interval value must be in the range of [-18, +18] hours with second precision.",
  ),
  'INVALID_INTERVAL_FORMAT.INVALID_FRACTION': user(
    '22006',
    "Error parsing '{input}' to interval: '{unit}' cannot have a fractional part, or it is too long.",
  ),
  'INVALID_INTERVAL_FORMAT.INVALID_UNIT': user('22006', "Error parsing '{input}' to interval: invalid unit '{unit}'."),
  'INVALID_INTERVAL_FORMAT.INVALID_VALUE': user(
    '22006',
    "Error parsing '{input}' to interval: invalid value '{value}'.",
  ),
  'INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER': user(
    '22006',
    "Error parsing '{input}' to interval: unrecognized number '{number}'.",
  ),
  'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING': user(
    '22006',
    "Error parsing '{input}' to interval: it is no {interval} interval.",
  ),
  'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION': user(
    '22006',
    "Error parsing '{input}' to interval: there is no interval from {from} to {to}.",
  ),
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE': user(
    '22006',
    "Error parsing '{input}' to interval: the {intervalStr} string does not match the supported format of {typeName}: {supportedFormat}.",
  ),
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING': user(
    '22006',
    "Error parsing '{input}' to interval: the {intervalStr} string does not match the supported format of {typeName}: {supportedFormat}.",
  ),
  DATATYPE_MISSING_SIZE: user('42K01', 'The data type {type} needs a length, as in {type}(10).'),
  UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING: user('0A000', 'Only columns of tables are of type char or varchar.'),
  UNSUPPORTED_TIME_PRECISION: user('0A001', 'A TIME has 0 to 6 digits of the second, not {precision}.'),
  UNSUPPORTED_DATATYPE: user('0A000', 'Unsupported data type {typeName}.'),
  'INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE': user('42000', 'IN needs at least one value in its parentheses.'),
  'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX': user(
    '42000',
    'Invalid SQL syntax: The function {prettyName} does not support {syntax}.',
  ),
  'INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC': user(
    '42000',
    'Invalid SQL syntax: LATERAL can only be used with subquery and table-valued functions.',
  ),
  _LEGACY_ERROR_TEMP_0035: user(undefined, 'Operation not allowed: {message}.'),
  _LEGACY_ERROR_TEMP_0049: user(
    undefined,
    "The folder is told by its path or by the option 'path': by one of them, and not by both.",
  ),
  'NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT': user(
    '42601',
    'Not allowed in the FROM clause: LATERAL together with PIVOT.',
  ),
  'NOT_ALLOWED_IN_FROM.LATERAL_WITH_UNPIVOT': user(
    '42601',
    'Not allowed in the FROM clause: LATERAL together with UNPIVOT.',
  ),
  DUPLICATE_KEY: user('23505', 'Found duplicate keys {keyColumn}.'),
  'INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION': user(
    '42000',
    'Invalid SQL syntax: The definition of window {windowName} is repetitive.',
  ),
  'INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE': user(
    '42000',
    'Invalid SQL syntax: Cannot resolve window reference {windowName}.',
  ),
  'INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE': user(
    '42000',
    'Invalid SQL syntax: Window reference {windowName} is not a window specification.',
  ),
  _LEGACY_ERROR_TEMP_1046: user('42000', 'A hint about joins takes names or strings, but got {unsupported} ({class}).'),
  _LEGACY_ERROR_TEMP_1047: user(
    '42000',
    'The hint {hintName} takes a number of partitions, columns or both, but {invalidParams} is neither.',
  ),
  _LEGACY_ERROR_TEMP_1048: user('42000', 'The hint {hintName} takes a number of partitions.'),
  INVALID_SQL_SYNTAX: user('42000', 'Invalid SQL syntax: {reason}.'),
  INVALID_ATTRIBUTE_NAME_SYNTAX: user(
    '42601',
    'Syntax error in the attribute name: {name}. Check that backticks appear in pairs, a quoted string is a complete name part and use a backtick only inside quoted name parts.',
  ),
  'INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED': user(
    '42000',
    'Invalid SQL syntax: a variable is declared with a type, a default or both.',
  ),
  INVALID_SET_SYNTAX: user('42000', 'The form is SET key, SET key = value or SET VARIABLE name = value.'),
  INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE: user(
    '42K09',
    'The statement of EXECUTE IMMEDIATE must be a STRING, but it is of type {exprType}.',
  ),
  EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES: user(
    '42701',
    'USING of EXECUTE IMMEDIATE gives several arguments the same name: {aliases}.',
  ),
  INVALID_STATEMENT_FOR_EXECUTE_INTO: user('07501', 'INTO of EXECUTE IMMEDIATE needs a query, not: {sqlString}.'),
  ALL_PARAMETERS_MUST_BE_NAMED: user('07001', 'Named parameters need a name for each argument; {exprs} has none.'),
  UNSUPPORTED_EXPR_FOR_PARAMETER: user('42K0E', 'The value of a parameter must be a constant, not {invalidExprSql}.'),
} as const
