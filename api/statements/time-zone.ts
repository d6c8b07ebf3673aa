import { MillraceError } from '../../common/errors/millrace-error.js'
import { readInterval } from '../../planner/sql/interval-literal.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'

const MICROS_PER_SECOND = 1_000_000n
const MOST_SECONDS = 18 * 3600

/** What stands behind SET TIME ZONE: LOCAL, an interval, or a name in quotes; undefined for anything else. */
export function readTimeZone(tokens: TokenStream): string | undefined {
  if (tokens.accept('LOCAL')) return new Intl.DateTimeFormat().resolvedOptions().timeZone
  if (tokens.peek().kind === 'string') return tokens.next().text
  const start = tokens.peek()
  const interval = readInterval(tokens)
  if (interval?.kind !== 'literal') return undefined
  const { value } = interval
  const isWhole = typeof value === 'bigint' && value % MICROS_PER_SECOND === 0n
  const seconds = isWhole ? Number(value / MICROS_PER_SECOND) : Number.NaN
  if (Math.abs(seconds) <= MOST_SECONDS) return offsetText(seconds)
  const origin = tokens.originFrom(start)
  const input = origin.text.slice(origin.start, origin.end)
  throw new MillraceError('INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE', { input }, { origin })
}

/** An offset as Java writes it: `+01:00`, `-08:30:15`, `Z`. */
function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z'
  const size = Math.abs(seconds)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, ...(size % 60 === 0 ? [] : [size % 60])]
  return `${seconds < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`
}
