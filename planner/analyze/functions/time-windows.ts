import { microsOf, parseInterval } from '../../../columnar/times/interval-amounts.js'
import {
  BIGINT,
  type DataType,
  field,
  INTERVAL,
  INTERVAL_DT,
  STRING,
  type StructType,
  struct,
  TIMESTAMP,
  typeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import { call, fieldOf, literal, routineCall } from '../../plan/expression/build.js'
import type { Case, Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { constantOf } from '../constants/constants.js'
import { castTo, unexpectedType } from '../types/coercion.js'
import { canCoerce } from '../types/common-types.js'
import { castInterval } from '../types/interval-casts.js'
import { movedByInterval } from './calendar-intervals.js'
import { between, type CallSite, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { ANY_TIMESTAMP } from './interval-arithmetic.js'
import { movedByTime } from './moved-timestamp.js'

/* Windows of time. What gives several windows for a row, or merges those of rows, is marked by a call for `planner/analyze/time-windows.ts`. */

const WINDOW_TYPES = `(${ANY_TIMESTAMP} or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>")`

const isTimestamp = (type: DataType): boolean => type.kind === 'timestamp' || type.kind === 'timestamp_ntz'

const windowOf = (start: Expression, end: Expression): StructType =>
  struct([field('start', start.type, start.nullable), field('end', end.type, end.nullable)])

/** When a row is: a timestamp, or the last moment of a window that aggregates are of. */
function timeOf(e: Expression, site: CallSite): Expression {
  if (isTimestamp(e.type)) return e
  if (e.type.kind === 'struct') return lastMoment(e, site)
  if (canCoerce(e.type, TIMESTAMP)) return castTo(e, TIMESTAMP)
  throw unexpectedType(e, WINDOW_TYPES, 0, site)
}

function lastMoment(window: Expression, site: CallSite): Expression {
  const { type } = window
  const ordinal = type.kind === 'struct' ? type.fields.findIndex(({ name }) => name === 'end') : -1
  const end = type.kind === 'struct' ? type.fields[ordinal] : undefined
  if (type.kind !== 'struct' || !end || !isTimestamp(end.type))
    throw new MillraceError('_LEGACY_ERROR_TEMP_3101', { windowTime: site.sql.slice(1, -1) }, { origin: site.origin })
  return call('timestamp_add', end.type, [fieldOf(window, type.fields, ordinal), literal(INTERVAL_DT, -1n)], {
    origin: site.origin,
  })
}

/** A length of time in microseconds: a constant that is a text, an interval, or a number of them. */
function durationOf(e: Expression, site: CallSite): bigint {
  const value = constantOf(e)?.value
  const origin = e.origin ?? site.origin
  if (e.type.kind === 'interval_dt' && typeof value === 'bigint') return value
  if ((e.type.kind === 'int' && typeof value === 'number') || (e.type.kind === 'bigint' && typeof value === 'bigint'))
    return BigInt(value)
  if (typeof value !== 'string' || e.type.kind !== 'string')
    throw new MillraceError('_LEGACY_ERROR_TEMP_1207', {}, { origin: site.origin })
  const unread = (): MillraceError =>
    new MillraceError('CANNOT_PARSE_INTERVAL', { intervalString: quotedText(value) }, { origin })
  const parts = parseInterval(value, unread)
  if (parts.months !== 0) throw new MillraceError('_LEGACY_ERROR_TEMP_3231', { interval: value }, { origin })
  return microsOf(parts)
}

interface Durations {
  readonly length: bigint
  readonly slide: bigint
  readonly start: bigint
}

/** @throws DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE, DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION */
function checkDurations({ length, slide, start }: Durations, sqlExpr: string, { origin }: CallSite): void {
  const bounded = { window_duration: length, slide_duration: slide }
  for (const [name, value] of Object.entries(bounded)) {
    if (value > 0n) continue
    const range = { exprName: `\`${name}\``, valueRange: '(0, 9223372036854775807]', currentValue: `${value}L` }
    throw new MillraceError('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', { sqlExpr, ...range }, { origin })
  }
  const violated = (left: string, leftExprValue: bigint, constraint: string, right: keyof typeof bounded) => {
    const leftExpr = { leftExprName: `\`${left}\``, leftExprValue: `${leftExprValue}L` }
    const rightExpr = { rightExprName: `\`${right}\``, rightExprValue: `${bounded[right]}L` }
    const parameters = { sqlExpr, ...leftExpr, constraint, ...rightExpr }
    return new MillraceError('DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION', parameters, { origin })
  }
  if (slide > length) throw violated('slide_duration', slide, '<=', 'window_duration')
  const distance = start < 0n ? -start : start
  if (distance >= slide) throw violated('abs(start_time)', distance, '<', 'slide_duration')
}

/** `window(at, length[, slide[, start]])`: the windows a time lies in, each a struct of its start and end (exclusive). */
const window: FunctionDefinition = between(2, 4, (args, site) => {
  const length = durationOf(args[1]!, site)
  const slide = args[2] ? durationOf(args[2], site) : length
  const start = args[3] ? durationOf(args[3], site) : 0n
  const sql = `"window(${sqlText(args[0]!)}, ${length}, ${slide}, ${start})"`
  const at = timeOf(args[0]!, { ...site, sql })
  checkDurations({ length, slide, start }, sql, site)
  const { origin } = site
  const last = call('window_start', at.type, [at, literal(BIGINT, slide), literal(BIGINT, start)], { origin })
  if (slide < length) {
    const numbers = [length, slide].map((micros) => literal(INTERVAL_DT, micros))
    const routine = { by: 'window', name: 'sliding', label: 'window' } as const
    return routineCall(routine, windowOf(at, at), [last, at, ...numbers], origin)
  }
  const end = call('timestamp_add', at.type, [last, literal(INTERVAL_DT, length)], { origin })
  return call('named_struct', windowOf(last, end), [last, end], { origin })
})

/** A time after a gap, which is a text that each row may have another of; NULL where it says no interval. */
function afterGap(at: Expression, gap: Expression, site: CallSite): Expression {
  if (gap.kind === 'case') {
    const ends = gap.branches.map(({ when, value }) => ({ when, value: afterGap(at, value, site) }))
    const otherwise = gap.otherwise && afterGap(at, gap.otherwise, site)
    const end: Case = {
      kind: 'case',
      branches: ends,
      type: at.type,
      nullable: true,
      ...(otherwise ? { otherwise } : {}),
    }
    return Object.freeze(end)
  }
  if (gap.type.kind === 'interval_dt') return movedByTime(at, gap, site)
  return movedByInterval(at, castInterval(gap, INTERVAL, 'ansi', site.origin), site)
}

const GAPS: ReadonlySet<DataType['kind']> = new Set(['string', 'void', 'interval_dt', 'interval'])

/** `session_window(at, gap)`: from a time to when the gap after it ends. Grouped by, those that meet are one. */
const sessionWindow: FunctionDefinition = exactly(2, (args, site) => {
  const { origin } = site
  const at = timeOf(args[0]!, { ...site, sql: `"sessionwindow(${args.map((arg) => sqlText(arg)).join(', ')})"` })
  const gap = args[1]!
  if (!GAPS.has(gap.type.kind))
    throw new MillraceError('_LEGACY_ERROR_TEMP_1040', { dt: typeName(gap.type) }, { origin })
  const end = afterGap(at, gap.type.kind === 'void' ? castTo(gap, STRING) : gap, site)
  const routine = { by: 'window', name: 'session', label: 'session_window' } as const
  return routineCall(routine, windowOf(at, end), [at, end], origin)
})

/** The last microsecond of a window: the time that its aggregates are of. */
const windowTime: FunctionDefinition = exactly(1, ([of], site) => {
  if (of!.type.kind !== 'struct' && of!.type.kind !== 'void') throw unexpectedType(of!, '"STRUCT"', 0, site)
  return lastMoment(of!, site)
})

export const TIME_WINDOWS: FunctionTable = {
  window: helped(
    '(timestamp, length[, slide[, start]])',
    'The window of time that a timestamp is in, a struct of its start and its end; a key of GROUP BY. Where windows begin more often than they are long, each row comes once for each that it is in.',
    [
      [
        "SELECT window.start = timestamp'2021-01-01 00:00:00', window.end = timestamp'2021-01-01 00:05:00', count(*) FROM VALUES (timestamp'2021-01-01 00:04:30'), (timestamp'2021-01-01 00:00:30') AS t(b) GROUP BY window(b, '5 minutes')",
        'true, true, 2',
      ],
      [
        "SELECT sum(n) FROM (SELECT count(*) AS n FROM VALUES (timestamp'2021-01-01 00:04:30') AS t(b) GROUP BY window(b, '10 minutes', '5 minutes'))",
        '2',
      ],
    ],
    window,
    { printed: { call: () => 'window' } },
  ),
  session_window: helped(
    '(timestamp, gap)',
    'The time from a timestamp until the gap after it ends, a struct of its start and its end. As a key of GROUP BY those that overlap or meet are one session. The gap is a text, and may depend on the row.',
    [
      [
        "SELECT session_window.end = timestamp'2021-01-01 00:09:30', count(*) FROM VALUES (timestamp'2021-01-01 00:04:30'), (timestamp'2021-01-01 00:00:30') AS t(b) GROUP BY session_window(b, '5 minutes')",
        'true, 2',
      ],
    ],
    sessionWindow,
    { printed: { call: () => 'session_window' } },
  ),
  window_time: helped(
    '(window)',
    'The last microsecond of a window of time, by which windows over its aggregates are made.',
    [
      [
        "SELECT window_time(w) = timestamp'2021-01-01 00:04:59.999999' FROM (SELECT window AS w FROM VALUES (timestamp'2021-01-01 00:04:30') AS t(b) GROUP BY window(b, '5 minutes'))",
        'true',
      ],
    ],
    windowTime,
  ),
}
