import { external, user } from '../condition.js'

/** Conditions of databases, tables and views, and of what is written into tables. */
export const CATALOG_CONDITIONS = {
  TABLE_OR_VIEW_ALREADY_EXISTS: user(
    '42P07',
    'Cannot create table or view {relationName} because it already exists. Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.',
  ),
  TEMP_TABLE_OR_VIEW_ALREADY_EXISTS: user(
    '42P07',
    'Cannot create the temporary view {relationName} because it already exists.',
  ),
  INVALID_TEMP_OBJ_QUALIFIER: user(
    '42602',
    'A temporary {objectType} is no part of a database: {objectName} cannot be made in {qualifier}.',
  ),
  SCHEMA_NOT_FOUND: user(
    '42704',
    'The schema {schemaName} cannot be found. Verify the spelling and correctness of the schema and catalog.',
  ),
  SCHEMA_ALREADY_EXISTS: user('42P06', 'Cannot create schema {schemaName} because it already exists.'),
  SCHEMA_NOT_EMPTY: user(
    '2BP01',
    'Cannot drop a schema {schemaName} because it contains objects. Use DROP SCHEMA … CASCADE.',
  ),
  REQUIRES_SINGLE_PART_NAMESPACE: user(
    '42K05',
    '{sessionCatalog} requires a single-part namespace, but got identifier {identifier}.',
  ),
  CATALOG_NOT_FOUND: user('42P08', 'The catalog {catalogName} not found. There is only `spark_catalog`.'),
  CANNOT_RENAME_ACROSS_SCHEMA: user('0AKD0', 'Renaming a {type} across schemas is not allowed.'),
  'UNSUPPORTED_FEATURE.DROP_DATABASE': user(
    '0A000',
    'The feature is not supported: Drop the default database {database}.',
  ),
  WRONG_COMMAND_FOR_OBJECT_TYPE: user(
    '42809',
    'The operation {operation} requires a {requiredType}. But {objectName} is a {foundType}. Use {alternative} instead.',
  ),
  'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE': user('42809', "'{operation}' expects a table but {viewName} is a view."),
  'EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW': user(
    '42809',
    "'{operation}' expects a table but {viewName} is a view. Please use ALTER VIEW instead.",
  ),
  'EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE': user('42809', 'The table {tableName} does not support {operation}.'),
  'EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE': user(
    '42809',
    'The table {tableName} does not support {operation}. Please use ALTER TABLE instead.',
  ),
  EXPECT_PERMANENT_VIEW_NOT_TEMP: user(
    '42809',
    "'{operation}' expects a permanent view but {viewName} is a temp view.",
  ),
  INCOMPATIBLE_VIEW_SCHEMA_CHANGE: user(
    '51024',
    'The SQL query of view {viewName} has an incompatible schema change and column {colName} cannot be resolved. Expected {expectedNum} columns named {colName} but got {actualCols}. Please try to re-create the view by running: {suggestion}.',
  ),
  CANNOT_UP_CAST_DATATYPE: user('42846', 'Cannot up cast {expression} from {sourceType} to {targetType}. {details}.'),
  DUPLICATE_SQL_PATH_ENTRY: user('42732', 'The path has {pathEntry} twice.'),
  INVALID_SQL_PATH_SCHEMA_REFERENCE: user(
    '42601',
    'A schema in the path needs its catalog before it, as in `spark_catalog.default`: {qualifiedName}.',
  ),
  INVALID_TEMP_OBJ_REFERENCE: user(
    '42K0F',
    'Cannot create the persistent object {objName} of the type {obj} because it references to the temporary object {tempObjName} of the type {tempObj}.',
  ),
  'CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS': user(
    '21S01',
    'Cannot create view {viewName}, the reason is not enough data columns: View columns: {viewColumns}. Data columns: {dataColumns}.',
  ),
  'CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS': user(
    '21S01',
    'Cannot create view {viewName}, the reason is too many data columns: View columns: {viewColumns}. Data columns: {dataColumns}.',
  ),
  'UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS': user(
    '0A000',
    'The feature is not supported: Collated strings for keys of maps.',
  ),
  'UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS': user(
    '0A000',
    'The feature is not supported: Default collation for the specified schema.',
  ),
  'UNSUPPORTED_FEATURE.TABLE_OPERATION': user(
    '0A000',
    'The feature is not supported: Table {tableName} does not support {operation}.',
  ),
  'UNSUPPORTED_FEATURE.ANALYZE_VIEW': user(
    '0A000',
    'The feature is not supported: The ANALYZE TABLE command does not support views.',
  ),
  'UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW': user(
    '0A000',
    'The feature is not supported: The ANALYZE TABLE FOR COLUMNS command can operate on temporary views that have been cached already. Consider to cache the view {viewName}.',
  ),
  'UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE': user(
    '0A000',
    'The feature is not supported: The ANALYZE TABLE FOR COLUMNS command does not support the type {columnType} of the column {columnName} in the table {tableName}.',
  ),
  COLUMN_NOT_FOUND: user(
    '42703',
    'The column {colName} cannot be found. Verify the spelling and correctness of the column name according to the SQL config {caseSensitiveConfig}.',
  ),
  'INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN': user(
    '42000',
    'Invalid SQL syntax: ANALYZE TABLE(S) ... COMPUTE STATISTICS ... {ctx} must be either NOSCAN or empty.',
  ),
  'UNSUPPORTED_OVERWRITE.TABLE': user(
    '42902',
    "Can't overwrite the target table {table} that is also being read from.",
  ),
  NOT_SUPPORTED_CHANGE_COLUMN: user(
    '0A000',
    "ALTER TABLE ALTER/CHANGE COLUMN is not supported for changing {table}'s column {originName} with type {originType} to {newName} with type {newType}.",
  ),
  SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE: user(
    '42K05',
    'SHOW COLUMNS with conflicting namespaces: {namespaceA} != {namespaceB}.',
  ),
  CONCURRENT_CATALOG_CHANGE: external(
    '40001',
    'The {what} {name} was changed by another session at the same moment; nothing of this statement was done.',
    'never',
  ),
  'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS': user(
    '21S01',
    'Cannot write to {tableName}, the reason is not enough data columns: Table columns: {tableColumns}. Data columns: {dataColumns}.',
  ),
  'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS': user(
    '21S01',
    'Cannot write to {tableName}, the reason is too many data columns: Table columns: {tableColumns}. Data columns: {dataColumns}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Cannot safely cast {colName} {srcType} to {targetType}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Cannot find data for the output column {colName}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Cannot write extra columns {extraColumns}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Cannot write extra fields {extraFields} to the struct {colName}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Struct {colName} missing fields: {missingFields}.',
  ),
  'INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME': user(
    'KD000',
    'Cannot write incompatible data for the table {tableName}: Ambiguous column name in the input data {colName}.',
  ),
  _LEGACY_ERROR_TEMP_1012: user(
    '0A000',
    'Cannot write into v1 table: {identifier}. Use INSERT, insertInto or saveAsTable.',
  ),
  VIEW_WRITE_NOT_ALLOWED: user('42809', 'Cannot write into view {name}, please write into a table instead.'),
  DEFAULT_PLACEMENT_INVALID: user(
    '42608',
    'A DEFAULT keyword in INSERT could not be directly assigned to a target column because it was part of an expression.',
  ),
  'INVALID_DEFAULT_VALUE.DATA_TYPE': user(
    '42623',
    'Failed to execute {statement} command because the destination column or variable {colName} has a DEFAULT value {defaultValue}, which requires {expectedType} type, but the statement provided a value of incompatible {actualType} type.',
  ),
  'INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION': user(
    '42623',
    'Failed to execute {statement} command because the destination column or variable {colName} has a DEFAULT value {defaultValue}, which contains subquery expressions.',
  ),
  'INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION': user(
    '42623',
    'Failed to execute {statement} command because the destination column or variable {colName} has a DEFAULT value {defaultValue}, which fails to resolve as a valid expression.',
  ),
  _LEGACY_ERROR_TEMP_0034: user('0A000', '{operation} is not supported in Hive-style {command}{msg}.'),
  INVALID_BUCKET_COUNT: user(
    '22003',
    'Number of buckets should be greater than 0 but less than or equal to bucketing.maxBuckets (`{bucketingMaxBuckets}`). Got `{numBuckets}`.',
  ),
  _LEGACY_ERROR_TEMP_1166: user(
    '42601',
    "Bucketing column '{bucketCol}' should not be part of partition columns '{normalizedPartCols}'.",
  ),
  _LEGACY_ERROR_TEMP_1167: user(
    '42601',
    "Bucket sorting column '{sortCol}' should not be part of partition columns '{normalizedPartCols}'.",
  ),
  CAST_OVERFLOW_IN_TABLE_INSERT: user(
    '22003',
    'Fail to assign a value of {sourceType} type to the {targetType} type column or variable {columnName} due to an overflow. Use `try_cast` on the input value to tolerate overflow and return NULL instead.',
  ),
  VARIABLE_ALREADY_EXISTS: user(
    '42723',
    'The variable {variableName} exists already. Choose another name, or use DECLARE OR REPLACE VARIABLE.',
  ),
  VARIABLE_NOT_FOUND: user(
    '42883',
    'The variable {variableName} cannot be found. Verify its name, or use DROP TEMPORARY VARIABLE IF EXISTS.',
  ),
  UNRESOLVED_VARIABLE: user('42883', 'The name {variableName} means no variable; looked for in {searchPath}.'),
  DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE: user('42734', 'The statement declares the variable {variableName} twice.'),
  'UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET': user(
    '0A000',
    '{variableName} is a variable: it is changed by SET VARIABLE {variableName} = ….',
  ),
  DUPLICATE_ASSIGNMENTS: user('42701', 'The columns or variables {nameList} are assigned more than once.'),
  ROW_SUBQUERY_TOO_MANY_ROWS: user('21000', 'More than one row returned by a subquery used as a row.'),
} as const
