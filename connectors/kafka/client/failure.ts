import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUntrustedCertificate } from '../../../common/untrusted-certificate.js'

/** What kafkajs throws carries these. */
interface ClientError {
  readonly name?: string
  readonly type?: string
  /** A number of the protocol, or a name of Node's for what happened to a connection. */
  readonly code?: number | string
  readonly message?: string
  readonly cause?: unknown
}

const TRANSIENT_TYPES: ReadonlySet<string> = new Set([
  'LEADER_NOT_AVAILABLE',
  'OFFSET_NOT_AVAILABLE',
  'CORRUPT_MESSAGE',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REPLICA_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_LOAD_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
])
/** Another producer with the transactional id has taken over, or the transaction was given up or ended meanwhile. */
const FENCED_TYPES: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
  'TRANSACTION_COORDINATOR_FENCED',
  'UNKNOWN_PRODUCER_ID',
])
/** Newer than kafkajs, which has no name for it. */
const PRODUCER_FENCED = 90
const TRANSIENT_NAMES: ReadonlySet<string> = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
  'KafkaJSLockTimeout',
])

const TLS_ALERT = /^ERR_SSL_.*_ALERT_/

const isAlert = (code: ClientError['code']): boolean => typeof code === 'string' && TLS_ALERT.test(code)

/** The error below the wrappers of kafkajs's retries. */
function root(error: unknown): ClientError {
  const client = error as ClientError
  const wrapped = client.name === 'KafkaJSNumberOfRetriesExceeded' || client.name === 'KafkaJSNonRetriableError'
  return wrapped && client.cause !== undefined ? root(client.cause) : client
}

export function typeOf(error: unknown): string | undefined {
  return root(error).type
}

/** Whether it says that a topic, or a partition of one, does not exist. */
export function isUnknownTopic(error: unknown): boolean {
  if (MillraceError.is(error)) return error.condition === 'UNKNOWN_TOPIC_OR_PARTITION'
  return typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
}

/** Whether brokers do not take it from this producer any more. */
export function isFenced(error: unknown): boolean {
  if (MillraceError.is(error)) return error.condition === 'KAFKA_PRODUCER_FENCED'
  const { type = '', code } = root(error)
  return FENCED_TYPES.has(type) || code === PRODUCER_FENCED
}

/** Why the offsets of a group could not be noted; the stream goes on all the same. */
export function notCommitted(error: unknown, groupId: string): MillraceError {
  if (MillraceError.is(error) && error.condition === 'OPERATION_CANCELED') return error
  const { type, message = String(error) } = root(error)
  const reason = type === undefined ? message : `${type}, ${message}`
  return new MillraceError('KAFKA_OFFSETS_NOT_COMMITTED', { groupId, reason }, { cause: error })
}

/** Whether the same may succeed after a pause and a look at who leads now. */
export function isTransient(error: unknown): boolean {
  if (MillraceError.is(error)) return false
  const { name = '', type = '', code } = root(error)
  if (isUntrustedCertificate(code) || isAlert(code)) return false
  return TRANSIENT_NAMES.has(name) || TRANSIENT_TYPES.has(type)
}

/** What kafkajs threw as a condition of ours. */
export function asCondition(error: unknown, servers: string, topic: string): MillraceError {
  if (MillraceError.is(error)) return error
  const { name = '', type = '', code, message = String(error) } = root(error)
  const cause = { cause: error }
  if (isUntrustedCertificate(code)) {
    return new MillraceError('KAFKA_CERTIFICATE_NOT_TRUSTED', { servers, reason: message }, cause)
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'INVALID_TOPIC_EXCEPTION') {
    return new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic }, cause)
  }
  if (isFenced(error)) return new MillraceError('KAFKA_PRODUCER_FENCED', { servers, reason: message }, cause)
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new MillraceError('KAFKA_MESSAGE_TOO_LARGE', { topic, reason: message }, cause)
  }
  if (isAlert(code) || name.includes('SASL') || type.includes('AUTHORIZATION') || type.includes('SASL')) {
    return new MillraceError('KAFKA_AUTHENTICATION_FAILED', { servers, reason: message }, cause)
  }
  const isTold = name.startsWith('KafkaJS') || type !== ''
  const reason = isTold ? message : `an answer cannot be understood (${message})`
  return new MillraceError('KAFKA_UNAVAILABLE', { servers, reason }, cause)
}
