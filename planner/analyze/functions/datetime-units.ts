import { BIGINT, INTERVAL_DT, TIMESTAMP } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { localTime } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { type CallSite, exactly, type FunctionTable, helped } from './definition.js'
import { ANY_TIMESTAMP } from './interval-arithmetic.js'
import { movedByMonths, movedByTime } from './moved-timestamp.js'

const MICROS: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1_000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
  DAYOFYEAR: 86_400_000_000n,
  WEEK: 604_800_000_000n,
}
const MONTHS: Readonly<Record<string, bigint>> = { MONTH: 1n, QUARTER: 3n, YEAR: 12n }

/** The unit a parser wrote as the first operand. */
function unitOf(unit: Expression, site: CallSite): string {
  const name = unit.kind === 'literal' && typeof unit.value === 'string' ? unit.value.toUpperCase() : ''
  if (name in MICROS || name in MONTHS) return name
  throw invalidUnit(name, site)
}

const invalidUnit = (unit: string, site: CallSite): MillraceError =>
  new MillraceError(
    'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
    { functionName: `\`${site.name}\``, parameter: '`unit`', invalidValue: `'${unit}'` },
    { origin: site.origin },
  )

function timestampArgument(e: Expression, position: number, required: string, site: CallSite): Expression {
  const { kind } = e.type
  if (kind === 'timestamp_ntz') return e
  const fits = kind === 'timestamp' || kind === 'date' || kind === 'string' || kind === 'void'
  if (!fits) throw unexpectedType(e, required, position, site)
  return castTo(e, TIMESTAMP)
}

/** `timestampadd(unit, count, at)`: so many units later; months keep the day, or take the last of a shorter month. */
function timestampAdd([unit, count, at]: readonly Expression[], site: CallSite): Expression {
  const { origin } = site
  const name = unitOf(unit!, site)
  const base = timestampArgument(at!, 1, ANY_TIMESTAMP, site)
  const { kind } = count!.type
  if (!isNumeric(count!.type) && kind !== 'string' && kind !== 'void') throw unexpectedType(count!, '"BIGINT"', 0, site)
  const units = castTo(count!, BIGINT)
  const months = MONTHS[name]
  if (months !== undefined) {
    const all = months === 1n ? units : call('multiply', BIGINT, [units, literal(BIGINT, months)], { origin })
    return movedByMonths(base, all, site)
  }
  const micros = call('multiply', INTERVAL_DT, [units, literal(BIGINT, MICROS[name]!)], { origin })
  return movedByTime(base, micros, site)
}

/** `timestampdiff(unit, start, end)`: how many whole units lie between. */
function timestampDiff([unit, start, end]: readonly Expression[], site: CallSite): Expression {
  const { origin } = site
  const name = unitOf(unit!, site)
  if (name === 'DAYOFYEAR') throw invalidUnit(name, { ...site, name: 'TIMESTAMPDIFF' })
  const times = [start!, end!].map((time, i) => localTime(timestampArgument(time, i, '"TIMESTAMP"', site)))
  const months = MONTHS[name]
  if (months !== undefined) return call('months_between', BIGINT, [...times, literal(BIGINT, months)], { origin })
  return call('units_between', BIGINT, [...times, literal(BIGINT, MICROS[name]!)], { origin })
}

export const DATETIME_UNITS: FunctionTable = {
  timestampadd: helped(
    '(UNIT, count, timestamp)',
    'So many units later.',
    [["timestampadd(HOUR, 8, timestamp'2024-02-14 02:00:00')", '2024-02-14 10:00:00']],
    exactly(3, timestampAdd),
  ),
  timestampdiff: helped(
    '(UNIT, start, end)',
    'How many whole units lie between.',
    [["timestampdiff(DAY, timestamp'2024-02-14 02:00:00', timestamp'2024-02-16 01:00:00')", '1']],
    exactly(3, timestampDiff),
  ),
}
