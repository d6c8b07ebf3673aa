import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'
import {
  type ClientOptions,
  clientOptions,
  isolationLevel,
  lowerCaseNames,
  type Patience,
} from '../client/client-options.js'
import { invalidOption } from '../client/option-reader.js'

/** Which topics are read. */
export type Subscription =
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'assign'; readonly partitions: Readonly<Record<string, readonly number[]>> }

/** Where reading starts or ends: an end of each partition, offsets of each (-2 earliest, -1 latest), or a time in milliseconds. */
export type Position =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offsets'; readonly offsets: Readonly<Record<string, Readonly<Record<string, bigint>>>> }
  | { readonly kind: 'timestamp'; readonly millis: bigint }

export interface KafkaSourceOptions {
  readonly client: ClientOptions
  readonly subscription: Subscription
  /** As given; the default differs between batch (earliest) and stream (latest). */
  readonly starting: Position | undefined
  readonly ending: Position
  readonly maxOffsetsPerTrigger: bigint | undefined
  readonly minPartitions: number
  readonly failOnDataLoss: boolean
  readonly groupId: string | undefined
  readonly isolationLevel: 0 | 1
}

const KNOWN: ReadonlySet<string> = new Set([
  'subscribe',
  'subscribepattern',
  'assign',
  'startingoffsets',
  'endingoffsets',
  'startingtimestamp',
  'maxoffsetspertrigger',
  'minpartitions',
  'failondataloss',
  'includeheaders',
])

const SOURCE_ONLY: ReadonlySet<string> = new Set(['group.id', 'isolation.level'])
const PATIENCE: Patience = { option: 'default.api.timeout.ms', defaultMs: 60_000 }

/** @throws INVALID_OPTION naming the option; UNSUPPORTED_FEATURE for `includeHeaders` */
export function sourceOptions(options: Options): KafkaSourceOptions {
  const given = lowerCaseNames(options)
  for (const [name, value] of Object.entries(options)) {
    const lower = name.toLowerCase()
    if (!lower.startsWith('kafka.') && !KNOWN.has(lower)) throw invalidOption(name, value, 'there is no such option')
  }
  if (flag('includeHeaders', given.get('includeheaders'), false)) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'the option includeHeaders of the data source kafka' })
  }
  const ending = position('endingOffsets', given.get('endingoffsets')) ?? { kind: 'latest' }
  if (ending.kind === 'earliest') {
    throw invalidOption('endingOffsets', 'earliest', 'nothing lies before the earliest offset')
  }
  return {
    client: clientOptions(options, SOURCE_ONLY, PATIENCE),
    subscription: subscription(given),
    starting:
      startingTimestamp(given.get('startingtimestamp')) ?? position('startingOffsets', given.get('startingoffsets')),
    ending,
    maxOffsetsPerTrigger: positive('maxOffsetsPerTrigger', given.get('maxoffsetspertrigger')),
    minPartitions: Number(positive('minPartitions', given.get('minpartitions')) ?? 0n),
    failOnDataLoss: flag('failOnDataLoss', given.get('failondataloss'), true),
    groupId: given.get('kafka.group.id'),
    isolationLevel: isolationLevel(options),
  }
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
      try {
        return { kind: 'pattern', pattern: new RegExp(`^(?:${value})$`) }
      } catch (error) {
        throw invalidOption('subscribePattern', value, (error as Error).message)
      }
    default:
      return { kind: 'assign', partitions: assigned(value) }
  }
}

function assigned(value: string): Readonly<Record<string, readonly number[]>> {
  const parsed = parse('assign', value)
  for (const partitions of Object.values(parsed)) {
    const isList = Array.isArray(partitions) && partitions.every((p) => Number.isInteger(p) && (p as number) >= 0)
    if (!isList) throw invalidOption('assign', value, 'it reads {"topic":[0,1]}')
  }
  return parsed as Record<string, number[]>
}

const OFFSETS_FORM = 'it is earliest, latest or reads {"topic":{"0":23,"1":-2}}'

function position(option: string, value: string | undefined): Position | undefined {
  if (value === undefined) return undefined
  const word = value.trim().toLowerCase()
  if (word === 'earliest' || word === 'latest') return { kind: word }
  const offsets: Record<string, Record<string, bigint>> = {}
  for (const [topic, partitions] of Object.entries(parse(option, value))) {
    if (typeof partitions !== 'object' || partitions === null) throw invalidOption(option, value, OFFSETS_FORM)
    const entries = Object.entries(partitions).map(([partition, offset]): [string, bigint] => {
      const isRight = /^\d+$/.test(partition) && Number.isSafeInteger(offset) && (offset as number) >= -2
      if (!isRight) throw invalidOption(option, value, OFFSETS_FORM)
      return [partition, BigInt(offset as number)]
    })
    offsets[topic] = Object.fromEntries(entries)
  }
  return { kind: 'offsets', offsets }
}

function startingTimestamp(value: string | undefined): Position | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,18}$/.test(value)) return { kind: 'timestamp', millis: BigInt(value) }
  throw invalidOption('startingTimestamp', value, 'it is a number of milliseconds since 1970')
}

function parse(option: string, value: string): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch (error) {
    throw invalidOption(option, value, (error as Error).message)
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  throw invalidOption(option, value, 'it is a JSON object by topic')
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
