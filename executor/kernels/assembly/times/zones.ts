// Instants as the clocks of a time zone show them, and back. Zones are told by their names: offsets, or regions whose rules the host knows.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { BAD_ZONE, OFFSET, readZone, regionInstantOffset, regionOffset, zoneSeconds } from './zone-parse'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000

@inline
function floorSeconds(micros: i64): i64 {
  return micros / MICROS_PER_SECOND - i64(micros % MICROS_PER_SECOND < 0)
}

@inline
function instantOffset(micros: i64, zone: usize, length: i32): i64 {
  const kind = readZone(zone, zone + length)
  if (kind == BAD_ZONE) return 0
  return (kind == OFFSET ? <i64>zoneSeconds : regionInstantOffset(floorSeconds(micros))) * MICROS_PER_SECOND
}

@inline
function localOffset(local: i64, zone: usize, length: i32): i64 {
  const kind = readZone(zone, zone + length)
  if (kind == BAD_ZONE) return 0
  return (kind == OFFSET ? <i64>zoneSeconds : regionOffset(floorSeconds(local))) * MICROS_PER_SECOND
}

/** What the clocks of a zone show at an instant; beyond 64 bits it wraps. */
export function zoneLocal(micros: i64, zone: usize, length: i32): i64 {
  return micros + instantOffset(micros, zone, length)
}

/** When they show it: what they skip is later by as much as they skip, and of two instants it is the first. */
export function zoneInstant(local: i64, zone: usize, length: i32): i64 {
  return local - localOffset(local, zone, length)
}

/** The same, but of two instants the one with the offset that holds at another instant, if that is one of theirs. */
export function zoneInstantNear(local: i64, near: i64, zone: usize, length: i32): i64 {
  const kept = local - instantOffset(near, zone, length)
  return kept + instantOffset(kept, zone, length) == local ? kept : zoneInstant(local, zone, length)
}

/** `zoneLocal` and `zoneInstant` of a zone that may not exist: 2 then, the name left as a text. */
export function checkedZoneLocal(micros: i64, zone: usize, length: i32, out: usize): i32 {
  if (readZone(zone, zone + length) == BAD_ZONE) return unknownZone(zone, length, out)
  store<i64>(out, zoneLocal(micros, zone, length))
  return ROUTINE_VALUE
}

export function checkedZoneInstant(local: i64, zone: usize, length: i32, out: usize): i32 {
  if (readZone(zone, zone + length) == BAD_ZONE) return unknownZone(zone, length, out)
  store<i64>(out, zoneInstant(local, zone, length))
  return ROUTINE_VALUE
}

function unknownZone(zone: usize, length: i32, out: usize): i32 {
  store<u32>(out, <u32>zone, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_ERROR
}

/** Nothing is left of a time beyond 64 bits. */
function beyond(out: usize): i32 {
  store<u64>(out, 0)
  return ROUTINE_ERROR
}

/** An instant moved by whole days of the calendar, then by the hours that are left: an error when that is beyond 64 bits. */
export function zoneMoved(micros: i64, interval: i64, zone: usize, length: i32, out: usize): i32 {
  const days = interval / MICROS_PER_DAY
  const rest = interval % MICROS_PER_DAY
  const local = zoneLocal(micros, zone, length)
  const moved = local + days * MICROS_PER_DAY
  if ((days > 0 && moved < local) || (days < 0 && moved > local)) return beyond(out)
  const instant = days == 0 ? micros : zoneInstantNear(moved, micros, zone, length)
  const result = instant + rest
  if ((rest > 0 && result < instant) || (rest < 0 && result > instant)) return beyond(out)
  store<i64>(out, result)
  return ROUTINE_VALUE
}
