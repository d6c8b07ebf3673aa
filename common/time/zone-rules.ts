/** When the offset of a time zone changes: from each local second on, in order, what the offset in seconds is. The first holds before, too. */
export interface ZoneRules {
  readonly from: BigInt64Array
  readonly offsets: Int32Array
}

/** Short names that Java takes for regions or offsets (`ZoneId.SHORT_IDS`). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  EST: 'Etc/GMT+5',
  HST: 'Etc/GMT+10',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  MST: 'Etc/GMT+7',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
}

const FIRST = Date.UTC(1800, 0, 1) / 1000
/** From here on the rules of 400 years before are taken: the calendar repeats itself. */
export const LAST_RULE_SECOND = Date.UTC(2500, 0, 1) / 1000
/** Seconds after which the calendar repeats itself, days of the week included. */
const CALENDAR_CYCLE_SECONDS = 146_097 * 86_400
/** No offset holds for a shorter time: in Morocco one of them lasts for Ramadan. */
const STEP = 20 * 86_400
const MOST_ZONES = 600

const known = new Map<string, ZoneRules | undefined>()

/** The rules of a region such as `Europe/Berlin`; undefined when Java knows no zone of that name. */
export function zoneRules(name: string): ZoneRules | undefined {
  if (known.has(name)) return known.get(name)
  if (known.size >= MOST_ZONES) known.clear()
  const format = formatOf(SHORT_NAMES[name] ?? name)
  const rules = format && rulesOf((second) => offsetAt(format, second))
  known.set(name, rules)
  return rules
}

/** The offset at a local time: of two the one before the change, as in Java. */
export const localOffset = (rules: ZoneRules, localSecond: bigint): number =>
  offsetOf(rules, localSecond, (rule) => rules.from[rule]!)

/** The offset at an instant. */
export const instantOffset = (rules: ZoneRules, second: bigint): number =>
  offsetOf(
    rules,
    second,
    (rule) => rules.from[rule]! - BigInt(Math.max(rules.offsets[rule - 1]!, rules.offsets[rule]!)),
  )

/** The offset of the last rule that has begun; the first one always has. */
function offsetOf({ from, offsets }: ZoneRules, at: bigint, beginOf: (rule: number) => bigint): number {
  const last = BigInt(LAST_RULE_SECOND)
  const cycle = BigInt(CALENDAR_CYCLE_SECONDS)
  const second = at < last ? at : at - ((at - last) / cycle + 1n) * cycle
  let low = 0
  let high = from.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (beginOf(middle) <= second) low = middle
    else high = middle
  }
  return offsets[low]!
}

/** Segments of a name begin with a capital or a digit, but for `of`, `es` and `au`; Intl does not mind, Java does. */
const PROPER = /^[A-Z][A-Za-z0-9+]*([/_-]([A-Z0-9+][A-Za-z0-9+]*|of|es|au))*$/

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  if (!PROPER.test(name)) return undefined
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    const canonical = format.resolvedOptions().timeZone
    const isOtherCase = canonical !== name && canonical.toLowerCase() === name.toLowerCase()
    return isOtherCase ? undefined : format
  } catch {
    return undefined
  }
}

function offsetAt(format: Intl.DateTimeFormat, second: number): number {
  const text = format.format(second * 1000)
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  if (!match?.[1]) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return match[1] === '-' ? -seconds : seconds
}

function rulesOf(offset: (second: number) => number): ZoneRules {
  let current = offset(FIRST)
  const rules: { from: bigint; offset: number }[] = [{ from: BigInt(FIRST), offset: current }]
  for (let low = FIRST; low < LAST_RULE_SECOND; low += STEP) {
    const next = offset(low + STEP)
    if (next === current) continue
    const change = changeBetween(offset, low, low + STEP, current)
    // In a gap and in an overlap the offset before still holds.
    rules.push({ from: BigInt(change + Math.max(current, next)), offset: next })
    current = next
  }
  return {
    from: BigInt64Array.from(rules, (rule) => rule.from),
    offsets: Int32Array.from(rules, (rule) => rule.offset),
  }
}

/** The first second that has another offset than `before`. */
function changeBetween(offset: (second: number) => number, from: number, to: number, before: number): number {
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offset(middle) === before) low = middle
    else high = middle
  }
  return high
}
