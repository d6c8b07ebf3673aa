import { BIGINT, DATE, field, INT, INTERVAL_DT, struct, TIMESTAMP } from '../../../columnar/types.js'
import { parseDurationMicros } from '../../../common/config/units.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { castTo, expectType, isIntegral, isNumeric, unexpectedType } from '../coercion.js'
import { localTime } from '../session.js'
import { DATETIME_UNITS } from './datetime-units.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable } from './definition.js'
import { movedByDays } from './interval-arithmetic.js'

const datePart = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, (args, site) => {
    const isTimestamp = args[0]!.type.kind === 'timestamp' || args[0]!.type.kind === 'timestamp_ntz'
    const value = isTimestamp ? localTime(args[0]!) : expectType(args[0]!, DATE, 0, site)
    return call(fn, INT, [value], { origin: site.origin })
  })

const timePart = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, ([time], site) => {
    const value = time!.type.kind === 'timestamp_ntz' ? time! : expectType(time!, TIMESTAMP, 0, site)
    return call(fn, INT, [localTime(value)], { origin: site.origin })
  })

/** A timestamp of a whole number of units since 1970. */
const fromNumber = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, (args, site) => {
    const count = args[0]!
    if (!isIntegral(count.type) && count.type.kind !== 'void') throw unexpectedType(count, '"INTEGRAL"', 0, site)
    return call(fn, TIMESTAMP, [castTo(count, BIGINT)], { origin: site.origin })
  })

/** Of seconds there may be fractions; what is no number gives NULL. */
const fromSeconds: FunctionDefinition = exactly(1, (args, site) => {
  const seconds = args[0]!
  const { kind } = seconds.type
  if (!isNumeric(seconds.type) && kind !== 'void') throw unexpectedType(seconds, '"NUMERIC"', 0, site)
  const count = isIntegral(seconds.type) || kind === 'void' ? castTo(seconds, BIGINT) : seconds
  const nullable = seconds.nullable || kind === 'float' || kind === 'double'
  return call('timestamp_seconds', TIMESTAMP, [count], { origin: site.origin, nullable })
})

function addDays(fn: 'date_add' | 'date_sub'): FunctionDefinition {
  return exactly(2, (args, site) => {
    const date = expectType(args[0]!, DATE, 0, site)
    const days = args[1]!.type.kind === 'string' ? expectType(args[1]!, INT, 1, site) : args[1]!
    return movedByDays(fn, date, days, site)
  })
}

const dateDiff: FunctionDefinition = exactly(2, (args, site) => {
  const [end, start] = args.map((arg, i) => expectType(arg, DATE, i, site))
  return call('date_diff', INT, [end!, start!], { origin: site.origin })
})

const addMonths: FunctionDefinition = exactly(2, (args, site) => {
  const date = expectType(args[0]!, DATE, 0, site)
  return call('date_add_months', DATE, [date, castTo(args[1]!, INT)], { origin: site.origin })
})

const notBuilt = (feature: string, site: CallSite): MillraceError =>
  new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: site.origin })

function durationOf(e: Expression, name: string, site: CallSite): bigint {
  if (e.kind === 'literal' && e.type.kind === 'interval_dt' && typeof e.value === 'bigint') return e.value
  if (e.kind !== 'literal' || typeof e.value !== 'string') {
    throw new MillraceError(
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
      { sqlExpr: site.sql, inputName: name, inputType: '"STRING"' },
      { origin: site.origin },
    )
  }
  const micros = parseDurationMicros(e.value)
  if (micros === undefined)
    throw new MillraceError(
      'INVALID_INTERVAL_FORMAT',
      { input: quotedText(e.value) },
      { origin: e.origin ?? site.origin },
    )
  return micros
}

/** `window(at, length[, slide[, start]])`: the tumbling window a time lies in, as a struct of its start and end (exclusive). */
const window: FunctionDefinition = between(2, 4, (args, site) => {
  const at = expectType(args[0]!, TIMESTAMP, 0, site)
  const length = durationOf(args[1]!, 'window_duration', site)
  const slide = args[2] ? durationOf(args[2], 'slide_duration', site) : length
  const offset = args[3] ? durationOf(args[3], 'start_time', site) : 0n
  if (length <= 0n)
    throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: String(length) }, { origin: site.origin })
  if (slide !== length) throw notBuilt('sliding windows', site)
  const start = call('window_start', TIMESTAMP, [at, literal(BIGINT, length), literal(BIGINT, offset)], {
    origin: site.origin,
  })
  const end = call('timestamp_add', TIMESTAMP, [start, literal(INTERVAL_DT, length)], {
    origin: site.origin,
  })
  const type = struct([field('start', TIMESTAMP, at.nullable), field('end', TIMESTAMP, at.nullable)])
  return call('named_struct', type, [start, end], { origin: site.origin })
})

export const DATETIME: FunctionTable = {
  year: datePart('year'),
  month: datePart('month'),
  day: datePart('day'),
  dayofmonth: datePart('day'),
  hour: timePart('hour'),
  minute: timePart('minute'),
  second: timePart('second'),
  date_add: addDays('date_add'),
  dateadd: addDays('date_add'),
  date_sub: addDays('date_sub'),
  datediff: dateDiff,
  date_diff: dateDiff,
  add_months: addMonths,
  timestamp_seconds: fromSeconds,
  timestamp_millis: fromNumber('timestamp_millis'),
  timestamp_micros: fromNumber('timestamp_micros'),
  window,
  ...DATETIME_UNITS,
}
