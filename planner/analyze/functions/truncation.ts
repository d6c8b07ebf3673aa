import { BIGINT, DATE, INT, STRING, TIMESTAMP } from '../../../columnar/types.js'
import { dateUnit, timeUnit } from '../../../common/time/calendar-words.js'
import { zoneKind } from '../../../common/time/time-zone.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantOf } from '../constants/constants.js'
import { analysisSession, localTime, zonedCast } from '../session.js'
import { expectType } from '../types/coercion.js'
import {
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { nearInstant } from './moved-timestamp.js'

/** A unit by its number; NULL for what is none. */
function unitOf(unit: Expression, routine: 'calendar.timeUnit' | 'calendar.dateUnit', site: CallSite): Expression {
  const known = constantOf(unit)
  if (!known)
    return routineCall({ by: 'host', name: routine, label: site.name, givesNull: true }, INT, [unit], site.origin)
  const numberOf = routine === 'calendar.timeUnit' ? timeUnit : dateUnit
  return literal(INT, (typeof known.value === 'string' ? numberOf(known.value) : undefined) ?? null)
}

/** The shortest unit of a day or more: there the session's clocks are never in two minds about when it begins. */
const WEEK = 6

/** The micros of each unit that always has as many, by its number. */
const UNIT_MICROS: readonly bigint[] = [1n, 1_000n, 1_000_000n, 60_000_000n, 3_600_000_000n, 86_400_000_000n]

function truncated(time: Expression, unit: Expression, site: CallSite): Expression {
  const micros = unit.kind === 'literal' && unit.value !== null ? UNIT_MICROS[Number(unit.value)] : undefined
  if (micros === undefined) return kernelCall('truncateTime', time.type, [time, unit], site)
  return call('truncate_time', time.type, [time, literal(BIGINT, micros)], { origin: site.origin })
}

const dateTrunc: FunctionDefinition = exactly(2, (args, site) => {
  const unit = unitOf(expectType(args[0]!, STRING, 0, site), 'calendar.timeUnit', site)
  const time = expectType(args[1]!, TIMESTAMP, 1, site)
  const local = truncated(localTime(time), unit, site)
  const isLong = unit.kind === 'literal' && Number(unit.value) >= WEEK
  if (isLong || zoneKind(analysisSession().timeZone) !== 'region')
    return zonedCast(local, TIMESTAMP, 'ansi', site.origin)
  return nearInstant(local, time, site)
})

const trunc: FunctionDefinition = exactly(2, (args, site) => {
  const date = expectType(args[0]!, DATE, 0, site)
  const unit = unitOf(expectType(args[1]!, STRING, 1, site), 'calendar.dateUnit', site)
  return kernelCall('truncateDate', DATE, [date, unit], site)
})

export const TRUNCATION: FunctionTable = collated('plain', {
  date_trunc: helped(
    '(unit, timestamp)',
    'The beginning of the unit that a timestamp is in: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND. NULL for other units.',
    [["date_trunc('HOUR', '2015-03-05T09:32:05.359')", '2015-03-05 09:00:00']],
    dateTrunc,
  ),
  trunc: helped(
    '(date, unit)',
    'The first day of the YEAR, QUARTER, MONTH or WEEK that a date is in. NULL for other units.',
    [["trunc('2019-08-04', 'week')", '2019-07-29']],
    trunc,
  ),
})
