import { user } from '../condition.js'

/** Conditions of functions that are written in SQL, and of the arguments of any function by name. */
export const ROUTINE_CONDITIONS = {
  ROUTINE_NOT_FOUND: user('42883', 'There is no function {routineName}. IF EXISTS lets a DROP pass over that.'),
  ROUTINE_ALREADY_EXISTS: user(
    '42723',
    'The {newRoutineType} {routineName} cannot be made, as there is a {existingRoutineType} of that name. Use OR REPLACE or IF NOT EXISTS.',
  ),
  FORBIDDEN_OPERATION: user('42809', 'The operation {statement} is not allowed on the {objectType} {objectName}.'),
  CYCLIC_FUNCTION_REFERENCE: user('42887', 'A function must not call itself, also not through others: {path}.'),
  DUPLICATE_ROUTINE_PARAMETER_NAMES: user(
    '42734',
    'The function {routineName} has parameters of the same name: {names}.',
  ),
  DUPLICATE_ROUTINE_RETURNS_COLUMNS: user(
    '42711',
    'The function {routineName} returns columns of the same name: {columns}.',
  ),
  INVALID_SQL_FUNCTION_DATA_ACCESS: user(
    '42K0E',
    'A function that says CONTAINS SQL must not read tables or views, nor call functions that do.',
  ),
  UNSUPPORTED_SQL_UDF_USAGE: user('0A000', 'The function in SQL {functionName} cannot be used in {nodeName}.'),
  'UNSUPPORTED_FEATURE.LAMBDA_FUNCTION_WITH_SQL_UDF': user(
    '0A000',
    'The feature is not supported: the function in SQL {funcName} together with a lambda.',
  ),
  'INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS': user(
    '42000',
    'Invalid SQL syntax: the parameters of a function cannot be generated columns.',
  ),
  'INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS': user(
    '42000',
    'Invalid SQL syntax: the parameters of a function cannot have constraints.',
  ),
  'INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE': user(
    '42000',
    'Invalid SQL syntax: OR REPLACE and IF NOT EXISTS exclude each other.',
  ),
  'INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS': user(
    '42000',
    'Invalid SQL syntax: a temporary function is not made with IF NOT EXISTS.',
  ),
  'USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS': user(
    '42601',
    'Parameters and columns of functions cannot be NOT NULL: {input}.',
  ),
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION': user(
    '42601',
    'The default of the parameter {parameterName} of {functionName} must not have a subquery.',
  ),
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION': user(
    '42601',
    'In {functionName} the parameter {parameterName} has a default, so {nextParameterName} behind it needs one, too.',
  ),
  'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS': user(
    '42601',
    'The body of a function of values cannot have aggregates, windows or generators outside of a query: {queryText}.',
  ),
  'USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH': user(
    '42601',
    'The query of {name} has {outputSize} columns, but the function returns {returnParamSize}.',
  ),
  'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY': user(
    '42601',
    'The function {name} returns a table, so its body must be a query.',
  ),
  'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES': user(
    '42601',
    'The function {functionName} does not name its columns, so all columns of its query need a name.',
  ),
  UNEXPECTED_POSITIONAL_ARGUMENT: user(
    '4274K',
    'An argument without a name stands behind the one for {parameterName} in the call of {routineName}.',
  ),
  UNRECOGNIZED_PARAMETER_NAME: user(
    '4274K',
    'The routine {routineName} has no parameter {argumentName}. Did you mean one of these: [{proposal}]?',
  ),
  REQUIRED_PARAMETER_NOT_FOUND: user(
    '4274K',
    'The call of {routineName} needs an argument for {parameterName}, which is number {index}.',
  ),
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED': user(
    '4274K',
    'The call of {routineName} has two arguments for {parameterName}: by its place and by its name.',
  ),
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE': user(
    '4274K',
    'The call of {routineName} names {parameterName} twice.',
  ),
  NAMED_PARAMETERS_NOT_SUPPORTED: user('4274K', 'Arguments of {functionName} cannot be given by name.'),
} as const
