import type { Options } from '../../api.js'
import {
  type ClientOptions,
  clientOptions,
  isolationLevel,
  lowerCaseNames,
  type Patience,
} from '../client/client-options.js'
import { invalidOption, unknownOption, unsupported } from '../client/option-reader.js'
import {
  endingPosition,
  type GivenPosition,
  holds,
  POSITION_OPTIONS,
  parseByTopic,
  startingPosition,
} from './position-options.js'
import { type TopicPattern, topicPattern } from './topic-pattern.js'

/** Which topics are read. */
export type Subscription =
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly text: string; readonly matches: TopicPattern }
  | { readonly kind: 'assign'; readonly partitions: Readonly<Record<string, readonly number[]>> }

export interface KafkaSourceOptions {
  readonly client: ClientOptions
  readonly subscription: Subscription
  /** As given; the default differs between batch (earliest) and stream (latest). */
  readonly starting: GivenPosition | undefined
  readonly ending: GivenPosition | undefined
  readonly maxOffsetsPerTrigger: bigint | undefined
  readonly minPartitions: number
  /** The most records of a task. */
  readonly maxRecordsPerPartition: bigint | undefined
  readonly failOnDataLoss: boolean
  readonly groupId: string | undefined
  readonly isolationLevel: 0 | 1
}

const KNOWN: ReadonlySet<string> = new Set(
  [
    ...['subscribe', 'subscribePattern', 'assign', ...POSITION_OPTIONS, 'maxOffsetsPerTrigger', 'minPartitions'],
    ...['maxRecordsPerPartition', 'failOnDataLoss', 'includeHeaders'],
  ].map((name) => name.toLowerCase()),
)
/** Options that Spark has and we do not. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  [
    ...['minOffsetsPerTrigger', 'maxTriggerDelay', 'groupIdPrefix', 'kafkaConsumer.pollTimeoutMs'],
    ...['fetchOffset.numRetries', 'fetchOffset.retryIntervalMs'],
  ].map((name) => name.toLowerCase()),
)

const SOURCE_ONLY: ReadonlySet<string> = new Set(['group.id', 'isolation.level'])
const PATIENCE: Patience = { option: 'default.api.timeout.ms', defaultMs: 60_000 }

/** @throws INVALID_OPTION naming the option; UNSUPPORTED_FEATURE for `includeHeaders` */
export function sourceOptions(options: Options): KafkaSourceOptions {
  const given = lowerCaseNames(options)
  for (const name of Object.keys(options)) checkName(name)
  if (flag('includeHeaders', given.get('includeheaders'), false)) {
    throw unsupported('the option includeHeaders of the data source kafka')
  }
  return {
    client: clientOptions(options, SOURCE_ONLY, PATIENCE),
    subscription: subscription(given),
    starting: startingPosition(given),
    ending: endingPosition(given),
    maxOffsetsPerTrigger: positive('maxOffsetsPerTrigger', given.get('maxoffsetspertrigger')),
    minPartitions: Number(positive('minPartitions', given.get('minpartitions')) ?? 0n),
    maxRecordsPerPartition: positive('maxRecordsPerPartition', given.get('maxrecordsperpartition')),
    failOnDataLoss: flag('failOnDataLoss', given.get('failondataloss'), true),
    groupId: given.get('kafka.group.id'),
    isolationLevel: isolationLevel(options),
  }
}

function checkName(name: string): void {
  const lower = name.toLowerCase()
  if (lower.startsWith('kafka.') || KNOWN.has(lower)) return
  if (ELSEWHERE.has(lower)) throw unsupported(`the option ${name} of the data source kafka`)
  throw unknownOption(name)
}

/** A query that is no stream ends by itself. @throws INVALID_OPTION for options that only streams have, as in Spark */
export function checkBatch({ starting, maxOffsetsPerTrigger, groupId }: KafkaSourceOptions): void {
  const position = starting?.position
  if (position?.kind === 'latest' || (position?.kind === 'offsets' && holds(position.offsets, -1n))) {
    throw invalidOption('startingOffsets', 'latest', 'a batch query would read nothing')
  }
  if (maxOffsetsPerTrigger !== undefined) {
    throw invalidOption('maxOffsetsPerTrigger', String(maxOffsetsPerTrigger), 'a batch query has no triggers')
  }
  if (groupId !== undefined) {
    throw invalidOption('kafka.group.id', groupId, 'offsets are committed for streams only')
  }
}

/** @throws INVALID_OPTION for options that a stream, which has no end, cannot have */
export function checkStream({ ending }: KafkaSourceOptions): void {
  if (ending !== undefined) throw invalidOption(ending.option, '', 'a stream has no end')
}

function subscription(given: ReadonlyMap<string, string>): Subscription {
  const named = ['subscribe', 'subscribepattern', 'assign'].filter((name) => given.has(name))
  if (named.length !== 1) {
    throw invalidOption(
      'subscribe',
      named.join(', '),
      'exactly one of subscribe, subscribePattern and assign is needed',
    )
  }
  const value = given.get(named[0]!)!
  switch (named[0]) {
    case 'subscribe': {
      const topics = [...new Set(value.split(',').map((topic) => topic.trim()))]
      if (topics.some((topic) => topic === '')) throw invalidOption('subscribe', value, 'it is a list of topics')
      return { kind: 'topics', topics }
    }
    case 'subscribepattern':
      return { kind: 'pattern', text: value, matches: topicPattern(value) }
    default:
      return { kind: 'assign', partitions: assigned(value) }
  }
}

/** Which topics are read, in words: the same for the same ones. */
export function subscriptionText({ subscription: of }: KafkaSourceOptions): string {
  switch (of.kind) {
    case 'topics':
      return of.topics.toSorted().join(', ')
    case 'pattern':
      return of.text
    case 'assign': {
      const topics = Object.keys(of.partitions).toSorted()
      return topics.map((topic) => `${topic}: ${of.partitions[topic]!.toSorted((a, b) => a - b).join(' ')}`).join(', ')
    }
  }
}

function assigned(value: string): Readonly<Record<string, readonly number[]>> {
  const parsed = parseByTopic('assign', value)
  for (const partitions of Object.values(parsed)) {
    const isList = Array.isArray(partitions) && partitions.every((p) => Number.isInteger(p) && (p as number) >= 0)
    if (!isList) throw invalidOption('assign', value, 'it reads {"topic":[0,1]}')
  }
  return parsed as Record<string, number[]>
}

function positive(option: string, value: string | undefined): bigint | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,18}$/.test(value) || BigInt(value) === 0n) throw invalidOption(option, value, 'it is a positive integer')
  return BigInt(value)
}

function flag(option: string, value: string | undefined, otherwise: boolean): boolean {
  const word = value?.toLowerCase() ?? String(otherwise)
  if (word !== 'true' && word !== 'false') throw invalidOption(option, value ?? '', 'it is true or false')
  return word === 'true'
}
