import { floorDivide } from '../../../columnar/times/calendar.js'
import { DATE, INT, MAX_TIME_PRECISION, TIME, TIMESTAMP, TIMESTAMP_NTZ, time } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import { localDay, localMicros } from '../../../common/time/time-zone.js'
import { literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { constantInteger, type WholeType } from '../constants/constant-integer.js'
import { constantOf } from '../constants/constants.js'
import { type AnalysisSession, analysisSession } from '../session.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'

const MICROS_PER_DAY = 86_400_000_000n
const NANOS_PER_MICRO = 1000n
const NANOS_DIGITS = 9

/** One value for the whole query: the moment at which it began. */
const ofMoment = (
  type: typeof DATE,
  value: (micros: bigint, session: AnalysisSession) => number | bigint,
): FunctionDefinition => exactly(0, (_, site) => literal(type, value(momentOf(site), analysisSession()), site.origin))

/** @throws UNSUPPORTED_FEATURE in a stream, each batch of which has a moment of its own */
function momentOf(site: CallSite): bigint {
  const { nowMicros } = analysisSession()
  if (nowMicros !== undefined) return nowMicros
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${site.name} in a stream` }, { origin: site.origin })
}

/** What the session's clocks showed, to so many digits of the second. @throws DATATYPE_MISMATCH.* */
const currentTime: FunctionDefinition = between(0, 1, ([precision], site) => {
  const digits = precision ? precisionOf(precision, site) : TIME.precision
  const micros = localMicros(analysisSession().timeZone, momentOf(site))
  const nanos = (micros - floorDivide(micros, MICROS_PER_DAY) * MICROS_PER_DAY) * NANOS_PER_MICRO
  return literal(time(digits), nanos - (nanos % 10n ** BigInt(NANOS_DIGITS - digits)), site.origin)
})

function precisionOf(e: Expression, site: CallSite): number {
  const known = constantOf(e)
  const options = { origin: site.origin }
  const inputName = quotedName('precision')
  if (!known) {
    const parameters = { sqlExpr: site.sql, inputName, inputType: '"INT"', inputExpr: site.argumentSql?.(0) ?? '' }
    throw new MillraceError('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', parameters, options)
  }
  const digits = Number(constantInteger(e, INT as WholeType, site.origin) ?? TIME.precision)
  if (digits >= 0 && digits <= MAX_TIME_PRECISION) return digits
  const parameters = {
    sqlExpr: site.sql,
    exprName: inputName,
    valueRange: `[0, ${MAX_TIME_PRECISION}]`,
    currentValue: String(digits),
  }
  throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', parameters, options)
}

const today = ofMoment(DATE, (micros, { timeZone }) => localDay(timeZone, micros))
const now = ofMoment(TIMESTAMP, (micros) => micros)

export const CURRENT_TIME: FunctionTable = {
  current_date: helped('()', 'The day on which the query began.', [['current_date() = current_date', 'true']], today),
  curdate: helped('()', 'The day on which the query began.', [['curdate() = current_date()', 'true']], today, {
    printed: { as: 'current_date' },
  }),
  current_timestamp: helped('()', 'When the query began.', [['current_timestamp() = now()', 'true']], now),
  now: helped('()', 'When the query began.', [['now() = current_timestamp', 'true']], now),
  current_time: helped(
    '([precision])',
    "What time of day the session's clocks showed when the query began, with 6 digits of the second or as many as are said.",
    [['typeof(current_time(3))', 'time(3)']],
    currentTime,
    { printed: { defaults: { count: 1, last: ['6'] } } },
  ),
  localtimestamp: helped(
    '()',
    "What the session's clocks showed when the query began.",
    [['localtimestamp() = cast(now() as timestamp_ntz)', 'true']],
    ofMoment(TIMESTAMP_NTZ, (micros, { timeZone }) => localMicros(timeZone, micros)),
  ),
}
