import { user } from '../condition.js'

/** Conditions of tables that are divided into partitions. */
export const PARTITION_CONDITIONS = {
  'INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY': user(
    '42601',
    'The partition command is invalid. Table {name} is not partitioned.',
  ),
  PARTITIONS_NOT_FOUND: user(
    '428FT',
    'The partition(s) {partitionList} cannot be found in table {tableName}. Verify the partition specification and table name. To tolerate the error on drop use ALTER TABLE … DROP IF EXISTS PARTITION.',
  ),
  PARTITIONS_ALREADY_EXIST: user(
    '428FT',
    'Cannot ADD or RENAME TO partition(s) {partitionList} in table {tableName} because they already exist. Choose a different name, drop the existing partition, or add the IF NOT EXISTS clause to tolerate a pre-existing partition.',
  ),
  INSERT_PARTITION_COLUMN_ARITY_MISMATCH: user(
    '21S01',
    'Cannot write to {tableName}, its columns and those of the rows differ in number: Table columns: {tableColumns}. Partition columns with static values: {staticPartCols}. Data columns: {dataColumns}.',
  ),
  _LEGACY_ERROR_TEMP_1147: user(
    '42601',
    'The ordering of partition columns is {partColumns}. All partition columns having constant values need to appear before other partition columns that do not have an assigned constant value.',
  ),
  _LEGACY_ERROR_TEMP_1169: user(
    '42601',
    'Requested partitioning does not match the table {tableName}: Requested partitions: {normalizedPartSpec}. Table partitions: {partColNames}.',
  ),
  _LEGACY_ERROR_TEMP_1232: user(
    '42601',
    "Partition spec is invalid. The spec ({specKeys}) must match the partition spec ({partitionColumnNames}) defined in table '{tableName}'.",
  ),
  _LEGACY_ERROR_TEMP_1237: user(
    '42601',
    "The list of partition columns with values in partition specification for table '{table}' in database '{database}' is not a prefix of the list of partition columns defined in the table schema. Expected a prefix of [{schemaColumns}], but got [{specColumns}].",
  ),
  _LEGACY_ERROR_TEMP_1251: user('42809', '{action} is not allowed on {tableName}, as it has no partitions.'),
  _LEGACY_ERROR_TEMP_1267: user(
    '42809',
    'Operation not allowed: TRUNCATE TABLE ... PARTITION is not supported for tables that are not partitioned: {tableIdentWithDB}.',
  ),
  'INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE': user(
    '42000',
    'Invalid SQL syntax: Partition key {partKey} must set value.',
  ),
  PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO: user(
    '42601',
    'partitionBy() cannot be used with insertInto(): the partition columns of {tableName} are those that it has.',
  ),
  _LEGACY_ERROR_TEMP_1155: user('42703', 'Partition column `{col}` not found in schema {schemaCatalog}.'),
  _LEGACY_ERROR_TEMP_1163: user(
    '42601',
    'Specified partitioning does not match that of the existing table {tableName}. Specified partition columns: [{specifiedPartCols}]. Existing partition columns: [{existingPartCols}].',
  ),
  _LEGACY_ERROR_TEMP_1161: user(
    '21S01',
    "The column number of the existing table {tableName} ({existingTableSchema}) doesn't match the data schema ({querySchema}).",
  ),
  _LEGACY_ERROR_TEMP_1162: user(
    '42703',
    "Cannot resolve '{specifiedColumn}' given input columns: [{schemaFieldNames}].",
  ),
  _LEGACY_ERROR_TEMP_1164: user(
    '42601',
    'Specified bucketing does not match that of the existing table {tableName}. Specified bucketing: {specifiedBucketString}. Existing bucketing: {existingBucketString}.',
  ),
  INVALID_BUCKET_FILE: user('58030', 'Invalid bucket file: {path}.'),
  INVALID_BUCKET_COLUMN_DATA_TYPE: user(
    '42601',
    'Cannot use {type} for bucket column. Collated data types are not supported for bucketing.',
  ),
  SPECIFY_BUCKETING_IS_NOT_ALLOWED: user(
    '42601',
    'A CREATE TABLE without explicit column list cannot specify bucketing information. Please use the form with explicit column list and specify bucketing information. Alternatively, allow bucketing information to be inferred by omitting the clause.',
  ),
  _LEGACY_ERROR_TEMP_1312: user('42601', "'{operation}' does not support bucketBy right now."),
  _LEGACY_ERROR_TEMP_1313: user('42601', "'{operation}' does not support bucketBy and sortBy right now."),
  ALL_PARTITION_COLUMNS_NOT_ALLOWED: user('KD005', 'Cannot use all columns for partition columns.'),
  COLUMN_NOT_DEFINED_IN_TABLE: user(
    '42703',
    '{colType} column {colName} is not defined in table {tableName}, defined table columns are: {tableCols}.',
  ),
  INVALID_PARTITION_COLUMN_DATA_TYPE: user('0A000', 'Cannot use {type} for partition column.'),
  UNSUPPORTED_PARTITION_TRANSFORM: user(
    '0A000',
    'Unsupported partition transform: {transform}. The supported transforms are `identity`, `bucket`, and `clusterBy`. Ensure your transform expression uses one of these.',
  ),
  NOT_A_PARTITIONED_TABLE: user(
    '42809',
    'Operation {operation} is not allowed for {tableIdentWithDB} because it is not a partitioned table.',
  ),
  CONFLICTING_PARTITION_COLUMN_NAMES: user(
    'KD009',
    'Conflicting partition column names detected: {distinctPartColLists} For partitioned table directories, data files should only live in leaf directories. And directories at the same level should have the same partition column name. Please check the following directories for unexpected files or inconsistent partition column names: {suspiciousPaths}',
  ),
} as const
