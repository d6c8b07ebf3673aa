// Time zones at the end of a timestamp's text: offsets, and regions whose rules the host knows.
import {
  ZONE_ANSWER_ADDRESS,
  ZONE_ANSWER_BYTES,
  ZONE_ANSWER_COUNT,
  ZONE_ANSWER_UNTIL,
  ZONE_RULE_BYTES,
  ZONE_RULE_FROM,
  ZONE_RULE_OFFSET,
} from '../../interface/zone-rules'
import { bytesEqual } from '../bytes'
import { release } from '../memory'

/** What a zone's text is: malformed, absent, an offset (in `zoneSeconds`), or a region (for `regionOffset`). */
export const BAD_ZONE = -1
export const NO_ZONE = 0
export const OFFSET = 1
export const REGION = 2

/** The offset from UTC read last. */
export let zoneSeconds: i32 = 0

/**
 * Asks the host for the rules of a region: it writes an answer to `out`; the rules lie in order in memory of `allocate`. 0 when there is no
 * such region.
 */
@external("env", "zoneRules")
declare function zoneRules(at: usize, length: i32, out: usize): i32

@inline
function isDigit(p: usize, end: usize): bool {
  return p < end && <u32>load<u8>(p) - 0x30 < 10
}

@inline
function pairAt(p: usize): i32 {
  return (<i32>load<u8>(p) - 0x30) * 10 + <i32>load<u8>(p, 1) - 0x30
}

/** ±h, ±hh, ±hhmm, ±hhmmss, ±h[h]:m, ±h[h]:mm, ±h[h]:mm:ss */
function readOffset(p: usize, end: usize): i32 {
  const negative = load<u8>(p++) == 0x2d
  const start = p
  while (isDigit(p, end)) p++
  const digits = <i32>(p - start)
  if (digits != 1 && digits != 2 && (p < end || (digits != 4 && digits != 6))) return BAD_ZONE
  const hours = digits == 1 ? <i32>load<u8>(start) - 0x30 : pairAt(start)
  let minutes = digits >= 4 ? pairAt(start + 2) : 0
  let seconds = digits == 6 ? pairAt(start + 4) : 0
  if (p < end) {
    if (load<u8>(p++) != 0x3a || !isDigit(p, end)) return BAD_ZONE
    if (!isDigit(p + 1, end)) minutes = <i32>load<u8>(p++) - 0x30
    else {
      minutes = pairAt(p)
      p += 2
      if (p + 3 == end && load<u8>(p) == 0x3a && isDigit(p + 1, end) && isDigit(p + 2, end)) {
        seconds = pairAt(p + 1)
        p = end
      }
    }
    if (p != end) return BAD_ZONE
  }
  if (minutes > 59 || seconds > 59) return BAD_ZONE
  const total = hours * 3600 + minutes * 60 + seconds
  if (total > 18 * 3600) return BAD_ZONE
  zoneSeconds = negative ? -total : total
  return OFFSET
}

/** Reads all of a text as a zone. */
export function readZone(p: usize, end: usize): i32 {
  while (p < end && load<u8>(p) <= 0x20) p++
  while (p < end && load<u8>(end - 1) <= 0x20) end--
  if (p == end) return BAD_ZONE
  const first = load<u8>(p)
  if (first == 0x2b || first == 0x2d) return readOffset(p, end)
  const length = <i32>(end - p)
  zoneSeconds = 0
  if (length == 1) return first == 0x5a ? OFFSET : BAD_ZONE
  const prefix = prefixLength(p, length)
  if (prefix > 0) {
    if (length == prefix) return OFFSET
    const next = load<u8>(p + prefix)
    if (next == 0x2b || next == 0x2d) return readOffset(p + prefix, end)
  }
  return findRegion(p, length) ? REGION : BAD_ZONE
}

/** UTC, GMT or UT. */
function prefixLength(p: usize, length: i32): i32 {
  const two = load<u16>(p)
  if (length >= 3 && ((two == 0x5455 && load<u8>(p, 2) == 0x43) || (two == 0x4d47 && load<u8>(p, 2) == 0x54))) return 3
  return two == 0x5455 ? 2 : 0
}

const LONGEST_NAME = 56
const ENTRIES = 64
const ENTRY_BYTES = 72
// Name (56 bytes), its length (u32), number of rules (u32), their address (u32).
const KNOWN: usize = memory.data(ENTRIES * ENTRY_BYTES, 8)
const ANSWER: usize = memory.data(ZONE_ANSWER_BYTES, 8)
let known = 0
let oldest = 0
let current: usize = 0
/** Up to where the host tells rules; the same for all regions. */
let until: i64 = 0

/** Makes a region the current one; false when there is none of that name. */
function findRegion(p: usize, length: i32): bool {
  if (length > LONGEST_NAME) return false
  if (current != 0 && isNamed(current, p, length)) return true
  for (let i = 0; i < known; i++) {
    const entry = KNOWN + i * ENTRY_BYTES
    if (isNamed(entry, p, length)) {
      current = entry
      return true
    }
  }
  if (!zoneRules(p, length, ANSWER)) return false
  const entry = KNOWN + (known < ENTRIES ? known++ : oldest++ % ENTRIES) * ENTRY_BYTES
  if (load<u32>(entry, 64) != 0) release(load<u32>(entry, 64))
  memory.copy(entry, p, length)
  store<u32>(entry, length, 56)
  store<u32>(entry, load<u32>(ANSWER, ZONE_ANSWER_COUNT), 60)
  store<u32>(entry, load<u32>(ANSWER, ZONE_ANSWER_ADDRESS), 64)
  until = load<i64>(ANSWER, ZONE_ANSWER_UNTIL)
  current = entry
  return true
}

function isNamed(entry: usize, p: usize, length: i32): bool {
  return load<i32>(entry, 56) == length && bytesEqual(entry, p, length) == 1
}

/** After 400 years the calendar repeats itself, days of the week included. */
const CYCLE: i64 = 146097 * 86400

/** The offset in seconds that the region read last has at a local time in seconds; of two the earlier one. */
export function regionOffset(local: i64): i64 {
  return offsetWhen(local, false)
}

/** The same at an instant. */
export function regionInstantOffset(second: i64): i64 {
  return offsetWhen(second, true)
}

@inline
function offsetWhen(second: i64, isInstant: bool): i64 {
  if (second >= until) second -= ((second - until) / CYCLE + 1) * CYCLE
  const rules: usize = load<u32>(current, 64)
  let low = 0
  let high = load<i32>(current, 60)
  // The last rule that has begun; the first one always has.
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const rule = rules + <usize>middle * ZONE_RULE_BYTES
    if ((isInstant ? instantOf(rule) : load<i64>(rule, ZONE_RULE_FROM)) <= second) low = middle
    else high = middle
  }
  return load<i64>(rules + <usize>low * ZONE_RULE_BYTES, ZONE_RULE_OFFSET)
}

/** When a rule begins, which has one before it: its local second is the one after a gap or an overlap. */
@inline
function instantOf(rule: usize): i64 {
  const before = load<i64>(rule - ZONE_RULE_BYTES, ZONE_RULE_OFFSET)
  return load<i64>(rule, ZONE_RULE_FROM) - max(before, load<i64>(rule, ZONE_RULE_OFFSET))
}
