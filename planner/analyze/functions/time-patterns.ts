import { BIGINT, BINARY, DATE, type DataType, INT, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName, quotedText } from '../../../common/errors/quoting.js'
import { zoneKind } from '../../../common/time/time-zone.js'
import { call, literal, orNullIf, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { readingProgram, writingProgram, zonelessReadingProgram } from '../../plan/time-pattern/program.js'
import { timestampType } from '../../sql/types.js'
import { constantOf } from '../constants/constants.js'
import { analysisSession, castMode, isLenient, localTime, zonedCast } from '../session.js'
import { explicitCast } from '../types/casts.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isNumeric } from '../types/common-types.js'
import { CURRENT_TIME } from './current-time.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { asFirstDay } from './of-day.js'

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss'

const ROUTINES = {
  reading: 'time-patterns.reading',
  zonelessReading: 'time-patterns.zonelessReading',
  writing: 'time-patterns.writing',
} as const
type Purpose = keyof typeof ROUTINES

const PROGRAMS: Readonly<Record<Purpose, (pattern: string, timeZone: string) => Uint8Array>> = {
  reading: readingProgram,
  zonelessReading: zonelessReadingProgram,
  writing: writingProgram,
}

/** What kernels run of a pattern: made at once of a constant one, else for each row. @throws the conditions of patterns */
export function programOf(pattern: Expression, purpose: Purpose, site: CallSite): Expression {
  const { timeZone } = analysisSession()
  const known = constantOf(pattern)?.value
  if (typeof known === 'string') {
    try {
      return literal(BINARY, PROGRAMS[purpose](known, timeZone))
    } catch (error) {
      if (!MillraceError.is(error)) throw error
      throw new MillraceError(error.condition, error.parameters, { origin: site.origin })
    }
  }
  const routine = { by: 'host', name: ROUTINES[purpose], label: site.name, raises: true } as const
  return routineCall(routine, BINARY, [pattern, literal(STRING, timeZone)], site.origin)
}

/** A timestamp by a pattern. */
function formatted(time: Expression, pattern: Expression, site: CallSite): Expression {
  if (pattern.kind === 'literal' && pattern.value === null) return literal(STRING, null, site.origin)
  const local = localTime(time)
  return kernelCall(
    'formatTime',
    STRING,
    [local, offsetOf(time, local, site), programOf(pattern, 'writing', site)],
    site,
  )
}

/** How many seconds the session's clocks are ahead of UTC. */
function offsetOf(time: Expression, local: Expression, { origin }: CallSite): Expression {
  const kind = zoneKind(analysisSession().timeZone)
  if (typeof kind === 'number') return literal(INT, kind)
  const instant = time.type.kind === 'timestamp_ntz' ? zonedCast(local, TIMESTAMP, 'ansi', origin) : time
  const [a, b] = [zonedCast(instant, TIMESTAMP_NTZ, 'ansi', origin), instant].map((side) =>
    call('unix_micros', BIGINT, [side]),
  )
  const micros = call('subtract', BIGINT, [a!, b!])
  return castTo(call('int_divide', BIGINT, [micros, literal(BIGINT, 1_000_000n)]), INT)
}

const malformed = (type: DataType): RoutineError => ({
  condition: 'CANNOT_PARSE_TIMESTAMP',
  parameters: { func: type.kind === 'date' ? '`try_to_date`' : '`try_to_timestamp`', message: DETAIL_TEXT },
})

/** A text by a pattern as a timestamp of either kind. */
function parsed(text: Expression, pattern: Expression, of: DataType, tries: boolean, site: CallSite): Expression {
  const isUnknown = [text, pattern].some((e) => e.kind === 'literal' && e.value === null)
  if (isUnknown) return literal(of, null, site.origin)
  const isZoned = of.kind !== 'timestamp_ntz'
  const { timeZone } = analysisSession()
  const operands = [
    text,
    programOf(pattern, isZoned ? 'reading' : 'zonelessReading', site),
    literal(STRING, timeZone === 'UTC' ? '' : timeZone),
    literal(INT, isZoned ? 1 : 0),
  ]
  const type = isZoned ? TIMESTAMP : TIMESTAMP_NTZ
  const parsing = kernelCall('parseTime', type, operands, site, { errors: [malformed(of)] })
  const time = orNullIf(tries || isLenient(), parsing)
  return of.kind === 'date' ? castTo(time, DATE) : time
}

const ANY_TIME = '("STRING" or "DATE" or "TIMESTAMP" or "(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])")'
const TEMPORAL: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp_ntz'])

/** Numbers are no dates: their texts may be. Other values are texts outside of ANSI mode. */
function isReadAsText({ type: { kind } }: Expression, as: DataType): boolean {
  if (TEMPORAL.has(kind)) return false
  return as.kind !== 'timestamp' || (isLenient() && (kind === 'boolean' || kind === 'binary'))
}

/** A text by a pattern, or anything as a cast does it. */
const toTime = (wanted: DataType | 'session', tries = false): FunctionDefinition =>
  between(1, 2, ([value, format], site) => {
    const type = wanted === 'session' ? timestampType(analysisSession()) : wanted
    const mode = tries ? 'try' : castMode()
    if (!format) return explicitCast(isReadAsText(value!, type) ? castTo(value!, STRING) : value!, type, mode, site)
    const pattern = expectType(format, STRING, 1, site)
    if (TEMPORAL.has(value!.type.kind)) return zonedCast(value!, type, mode, site.origin)
    const { kind } = value!.type
    if (kind !== 'string' && kind !== 'void') throw unexpectedType(value!, ANY_TIME, 0, site)
    return parsed(castTo(value!, STRING), pattern, type, tries, site)
  })

/** Whole seconds since 1970 of a text by a pattern, or of a time. */
const toSeconds: FunctionDefinition = between(1, 2, ([value, format], site) => {
  const { kind } = value!.type
  const options = { origin: site.origin }
  const seconds = (time: Expression): Expression =>
    call('int_divide', BIGINT, [call('unix_micros', BIGINT, [time], options), literal(BIGINT, 1_000_000n)], options)
  if (TEMPORAL.has(kind)) return seconds(castTo(value!, TIMESTAMP))
  if (kind !== 'string' && kind !== 'void') throw unexpectedType(value!, ANY_TIME, 0, site)
  const pattern = format ? expectType(format, STRING, 1, site) : literal(STRING, DEFAULT_PATTERN)
  return seconds(parsed(castTo(value!, STRING), pattern, TIMESTAMP, false, site))
})

const unixTimestamp: FunctionDefinition = between(0, 2, (args, site) => {
  return args.length > 0 ? toSeconds.build(args, site) : castTo(CURRENT_TIME['now']!.build([], site), BIGINT)
})

const fromSeconds: FunctionDefinition = between(1, 2, ([seconds, format], site) => {
  const count = isNumeric(seconds!.type) ? castTo(seconds!, BIGINT) : expectType(seconds!, BIGINT, 0, site)
  const pattern = format ? expectType(format, STRING, 1, site) : literal(STRING, DEFAULT_PATTERN)
  return formatted(call('timestamp_seconds', TIMESTAMP, [count], { origin: site.origin }), pattern, site)
})

const dateFormat: FunctionDefinition = exactly(2, ([time, format], site) => {
  if (time!.type.kind === 'time') return formattedTime(time!, expectType(format!, STRING, 1, site), site)
  const value = time!.type.kind === 'timestamp_ntz' ? time! : expectType(time!, TIMESTAMP, 0, site)
  return formatted(value, expectType(format!, STRING, 1, site), site)
})

/** Letters of patterns that a time of day has nothing for, outside of quotes. */
const OF_DATES = /[GyuDMLdQqEeFVzOXxZ]/

/** @throws INVALID_PARAMETER_VALUE.PATTERN for patterns of dates and zones */
function formattedTime(time: Expression, pattern: Expression, site: CallSite): Expression {
  const known = constantOf(pattern)?.value
  if (typeof known !== 'string' && known !== null) {
    const feature = `${site.name} of a time by a pattern that is no constant`
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })
  }
  if (known !== null && OF_DATES.test(known.replace(/'[^']*'/g, ''))) {
    const parameters = { parameter: '`format`', functionName: quotedName(site.name), value: quotedText(known) }
    throw new MillraceError('INVALID_PARAMETER_VALUE.PATTERN', parameters, { origin: site.origin })
  }
  return formatted(asFirstDay(time), pattern, site)
}

const USAGE = '(value[, pattern])'

export const TIME_PATTERNS: FunctionTable = collated('plain', {
  date_format: helped(
    '(timestamp or time, pattern)',
    'A timestamp or a time of day as a text by a pattern.',
    [["date_format('2016-04-08', 'y')", '2016']],
    dateFormat,
  ),
  to_timestamp: helped(
    USAGE,
    'A text by a pattern, or a date, or a text as Spark writes timestamps, as a timestamp.',
    [["to_timestamp('2016-12-31', 'yyyy-MM-dd')", '2016-12-31 00:00:00']],
    toTime('session'),
  ),
  to_timestamp_ltz: helped(
    USAGE,
    'A text by a pattern, or a date, or a text as Spark writes timestamps, as a timestamp.',
    [["to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd')", '2016-12-31 00:00:00']],
    toTime(TIMESTAMP),
  ),
  to_timestamp_ntz: helped(
    USAGE,
    'A text by a pattern, or a date, or a text as Spark writes timestamps, as a timestamp without a time zone.',
    [["to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')", '2016-12-31 00:00:00']],
    toTime(TIMESTAMP_NTZ),
  ),
  try_to_timestamp: helped(
    USAGE,
    'As to_timestamp, with NULL for what is no timestamp.',
    [["try_to_timestamp('foo', 'yyyy-MM-dd')", 'NULL']],
    toTime('session', true),
  ),
  to_date: helped(
    USAGE,
    'A text by a pattern, or a timestamp, or a text as Spark writes dates, as a date.',
    [["to_date('2016-12-31', 'yyyy-MM-dd')", '2016-12-31']],
    toTime(DATE),
  ),
  try_to_date: helped(
    USAGE,
    'As to_date, with NULL for what is no date.',
    [["try_to_date('foo', 'yyyy-MM-dd')", 'NULL']],
    toTime(DATE, true),
  ),
  unix_timestamp: helped(
    '([value[, pattern]])',
    'The whole seconds from 1970 in UTC to a time, or to that at which the query began.',
    [["unix_timestamp('2016-04-08', 'yyyy-MM-dd')", '1460073600']],
    unixTimestamp,
    { printed: { defaults: { count: 2, last: ['current_timestamp()', 'yyyy-MM-dd HH:mm:ss'] } } },
  ),
  to_unix_timestamp: helped(
    USAGE,
    'The whole seconds from 1970 in UTC to a time.',
    [["to_unix_timestamp('2016-04-08', 'yyyy-MM-dd')", '1460073600']],
    toSeconds,
    { printed: { defaults: { count: 2, last: ['yyyy-MM-dd HH:mm:ss'] } } },
  ),
  from_unixtime: helped(
    '(seconds[, pattern])',
    'So many seconds after 1970 began in UTC, as a text by a pattern.',
    [["from_unixtime(0, 'yyyy-MM-dd HH:mm:ss')", '1970-01-01 00:00:00']],
    fromSeconds,
    { printed: { defaults: { count: 2, last: ['yyyy-MM-dd HH:mm:ss'] } } },
  ),
})
