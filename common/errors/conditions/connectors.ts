import { external, user } from '../condition.js'

/** Conditions of reading and writing data outside the engine. */
export const CONNECTOR_CONDITIONS = {
  DATA_SOURCE_NOT_FOUND: user('42K02', 'Failed to find the data source {provider}. Known ones are: {known}.'),
  PATH_NOT_FOUND: user('42K03', 'Path does not exist: {path}.'),
  BINARY_ON_TERMINAL: user(
    '0A000',
    'The format {format} is binary and not for a terminal. Send it to a file or to another program.',
  ),
  UNKNOWN_FILE_FORMAT: user(
    '42K02',
    'The name {path} does not tell which format the file has. Known are {known}; of others write format.`path`.',
  ),
  PATH_ALREADY_EXISTS: user(
    '42K04',
    'Path {path} already exists. Set mode as "overwrite" to overwrite the existing path.',
  ),
  COLUMN_ALREADY_EXISTS: user(
    '42711',
    'The column {columnName} already exists. Choose another name or rename the existing column.',
  ),
  FOLDER_IN_USE: external(
    '55006',
    'The folder {path} is used by {owner}. Only one process may use it at a time.',
    'never',
  ),
  SINK_OWNED_BY_ANOTHER_QUERY: user(
    '42K04',
    'The directory {path} holds the output of the streaming query {owner}. Only that query may append to it.',
  ),
  UNABLE_TO_INFER_SCHEMA: user(
    '42KD9',
    'Unable to infer schema for {format} at {path}. It must be specified manually.',
  ),
  INVALID_OPTION: user(
    '22023',
    'The option {option} of the data source {provider} has the invalid value {value}: {reason}.',
  ),
  UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: user(
    '0A000',
    "The {format} datasource doesn't support the column {columnName} of the type {columnType}.",
  ),
  _LEGACY_ERROR_TEMP_1290: user(
    '42601',
    'Text data source supports only a single column, and you have {schemaSize} columns.',
  ),
  'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION': user(
    '56038',
    'The codec {codecName} is not available. Available codecs are {availableCodecs}.',
  ),
  CODEC_SHORT_NAME_NOT_FOUND: user('42704', 'Cannot find a short name for the codec {codecName}.'),
  INVALID_ROW_VALUE: user('22023', 'Row {row} has the value {value} in column {column}: {reason}.'),
  FAILED_READ_FILE: user('KD001', 'Encountered an error while reading the file {path}: {reason}.'),
  FAILED_WRITE_FILE: external('58030', 'Could not write the file {path}: {reason}.'),
  CORRUPT_RECORD: user('22P02', 'A record read by the data source {provider} at {position} is malformed: {reason}.'),
  KAFKA_UNAVAILABLE: external('08001', 'Kafka at {servers} cannot be used now: {reason}.'),
  KAFKA_AUTHENTICATION_FAILED: user('28000', 'Kafka at {servers} refused the credentials: {reason}.'),
  KAFKA_CERTIFICATE_NOT_TRUSTED: user('28000', 'The certificate of Kafka at {servers} is not trusted: {reason}.'),
  UNKNOWN_TOPIC_OR_PARTITION: user('42K03', 'The Kafka topic or partition {topic} does not exist.'),
  KAFKA_TOPIC_ALREADY_EXISTS: user('42710', 'The Kafka topic {topic} already exists.'),
  KAFKA_REQUEST_REFUSED: user('22023', 'Kafka at {servers} refused to {action}: {reason}'),
  KAFKA_DATA_LOSS: user(
    '22000',
    'Some data of the Kafka topic {topic}, partition {partition}, may have been lost: {reason}. Set the option failOnDataLoss to "false" to go on without it.',
  ),
  KAFKA_MALFORMED_RESPONSE: external('08P01', 'A response of Kafka is malformed: {reason}.'),
  KAFKA_OFFSETS_NOT_COMMITTED: user(
    '58030',
    'The offsets of the Kafka consumer group {groupId} could not be committed: {reason}. They only show how far the stream is, which goes on.',
  ),
  KAFKA_PRODUCER_FENCED: external(
    '40001',
    'Kafka at {servers} takes nothing more from this producer: {reason}. Another task or start of the query writes in its place, or its transaction took longer than kafka.transaction.timeout.ms.',
  ),
  KAFKA_TRANSACTIONS_LOST: external(
    '40003',
    'Of the {tasks} transactions of batch {batchId} {lost} were given up by Kafka before they were committed: {reason}.',
    'recompute',
  ),
  KAFKA_NULL_TOPIC: user('22004', 'A row to be written to Kafka has no topic. Give it one or set the option topic.'),
  KAFKA_MESSAGE_TOO_LARGE: user('54000', 'A message for the Kafka topic {topic} is refused as too large: {reason}.'),
  SOCKET_UNAVAILABLE: external('08001', 'The server {server} cannot be read from: {reason}.'),
  POSTGRES_UNAVAILABLE: external('08001', 'PostgreSQL at {server} cannot be used now: {reason}.'),
  POSTGRES_AUTHENTICATION_FAILED: user('28000', 'PostgreSQL at {server} refused the login: {reason}.'),
  POSTGRES_CERTIFICATE_NOT_TRUSTED: user(
    '28000',
    'The certificate of PostgreSQL at {server} is not trusted: {reason}.',
  ),
  POSTGRES_REQUEST_REFUSED: user('22023', 'PostgreSQL at {server} refused a statement: {reason}.'),
  POSTGRES_VALUE_OUT_OF_RANGE: user(
    '22003',
    'The column {columnName} of the data source {provider} has a value that a {columnType} cannot hold: {reason}.',
  ),
} as const
