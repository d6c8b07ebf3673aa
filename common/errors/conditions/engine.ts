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
  ALL_EXECUTORS_EXCLUDED: external(
    '57P03',
    'Task {partition} of stage {stage} may run nowhere, as all executors ({executors}) are excluded after failures, most recently: {reason}',
    'never',
  ),
  BARRIER_TOO_FEW_SLOTS: external(
    '57P03',
    'The {tasks} tasks of stage {stage} wait for one another at a barrier, so all must run at once, and there are slots for {slots} of them.',
    'never',
  ),
  BARRIER_SYNC_TIMEOUT: external(
    '57014',
    'Others of stage {stage} have waited {seconds} s at a barrier for its tasks {partitions}.',
  ),
  BARRIER_SYNC_MISMATCH: user(
    '39000',
    'Some tasks of stage {stage} call barrier() where others call allGather(). At each barrier all must call the same.',
  ),
  BARRIER_TASK_ENDED: user(
    '39000',
    'Task {partition} of stage {stage} ended while others wait for it at a barrier. All must call barrier() and allGather() equally often.',
  ),
  BARRIER_OUTPUT_LOST: external(
    '57P03',
    'What the tasks of stage {stage} wrote, which wait for one another, was lost after a part of the result that was made of it had been given out: run again they write something else.',
    'never',
  ),
  NO_EXECUTORS: external('57P03', 'There has been no executor for {seconds} s to run the query on.', 'never'),
  DRIVER_UNREACHABLE: external(
    '08001',
    'The driver at {address} could not be reached within {seconds} s: {reason}. See whether its program runs, and whether this machine reaches it.',
    'never',
  ),
  DRIVER_LOST: external('08006', 'The connection to the driver at {address} broke: {reason}.', 'never'),
  MASTER_UNREACHABLE: external(
    '08001',
    'The master at {address} could not be reached{within}: {reason}. See whether millrace master runs there, and whether this machine reaches it.',
    'never',
  ),
  MASTER_LOST: external('08006', 'The connection to the master at {address} broke: {reason}.'),
  CLUSTER_REFUSES: external('57P03', 'The master at {address} starts no more executors: {reason}.', 'never'),
  ARCHIVE_REFUSED: user('22023', 'The archive with the code of a driver is refused: {reason}.'),
  SUBMISSION_REFUSED: user('22023', 'The master does not take the driver: {reason}.'),
  DRIVER_NOT_FOUND: user('42704', 'The cluster knows no driver {driver}.'),
  CLUSTER_MEMBER_NOT_FOUND: user('42704', 'The cluster has no worker and no executor {name}.'),
  CLUSTER_WORKER_AWAY: external(
    '57P03',
    'The worker {worker} is not connected to the master, so that {name} cannot be told to go.',
    'never',
  ),
  DRIVER_NOT_STARTED: external(
    '57P03',
    'The driver {driver} does not run after {seconds} s, and stays submitted: {reason}.',
    'never',
  ),
  DRIVER_FAILED: user('57P01', 'The driver {driver} ended as {state}: {reason}.'),
  EXECUTORS_NOT_STARTED: external(
    '57P03',
    'No executor on the cluster of {address} has joined the application within {seconds} s: {reason}.',
    'never',
  ),
  SECRET_MISSING: user(
    '28000',
    'Whoever joins a cluster has to show its secret, and there is none here. Set MILLRACE_SECRET to it, or MILLRACE_SECRET_FILE to a file that holds it.',
  ),
  SECRET_MISMATCH: user(
    '28000',
    'What listens at {address} has another secret than this process. Both need the same (MILLRACE_SECRET, MILLRACE_SECRET_FILE or --secret-file).',
  ),
  TOKEN_NOT_ENOUGH: user('28000', 'This takes the secret of a cluster; a token of a user is not enough.'),
  TOKEN_REFUSED: user('28000', 'The master at {address} does not take the token: {reason}.'),
  CLUSTER_PERMISSION_DENIED: user('42501', 'User {user} may not {what}.'),
  CERTIFICATE_REFUSED: user('28000', 'The connection to {address} is refused for a certificate: {reason}.'),
  TLS_MISMATCH: user(
    '08P01',
    'Of this process and what listens at {address} only one uses TLS: {which}. Give both certificates (MILLRACE_TLS_DIR or --tls-dir), or neither.',
  ),
  PROTOCOL_VERSION_MISMATCH: user(
    '58000',
    'What listens at {address} is of another release of Millrace: it knows version {actual} of the protocol, this process {expected}. Install the same release on both sides.',
  ),
  MALFORMED_MESSAGE: external(
    '08P01',
    'What another process sent is no {what}, or it was changed on its way.',
    'never',
  ),
  SEALED_OTHERWISE: user('28000', 'The {what} cannot be read: it was sealed with another secret, or changed.'),
  REQUEST_REFUSED: external('08P01', 'Another process asks for {what}, which this one does not have.', 'never'),
  NOT_A_PEER: user(
    '08P01',
    'What listens at {address} does not speak the protocol of Millrace: {reason}. See whether host and port are right.',
  ),
  CANNOT_LISTEN: external('08001', 'Cannot listen on {address}: {reason}.', 'never'),
  CANNOT_WRITE_EVENT_LOG: external('58030', 'The log of events cannot be written in {folder}: {reason}.', 'never'),
  LOCAL_CLUSTER_FAILED: external('57P03', 'An executor of the local cluster could not be started: {reason}.', 'never'),
  SESSION_CLOSED: user('08003', 'The session was stopped.'),
  NO_ACTIVE_OR_DEFAULT_SESSION: user('08003', 'No active or default session. Start one with Session.builder().'),
} as const
