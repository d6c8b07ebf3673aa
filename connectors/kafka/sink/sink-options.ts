import type { DataType, Schema } from '../../../columnar/types.js'
import { typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options, WriteDescription } from '../../api.js'
import {
  type ClientOptions,
  clientOptions,
  lowerCaseNames,
  milliseconds,
  type Patience,
} from '../client/client-options.js'
import { invalidOption, unknownOption } from '../client/option-reader.js'
import { type Compression, compressionOf } from './compress.js'

/** What is written where; indices are of the schema's columns. */
export interface KafkaSinkOptions {
  readonly client: ClientOptions
  /** Goes before the column `topic`. */
  readonly topic: string | undefined
  readonly compression: Compression
  /** Undefined when brokers decide: exactly once if they serve transactions. */
  readonly guarantee: DeliveryGuarantee | undefined
  /** What the transactional ids of tasks begin with; the id of the query if it is not given. */
  readonly transactionalId: string | undefined
  readonly transactionTimeoutMs: number
  readonly columns: {
    readonly key?: number
    readonly value: number
    readonly topic?: number
    readonly partition?: number
  }
}

export type DeliveryGuarantee = 'exactly-once' | 'at-least-once'

const TEXT: readonly DataType['kind'][] = ['string', 'binary']
const COLUMN_TYPES: Readonly<Record<string, readonly DataType['kind'][]>> = {
  key: TEXT,
  value: TEXT,
  topic: ['string'],
  partition: ['int'],
}

const SINK_ONLY: ReadonlySet<string> = new Set(['compression.type', 'transactional.id', 'transaction.timeout.ms'])
/** The most that brokers allow by default: a transaction has to outlive a restart of the driver. */
const TRANSACTION_TIMEOUT_MS = 900_000
const PATIENCE: Patience = { option: 'delivery.timeout.ms', defaultMs: 120_000 }

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE for columns Kafka has no place for */
export function sinkOptions({
  options,
  schema,
  streaming,
}: Pick<WriteDescription, 'options' | 'schema' | 'streaming'>): KafkaSinkOptions {
  for (const name of Object.keys(options)) {
    const lower = name.toLowerCase()
    if (!lower.startsWith('kafka.') && lower !== 'topic' && lower !== 'deliveryguarantee') throw unknownOption(name)
  }
  const given = lowerCaseNames(options)
  const topic = given.get('topic')
  const compression = compressionOf(given.get('kafka.compression.type') ?? 'none')
  const columns = columnsOf(schema)
  if (columns.value === undefined) throw invalidOption('value', '', 'a column value of type string or binary is needed')
  if (topic === undefined && columns.topic === undefined) {
    throw invalidOption('topic', '', 'the option or a column topic is needed')
  }
  const guarantee = guaranteeOf(given.get('deliveryguarantee'))
  if (guarantee === 'exactly-once' && !streaming)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'writing to Kafka exactly once outside of a stream' })
  return {
    client: clientOptions(options, SINK_ONLY, PATIENCE),
    topic,
    compression,
    guarantee,
    transactionalId: given.get('kafka.transactional.id'),
    transactionTimeoutMs: milliseconds(
      'transaction.timeout.ms',
      (name) => given.get(`kafka.${name}`),
      TRANSACTION_TIMEOUT_MS,
    ),
    columns: { ...columns, value: columns.value },
  }
}

/** Whether a stream is told to do without transactions. @throws INVALID_OPTION */
export const isAtLeastOnce = (options: Options): boolean =>
  guaranteeOf(lowerCaseNames(options).get('deliveryguarantee')) === 'at-least-once'

/** @throws INVALID_OPTION */
function guaranteeOf(value: string | undefined): DeliveryGuarantee | undefined {
  if (value === undefined || value === 'exactly-once' || value === 'at-least-once') return value
  throw invalidOption('deliveryGuarantee', value, 'known ones are exactly-once and at-least-once')
}

function columnsOf(schema: Schema): Partial<Record<'key' | 'value' | 'topic' | 'partition', number>> {
  const columns: Record<string, number> = {}
  schema.fields.forEach(({ name, type }, i) => {
    const types = Object.hasOwn(COLUMN_TYPES, name) ? COLUMN_TYPES[name]! : []
    if (!types.includes(type.kind) || Object.hasOwn(columns, name)) {
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `a column ${name} of type ${typeName(type)} for Kafka`,
      })
    }
    columns[name] = i
  })
  return columns
}
