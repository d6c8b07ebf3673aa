import { user } from '../condition.js'

/** Conditions of structured streaming. */
export const STREAMING_CONDITIONS = {
  STREAMING_OUTPUT_MODE_UNSUPPORTED: user('42KDE', 'The output mode {outputMode} is not supported: {reason}.'),
  STREAM_FAILED: user('XXKST', 'Query {queryName} terminated with exception: {message}'),
} as const
