import { trimJava } from '../trim.js'
import { zoneOffset } from './zone-offset.js'
import { instantOffset, localOffset, zoneRules } from './zone-rules.js'

const MICROS_PER_SECOND = 1_000_000n
const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND

/** What is known of a zone: the seconds that it is ahead of UTC, or that they change (`region`); undefined when there is no such zone. */
export function zoneKind(zone: string): number | 'region' | undefined {
  const name = trimJava(zone)
  const offset = zoneOffset(name)
  if (offset !== 'region') return offset
  const rules = zoneRules(name)
  return rules && rules.offsets.length === 1 ? rules.offsets[0] : rules && 'region'
}

const fixedMicros = (zone: string): bigint | undefined => {
  const kind = zoneKind(zone)
  return typeof kind === 'number' ? BigInt(kind) * MICROS_PER_SECOND : undefined
}

/** The time of day and date that clocks of a zone show at an instant, as micros that UTC would have then. The zone is known to exist. */
export function localMicros(zone: string, micros: bigint): bigint {
  const fixed = fixedMicros(zone)
  if (fixed !== undefined) return micros + fixed
  return micros + BigInt(instantOffset(zoneRules(trimJava(zone))!, floorSeconds(micros))) * MICROS_PER_SECOND
}

/** The instant at which clocks of a zone show a time: later by as much as they skip where they never show it, the earlier of two. */
export function instantMicros(zone: string, local: bigint): bigint {
  const fixed = fixedMicros(zone)
  if (fixed !== undefined) return local - fixed
  return local - BigInt(localOffset(zoneRules(trimJava(zone))!, floorSeconds(local))) * MICROS_PER_SECOND
}

/** The day that a zone has at an instant, since 1970. */
export const localDay = (zone: string, micros: bigint): number =>
  Number(floor(localMicros(zone, micros), MICROS_PER_DAY))

const floorSeconds = (micros: bigint): bigint => floor(micros, MICROS_PER_SECOND)
const floor = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b)
