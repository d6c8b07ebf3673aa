import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options } from '../api.js'

/** How many numbers come in a second, after how long there are so many, and into how many parts those of a batch are divided. */
export interface RateOptions {
  readonly rowsPerSecond: number
  readonly rampUpSeconds: number
  readonly partitions: number | undefined
}

/** At the greatest rate numbers are exact for as long as a hundred days. */
const MOST_PER_SECOND = 1_000_000_000
const MOST_PARTITIONS = 10_000
const MICROS_PER_SECOND = 1_000_000n

/** @throws INVALID_OPTION */
export function rateOptions(options: Options): RateOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]))
  const rowsPerSecond = count(given, 'rowsPerSecond', MOST_PER_SECOND)
  const rampUpSeconds = seconds(given, 'rampUpTime')
  const partitions = count(given, 'numPartitions', MOST_PARTITIONS)
  const [other] = [...given].filter(([name]) => !NAMES.has(name))
  if (other) throw invalid(...other, 'there is no such option')
  return { rowsPerSecond: rowsPerSecond ?? 1, rampUpSeconds: rampUpSeconds ?? 0, partitions }
}

const NAMES: ReadonlySet<string> = new Set(['rowspersecond', 'rampuptime', 'numpartitions'])

type Given = ReadonlyMap<string, string>

function count(given: Given, name: string, most: number): number | undefined {
  const value = given.get(name.toLowerCase())
  if (value === undefined) return undefined
  if (/^\d{1,10}$/.test(value) && Number(value) >= 1 && Number(value) <= most) return Number(value)
  throw invalid(name, value, `it is a whole number from 1 to ${most}`)
}

/** A number alone is one of seconds, as in Spark. */
function seconds(given: Given, name: string): number | undefined {
  const value = given.get(name.toLowerCase())
  if (value === undefined) return undefined
  const micros = parseDurationMicros(/^\d+$/.test(value) ? `${value}s` : value)
  const whole = Number((micros ?? -MICROS_PER_SECOND) / MICROS_PER_SECOND)
  if (whole >= 0 && Number.isSafeInteger(whole)) return whole
  throw invalid(name, value, 'it is a time of seconds, as 10s or 1 minute')
}

const invalid = (option: string, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_OPTION', { provider: 'rate', option, value, reason })
