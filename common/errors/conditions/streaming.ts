import { user } from '../condition.js'

/** Conditions of structured streaming. */
export const STREAMING_CONDITIONS = {
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION': user(
    '42KDE',
    'Invalid streaming output mode: {outputMode}. This output mode is not supported for {operation}.',
  ),
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE': user(
    '42KDE',
    'Invalid streaming output mode: {outputMode}. This output mode is not supported in data source {provider}.',
  ),
  CONCURRENT_QUERY: user('0A000', 'Another active query of this session has {subject}: stop it first.'),
  STREAMING_QUERY_NOT_STARTED: user('0A000', 'Queries over {operation} must be executed with writeStream.start().'),
  STREAM_FAILED: user('XXKST', 'Query {queryName} terminated with exception: {message}'),
  CONCURRENT_STREAM_LOG_UPDATE: user(
    '40000',
    'Batch {batchId} was already written to {path}: another query uses the same checkpoint location.',
  ),
  STREAMING_CHECKPOINT_MISMATCH: user(
    '42K03',
    'The checkpoint {location} belongs to another query: its {part} are {expected}, those of this query are {actual}. Use another checkpointLocation.',
  ),
  STREAMING_CHECKPOINT_CORRUPT: user('KD002', 'The checkpoint file {path} cannot be used: {reason}.'),
} as const
