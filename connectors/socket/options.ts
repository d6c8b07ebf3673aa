import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'

/** Whose lines are read, and whether with the times at which they came. */
export interface SocketOptions {
  readonly host: string
  readonly port: number
  readonly hasTimes: boolean
}

const NAMES: ReadonlySet<string> = new Set(['host', 'port', 'includetimestamp'])

/** @throws INVALID_OPTION */
export function socketOptions(options: Options): SocketOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  const [other] = [...given].filter(([name]) => !NAMES.has(name))
  if (other) throw invalid(...other, 'there is no such option')
  const [host, port] = [given.get('host') ?? '', given.get('port') ?? '']
  if (host === '') throw invalid('host', host, 'it is needed')
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw invalid('port', port, 'it is a number from 1 to 65535')
  const times = given.get('includetimestamp')?.toLowerCase() ?? 'false'
  if (times !== 'true' && times !== 'false') throw invalid('includeTimestamp', times, 'it is true or false')
  return { host, port: Number(port), hasTimes: times === 'true' }
}

const invalid = (option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { provider: 'socket', option, value, reason })
