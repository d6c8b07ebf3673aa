import { user } from '../condition.js'

/** Conditions of analysis. */
export const QUERY_CONDITIONS = {
  TABLE_OR_VIEW_NOT_FOUND: user('42P01', 'The table or view {relationName} cannot be found.{suggestion}'),
  RECURSIVE_VIEW: user('42K0H', 'Recursive view {viewIdent} detected.'),
  'UNRESOLVED_FIELD.WITH_SUGGESTION': user(
    '42703',
    'The struct {columnPath} has no field {fieldName}. Did you mean one of {proposal}?',
  ),
  AMBIGUOUS_COLUMN_OR_FIELD: user('42702', 'There are {n} columns or fields {name}.'),
  NULLABLE_COLUMN_OR_FIELD: user('42000', 'The column or field {name} may be NULL, and must not be.'),
  INVALID_COLUMN_OR_FIELD_DATA_TYPE: user(
    '42000',
    'The column or field {name} is of type {type} and must be of type {expectedType}.',
  ),
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': user(
    '42703',
    'A column, variable, or function parameter with name {objectName} cannot be resolved. Did you mean one of the following? [{proposal}].',
  ),
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': user(
    '42703',
    'A column, variable, or function parameter with name {objectName} cannot be resolved.',
  ),
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: user('42702', 'Lateral column alias {name} is ambiguous and has {n} matches.'),
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC': user(
    '0A000',
    'The feature is not supported: Referencing a lateral column alias {lca} in the aggregate function {aggFunc}.',
  ),
  UNRESOLVABLE_TABLE_VALUED_FUNCTION: user(
    '42883',
    'Could not resolve {name} to a table-valued function. Make sure that it is one, and that its name is written right.',
  ),
  NOT_A_TABLE_FUNCTION: user('42887', '{functionName} gives a value and cannot stand where a table is expected.'),
  NUM_TABLE_VALUE_ALIASES_MISMATCH: user(
    '42826',
    'The number of aliases given does not match the number of output columns. Function name: {funcName}; number of aliases: {aliasesNum}; number of output columns: {outColsNum}.',
  ),
  UNSUPPORTED_EXPLAIN_MODE: user('22023', "Unsupported mode of explain: '{mode}'. Supported modes are: {supported}."),
  NON_FOLDABLE_ARGUMENT: user(
    '42K08',
    'The function {funcName} requires the parameter {paramName} to be a constant of the type {paramType}, but it is not one.',
  ),
  UNEXPECTED_INPUT_TYPE: user(
    '42K09',
    'The {paramIndex} parameter of the function {functionName} requires the {requiredType} type, however {inputSql} has the type {inputType}.',
  ),
  FAILED_FUNCTION_CALL: user('38000', 'Failed preparing of the function {funcName} for a call: {cause}.'),
  PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION: user(
    '0A000',
    'Non-grouping expression {expr} is provided as an argument to the |> {clause} pipe operator but contains an aggregate function; please update it to include only non-aggregate expressions, or use |> AGGREGATE instead.',
  ),
  PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION: user(
    '0A000',
    'Non-grouping expression {expr} is provided as an argument to the |> AGGREGATE pipe operator but does not contain any aggregate function; please update it to include one.',
  ),
  'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE': user(
    '0A000',
    'The feature is not supported: The SQL pipe operator syntax with aggregation (using |> AGGREGATE) does not support {case}.',
  ),
  AMBIGUOUS_REFERENCE: user('42704', 'Reference {name} is ambiguous, could be: {referenceNames}.'),
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE': user(
    '42K0E',
    'The limit like expression {expr} is invalid: the {name} expression must be equal to or greater than 0, but got {v}.',
  ),
  SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT: user(
    '22003',
    'The sum of the LIMIT clause and the OFFSET clause must not be greater than the maximum 32-bit integer value (2,147,483,647), but found limit = {limit}, offset = {offset}.',
  ),
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE': user(
    '42K0E',
    'The limit like expression {expr} is invalid: the {name} expression must be a constant.',
  ),
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL': user(
    '42K0E',
    'The limit like expression {expr} is invalid: the {name} expression must not be NULL.',
  ),
  'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE': user(
    '42K0E',
    'The limit like expression {expr} is invalid: the {name} expression must be integer type, but got {dataType}.',
  ),
  UNRESOLVED_ROUTINE: user('42883', 'Cannot resolve routine {routineName}.{suggestion}'),
  'WRONG_NUM_ARGS.WITHOUT_SUGGESTION': user(
    '42605',
    'The {functionName} requires {expectedNum} parameters but the actual number is {actualNum}.',
  ),
  'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the left and right operands of the binary operator have incompatible types ({left} and {right}).',
  ),
  'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the binary operator requires the input type {inputType}, not {actualDataType}.',
  ),
  'DATATYPE_MISMATCH.DATA_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: input to {functionName} should all be the same type, but it is {dataType}.',
  ),
  'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {paramIndex} parameter requires the {requiredType} type, however {inputSql} has the type {inputType}.',
  ),
  'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: cannot cast {srcType} to {targetType}.',
  ),
  'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: cannot cast {srcType} to {targetType} with ANSI mode on, which Millrace always has.',
  ),
  'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: cannot cast {srcType} to {targetType}. To convert values from {srcType} to {targetType}, you can use the functions {functionNames} instead.',
  ),
  'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the condition of {clause} has the type {type}, not "BOOLEAN".',
  ),
  'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {functionName} does not support ordering on type {dataType}.',
  ),
  'DATATYPE_MISMATCH.UNEXPECTED_NULL': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {exprName} must not be null.',
  ),
  'DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: Length of {exprName} should be 1.',
  ),
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the input {inputName} should be a literal of type {inputType}.',
  ),
  'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the data type of the column ({columnIndex}) do not have the same type: {leftType} ({leftParamIndex}) <> {rightType} ({rightParamIndex}).',
  ),
  'DATATYPE_MISMATCH.NON_STRING_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: all arguments of the function {funcName} must be strings.',
  ),
  NOT_A_SCALAR_FUNCTION: user(
    '42887',
    '{functionName} gives a table, so that it stands in FROM and not in an expression.',
  ),
  'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS': user(
    '42K0E',
    'The generator is not supported: nested in expressions {expression}.',
  ),
  'UNSUPPORTED_GENERATOR.MULTI_GENERATOR': user(
    '42K0E',
    'The generator is not supported: a query with groups has one generator in its SELECT clause at most, but there are {num}: {generators}.',
  ),
  'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT': user(
    '42K0E',
    'The generator is not supported: outside the SELECT clause, found: {plan}.',
  ),
  'UNSUPPORTED_GENERATOR.NOT_GENERATOR': user(
    '42K0E',
    'The generator is not supported: {functionName} is expected to be a generator, but is {classCanonicalName}.',
  ),
  MULTI_ALIAS_WITHOUT_GENERATOR: user(
    '42K0E',
    'Several aliases ({names}) are not supported for {expr}, as it is no generator.',
  ),
  UDTF_ALIAS_NUMBER_MISMATCH: user(
    '42802',
    'The generator gives {aliasesSize} columns, so that it takes as many aliases and not these: {aliasesNames}.',
  ),
  QUERY_TOO_COMPLEX: user(
    '54001',
    'The query has more than {limit} {what}. Break it up, for example by writing or caching an intermediate result.',
  ),
  UNSUPPORTED_EXPR_FOR_OPERATOR: user(
    '42K0E',
    'A query operator contains one or more unsupported expressions: {operator} cannot hold {invalidExprSqls}.',
  ),
  'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH': user(
    '42000',
    'Invalid inline table: it has {expectedNumCols} columns, but the row with index {rowIndex} has {actualNumCols}.',
  ),
  'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE': user(
    '42000',
    'Invalid inline table: found incompatible types in the column {colName}.',
  ),
  'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE': user(
    '42000',
    'Invalid inline table: cannot evaluate the expression {expr}.',
  ),
  'INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION': user(
    '42000',
    'Invalid inline table: the expression {sqlExpr} has no value.',
  ),
  UNRESOLVED_COLUMN_AMONG_FIELD_NAMES: user('42703', 'Cannot resolve column name "{colName}" among ({fieldNames}).'),
  NUM_COLUMNS_MISMATCH: user(
    '42826',
    '{operator} can only be performed on inputs with the same number of columns, but the first input has {firstNumColumns} columns and the {invalidOrdinalNum} input has {invalidNumColumns} columns.',
  ),
  INCOMPATIBLE_COLUMN_TYPE: user(
    '42825',
    '{operator} can only be performed on tables with compatible column types. The {columnOrdinalNumber} column of the {tableOrdinalNumber} table is {dataType1} type which is not compatible with {dataType2} at the same column of the first table.{hint}',
  ),
  'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE': user(
    '0A000',
    'The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column {colName} is {dataType}.',
  ),
  STAR_GROUP_BY_POS: user(
    '0A000',
    'Star (*) is not allowed in a select list when GROUP BY an ordinal position is used.',
  ),
  INVALID_USAGE_OF_STAR_OR_REGEX: user('42000', 'Invalid usage of {elem} in {prettyName}.'),
  'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN': user(
    '42823',
    'Invalid subquery: Scalar subquery must return only one column, but returned {number}.',
  ),
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY': user(
    '0A000',
    'Unsupported subquery expression: IN and EXISTS with a subquery cannot stand in {treeNode}.',
  ),
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE': user(
    '0A000',
    'Unsupported subquery expression: Expressions referencing the outer query are not supported outside of WHERE/HAVING clauses: {sqlExprs}.',
  ),
  'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the number of columns in the left hand side of an IN subquery does not match the number of columns in the output of the subquery. Left hand side columns (length: {leftLength}): [{leftColumns}], right hand side columns (length: {rightLength}): [{rightColumns}].',
  ),
  INVALID_RECURSIVE_CTE: user(
    '42836',
    'Invalid recursive definition found. Recursive queries must contain an UNION ALL statement with 2 children, of which the first must not read the CTE itself.',
  ),
  UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE: user(
    '42836',
    'The UNION operator is not yet supported within recursive common table expressions. Use UNION ALL.',
  ),
  'INVALID_RECURSIVE_REFERENCE.PLACE': user(
    '42836',
    'Invalid recursive reference found: it must not stand on the side of an outer, semi or anti join whose rows may have no match, nor below an aggregate.',
  ),
  CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE: user(
    '42825',
    'Failed to merge incompatible data types {left} and {right}. Check the types of the columns being merged; a cast can make them the same.',
  ),
  RECURSION_LEVEL_LIMIT_EXCEEDED: user(
    '42836',
    "Recursion level limit {levelLimit} reached but query has not exhausted, try increasing it like 'WITH RECURSIVE t(col) MAX RECURSION LEVEL 200'.",
  ),
  RECURSION_ROW_LIMIT_EXCEEDED: user(
    '42836',
    "Recursion row limit {rowLimit} reached but query has not exhausted, try setting a larger 'cteRecursionRowLimit' value when running the query.",
  ),
  DUPLICATED_CTE_NAMES: user('42602', "CTE definition can't have duplicate names: {duplicateNames}."),
  GROUP_BY_POS_OUT_OF_RANGE: user(
    '42805',
    'GROUP BY position {index} is not in select list (valid range is [1, {size}]).',
  ),
  ORDER_BY_POS_OUT_OF_RANGE: user(
    '42805',
    'ORDER BY position {index} is not in select list (valid range is [1, {size}]).',
  ),
  EXCEPT_OVERLAPPING_COLUMNS: user(
    '42702',
    'Columns in an EXCEPT list must be distinct and non-overlapping, but got ({columns}).',
  ),
  CANNOT_RESOLVE_STAR_EXPAND: user('42704', 'Cannot resolve {targetString}.* given input columns {columns}.'),
  INVALID_EXTRACT_FIELD: user('42601', 'Cannot extract {field} from {expr}.'),
  FIELD_NOT_FOUND: user('42704', 'No such struct field {fieldName} in {fields}.'),
  INVALID_EXTRACT_BASE_FIELD_TYPE: user(
    '42000',
    "Can't extract a value from {base}. Need a complex type [STRUCT, ARRAY, MAP] but got {other}.",
  ),
  INVALID_EXTRACT_FIELD_TYPE: user('42000', "Field name should be a non-null string literal, but it's {extraction}."),
  EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE: user(
    '42K09',
    'The event time {eventName} has the invalid type {eventType}, but expected "TIMESTAMP".',
  ),
  ASSIGNMENT_ARITY_MISMATCH: user(
    '42802',
    'The number of columns or variables assigned or aliased: {numExpr} does not match the number of source expressions: {numTarget}.',
  ),
  INVALID_INTERVAL_FORMAT: user('22006', 'Error parsing {input} to interval. Write it like 10 seconds.'),
  'INVALID_PARAMETER_VALUE.DATETIME_UNIT': user(
    '22023',
    'The value of parameter(s) {parameter} in {functionName} is invalid: expects one of the units without quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got {invalidValue}.',
  ),
  UNSUPPORTED_FEATURE: user('0A000', 'The feature is not supported: {feature}.'),
  INVALID_API_USE: user('22023', '{reason}.'),
  SORT_BY_WITHOUT_BUCKETING: user('42601', 'sortBy orders the rows of buckets and needs bucketBy.'),
  INVALID_SAVE_MODE: user(
    '42000',
    'The specified save mode "{mode}" is invalid. Valid ones are "append", "overwrite", "ignore", "error" and "errorifexists".',
  ),
} as const
