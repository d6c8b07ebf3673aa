import { user } from '../condition.js'

/** Conditions of structured streaming. */
export const STREAMING_CONDITIONS = {
  'STREAMING_OUTPUT_MODE.INVALID': user(
    '42KDE',
    "Invalid streaming output mode: {outputMode}. Accepted output modes are 'Append', 'Complete', 'Update'.",
  ),
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION': user(
    '42KDE',
    'Invalid streaming output mode: {outputMode}. This output mode is not supported for {operation}.',
  ),
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE': user(
    '42KDE',
    'Invalid streaming output mode: {outputMode}. This output mode is not supported in data source {provider}.',
  ),
  NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING: user(
    '42KDE',
    'Window function is not supported in {windowFunc} (as column {columnName}) on streaming DataFrames/Datasets. Structured Streaming only supports time-window aggregation using the WINDOW function. (window specification: {windowSpec})',
  ),
  _LEGACY_ERROR_TEMP_1181: user(
    undefined,
    'Two streams are joined by a condition without an equality between values of both, which is not supported.',
  ),
  _LEGACY_ERROR_TEMP_3102: user(undefined, 'Not supported over streams: {msg}.'),
  CONCURRENT_QUERY: user('0A000', 'Another active query of this session has {subject}: stop it first.'),
  STREAMING_QUERY_NOT_STARTED: user('0A000', 'Queries over {operation} must be executed with writeStream.start().'),
  STREAM_FAILED: user('XXKST', 'Query {queryName} [id = {id}, runId = {runId}] terminated with exception: {message}'),
  STREAMING_BATCH_EXCEEDS_MEMORY: user(
    '53200',
    'Batch {batchId} does not fit into the memory of its tasks ({operators}): {message} It is run again, whole, by the next start of the query, which needs a larger executor.memory, fewer slots, or more shuffle.partitions, by which the state is divided anew.',
  ),
  FOREACH_BATCH_USER_FUNCTION_ERROR: user(
    '39000',
    'An error occurred in the user provided function in foreach batch sink. Reason: {reason}',
  ),
  CONCURRENT_STREAM_LOG_UPDATE: user(
    '40000',
    'Concurrent update to the log. Multiple streaming jobs detected for {batchId} at {path}. Please make sure only one streaming job runs on a specific checkpoint location at a time.',
  ),
  CHECKPOINT_LOCATION_REQUIRED: user(
    '42KDE',
    'checkpointLocation must be specified for a stream into {format}, either through option("checkpointLocation", ...) or the setting streaming.checkpointLocation.',
  ),
  STREAMING_CHECKPOINT_MISSING_METADATA_FILE: user(
    '42K03',
    'Checkpoint location {checkpointLocation} is in an inconsistent state: the metadata file {path} is missing but {present} is there. Please restore the metadata file or create a new checkpoint directory.',
  ),
  STREAMING_CHECKPOINT_REMOVED: user(
    '58030',
    'The checkpoint {location}, or a part of it, was removed while its query was running.',
  ),
  STREAMING_CHECKPOINT_MISMATCH: user(
    '42K03',
    'The checkpoint {location} belongs to another query: its {part} are {expected}, those of this query are {actual}. Use another checkpointLocation.',
  ),
  STREAMING_STATE_MISMATCH: user(
    '42K03',
    'The checkpoint {location} holds state that would be lost: of operator {operatorId}, {operatorName}, {difference}. Use another checkpointLocation, or the query as it was.',
  ),
  STDS_COMMITTED_BATCH_UNAVAILABLE: user(
    'KD006',
    'The checkpoint {checkpointLocation} has no committed batch: there is no state to read before the query has finished one.',
  ),
  STDS_CONFLICT_OPTIONS: user('42613', 'Of the options {options} only one may be given.'),
  STDS_REQUIRED_OPTION_UNSPECIFIED: user('42601', 'The option {optionName} is needed.'),
  _LEGACY_ERROR_TEMP_2048: user(
    'XXKST',
    "Schema must be specified when creating a streaming source DataFrame. If some files already exist in the directory, then depending on the file format you may be able to create a static DataFrame on that directory with 'session.read.load(directory)' and infer schema from it.",
  ),
  STATE_KEY_UNKNOWN: user(
    '42K03',
    'The state {path} is encrypted by the key {key}: {known}. Name a file that has this key by checkpoint.encryption.keyFile.',
  ),
  STREAMING_CHECKPOINT_CORRUPT: user('KD002', 'The checkpoint file {path} cannot be used: {reason}.'),
} as const
