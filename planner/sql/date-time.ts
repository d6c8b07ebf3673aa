const MICROS_PER_DAY = 86_400_000_000n

/** Days since 1970-01-01 of `yyyy[-m[-d]]`, as Spark's date literals and casts read it; undefined when it is no date. */
export function parseDateDays(text: string): number | undefined {
  const match = /^\s*(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\s*$/.exec(text)
  return match ? daysOf(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)) : undefined
}

/** Microseconds since 1970 of `yyyy-m-d[ |T]h:m:s[.f][zone]`; without a zone it is UTC. Undefined when it is no timestamp. */
export function parseTimestampMicros(text: string): bigint | undefined {
  const match =
    /^\s*([\d-]+?)(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?\s*$/i.exec(
      text,
    )
  const days = match && parseDateDays(match[1]!)
  if (!match || days === undefined) return undefined
  const [hour, minute, second] = [match[2], match[3], match[4]].map((part) => Number(part ?? 0))
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined
  const fraction = BigInt((match[5] ?? '').padEnd(6, '0').slice(0, 6))
  const seconds = BigInt(hour! * 3600 + minute! * 60 + second!)
  return BigInt(days!) * MICROS_PER_DAY + seconds * 1_000_000n + fraction - zoneMicros(match[6])
}

function zoneMicros(zone: string | undefined): bigint {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '')
  if (!match) return 0n
  const minutes = BigInt(Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000_000n
  return match[1] === '-' ? -minutes : minutes
}

function daysOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const valid = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return valid ? date.getTime() / 86_400_000 : undefined
}
