import { DATE, type DataType, decimal, INT, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { orNullIf } from '../../plan/expression/build.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { timestampType } from '../../sql/types.js'
import { castTo } from '../coercion.js'
import { analysisSession, isLenient, zonedCast } from '../session.js'
import {
  between,
  checkArity,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  operands,
} from './definition.js'
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

/** A timestamp out of six fields, and one with a time zone perhaps out of these and a zone. */
function makeTimestamp(wanted: DataType | 'session', most: number, tries: boolean): FunctionDefinition {
  return between(1, most, (args, site) => {
    const type = wanted === 'session' ? timestampType(analysisSession()) : wanted
    if (args.length <= 3) {
      const feature = `${site.name} of a date and a time`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
    }
    checkArity({ minArgs: 6, maxArgs: most }, args.length, site)
    const fields = operands([INT, INT, INT, INT, INT, SECONDS], args.slice(0, 6), [], site)
    const making = kernelCall('makeTimestamp', TIMESTAMP_NTZ, fields, site, { errors: FIELD_ERRORS })
    const local = orNullIf(tries || isLenient(), making)
    // A zone says nothing of what a clock shows somewhere.
    if (args[6] && type.kind === 'timestamp') return instantIn(local, castTo(args[6], STRING), site)
    return type.kind === 'timestamp' ? zonedCast(local, TIMESTAMP, 'ansi', site.origin) : local
  })
}

const FIELDS_USAGE = '(year, month, day, hour, minute, second'
const MEANING = 'A timestamp out of its fields; seconds may have a fraction.'

export const MADE_TIMES: FunctionTable = {
  make_date: helped(
    '(year, month, day)',
    'A date out of its fields.',
    [['make_date(2024, 2, 29)', '2024-02-29']],
    makeDate,
  ),
  make_timestamp: helped(
    `${FIELDS_USAGE}[, timeZone])`,
    MEANING,
    [['make_timestamp(2014, 12, 28, 6, 30, 45.887)', '2014-12-28 06:30:45.887']],
    makeTimestamp('session', 7, false),
  ),
  make_timestamp_ltz: helped(
    `${FIELDS_USAGE}[, timeZone])`,
    MEANING,
    [["make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887, 'CET')", '2014-12-28 05:30:45.887']],
    makeTimestamp(TIMESTAMP, 7, false),
  ),
  make_timestamp_ntz: helped(
    `${FIELDS_USAGE})`,
    'A timestamp without a time zone out of its fields; seconds may have a fraction.',
    [['make_timestamp_ntz(2019, 6, 30, 23, 59, 60)', '2019-07-01 00:00:00']],
    makeTimestamp(TIMESTAMP_NTZ, 6, false),
  ),
  try_make_timestamp: helped(
    `${FIELDS_USAGE}[, timeZone])`,
    `${MEANING} NULL where a field is out of bounds.`,
    [['try_make_timestamp(2024, 13, 22, 15, 30, 0)', 'NULL']],
    makeTimestamp('session', 7, true),
  ),
  try_make_timestamp_ltz: helped(
    `${FIELDS_USAGE}[, timeZone])`,
    `${MEANING} NULL where a field is out of bounds.`,
    [["try_make_timestamp_ltz(2024, 1, 22, 15, 30, 0, 'CET')", '2024-01-22 14:30:00']],
    makeTimestamp(TIMESTAMP, 7, true),
  ),
  try_make_timestamp_ntz: helped(
    `${FIELDS_USAGE})`,
    'A timestamp without a time zone out of its fields; NULL where a field is out of bounds.',
    [['try_make_timestamp_ntz(2024, 2, 30, 8, 0, 0)', 'NULL']],
    makeTimestamp(TIMESTAMP_NTZ, 6, true),
  ),
}
