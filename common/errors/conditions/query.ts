import { user } from '../condition.js'

/** Conditions of analysis. */
export const QUERY_CONDITIONS = {
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
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: user('42702', 'Lateral column alias {name} is ambiguous and has {n} matches.'),
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC': user(
    '0A000',
    'The feature is not supported: Referencing a lateral column alias {lca} in the aggregate function {aggFunc}.',
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
  JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE: user(
    '42K0E',
    'The join condition {joinCondition} has the invalid type {conditionType}, expected "BOOLEAN".',
  ),
  'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the {functionName} does not support ordering on type {dataType}.',
  ),
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the input {inputName} should be a literal of type {inputType}.',
  ),
  QUERY_TOO_COMPLEX: user(
    '54001',
    'The query has more than {limit} {what}. Break it up, for example by writing or caching an intermediate result.',
  ),
  MISSING_AGGREGATION: user(
    '42803',
    'The non-aggregating expression {expression} is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use {expressionAnyValue} if you do not care which of the values within a group is returned.',
  ),
  MISSING_GROUP_BY: user(
    '42803',
    'The query does not include a GROUP BY clause. Add GROUP BY, or aggregate {expression} as well.',
  ),
  INVALID_WHERE_CONDITION: user(
    '42903',
    'The WHERE condition {condition} contains invalid expressions: {expressionList}. Rewrite the query to avoid aggregate functions in the WHERE clause; HAVING may be what you want.',
  ),
  'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT': user(
    'XX000',
    'Resolved attribute(s) {missingAttributes} missing from {input} in operator {operator}.',
  ),
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES': user(
    '0A000',
    'Unsupported subquery expression: found an aggregate function in a correlated predicate that has both outer and local references: {function}.',
  ),
  UNRESOLVED_ALL_IN_GROUP_BY: user(
    '42803',
    'GROUP BY ALL finds nothing to group by in the select list, as its columns stand beside aggregates in the same expressions. Write the grouping columns.',
  ),
  UNSUPPORTED_GROUPING_EXPRESSION: user(
    '42K0E',
    'grouping() and grouping_id() can only be used with GROUPING SETS, CUBE or ROLLUP.',
  ),
  GROUPING_COLUMN_MISMATCH: user(
    '42803',
    'The column {grouping} of grouping() is not among the grouping columns {groupingColumns}.',
  ),
  GROUPING_ID_COLUMN_MISMATCH: user(
    '42803',
    'The columns {groupingIdColumn} of grouping_id() are not the grouping columns {groupByColumns}.',
  ),
  _LEGACY_ERROR_TEMP_1006: user('42803', 'PIVOT takes aggregates, but {sql} stands in none.'),
  NON_LITERAL_PIVOT_VALUES: user('42K08', 'The values of PIVOT must be constants, but {expression} is none.'),
  PIVOT_VALUE_DATA_TYPE_MISMATCH: user(
    '42K09',
    'The value {value} of PIVOT is of the type {valueType}, and what it is compared with of the type {pivotType}.',
  ),
  INCOMPARABLE_PIVOT_COLUMN: user('42818', 'PIVOT cannot compare the column {columnName}.'),
  UNPIVOT_REQUIRES_ATTRIBUTES: user(
    '42K0A',
    'UNPIVOT requires all {given} expressions to be columns when no {empty} expressions are given. These are none: [{expressions}].',
  ),
  UNPIVOT_REQUIRES_VALUE_COLUMNS: user('42K0A', 'UNPIVOT has no column to take values from.'),
  UNPIVOT_VALUE_SIZE_MISMATCH: user(
    '428C4',
    'Each group of columns of UNPIVOT must have as many as there are names for values ({names}).',
  ),
  UNPIVOT_VALUE_DATA_TYPE_MISMATCH: user('42K09', 'The columns of UNPIVOT have no type in common: [{types}].'),
  'UNSUPPORTED_FEATURE.PIVOT_AFTER_GROUP_BY': user(
    '0A000',
    'The feature is not supported: PIVOT of groups by ROLLUP, CUBE or GROUPING SETS. Aggregate them first.',
  ),
  REPEATED_CLAUSE: user('42614', 'The clause {clause} may stand only once in a {operation}.'),
  GROUPING_SIZE_LIMIT_EXCEEDED: user('54000', 'Grouping sets have at most {maxSize} keys.'),
  GROUP_BY_AGGREGATE: user('42903', 'Aggregate functions are not allowed in GROUP BY, but found {sqlExpr}.'),
  GROUP_BY_POS_AGGREGATE: user(
    '42903',
    'GROUP BY {index} refers to an expression {aggExpr} that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.',
  ),
  'INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE': user(
    '42903',
    'The FILTER expression {filterExpr} in an aggregate function is invalid. Expected a FILTER expression without an aggregation, but found {aggExpr}.',
  ),
  'INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION': user(
    '42903',
    'The FILTER expression {filterExpr} in an aggregate function is invalid. Expected a FILTER expression without a window function, but found {windowExpr}.',
  ),
  'INVALID_AGGREGATE_FILTER.NOT_BOOLEAN': user(
    '42903',
    'The FILTER expression {filterExpr} in an aggregate function is invalid. Expected a FILTER expression of the BOOLEAN type.',
  ),
  NESTED_AGGREGATE_FUNCTION: user(
    '42607',
    'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function {expression} in a sub-query.',
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
  GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE: user(
    '42822',
    'The expression {sqlExpr} cannot be used as a grouping expression because its data type {dataType} is not an orderable data type.',
  ),
  UNRESOLVED_USING_COLUMN_FOR_JOIN: user(
    '42703',
    'USING column {colName} cannot be resolved on the {side} side of the join. The {side}-side columns: [{suggestion}].',
  ),
  INCOMPATIBLE_JOIN_TYPES: user('42613', 'The join types {joinType1} and {joinType2} are incompatible.'),
  'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN': user(
    '42823',
    'Invalid subquery: Scalar subquery must return only one column, but returned {number}.',
  ),
  'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH': user(
    '42K09',
    'Cannot resolve {sqlExpr} due to data type mismatch: the number of columns in the left hand side of an IN subquery does not match the number of columns in the output of the subquery. Left hand side columns (length: {leftLength}): [{leftColumns}], right hand side columns (length: {rightLength}): [{rightColumns}].',
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
  CANNOT_RESOLVE_STAR_EXPAND: user('42704', 'Cannot resolve {targetString}.* given input columns {columns}.'),
  INVALID_EXTRACT_FIELD: user('42601', 'Cannot extract {field} from {expr}.'),
  FIELD_NOT_FOUND: user('42704', 'No such struct field {fieldName} in {fields}.'),
  INVALID_EXTRACT_BASE_FIELD_TYPE: user(
    '42000',
    "Can't extract a value from {base}. Need a complex type [STRUCT] but got {other}.",
  ),
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
  INVALID_SAVE_MODE: user(
    '42000',
    'The specified save mode "{mode}" is invalid. Valid ones are "append", "overwrite", "ignore", "error" and "errorifexists".',
  ),
  INVALID_OUTPUT_MODE: user(
    '42000',
    'The output mode "{mode}" is invalid. Valid ones are "append", "update" and "complete".',
  ),
  TEMP_TABLE_OR_VIEW_ALREADY_EXISTS: user(
    '42P07',
    'Cannot create the temporary view {relationName} because it already exists.',
  ),
} as const
