import { CommanderError } from 'commander'

/** The exit status for arguments that make no sense. */
export const BAD_USAGE = 2
const MAX_PARTITIONS = 10_000

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

/** Reads `name` or `name:partitions`; for an option that may be given several times. */
export function topicOf(text: string, before: readonly TopicArgument[] = []): readonly TopicArgument[] {
  const [name = '', partitions, ...rest] = text.split(':')
  if (name === '' || rest.length > 0) throw badUsage('topic', `${text} is no topic; write name or name:partitions`)
  return [...before, { name, ...(partitions === undefined ? {} : { partitions: positiveOf(partitions) }) }]
}

/** Arguments that make no sense. */
export const badUsage = (kind: string, message: string): CommanderError =>
  new CommanderError(BAD_USAGE, `millrace.${kind}`, `error: ${message}`)
