import { invalidOption } from '../client/option-reader.js'

/** A number for each partition of each topic. */
export type PerPartition = Readonly<Record<string, Readonly<Record<string, bigint>>>>

/**
 * Where reading starts or ends: an end of each partition, offsets of each (-2 earliest, -1 latest), or times in milliseconds, with
 * what a time stands for after which nothing was written.
 */
export type Position =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offsets'; readonly offsets: PerPartition }
  | { readonly kind: 'times'; readonly times: bigint | PerPartition; readonly otherwise: 'latest' | 'error' }

/** A position and the option it is from, for messages. */
export interface GivenPosition {
  readonly option: string
  readonly position: Position
}

export const POSITION_OPTIONS = [
  'startingTimestamp',
  'startingOffsetsByTimestamp',
  'startingOffsets',
  'startingOffsetsByTimestampStrategy',
  'endingTimestamp',
  'endingOffsetsByTimestamp',
  'endingOffsets',
] as const

type Given = ReadonlyMap<string, string>

/** As in Spark a time for all goes before times for each, and these before offsets. @throws INVALID_OPTION */
export function startingPosition(given: Given): GivenPosition | undefined {
  const strategy = given.get('startingoffsetsbytimestampstrategy')?.toLowerCase() ?? 'error'
  if (strategy !== 'error' && strategy !== 'latest') {
    throw invalidOption('startingOffsetsByTimestampStrategy', strategy, 'it is error or latest')
  }
  return positionOf(given, 'starting', strategy)
}

/** @throws INVALID_OPTION */
export function endingPosition(given: Given): GivenPosition | undefined {
  const ending = positionOf(given, 'ending', 'latest')
  if (ending === undefined) return undefined
  const { position } = ending
  if (position.kind === 'earliest' || (position.kind === 'offsets' && holds(position.offsets, -2n))) {
    throw invalidOption('endingOffsets', given.get('endingoffsets') ?? '', 'nothing lies before the earliest offset')
  }
  return ending
}

/** Whether some partition has a certain value. */
export function holds(numbers: PerPartition, value: bigint): boolean {
  return Object.values(numbers).some((partitions) => Object.values(partitions).includes(value))
}

function positionOf(
  given: Given,
  side: 'starting' | 'ending',
  otherwise: 'latest' | 'error',
): GivenPosition | undefined {
  const readers: readonly [option: string, read: (option: string, value: string) => Position][] = [
    [`${side}Timestamp`, (option, value) => ({ kind: 'times', times: time(option, value), otherwise })],
    [
      `${side}OffsetsByTimestamp`,
      (option, value) => ({ kind: 'times', times: perPartition(option, value, 0, TIMES_FORM), otherwise }),
    ],
    [`${side}Offsets`, offsets],
  ]
  for (const [option, read] of readers) {
    const value = given.get(option.toLowerCase())
    if (value !== undefined) return { option, position: read(option, value) }
  }
  return undefined
}

const TIMES_FORM = 'it reads {"topic":{"0":1700000000000}}'
const OFFSETS_FORM = 'it is earliest, latest or reads {"topic":{"0":23,"1":-2}}'

function offsets(option: string, value: string): Position {
  const word = value.trim().toLowerCase()
  if (word === 'earliest' || word === 'latest') return { kind: word }
  return { kind: 'offsets', offsets: perPartition(option, value, -2, OFFSETS_FORM) }
}

function time(option: string, value: string): bigint {
  if (/^\d{1,18}$/.test(value)) return BigInt(value)
  throw invalidOption(option, value, 'it is a number of milliseconds since 1970')
}

function perPartition(option: string, value: string, least: number, form: string): PerPartition {
  const topics = Object.entries(parseByTopic(option, value)).map(([topic, partitions]) => {
    if (typeof partitions !== 'object' || partitions === null || Array.isArray(partitions))
      throw invalidOption(option, value, form)
    const entries = Object.entries(partitions).map(([partition, number]): [string, bigint] => {
      const isRight = /^\d+$/.test(partition) && Number.isSafeInteger(number) && (number as number) >= least
      if (!isRight) throw invalidOption(option, value, form)
      return [partition, BigInt(number as number)]
    })
    return [topic, Object.fromEntries(entries)] as const
  })
  return Object.fromEntries(topics)
}

/** A JSON object with something for each topic. @throws INVALID_OPTION */
export function parseByTopic(option: string, value: string): Readonly<Record<string, unknown>> {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch (error) {
    throw invalidOption(option, value, (error as Error).message)
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  throw invalidOption(option, value, 'it is a JSON object by topic')
}
