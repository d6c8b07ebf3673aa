import { user } from '../condition.js'

/** Conditions of groups of rows: GROUP BY, grouping sets, PIVOT, UNPIVOT. */
export const GROUPING_CONDITIONS = {
  'WRONG_NUM_ARGS.WITH_SUGGESTION': user(
    '42605',
    'The {functionName} requires{expectedNum} parameters but the actual number is {actualNum}. {legacyConfKey} is not built.',
  ),
  INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT: user(
    '42000',
    'count({tableName}.*) would count rows by the columns of {tableName}: count(*) counts all rows, count({tableName}.column) those that have a value.',
  ),
  GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE: user(
    '42822',
    'The expression {sqlExpr} cannot be used as a grouping expression because its data type {dataType} is not an orderable data type.',
  ),
  EXPRESSION_TYPE_IS_NOT_ORDERABLE: user(
    '42822',
    'Column expression {expr} cannot be sorted because its type {exprType} is not orderable.',
  ),
  MISSING_AGGREGATION: user(
    '42803',
    'The non-aggregating expression {expression} is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use {expressionAnyValue} if you do not care which of the values within a group is returned.',
  ),
  MISSING_GROUP_BY: user(
    '42803',
    'The query does not include a GROUP BY clause. Add GROUP BY, or aggregate {expression} as well.',
  ),
  'INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED': user(
    '42K0E',
    'Observed metrics cannot have aggregates of DISTINCT values: {expr}.',
  ),
  'INVALID_OBSERVED_METRICS.AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED': user(
    '42K0E',
    'Observed metrics cannot have aggregates with a FILTER: {expr}. Aggregate a CASE in its place.',
  ),
  'INVALID_OBSERVED_METRICS.MISSING_NAME': user('42K0E', 'Observed metrics need a name that is not empty.'),
  'INVALID_OBSERVED_METRICS.NESTED_AGGREGATES_UNSUPPORTED': user(
    '42K0E',
    'Observed metrics cannot have an aggregate within another one: {expr}.',
  ),
  'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE': user(
    '42K0E',
    'Observed metrics are of all rows: the column {expr} must be within an aggregate.',
  ),
  'INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC': user(
    '42K0E',
    'Observed metrics are of all rows: {expr}, which is another value each time, must be within an aggregate.',
  ),
  'INVALID_OBSERVED_METRICS.WINDOW_EXPRESSIONS_UNSUPPORTED': user(
    '42K0E',
    'Observed metrics cannot have functions over windows: {expr}.',
  ),
  REUSE_OBSERVATION: user(undefined, 'An Observation can be given to observe() once: make another one.'),
  NO_OBSERVE_BEFORE_GET: user(undefined, 'The Observation has nothing to get: give it to observe() first.'),
  DUPLICATED_METRICS_NAME: user('42710', 'Two observations of the query are called {metricName}.'),
  INVALID_WHERE_CONDITION: user(
    '42903',
    'The WHERE condition {condition} contains invalid expressions: {expressionList}. Rewrite the query to avoid aggregate functions in the WHERE clause; HAVING may be what you want.',
  ),
  SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION: user(
    '0A000',
    'A subquery in the select list uses columns by which the rows are not grouped: {sqlExpr}. Group by it, or put it into an aggregate such as first().',
  ),
  'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT': user(
    'XX000',
    'Resolved attribute(s) {missingAttributes} missing from {input} in operator {operator}.',
  ),
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES': user(
    '0A000',
    'Unsupported subquery expression: what is joined with each row must not draw random values that depend on it: {treeNode}.',
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
  _LEGACY_ERROR_TEMP_1324: user(
    undefined,
    'The column {pivotColumn} of a pivot has more than {maxValues} values. If that is meant, set {config} to as many as it has.',
  ),
  _LEGACY_ERROR_TEMP_1006: user(undefined, 'PIVOT takes aggregates, but {sql} stands in none.'),
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
  'INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC': user(
    '42903',
    'The FILTER expression {filterExpr} in an aggregate function is invalid. Expected a deterministic FILTER expression.',
  ),
  'INVALID_AGGREGATE_FILTER.NOT_BOOLEAN': user(
    '42903',
    'The FILTER expression {filterExpr} in an aggregate function is invalid. Expected a FILTER expression of the BOOLEAN type.',
  ),
  'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED': user(
    '42K0K',
    'Invalid function {funcName} with WITHIN GROUP. The function does not support DISTINCT with WITHIN GROUP.',
  ),
  'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT': user(
    '42K0K',
    'Invalid function {funcName} with WITHIN GROUP. With DISTINCT, what WITHIN GROUP orders by ({orderExpr}) must be what the function is of ({funcArg}).',
  ),
  'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST': user(
    '42K0K',
    'Invalid function {funcName} with WITHIN GROUP. With DISTINCT, the cast of {inputType} to {castType} does not keep values apart that are ordered.',
  ),
  'INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING': user(
    '42K0K',
    'Invalid function {funcName} with WITHIN GROUP. WITHIN GROUP is required for the function.',
  ),
  'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS': user(
    '42K0K',
    'Invalid function {funcName} with WITHIN GROUP. The function requires {expectedNum} orderings in WITHIN GROUP but got {actualNum}.',
  ),
  INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC: user('42601', 'Cannot specify ORDER BY or a window frame for {aggFunc}.'),
  NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION: user(
    '22003',
    'Found the negative value in {frequencyExpression}: {negativeValue}, but expected a positive integral value.',
  ),
  NESTED_AGGREGATE_FUNCTION: user(
    '42607',
    'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function {expression} in a sub-query.',
  ),
  UNRECOGNIZED_STATISTIC: user(
    '42704',
    "The statistic {stats} is not recognized. Valid statistics include `count`, `count_distinct`, `approx_count_distinct`, `mean`, `stddev`, `min`, `max`, and percentile values. Percentile must be a numeric value followed by '%', within the range 0% to 100%.",
  ),
  TRANSPOSE_EXCEED_ROW_LIMIT: user('54006', 'The number of rows to be transposed is more than the allowed {maxRows}.'),
  TRANSPOSE_INVALID_INDEX_COLUMN: user('42804', 'Invalid index column for TRANSPOSE because: {reason}.'),
  TRANSPOSE_NO_LEAST_COMMON_TYPE: user(
    '42K09',
    'Transpose requires non-index columns to share a least common type, but {dt1} and {dt2} do not.',
  ),
} as const
