import { DATE, type DataType, decimal, INT, STRING, TIME, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal, orNullIf } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { timestampType } from '../../sql/types.js'
import type { CallText } from '../printing.js'
import { analysisSession, isLenient, zonedCast } from '../session.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  operands,
} from './definition.js'
import { microsOfDay, outOfClock } from './of-day.js'
import { instantIn } from './time-zones.js'

const outOfBounds = (rangeMessage: string): RoutineError => ({
  condition: 'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION',
  parameters: { rangeMessage, ansiConfig: '"spark.sql.ansi.enabled"' },
})

const range = (field: string, values: string): RoutineError =>
  outOfBounds(`Invalid value for ${field} (valid values ${values}): ${DETAIL_TEXT}`)

/** What kernels raise about fields, in the order of `executor/kernels/interface/calendar.ts`. */
const FIELD_ERRORS: readonly RoutineError[] = [
  range('Year', '-999999999 - 999999999'),
  range('MonthOfYear', '1 - 12'),
  range('DayOfMonth', '1 - 28/31'),
  outOfBounds(`Invalid date '${DETAIL_TEXT}'`),
  outOfBounds(`Invalid date 'February 29' as '${DETAIL_TEXT}' is not a leap year`),
  range('HourOfDay', '0 - 23'),
  range('MinuteOfHour', '0 - 59'),
  range('SecondOfMinute', '0 - 59'),
  { condition: 'INVALID_FRACTION_OF_SECOND', parameters: { secAndMicros: DETAIL_TEXT } },
  {
    condition: 'ARITHMETIC_OVERFLOW',
    parameters: { message: 'overflow', alternative: '', config: '"spark.sql.ansi.enabled"' },
  },
]

const SECONDS = decimal(16, 6)

const makeDate: FunctionDefinition = exactly(3, (args, site) =>
  orNullIf(
    isLenient(),
    kernelCall('makeDate', DATE, operands([INT, INT, INT], args, [], site), site, { errors: FIELD_ERRORS }),
  ),
)

/** A timestamp out of six fields, and one with a time zone perhaps out of these and a zone; one that has a name of its own is out of a date, too. */
function makeTimestamp(wanted: DataType | 'session', most: number, tries: boolean): FunctionDefinition {
  return between(0, Number.POSITIVE_INFINITY, (args, site) => {
    const isOfDate = args.length === 1 && wanted === 'session'
    if (isOfDate || args.length === 2 || (args.length === 3 && most > 6)) {
      // Out of a date it has a zone whatever the setting of the session.
      const type = wanted === 'session' ? TIMESTAMP : wanted
      return zoned(isOfDate ? startOf(args[0]!, site) : ofDateAndTime(args, site), type, args[2], site)
    }
    const type = wanted === 'session' ? timestampType(analysisSession()) : wanted
    if (args.length < 6 || args.length > most) throw wrongCount(args.length, wanted, tries, site)
    const fields = operands([INT, INT, INT, INT, INT, SECONDS], args.slice(0, 6), [], site)
    // What other fields would raise is not asked for then.
    if (args.slice(0, 6).some(isNull)) return literal(type, null, site.origin)
    const making = kernelCall('makeTimestamp', TIMESTAMP_NTZ, fields, site, { errors: FIELD_ERRORS })
    return zoned(orNullIf(tries || isLenient(), making), type, args[6], site)
  })
}

const isNull = (e: Expression): boolean =>
  e.kind === 'literal' ? e.value === null : e.kind === 'cast' && isNull(e.child)

/** What clocks show as a value of the type: when those of a zone do, or of the session. */
function zoned(local: Expression, type: DataType, zone: Expression | undefined, site: CallSite): Expression {
  // A zone says nothing of what a clock shows somewhere.
  if (zone && type.kind === 'timestamp') return instantIn(local, castTo(zone, STRING), site)
  return type.kind === 'timestamp' ? zonedCast(local, TIMESTAMP, 'ansi', site.origin) : local
}

const fits = (e: Expression, kind: 'date' | 'time'): boolean => e.type.kind === kind || e.type.kind === 'void'

/** What clocks show when a date begins. */
function startOf(date: Expression, site: CallSite): Expression {
  if (!fits(date, 'date')) throw unexpectedType(date, '"DATE"', 0, site)
  return castTo(castTo(date, DATE), TIMESTAMP_NTZ)
}

function ofDateAndTime([date, time]: readonly Expression[], site: CallSite): Expression {
  const start = startOf(date!, site)
  if (!fits(time!, 'time')) throw unexpectedType(time!, '"TIME"', 1, site)
  return call('timestamp_add', TIMESTAMP_NTZ, [start, microsOfDay(castTo(time!, TIME))], { origin: site.origin })
}

/** Fields are six, or seven with a zone; two or three are a date and a time, and one is a date. Spark tells not all of these everywhere. */
function wrongCount(count: number, wanted: DataType | 'session', tries: boolean, site: CallSite): MillraceError {
  const expectedNum = wanted === 'session' ? '[1, 2, 3, 6, 7]' : tries ? '6' : '[2, 6]'
  const parameters = { functionName: `\`${site.name}\``, expectedNum, actualNum: count }
  return new MillraceError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', parameters, { origin: site.origin })
}

/** The same without the hint that there is another mode. */
const CLOCK_ERRORS: readonly RoutineError[] = FIELD_ERRORS.map(({ condition, parameters }) =>
  condition === 'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION'
    ? outOfClock(String(parameters['rangeMessage']))
    : { condition, parameters },
)

const makeTime: FunctionDefinition = exactly(3, (args, site) =>
  kernelCall('makeClock', TIME, operands([INT, INT, SECONDS], args, [], site), site, { errors: CLOCK_ERRORS }),
)

const FIELDS_USAGE = '(date[, time[, timeZone]]) or (year, month, day, hour, minute, second[, timeZone])'
const LTZ_USAGE = '(date, time[, timeZone]) or (year, month, day, hour, minute, second[, timeZone])'
const NTZ_USAGE = '(date, time) or (year, month, day, hour, minute, second)'
const MEANING = 'A timestamp out of a date and a time, or out of its fields; seconds may have a fraction.'

/** A timestamp out of a date and a time, where the fields have another name. */
const plainNameText: CallText = (args, text) =>
  args.length < 4 ? `make_timestamp(${args.map(text).join(', ')})` : undefined
const triedText: CallText = (args, text) =>
  args.length === 2 ? `try_make_timestamp_ntz(make_timestamp_ntz(${args.map(text).join(', ')}))` : undefined

export const MADE_TIMES: FunctionTable = collated('plain', {
  make_date: helped(
    '(year, month, day)',
    'A date out of its fields.',
    [['make_date(2024, 2, 29)', '2024-02-29']],
    makeDate,
  ),
  make_time: helped(
    '(hour, minute, second)',
    'A time of day out of its fields; seconds may have a fraction.',
    [['make_time(6, 30, 45.887)', '06:30:45.887']],
    makeTime,
  ),
  make_timestamp: helped(
    FIELDS_USAGE,
    MEANING,
    [
      ['make_timestamp(2014, 12, 28, 6, 30, 45.887)', '2014-12-28 06:30:45.887'],
      ["make_timestamp(DATE'2014-12-28', TIME'6:30:45.887')", '2014-12-28 06:30:45.887'],
      ["make_timestamp(DATE'2014-12-28')", '2014-12-28 00:00:00'],
    ],
    makeTimestamp('session', 7, false),
  ),
  make_timestamp_ltz: helped(
    LTZ_USAGE,
    MEANING,
    [["make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887, 'CET')", '2014-12-28 05:30:45.887']],
    makeTimestamp(TIMESTAMP, 7, false),
    { printed: { call: plainNameText } },
  ),
  make_timestamp_ntz: helped(
    NTZ_USAGE,
    'A timestamp without a time zone out of a date and a time, or out of its fields; seconds may have a fraction.',
    [['make_timestamp_ntz(2019, 6, 30, 23, 59, 60)', '2019-07-01 00:00:00']],
    makeTimestamp(TIMESTAMP_NTZ, 6, false),
  ),
  try_make_timestamp: helped(
    FIELDS_USAGE,
    `${MEANING} NULL where a field is out of bounds.`,
    [['try_make_timestamp(2024, 13, 22, 15, 30, 0)', 'NULL']],
    makeTimestamp('session', 7, true),
    // Spark does not tell of the zone.
    { printed: { shown: 6 } },
  ),
  try_make_timestamp_ltz: helped(
    LTZ_USAGE,
    `${MEANING} NULL where a field is out of bounds.`,
    [["try_make_timestamp_ltz(2024, 1, 22, 15, 30, 0, 'CET')", '2024-01-22 14:30:00']],
    makeTimestamp(TIMESTAMP, 7, true),
    { printed: { call: plainNameText } },
  ),
  try_make_timestamp_ntz: helped(
    NTZ_USAGE,
    'A timestamp without a time zone out of a date and a time, or out of its fields; NULL where a field is out of bounds.',
    [['try_make_timestamp_ntz(2024, 2, 30, 8, 0, 0)', 'NULL']],
    makeTimestamp(TIMESTAMP_NTZ, 6, true),
    { printed: { call: triedText } },
  ),
})
