import { POSTGRES_READ, POSTGRES_SERVER, POSTGRES_WRITE } from '../../connectors/option-names.js'

/*
 * The names of formats and of their options, so that editors complete them and misspelt ones do not compile. A test holds them against the
 * connectors. Names count without regard to case, as in Spark; text that is not literal is checked when it is used.
 */

const KAFKA_CLIENT_OPTIONS = [
  'kafka.bootstrap.servers',
  'kafka.client.id',
  'kafka.security.protocol',
  'kafka.sasl.mechanism',
  'kafka.sasl.jaas.config',
  'kafka.ssl.truststore.type',
  'kafka.ssl.truststore.location',
  'kafka.ssl.truststore.password',
  'kafka.ssl.truststore.certificates',
  'kafka.ssl.keystore.type',
  'kafka.ssl.keystore.location',
  'kafka.ssl.keystore.password',
  'kafka.ssl.keystore.certificate.chain',
  'kafka.ssl.keystore.key',
  'kafka.ssl.key.password',
  'kafka.ssl.enabled.protocols',
  'kafka.ssl.endpoint.identification.algorithm',
  'kafka.request.timeout.ms',
  'kafka.socket.connection.setup.timeout.ms',
] as const

const TIME_OPTIONS = [
  'dateFormat',
  'timestampFormat',
  'timestampNTZFormat',
  'timeFormat',
  'timeZone',
  'locale',
] as const

/** Options of files that are written. */
const LINE_OPTIONS = ['path', 'compression', 'maxRecordsPerFile', 'lineSep', 'encoding', 'charset'] as const

/** Which of the files that paths name are read. */
const SELECTION_OPTIONS = [
  'pathGlobFilter',
  'recursiveFileLookup',
  'basePath',
  'modifiedBefore',
  'modifiedAfter',
  'ignoreCorruptFiles',
  'ignoreMissingFiles',
] as const

/** Options of rows that are read from the lines of texts. */
const TEXT_OPTIONS = [
  'path',
  ...SELECTION_OPTIONS,
  'lineSep',
  'multiLine',
  'encoding',
  'charset',
  'mode',
  'columnNameOfCorruptRecord',
  ...TIME_OPTIONS,
] as const

/** Options of a stream of files, beside those of its format. */
export const FILE_STREAM_OPTIONS = [
  'maxFilesPerTrigger',
  'maxBytesPerTrigger',
  'maxFileAge',
  'maxCachedFiles',
  'latestFirst',
  'fileNameOnly',
  'cleanSource',
  'sourceArchiveDir',
] as const

/** Options of what is read, by format. */
export const READ_OPTIONS = {
  parquet: ['path', ...SELECTION_OPTIONS, 'mergeSchema', 'parquet.page.verify-checksum.enabled'],
  arrow: ['path', ...SELECTION_OPTIONS],
  avro: ['path', ...SELECTION_OPTIONS, 'avroSchema'],
  text: ['path', ...SELECTION_OPTIONS, 'lineSep', 'wholetext', 'encoding'],
  binaryfile: ['path', ...SELECTION_OPTIONS],
  csv: [
    ...TEXT_OPTIONS,
    'header',
    'inferSchema',
    'preferDate',
    'samplingRatio',
    'enforceSchema',
    'sep',
    'delimiter',
    'quote',
    'escape',
    'unescapedQuoteHandling',
    'comment',
    'nullValue',
    'emptyValue',
    'nanValue',
    'positiveInf',
    'negativeInf',
    'ignoreLeadingWhiteSpace',
    'ignoreTrailingWhiteSpace',
  ],
  json: [
    ...TEXT_OPTIONS,
    'allowSingleQuotes',
    'allowNonNumericNumbers',
    'allowUnquotedFieldNames',
    'allowComments',
    'allowNumericLeadingZeros',
    'allowBackslashEscapingAnyCharacter',
    'allowUnquotedControlChars',
    'primitivesAsString',
    'dropFieldIfAllNull',
    'inferTimestamp',
    'samplingRatio',
    'prefersDecimal',
  ],
  kafka: [
    ...KAFKA_CLIENT_OPTIONS,
    'kafka.group.id',
    'kafka.isolation.level',
    'kafka.default.api.timeout.ms',
    'subscribe',
    'subscribePattern',
    'assign',
    'startingTimestamp',
    'startingOffsetsByTimestamp',
    'startingOffsets',
    'startingOffsetsByTimestampStrategy',
    'endingTimestamp',
    'endingOffsetsByTimestamp',
    'endingOffsets',
    'maxOffsetsPerTrigger',
    'minPartitions',
    'maxRecordsPerPartition',
    'failOnDataLoss',
    'includeHeaders',
  ],
  jdbc: [...POSTGRES_SERVER.jdbc, ...POSTGRES_READ],
  postgresql: [...POSTGRES_SERVER.postgresql, ...POSTGRES_READ],
  rate: ['rowsPerSecond', 'rampUpTime', 'numPartitions'],
  'rate-micro-batch': ['rowsPerBatch', 'numPartitions', 'startTimestamp', 'advanceMillisPerBatch'],
  socket: ['host', 'port', 'includeTimestamp'],
  statestore: ['path', 'batchId', 'operatorId', 'storeName', 'joinSide'],
  'state-metadata': ['path'],
} as const

/** Options of what is written, by format. */
export const WRITE_OPTIONS = {
  parquet: ['path', 'compression', 'maxRecordsPerFile'],
  arrow: ['path', 'compression', 'maxRecordsPerFile'],
  avro: ['path', 'compression', 'maxRecordsPerFile', 'recordName', 'recordNamespace'],
  text: LINE_OPTIONS,
  csv: [
    ...LINE_OPTIONS,
    ...TIME_OPTIONS,
    'header',
    'sep',
    'delimiter',
    'quote',
    'escape',
    'quoteAll',
    'nullValue',
    'emptyValue',
    'ignoreLeadingWhiteSpace',
    'ignoreTrailingWhiteSpace',
  ],
  json: [...LINE_OPTIONS, ...TIME_OPTIONS, 'ignoreNullFields', 'pretty'],
  kafka: [
    ...KAFKA_CLIENT_OPTIONS,
    'kafka.compression.type',
    'kafka.delivery.timeout.ms',
    'kafka.transactional.id',
    'kafka.transaction.timeout.ms',
    'deliveryGuarantee',
    'topic',
  ],
  jdbc: [...POSTGRES_SERVER.jdbc, ...POSTGRES_WRITE],
  postgresql: [...POSTGRES_SERVER.postgresql, ...POSTGRES_WRITE],
} as const

/** Options of the sinks that only streams have. */
const STREAM_OPTIONS = { console: ['numRows', 'truncate'], memory: [] } as const

export type ReadFormat = keyof typeof READ_OPTIONS
export type WriteFormat = keyof typeof WRITE_OPTIONS
export type StreamFormat = keyof typeof WRITE_OPTIONS | keyof typeof STREAM_OPTIONS
export type SaveModeName = 'append' | 'overwrite' | 'error' | 'errorifexists' | 'ignore'
export type OutputModeName = 'append' | 'update' | 'complete'

/** Before a format is named, options of every one may be given. */
export type Unnamed = undefined

/** The options of a format: of one in `Table` its own, of all in it when none is named, any where they are not known. */
type OptionsIn<Table extends Readonly<Record<string, readonly string[]>>, F> = F extends keyof Table
  ? Table[F][number]
  : F extends Unnamed
    ? Table[keyof Table][number]
    : string

/** What `format` names that is not one of files. */
type WithoutFiles = 'kafka' | 'jdbc' | 'postgresql' | 'rate' | 'rate-micro-batch' | 'socket'

export type ReadOption<F> =
  | OptionsIn<typeof READ_OPTIONS, F>
  | (F extends WithoutFiles ? never : (typeof FILE_STREAM_OPTIONS)[number])
/** Options of a DataFrame that is written, with one that is of folders and no format's. */
export type WriteOption<F> = OptionsIn<typeof WRITE_OPTIONS, F> | 'partitionOverwriteMode'
export type StreamOption<F> = OptionsIn<typeof WRITE_OPTIONS & typeof STREAM_OPTIONS, F> | 'checkpointLocation'

/** The text itself where it is not literal, or is a known name in other letters; what does not fit otherwise. */
export type Spelled<S extends string, Known extends string> = string extends S
  ? string
  : Lowercase<S> extends Lowercase<Known>
    ? S
    : never

/** The format that a text names. */
export type FormatOf<S extends string> = string extends S ? string : Lowercase<S>
