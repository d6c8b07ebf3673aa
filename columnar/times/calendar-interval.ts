import { MillraceError } from '../../common/errors/millrace-error.js'
import { intervalIn } from './interval-amounts.js'
import type { IntervalParts } from './interval-parts.js'

/** Months, days and microseconds: what a column of type INTERVAL gives to and takes from a user's rows. It never changes; `toString` and `toJSON` print it as Spark does. */
export class CalendarInterval implements IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint

  /** @throws INVALID_API_USE when a part leaves its 32 or 64 bits */
  constructor(months: number, days: number, micros: bigint) {
    const fits = (months | 0) === months && (days | 0) === days && BigInt.asIntN(64, micros) === micros
    if (!fits)
      throw new MillraceError('INVALID_API_USE', {
        reason: `No interval has ${months}, ${days} and ${micros} as parts`,
      })
    this.months = months
    this.days = days
    this.micros = micros
  }

  /** Reads what `toString` writes: `1 years 2 days`. @throws INVALID_API_USE when it is no interval */
  static parse(text: string): CalendarInterval {
    const parts = intervalIn(text)
    if (parts === undefined) throw new MillraceError('INVALID_API_USE', { reason: `'${text}' is no interval` })
    return new CalendarInterval(parts.months, parts.days, parts.micros)
  }

  toString(): string {
    return intervalText(this)
  }

  toJSON(): string {
    return intervalText(this)
  }

  /** How `console.log` prints it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const MICROS_PER_HOUR = 3_600_000_000n
const MICROS_PER_MINUTE = 60_000_000n
const MICROS_PER_SECOND = 1_000_000n

/** `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, without the parts that are nothing. */
export function intervalText({ months, days, micros }: IntervalParts): string {
  const parts: readonly (readonly [count: number | bigint, unit: string])[] = [
    [Math.trunc(months / 12), 'years'],
    [months % 12, 'months'],
    [days, 'days'],
    [micros / MICROS_PER_HOUR, 'hours'],
    [(micros % MICROS_PER_HOUR) / MICROS_PER_MINUTE, 'minutes'],
  ]
  const rest = micros % MICROS_PER_MINUTE
  const texts = parts.filter(([count]) => BigInt(count) !== 0n).map(([count, unit]) => `${count} ${unit}`)
  if (rest !== 0n || texts.length === 0) texts.push(`${secondsText(rest)} seconds`)
  return texts.join(' ')
}

function secondsText(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  const fraction = String(size % MICROS_PER_SECOND)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${micros < 0n ? '-' : ''}${size / MICROS_PER_SECOND}${fraction && `.${fraction}`}`
}
