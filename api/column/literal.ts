import { Decimal } from '../../columnar/decimal.js'
import { CalendarDate } from '../../columnar/times/calendar-date.js'
import { CalendarInterval } from '../../columnar/times/calendar-interval.js'
import { microsOf } from '../../columnar/times/date-values.js'
import { packInterval } from '../../columnar/times/interval-parts.js'
import { TimeOfDay } from '../../columnar/times/time-of-day.js'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INT,
  INTERVAL,
  MAX_DECIMAL_PRECISION,
  STRING,
  TIME,
  TIMESTAMP,
  VARIANT,
  VOID,
} from '../../columnar/types.js'
import { Variant } from '../../columnar/variant.js'
import { packVariant } from '../../columnar/variant-parts.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'

/** What may stand where a column is expected beside a column: a value, which becomes a literal, or arrays and maps of such. */
export type Literal =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | TimeOfDay
  | CalendarInterval
  | Decimal
  | Variant
  | readonly Literal[]
  | ReadonlyMap<Literal, Literal>

/** The type of a literal's values: of `true` it is boolean. */
export type Widened<T> = T extends boolean
  ? boolean
  : T extends number
    ? number
    : T extends bigint
      ? bigint
      : T extends string
        ? string
        : T extends CalendarDate
          ? CalendarDate
          : T extends Date
            ? Timestamp
            : T

const MAX_INT = 2 ** 31 - 1
const MAX_BIGINT = 2n ** 63n - 1n

/**
 * A value as a literal: whole numbers are int, beyond its range bigint, and double where not every whole number is one; a bigint of more
 * than 64 bits is a decimal; a Date is a timestamp, a CalendarDate a date, a TimeOfDay a time, a CalendarInterval an interval, a Variant a variant, an array and a `Map` one of its parts.
 * @throws INVALID_API_USE for values that are none of these
 */
export function literalOf(value: Literal): UnresolvedExpression {
  if (value === null) return { kind: 'literal', type: VOID, value }
  switch (typeof value) {
    case 'boolean':
      return { kind: 'literal', type: BOOLEAN, value }
    case 'string':
      return { kind: 'literal', type: STRING, value }
    case 'number':
      return numberLiteral(value)
    case 'bigint':
      return value > MAX_BIGINT || value < -MAX_BIGINT - 1n
        ? decimalLiteral(new Decimal(value, 0))
        : { kind: 'literal', type: BIGINT, value }
    default:
  }
  if (Array.isArray(value)) return made('array', value)
  if (value instanceof Map) return made('map', [...value].flat(1))
  if (value instanceof Decimal) return decimalLiteral(value)
  if (value instanceof CalendarInterval) return { kind: 'literal', type: INTERVAL, value: packInterval(value) }
  if (value instanceof Variant) return { kind: 'literal', type: VARIANT, value: packVariant(value) }
  if (value instanceof TimeOfDay) return { kind: 'literal', type: TIME, value: value.nanos - (value.nanos % 1000n) }
  if (value instanceof CalendarDate && Math.abs(value.days) <= MAX_INT) {
    return { kind: 'literal', type: DATE, value: value.days }
  }
  const micros = value instanceof Date && !(value instanceof CalendarDate) ? microsOf(value) : undefined
  if (micros === undefined || micros > MAX_BIGINT || micros < -MAX_BIGINT - 1n) throw noLiteral(value)
  return { kind: 'literal', type: TIMESTAMP, value: micros }
}

const made = (name: string, parts: readonly Literal[]): UnresolvedExpression => ({
  kind: 'function',
  name,
  args: parts.map(literalOf),
})

function numberLiteral(value: number): UnresolvedExpression {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { kind: 'literal', type: DOUBLE, value }
  return Math.abs(value) <= MAX_INT
    ? { kind: 'literal', type: INT, value }
    : { kind: 'literal', type: BIGINT, value: BigInt(value) }
}

function decimalLiteral(value: Decimal): UnresolvedExpression {
  const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString().length
  const precision = Math.max(digits, value.scale)
  if (precision > MAX_DECIMAL_PRECISION) throw noLiteral(value)
  return { kind: 'literal', type: decimal(precision, value.scale), value: value.unscaled }
}

const noLiteral = (value: unknown): MillraceError =>
  new MillraceError('INVALID_API_USE', { reason: `${String(value)} can be no literal` })
