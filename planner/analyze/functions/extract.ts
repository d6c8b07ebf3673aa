import { BIGINT, DOUBLE, decimal, isAnyInterval, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantOf } from '../constants/constants.js'
import type { CallText } from '../printing.js'
import { localTime } from '../session.js'
import { expectType, unexpectedType } from '../types/coercion.js'
import { CALENDAR, EXTRACTED } from './calendar.js'
import { DATETIME } from './datetime.js'
import {
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { partOfInterval } from './intervals.js'
import { asFirstDay } from './of-day.js'

const SECONDS = decimal(8, 6)
const MICROS_PER_MINUTE = 60_000_000n

/** The second with its fraction. */
const second: FunctionDefinition = exactly(1, ([time], site) => {
  if (time!.type.kind === 'time')
    return kernelCall('microsWithin', SECONDS, [asFirstDay(time!), literal(BIGINT, MICROS_PER_MINUTE)], site)
  const local = localTime(expectType(time!, time!.type.kind === 'timestamp_ntz' ? TIMESTAMP_NTZ : TIMESTAMP, 0, site))
  return kernelCall('microsWithin', SECONDS, [local, literal(BIGINT, MICROS_PER_MINUTE)], site)
})

const PARTS: FunctionTable = { ...DATETIME, ...CALENDAR, ...EXTRACTED, second }

/** The names of fields, by the function that gives them. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  year: ['YEAR', 'Y', 'YEARS', 'YR', 'YRS'],
  month: ['MONTH', 'MON', 'MONS', 'MONTHS'],
  day: ['DAY', 'D', 'DAYS'],
  hour: ['HOUR', 'H', 'HOURS', 'HR', 'HRS'],
  minute: ['MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'],
  quarter: ['QUARTER', 'QTR'],
  dayofweek: ['DAYOFWEEK', 'DOW'],
  dayofyear: ['DOY'],
  second: ['SECOND', 'S', 'SEC', 'SECONDS', 'SECS'],
  yearofweek: ['YEAROFWEEK'],
  weekofyear: ['WEEK', 'W', 'WEEKS'],
  dayofweek_iso: ['DAYOFWEEK_ISO', 'DOW_ISO'],
}

/** What a time of day has. */
const TIME_FIELDS: ReadonlySet<string> = new Set(['hour', 'minute', 'second'])

function extract(args: readonly Expression[], site: CallSite): Expression {
  const [field, source] = args
  const known = constantOf(field!)
  if (!known) {
    const parameters = { funcName: quotedName(site.name), paramName: '`field`', paramType: '"STRING"' }
    throw new MillraceError('NON_FOLDABLE_ARGUMENT', parameters, { origin: site.origin })
  }
  const written = known.value
  if (written === null) return literal(DOUBLE, null, site.origin)
  if (typeof written !== 'string') throw unexpectedType(field!, '"STRING"', 0, site)
  const name = written.toUpperCase()
  const fn = Object.entries(FIELDS).find(([, names]) => names.includes(name))?.[0]
  const isOfInterval = isAnyInterval(source!.type)
  const part = isOfInterval ? partOfInterval(name, source!, site) : undefined
  if (part) return part
  const isOfTime = source!.type.kind !== 'time' || TIME_FIELDS.has(fn ?? '')
  if (fn !== undefined && isOfTime && !isOfInterval)
    return PARTS[fn]!.build([source!], { ...site, name: fn, sql: site.sql })
  throw new MillraceError(
    'INVALID_EXTRACT_FIELD',
    { field: quotedName(written), expr: site.argumentSql?.(1) ?? '' },
    { origin: site.origin },
  )
}

const FIELD_USAGE =
  'A field of a date, timestamp or time: YEAR, MONTH, DAY, HOUR, SECOND with its fraction, WEEK, DOW and so on.'

const partText =
  (name: string): CallText =>
  ([field, source], text) =>
    `${name}(${text(field!)} FROM ${text(source!)})`

export const EXTRACT: FunctionTable = collated('plain', {
  extract: helped(
    '(field FROM source)',
    FIELD_USAGE,
    [["extract(SECONDS FROM timestamp'2019-10-01 00:00:01.000001')", '1.000001']],
    exactly(2, extract),
    { printed: { call: partText('extract') } },
  ),
  date_part: helped(
    '(field, source)',
    FIELD_USAGE,
    [["date_part('doy', DATE'2019-08-12')", '224']],
    exactly(2, extract),
  ),
  datepart: helped(
    '(field, source)',
    FIELD_USAGE,
    [["datepart('week', timestamp'2019-08-12 01:00:00')", '33']],
    exactly(2, extract),
    { printed: { call: partText('datepart') } },
  ),
})
