import { external, internal, user } from '../condition.js'

/** Conditions of the engine's own machinery: processes, threads, memory, configuration. */
export const ENGINE_CONDITIONS = {
  INTERNAL_ERROR: internal('XX000', '{message}'),
  PLAN_VERSION_MISMATCH: user(
    '58000',
    'Driver and executor are of different versions: a plan of version {actual} came where {expected} is known.',
  ),
  KERNELS_MISMATCH: internal(
    'XX000',
    'The WebAssembly kernels are not those that this version was built with: {differences}.',
  ),
  UNSUPPORTED_PLATFORM: user('0A000', 'Millrace cannot run here: {reason}.'),
  INVALID_MASTER: user('22023', 'There is no master "{master}". Write {forms}.'),
  INVALID_CONF_KEY: user('22022', 'There is no config {key}.{suggestion}'),
  SQL_CONF_NOT_FOUND: user('42K0I', 'There is no config {sqlConf}.'),
  CANNOT_MODIFY_STATIC_CONFIG: user('46110', 'Cannot modify the value of the static config: {key}.'),
  'INVALID_CONF_VALUE.TIME_ZONE': user(
    '22022',
    'The value \'{confValue}\' in the config "{confName}" is invalid. Cannot resolve the given timezone.',
  ),
  INVALID_CONF_VALUE: user('22022', 'The value "{value}" in the config {key} is invalid: {reason}.'),
  UNABLE_TO_ACQUIRE_MEMORY: user(
    '53200',
    'Unable to acquire {requestedBytes} bytes of memory: the task holds {receivedBytes} of its {budgetBytes}{operators}.',
  ),
  OPERATION_CANCELED: user('HY008', 'Operation has been canceled.'),
  FETCH_FAILED: external(
    '08006',
    'Shuffle block {block} could not be fetched from executor {executor}: {reason}.',
    'recompute',
  ),
  BLOCKS_UNAVAILABLE: external('08006', 'Blocks could not be read from {address}: {reason}.'),
  BLOCK_CORRUPT: external('58030', 'A block from {place} is damaged: {reason}.'),
  BLOCK_TOO_LARGE: user(
    '54000',
    'A block of {bytes} bytes is larger than the {limit} that can be sent to another process. Its rows are too large.',
  ),
  RESULT_TOO_LARGE: user(
    '54000',
    'The result is larger than the {limitBytes} bytes that the driver may hold of one, as {key} says. Take its rows one by one with toLocalIterator(), or write it; batches of a stream can be limited by options of its sources.',
  ),
  OUTPUT_NOT_HELD: external('08006', 'The output of attempt {attempt} is not held by this executor.'),
  CONTROL_MESSAGE_TOO_LARGE: user(
    '54000',
    'A message between driver and executor has {bytes} bytes, more than the {limit} allowed: {what}.',
  ),
  EXECUTOR_LOST: external('08006', 'Executor {executor} was lost: {reason}.'),
  TASK_THREAD_DIED: external('58000', 'The worker thread of a task ended unexpectedly: {reason}.'),
  TASK_RETRIES_EXHAUSTED: external(
    '58000',
    'Task {partition} of stage {stage} was attempted {attempts} times, most recently: {reason}',
    'never',
  ),
  NO_EXECUTORS: external('57P03', 'There has been no executor for {seconds} s to run the query on.', 'never'),
  DRIVER_UNREACHABLE: external(
    '08001',
    'The driver at {address} could not be reached within {seconds} s: {reason}.',
    'never',
  ),
  DRIVER_LOST: external('08006', 'The connection to the driver at {address} broke: {reason}.', 'never'),
  EXECUTOR_NOT_AUTHENTICATED: user(
    '28000',
    'The driver at {address} refused this executor, which does not have the secret of the application.',
  ),
  MASTER_UNREACHABLE: external(
    '08001',
    'The master at {address} could not be reached within {seconds} s: {reason}.',
    'never',
  ),
  MASTER_LOST: external('08006', 'The connection to the master at {address} broke: {reason}.'),
  CLUSTER_NOT_AUTHENTICATED: user('28000', 'The master at {address} refused the secret: its own is another.'),
  CLUSTER_VERSION_MISMATCH: user(
    '58000',
    'The master and what joins it are of different versions: {actual} came where {expected} is known.',
  ),
  CLUSTER_REFUSES: external('57P03', 'The master at {address} starts no more executors: {reason}.', 'never'),
  EXECUTORS_NOT_STARTED: external(
    '57P03',
    'No executor on the cluster of {address} has joined the application within {seconds} s: {reason}.',
    'never',
  ),
  SECRET_MISSING: user(
    '28000',
    'Whoever joins a cluster has to show its secret, and there is none here. Set MILLRACE_SECRET to it, or MILLRACE_SECRET_FILE to a file that holds it.',
  ),
  CANNOT_LISTEN: external('08001', 'Cannot listen on {address}: {reason}.', 'never'),
  LOCAL_CLUSTER_FAILED: external('57P03', 'An executor of the local cluster could not be started: {reason}.', 'never'),
  SESSION_CLOSED: user('08003', 'The session was stopped.'),
  NO_ACTIVE_OR_DEFAULT_SESSION: user('08003', 'No active or default session. Start one with Session.builder().'),
} as const
