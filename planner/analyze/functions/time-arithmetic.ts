import {
  BIGINT,
  BOOLEAN,
  type DayTimeIntervalType,
  STRING,
  TIME,
  type TimeType,
  time,
} from '../../../columnar/types.js'
import { call, cast, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, expectType } from '../types/coercion.js'
import { buildCase } from './conditional.js'
import type { CallSite } from './definition.js'
import { NANOS_PER_MICRO, nanosOf, ofNanos } from './of-day.js'
import { raising } from './raising.js'

const NANOS_PER_DAY = 86_400_000_000_000n
const HOUR_TO_SECOND: DayTimeIntervalType = Object.freeze({ kind: 'interval_dt', fields: ['hour', 'second'] as const })

/** A time so much later, on the same day. @throws DATETIME_OVERFLOW at run time */
export function movedTime(base: Expression, interval: Expression, site: CallSite): Expression {
  const { origin } = site
  const added = call('multiply', BIGINT, [call('unix_micros', BIGINT, [interval]), literal(BIGINT, NANOS_PER_MICRO)])
  const nanos = call('add', BIGINT, [nanosOf(base), added], { origin })
  const type = movedType(base.type as TimeType, interval.type as DayTimeIntervalType)
  const isWithin = call('and', BOOLEAN, [
    call('ge', BOOLEAN, [nanos, literal(BIGINT, 0n)]),
    call('lt', BOOLEAN, [nanos, literal(BIGINT, NANOS_PER_DAY)]),
  ])
  const isMissing = call('is_null', BOOLEAN, [nanos])
  const operation = call('concat', STRING, [
    literal(STRING, 'add '),
    castTo(interval, STRING),
    literal(STRING, " to the time value TIME '"),
    cast(base, STRING, 'ansi'),
    literal(STRING, "'"),
  ])
  const branches = [
    { when: isMissing, value: literal(type, null) },
    { when: isWithin, value: ofNanos(nanos, type) },
  ]
  return buildCase(branches, raising('DATETIME_OVERFLOW', { parameters: {}, shown: { operation } }, type, site), site)
}

/** Seconds have six digits of their fraction. */
const movedType = (type: TimeType, { fields }: DayTimeIntervalType): TimeType =>
  (fields?.[1] ?? 'second') === 'second' ? time(Math.max(type.precision, TIME.precision)) : type

/** How much later the left one is. */
export function timeDifference(left: Expression, right: Expression, site: CallSite): Expression {
  const [end, start] = [left, right].map((side, i) =>
    nanosOf(side.type.kind === 'time' ? side : expectType(side, TIME, i, site)),
  )
  const nanos = call('subtract', BIGINT, [end!, start!])
  const micros = call('int_divide', BIGINT, [nanos, literal(BIGINT, NANOS_PER_MICRO)])
  return call('multiply', HOUR_TO_SECOND, [micros, literal(BIGINT, 1n)], { origin: site.origin })
}
