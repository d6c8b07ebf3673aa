const BYTE_UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }
const BYTE_SIZES = Object.entries(BYTE_UNITS).toReversed()
const MICROS: ReadonlyMap<string, bigint> = new Map(
  Object.entries({
    us: 1n,
    microsecond: 1n,
    ms: 1_000n,
    millisecond: 1_000n,
    s: 1_000_000n,
    second: 1_000_000n,
    m: 60_000_000n,
    min: 60_000_000n,
    minute: 60_000_000n,
    h: 3_600_000_000n,
    hour: 3_600_000_000n,
    d: 86_400_000_000n,
    day: 86_400_000_000n,
    week: 604_800_000_000n,
  }),
)

/** Reads a size in bytes: `512`, `64k`, `1.5 GiB`, `10MB` (units are powers of 1024, as in Spark). Undefined when it is none. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim())
  if (!match) return undefined
  const bytes = Math.floor(Number(match[1]) * BYTE_UNITS[(match[2] || 'b').toLowerCase()]!)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size as `parseBytes` reads it, in the largest unit that divides it. */
export function bytesText(bytes: number): string {
  const [unit, size] = BYTE_SIZES.find(([, size]) => bytes > 0 && bytes % size === 0) ?? ['', 1]
  return `${bytes / size}${unit === 'b' ? '' : unit}`
}

const MS_UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
]

/** A duration as `parseDurationMicros` reads it, in the largest unit that divides it. */
export function durationText(ms: number): string {
  const [unit, size] = MS_UNITS.find(([, size]) => ms > 0 && ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** Reads a duration: `10 seconds`, `500ms`, `1 minute 30 seconds`. In microseconds; undefined when it is none. */
export function parseDurationMicros(text: string): bigint | undefined {
  const body = text.trim().replace(/^interval\s+/i, '')
  if (body === '') return undefined
  // Each part begins where the last one ended: searching for it would take time in the square of a long text.
  const part = /([+-]?\d+)\s*([a-z]+)\s*/iy
  let total = 0n
  while (part.lastIndex < body.length) {
    const [, amount, unit] = part.exec(body) ?? []
    const name = unit?.toLowerCase() ?? ''
    const micros = MICROS.get(name) ?? MICROS.get(name.replace(/s$/, ''))
    if (micros === undefined) return undefined
    total += BigInt(amount!) * micros
  }
  return total
}
