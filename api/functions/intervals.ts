import type { CalendarInterval } from '../../columnar/times/calendar-interval.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'

type Part = Column | string | number
type ReferencesOfParts<A extends readonly Part[]> = ReferencesOf<Extract<A[number], Column | string>>

const made = <V>(name: string, parts: readonly Part[]): V =>
  functionOf(name, ...parts.map((part) => (typeof part === 'number' ? part : nameOrColumn(part)))) as V

/** An interval of years and months, which are 0 where they are left out. */
export const makeYmInterval = <const A extends readonly Part[]>(
  ...parts: A
): Column<number | null, string, ReferencesOfParts<A>> => made('make_ym_interval', parts)

/** An interval of days, hours, minutes and seconds, which are 0 where they are left out; seconds may have a fraction. */
export const makeDtInterval = <const A extends readonly Part[]>(
  ...parts: A
): Column<bigint | null, string, ReferencesOfParts<A>> => made('make_dt_interval', parts)

/** An interval of months, days and microseconds; what is left out is 0. */
export const makeInterval = <const A extends readonly Part[]>(
  ...parts: A
): Column<CalendarInterval | null, string, ReferencesOfParts<A>> => made('make_interval', parts)

/** The same, NULL where it is too large. */
export const tryMakeInterval = <const A extends readonly Part[]>(
  ...parts: A
): Column<CalendarInterval | null, string, ReferencesOfParts<A>> => made('try_make_interval', parts)
