import { parseDurationMicros } from '../../common/config/units.js'
import type { Options } from '../api.js'
import { GivenOptions } from './given-options.js'

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
  const given = new GivenOptions('rate', options)
  const rowsPerSecond = given.whole('rowsPerSecond', 1, MOST_PER_SECOND)
  const rampUpSeconds = seconds(given, 'rampUpTime')
  const partitions = given.whole('numPartitions', 1, MOST_PARTITIONS)
  given.refuseOthers(NAMES)
  return { rowsPerSecond: rowsPerSecond ?? 1, rampUpSeconds: rampUpSeconds ?? 0, partitions }
}

const NAMES: ReadonlySet<string> = new Set(['rowspersecond', 'rampuptime', 'numpartitions'])

/** A number alone is one of seconds, as in Spark. */
function seconds(given: GivenOptions, name: string): number | undefined {
  const value = given.text(name)
  if (value === undefined) return undefined
  const micros = parseDurationMicros(/^\d+$/.test(value) ? `${value}s` : value)
  const whole = Number((micros ?? -MICROS_PER_SECOND) / MICROS_PER_SECOND)
  if (whole >= 0 && Number.isSafeInteger(whole)) return whole
  throw given.invalid(name, value, 'it is a time of seconds, as 10s or 1 minute')
}
