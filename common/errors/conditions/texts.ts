import { user } from '../condition.js'

/** Conditions of functions of texts, patterns and URLs. */
export const TEXT_CONDITIONS = {
  COLLATION_INVALID_NAME: user(
    '42704',
    'The value {collationName} does not represent a correct collation name. Suggested valid collation names: [{proposals}].',
  ),
  'COLLATION_MISMATCH.EXPLICIT': user(
    '42P21',
    'Could not determine which collation to use: operands have different explicit collations, {explicitTypes}.',
  ),
  INDETERMINATE_COLLATION: user('42P22', 'Could not determine which collation to use. Use COLLATE to set one.'),
  INDETERMINATE_COLLATION_IN_EXPRESSION: user(
    '42P22',
    'Data type of {expr} has an indeterminate collation. Use COLLATE to set one.',
  ),
  INDETERMINATE_COLLATION_IN_SCHEMA: user(
    '42P22',
    'Schema contains indeterminate collation at: [{columnPaths}]. Use COLLATE to set one.',
  ),
  CONVERSION_INVALID_INPUT: user(
    '22018',
    'The value {str} ({fmt}) cannot be converted to {targetType} because it is malformed. Use {suggestion} to return NULL instead.',
  ),
  MALFORMED_CHARACTER_CODING: user('22000', 'Invalid value found when performing {function} with {charset}'),
  INVALID_UTF8_STRING: user('22029', 'Invalid UTF8 byte sequence found in string: {str}.'),
  INVALID_JSON_RECORD_TYPE: user(
    '22023',
    'Detected an invalid type of a JSON record while inferring a common schema in the mode {failFastMode}. Expected a STRUCT type, but found {invalidType}.',
  ),
  CANNOT_DECODE_URL: user('22546', 'The provided URL cannot be decoded: {url}.'),
  INVALID_URL: user('22P02', 'The url is invalid: {url}. Use `try_parse_url` to return NULL instead.'),
  'INVALID_PARAMETER_VALUE.CHARSET': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects one of the {charsets}, but got {charset}.',
  ),
  'INVALID_PARAMETER_VALUE.PATTERN': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: {value}.',
  ),
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects a group index between 0 and {groupCount}, but got {groupIndex}.',
  ),
  'INVALID_FORMAT.EMPTY': user('42601', 'The format is invalid: {format}. A pattern of numbers is not empty.'),
  'INVALID_FORMAT.WRONG_NUM_DIGIT': user('42601', 'The format is invalid: {format}. It has no digit.'),
  'INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT': user(
    '42601',
    'The format is invalid: {format}. The sign of a currency stands before the digits.',
  ),
  'INVALID_FORMAT.CONT_THOUSANDS_SEPS': user(
    '42601',
    'The format is invalid: {format}. Thousands separators (, or G) stand between digits.',
  ),
  'INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC': user(
    '42601',
    'The format is invalid: {format}. Thousands separators (, or G) do not stand behind the point.',
  ),
  'INVALID_FORMAT.WRONG_NUM_TOKEN': user('42601', 'The format is invalid: {format}. It has more than one {token}.'),
  'INVALID_FORMAT.UNEXPECTED_TOKEN': user(
    '42601',
    'The format is invalid: {format}. Found the unexpected {token}; a pattern of numbers is `[MI|S]` `[$]` `[0|9|G|,]*` `[.|D]` `[0|9]*` `[$]` `[PR|MI|S]`.',
  ),
  'INVALID_FORMAT.MISMATCH_INPUT': user(
    '42601',
    'The format is invalid: {format}. The input {inputType} {input} does not match the format.',
  ),
  'INVALID_PARAMETER_VALUE.BINARY_FORMAT': user(
    '22023',
    "The value of parameter(s) {parameter} in {functionName} is invalid: expects one of binary formats 'base64', 'hex', 'utf-8', but got {invalidFormat}.",
  ),
  'INVALID_PARAMETER_VALUE.ZERO_INDEX': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects %1$, %2$ and so on, but got %0$.',
  ),
  'INVALID_PARAMETER_VALUE.FORMAT': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: {value}.',
  ),
  REGEXP_TOO_MANY_STEPS: user('54000', 'A search for the pattern {pattern} took too many steps, or too much memory.'),
  INVALID_REGEXP_REPLACE: user(
    '22023',
    'Could not perform regexp_replace for source = "{source}", pattern = "{pattern}", replacement = "{replacement}" and position = {position}.',
  ),
  'DATATYPE_MISMATCH.INVALID_ARG_VALUE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {inputName} value must be a {requireType} literal of {validValues}, but got {inputValue}.',
  ),
} as const
