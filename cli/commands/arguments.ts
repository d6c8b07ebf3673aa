import { CommanderError } from 'commander'
import { parseBytes, parseDurationMicros } from '../../common/config/units.js'
import { parsedHostPort } from '../../proto/rpc/address.js'

/** The exit status for arguments that make no sense. */
export const BAD_USAGE = 2
const MAX_PARTITIONS = 10_000
const MOST_MS = 86_400_000
const LEAST_BYTES = 16 * 1024 ** 2

/** A topic to be made, and with how many partitions; without a number as many as the broker gives. */
export interface TopicArgument {
  readonly name: string
  readonly partitions?: number
}

export function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw badUsage('port', `${text} is no port (0 to 65535)`)
  return port
}

export function positiveOf(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > MAX_PARTITIONS)
    throw badUsage('count', `${text} is no count from 1 to ${MAX_PARTITIONS}`)
  return count
}

/** Reads `host:port`, of IPv6 `[host]:port`. */
export function addressOf(text: string): string {
  if (!parsedHostPort(text)) throw badUsage('address', `${text} is no address; write host:port`)
  return text
}

/** Reads `millrace://host:port`. */
export function masterOf(text: string): string {
  const [, address] = /^millrace:\/\/(.*)$/.exec(text) ?? []
  if (address === undefined) throw badUsage('master', `${text} is no master of a cluster; write millrace://host:port`)
  return addressOf(address)
}

/** Reads a duration such as 20s, in milliseconds. */
export function durationOf(text: string, leastMs: number): number {
  const ms = Number(parseDurationMicros(text) ?? -1n) / 1000
  if (ms < leastMs || ms > MOST_MS) throw badUsage('duration', `${text} is no duration from ${leastMs} ms to one day`)
  return ms
}

/** Reads a size such as 512m or 4g. */
export function bytesOf(text: string): number {
  const bytes = parseBytes(text)
  if (bytes === undefined || bytes < LEAST_BYTES) throw badUsage('size', `${text} is no size of 16m or more`)
  return bytes
}

/** Reads `name` or `name:partitions`; for an option that may be given several times. */
export function topicOf(text: string, before: readonly TopicArgument[] = []): readonly TopicArgument[] {
  const [name = '', partitions, ...rest] = text.split(':')
  if (name === '' || rest.length > 0) throw badUsage('topic', `${text} is no topic; write name or name:partitions`)
  return [...before, { name, ...(partitions === undefined ? {} : { partitions: positiveOf(partitions) }) }]
}

/** Arguments that make no sense. */
export const badUsage = (kind: string, message: string): CommanderError =>
  new CommanderError(BAD_USAGE, `millrace.${kind}`, `error: ${message}`)
