import { external, internal, user } from '../condition.js'

/** Conditions of the engine's own machinery: processes, threads, memory, configuration. */
export const ENGINE_CONDITIONS = {
  INTERNAL_ERROR: internal('XX000', '{message}'),
  INVALID_CONF_KEY: user('22022', 'There is no config {key}.{suggestion}'),
  INVALID_CONF_VALUE: user('22022', 'The value {value} in the config {key} is invalid: {reason}.'),
  ADDRESS_IN_USE: external('08001', 'Cannot listen on {address}: {reason}.', 'never'),
  OPERATION_CANCELED: user('HY008', 'Operation has been canceled.'),
  FETCH_FAILED: external(
    '08006',
    'Shuffle block {block} could not be fetched from executor {executor}: {reason}.',
    'recompute',
  ),
} as const
